//! Signals as earlier versions wrote them.

use serde::{Deserialize, Serialize};

use crate::model::company::CompanyId;
use crate::model::signal::{
    Evidence, Modality, ProductArea, Provenance, Role, Signal, SignalId, SignalKind, Slots, When,
};
use crate::model::time::{Day, Timestamp};

/// A signal before evidence said who published it.
pub(in crate::store) type Signal1 = Older<Evidence1>;

/// A signal before evidence said why it is as sure as it is.
pub(in crate::store) type Signal2 = Older<Evidence2>;

/// A signal with evidence of an earlier form.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct Older<E> {
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

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct Evidence2 {
    told: Evidence1,
    provenance: Provenance,
}

impl<E> From<Older<E>> for Signal
where
    Evidence: From<E>,
{
    fn from(old: Older<E>) -> Signal {
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
            because: Vec::new(),
        }
    }
}

impl From<Evidence2> for Evidence {
    fn from(old: Evidence2) -> Evidence {
        Evidence {
            provenance: old.provenance,
            ..old.told.into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::signal::Standing;
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

    /// What is read of a signal that was written as version `version` with this evidence.
    fn read<E: Serialize>(version: u8, evidence: E) -> Signal {
        let old = Older {
            id: SignalId([7; 16]),
            company: CompanyId("a.example".to_owned()),
            kind: SignalKind::Funding,
            role: Role::Subject,
            areas: vec![ProductArea::Azure],
            modality: Modality::Asserted,
            event: None,
            published: None,
            slots: Slots::default(),
            confidence: 0.8,
            evidence: vec![evidence],
            first_seen: Timestamp(9),
            last_seen: Timestamp(9),
        };
        let bytes = postcard::to_extend(&old, vec![version]).expect("encodes");
        decode(b"k", &bytes).expect("that version is read")
    }

    #[test]
    fn signals_of_earlier_versions_are_read() {
        let first = read(1, evidence());
        assert_eq!(first.evidence[0].quote, "raised $35M");
        assert_eq!(first.evidence[0].provenance, Provenance::default());
        assert_eq!(first.last_seen, Timestamp(9));
        let second = read(
            2,
            Evidence2 {
                told: evidence(),
                provenance: Provenance {
                    standing: Standing::Other,
                    ..Provenance::default()
                },
            },
        );
        assert_eq!(second.evidence[0].confidence, 0.8);
        assert_eq!(second.evidence[0].provenance.standing, Standing::Other);
        assert!(second.evidence[0].because.is_empty());
    }
}
