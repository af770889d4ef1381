//! Signals as earlier versions wrote them.

use serde::{Deserialize, Serialize};

use crate::model::company::CompanyId;
use crate::model::signal::{
    Evidence, Modality, ProductArea, Provenance, Role, Signal, SignalId, SignalKind, Slots, Stage,
    Telling, When,
};
use crate::model::time::{Day, Timestamp};

/// A signal before evidence said who published it.
pub(in crate::store) type Signal1 = SignalOf<Evidence1>;
/// A signal before each piece of evidence kept what it tells, and why it is as sure as it is.
pub(in crate::store) type Signal2 = SignalOf<Evidence2>;

/// A signal with evidence of that shape.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct SignalOf<E> {
    id: SignalId,
    company: CompanyId,
    kind: SignalKind,
    role: Role,
    areas: Vec<ProductArea>,
    modality: Modality,
    event: Option<When>,
    published: Option<Day>,
    slots: Slots,
    confidence: f32,
    evidence: Vec<E>,
    first_seen: Timestamp,
    last_seen: Timestamp,
}

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct Evidence1 {
    url: String,
    origin: String,
    quote: String,
    marks: Vec<(u16, u16)>,
    title: String,
    language: Option<String>,
    published: Option<Day>,
    seen: Timestamp,
    detector: String,
    version: u16,
    rule: String,
    confidence: f32,
}

/// Postcard writes a part's fields where they stand, as if they were the whole's.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct Evidence2 {
    before: Evidence1,
    provenance: Provenance,
}

impl<E> From<SignalOf<E>> for Signal
where
    Evidence: From<E>,
{
    /// What all places together said is taken for what each of them did.
    fn from(old: SignalOf<E>) -> Signal {
        let stage = Stage::of(old.modality);
        Signal {
            id: old.id,
            company: old.company,
            kind: old.kind,
            role: old.role,
            areas: old.areas,
            modality: old.modality,
            event: old.event,
            published: old.published,
            slots: old.slots,
            confidence: old.confidence,
            evidence: old.evidence.into_iter().map(Evidence::from).collect(),
            first_seen: old.first_seen,
            last_seen: old.last_seen,
        }
        .as_told(stage)
    }
}

impl From<Evidence2> for Evidence {
    fn from(old: Evidence2) -> Evidence {
        Evidence {
            provenance: old.provenance,
            ..Evidence::from(old.before)
        }
    }
}

impl From<Evidence1> for Evidence {
    /// All that was ever read were companies' own pages; what they looked like was not kept.
    fn from(old: Evidence1) -> Evidence {
        Evidence {
            url: old.url,
            origin: old.origin,
            quote: old.quote,
            marks: old.marks,
            title: old.title,
            language: old.language,
            published: old.published,
            seen: old.seen,
            detector: old.detector,
            version: old.version,
            rule: old.rule,
            confidence: old.confidence,
            provenance: Provenance::default(),
            telling: Telling::default(),
            because: Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::value::decode;

    fn evidence() -> Evidence1 {
        Evidence1 {
            url: "https://a.example/1".to_owned(),
            origin: "a.example".to_owned(),
            quote: "raised $35M".to_owned(),
            marks: vec![(0, 6)],
            title: "News".to_owned(),
            language: None,
            published: None,
            seen: Timestamp(9),
            detector: "rules".to_owned(),
            version: 1,
            rule: "funding.raise".to_owned(),
            confidence: 0.8,
        }
    }

    fn signal<E>(evidence: E) -> SignalOf<E> {
        SignalOf {
            id: SignalId([7; 16]),
            company: CompanyId("a.example".to_owned()),
            kind: SignalKind::Funding,
            role: Role::Subject,
            areas: vec![ProductArea::Azure],
            modality: Modality::Planned,
            event: None,
            published: None,
            slots: Slots::default(),
            confidence: 0.8,
            evidence: vec![evidence],
            first_seen: Timestamp(9),
            last_seen: Timestamp(9),
        }
    }

    #[test]
    fn a_signal_of_the_first_version_is_read() {
        let bytes = postcard::to_extend(&signal(evidence()), vec![1]).expect("encodes");
        let read: Signal = decode(b"k", &bytes).expect("the first version is read");
        assert_eq!(read.evidence[0].quote, "raised $35M");
        assert_eq!(read.evidence[0].provenance, Provenance::default());
        assert_eq!(read.last_seen, Timestamp(9));
    }

    #[test]
    fn a_signal_of_the_second_version_is_read_and_tells_what_it_told() {
        let provenance = Provenance {
            source: Some("A paper".to_owned()),
            ..Provenance::default()
        };
        let old = signal(Evidence2 {
            before: evidence(),
            provenance,
        });
        let bytes = postcard::to_extend(&old, vec![2]).expect("encodes");
        let read: Signal = decode(b"k", &bytes).expect("the second version is read");
        let source = read.evidence[0].provenance.source.as_deref();
        assert_eq!(source, Some("A paper"));
        assert_eq!(read.stage(), Stage::Announced);
        let mut settled = read.clone();
        settled.settle();
        assert_eq!(settled, read);
    }
}
