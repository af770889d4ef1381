//! Floor 1: from text to signals. Pure: no clock, no disk, no socket, no log.

use crate::model::company::Company;
use crate::model::document::Document;
use crate::model::signal::Signal;
use crate::model::time::Timestamp;

/// Detects every signal that a document tells of `company`, whose site it was found on. `seen` is
/// the time of the visit: it goes into the evidence.
pub fn detect(document: &Document, company: &Company, seen: Timestamp) -> Vec<Signal> {
    let _ = (document, company, seen);
    Vec::new()
}
