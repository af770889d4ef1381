//! Floor 1: from what a host answers to the technologies that its company runs. Pure.

use crate::model::page::Page;
use crate::model::profile::Fact;

/// The technologies that a page's headers and markup give away.
pub fn recognise(page: &Page) -> Vec<Fact> {
    let _ = page;
    Vec::new()
}
