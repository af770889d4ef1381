//! Floor 1: from text to signals. Pure: no clock, no disk, no socket, no log.
//!
//! A document is [prepared](Prepared): folded to ASCII, cut into sentences, its genre judged. Each
//! of the [`DETECTORS`] adds the signals it finds; tellings of one event are merged. Rules and
//! lexicons are data files beside the code.
//!
//! Invariants: every signal is for the company that was asked about; no quote names a person;
//! what is denied, long past or somebody else's has a confidence under one half; the same document
//! always yields the same signals.

#[doc(hidden)]
pub mod ablate;
mod actor;
mod asks;
mod attribution;
pub mod change;
mod clause;
pub mod deadlines;
mod deal;
mod dedupe;
mod direction;
mod expression;
mod fault;
mod finding;
mod fold;
mod forum;
#[doc(hidden)]
pub mod fuzzing;
mod gate;
mod genre;
mod knowledge;
mod language;
mod lexicon;
mod likeness;
mod modality;
mod names;
mod parties;
mod pattern;
mod phrases;
mod posting;
mod prepared;
mod price;
mod privacy;
pub mod roster;
pub mod rulebook;
mod rulefile;
mod rules;
mod sentence;
mod signals;
mod slots;
mod stage;
mod tail;
pub mod taxonomy;
mod technology;
mod tender;
mod terms;
mod when;
mod whose;

use std::collections::BTreeMap;

pub use direction::{Direction, Relation, direction};
pub use fault::LoadError;
pub use finding::Finding;
pub use knowledge::{Settings, install};
pub use likeness::sketch_of;
pub use parties::{Parties, parties};
pub use prepared::Prepared;
pub use privacy::PersonsIn;
pub use technology::technologies;

use crate::model::company::Company;
use crate::model::document::Document;
use crate::model::signal::{Signal, SignalId};
use crate::model::time::Timestamp;

/// One way to find signals.
#[derive(Clone, Copy, Debug)]
pub struct Detector {
    /// What evidence names it by.
    pub name: &'static str,
    /// Goes up whenever its findings change, so that they can be found again.
    pub version: u16,
    /// Adds what it finds.
    pub detect: fn(&mut Vec<Signal>, &Prepared<'_>),
}

/// Every detector.
pub const DETECTORS: &[Detector] = &[
    Detector {
        name: "rules",
        version: 4,
        detect: by_rules,
    },
    posting::DETECTOR,
    forum::DETECTOR,
    tender::DETECTOR,
];

/// Detects every signal that a document tells of `company`, whose site it was found on. `seen` is
/// the time of the visit: it goes into the evidence.
///
/// A company without name and domain is nobody in particular: then every event is reported,
/// whoever's it is.
pub fn detect(document: &Document, company: &Company, seen: Timestamp) -> Vec<Signal> {
    let text = Prepared::new(document, company, seen);
    let mut found = Vec::new();
    for detector in DETECTORS {
        (detector.detect)(&mut found, &text);
    }
    if !found.is_empty() {
        let provenance = text.provenance();
        let evidence = found.iter_mut().flat_map(|signal| &mut signal.evidence);
        evidence.for_each(|piece| piece.provenance = provenance.clone());
    }
    let told = |signal: Signal| {
        let stage = stage::of(&signal);
        signal.as_told(stage)
    };
    merge(found.into_iter().map(told).collect())
}

/// Every telling of an event in a document, whoever's it is, with all parties that it names.
pub fn findings(document: &Document) -> Vec<Finding> {
    let nobody = Company::new("");
    let text = Prepared::new(document, &nobody, Timestamp::default());
    finding::findings(&text)
}

fn by_rules(found: &mut Vec<Signal>, text: &Prepared<'_>) {
    // A notice states what a rule would have to guess.
    if text.document.tender.is_some() {
        return;
    }
    let findings = finding::findings(text);
    let version = knowledge::knowledge()
        .engine(&text.language.code)
        .rules
        .version;
    found.extend(signals::assemble(text, findings, "rules", version));
}

/// One signal an event, in the order of their names.
fn merge(found: Vec<Signal>) -> Vec<Signal> {
    let mut merged: BTreeMap<SignalId, Signal> = BTreeMap::new();
    for signal in found {
        match merged.get_mut(&signal.id) {
            Some(known) => {
                known.absorb(signal);
            }
            None => {
                merged.insert(signal.id, signal);
            }
        }
    }
    merged.into_values().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Pieces that rules, folding and redaction take an interest in.
    const PIECES: &[&str] = &[
        "Contoso",
        " acquires ",
        "Fabrikam",
        "€",
        "“",
        "ñ",
        "Jane Roe",
        " said ",
        "\n",
        ". ",
        "á",
        "$35M",
        "🙂",
        "ß",
        "a@b.example",
        " was hacked",
        " appoints ",
        " as CEO",
        "…",
        "¿",
        " for ",
        " 2,000 customers were stolen",
        " to Azure",
        " migra ",
        "\u{301}",
        " on Friday",
        "½",
        "<X>",
        " Series B",
        "+34 912 345 678",
        "D. Íñigo Arrieta",
        ", president of ",
        "About Contoso",
        "?",
    ];

    proptest! {
        #[test]
        fn any_text_is_survived_and_quoted_within_bounds(
            title in prop::collection::vec(prop::sample::select(PIECES), 0..8),
            text in prop::collection::vec(prop::sample::select(PIECES), 0..60),
            asked in prop::sample::select(vec!["", "contoso.example"]),
        ) {
            let document = Document {
                url: "https://contoso.example/news/1".to_owned(),
                title: title.join(" "),
                text: text.join(" "),
                ..Document::default()
            };
            let company = Company::new(asked);
            let found = detect(&document, &company, Timestamp(7));
            for signal in &found {
                prop_assert!((0.0..=1.0).contains(&signal.confidence));
                prop_assert_eq!(&signal.company, &company.id);
                for proof in &signal.evidence {
                    prop_assert!(proof.quote.chars().count() <= 300);
                    prop_assert!(!proof.quote.contains("Roe"), "{}", proof.quote);
                    let product: f32 = proof.because.iter().map(|(_, factor)| factor).product();
                    prop_assert!((product - proof.confidence).abs() < 0.01, "{:?}", proof);
                    for (from, to) in &proof.marks {
                        prop_assert!(proof.quote.get(usize::from(*from)..usize::from(*to)).is_some());
                    }
                }
            }
            prop_assert_eq!(found, detect(&document, &company, Timestamp(7)));
        }
    }

    #[test]
    fn two_tellings_of_one_event_meet() {
        let telling = |title: &str, text: &str| Document {
            url: "https://contoso.example/news/1".to_owned(),
            title: title.to_owned(),
            text: text.to_owned(),
            published: Some(crate::model::document::Dated {
                day: jiff::civil::date(2026, 6, 10),
                source: crate::model::document::DateSource::Feed,
            }),
            ..Document::default()
        };
        let company = Company::new("contoso.example");
        let id = |document: &Document| {
            let found = detect(document, &company, Timestamp(7));
            found.iter().map(|signal| signal.id).collect::<Vec<_>>()
        };
        let item = telling("Contoso acquires Fabrikam", "");
        let page = telling(
            "Contoso acquires Fabrikam GmbH",
            "Contoso has agreed to acquire Fabrikam, a maker of valves. The merger was approved.",
        );
        assert_eq!(id(&item), id(&page));
        assert_eq!(id(&item).len(), 1);
    }
}
