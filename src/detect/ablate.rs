//! What each safeguard against false alarms is worth: one is put out of work, and everything is
//! measured again. Only a measurement does this, before it detects anything.

use std::sync::OnceLock;

use super::gate::Gate;
use super::knowledge::knowledge;
use super::prepared::Prepared;
use crate::model::company::Company;
use crate::model::document::Document;
use crate::model::signal::SignalKind;
use crate::model::time::Timestamp;

/// A safeguard that can be put out of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Safeguard {
    /// The kind of text that a document is.
    Genre,
    /// How a sentence speaks of an event.
    Modality,
    /// Whether a text tells of events at all.
    Gate,
    /// Whose event it is.
    Attribution,
}

static OFF: OnceLock<Vec<Safeguard>> = OnceLock::new();

impl Safeguard {
    /// The safeguard of that name.
    pub fn named(name: &str) -> Option<Safeguard> {
        match name {
            "genre" => Some(Safeguard::Genre),
            "modality" => Some(Safeguard::Modality),
            "gate" => Some(Safeguard::Gate),
            "attribution" => Some(Safeguard::Attribution),
            _ => None,
        }
    }

    /// Whether a measurement has put it out of work.
    pub(crate) fn is_off(self) -> bool {
        OFF.get().is_some_and(|off| off.contains(&self))
    }
}

/// Has the rest of the process detect without these safeguards; false: that was decided before.
pub fn without(off: Vec<Safeguard>) -> bool {
    OFF.set(off).is_ok()
}

/// What the gate of `kind` weighs in a document: its cues, in the order of its file, and then the
/// odds that a telling of this `confidence` has by itself. `None`: the kind has no gate there.
pub fn weighed(document: &Document, kind: SignalKind, confidence: f32) -> Option<Vec<f32>> {
    let nobody = Company::new("");
    let text = Prepared::new(document, &nobody, Timestamp::default());
    let gate = knowledge().gate(kind, &text.language.code)?;
    let (title, body) = text.folded.text.split_at(text.title);
    let cues = gate.cues(title, body);
    Some(cues.chain([Gate::odds(confidence)]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_safeguards_work_unless_a_measurement_says_otherwise() {
        for name in ["genre", "modality", "gate", "attribution"] {
            let safeguard = Safeguard::named(name).expect("it has a name");
            assert!(!safeguard.is_off());
        }
        assert_eq!(Safeguard::named("rules"), None);
    }
}
