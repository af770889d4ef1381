//! Who buys, is bought and sells: the parties of a deal, by all its tellings together.

use super::finding::Finding;
use super::sentence::Position;
use crate::model::signal::{Role, SignalKind};

/// How many sentences tell of one deal.
const NEAR: usize = 4;

/// What a telling must be worth for its names to be taken: whether the text is about the deal or
/// only recalls it, its parties and its price are the same.
const LEAST: f32 = 0.3;

/// The parties of the surest acquisition, each as its surest telling names it.
#[derive(Clone, Debug, Default)]
pub struct Parties {
    named: Vec<(Role, String)>,
    /// The price.
    pub amount: Option<String>,
}

impl Parties {
    /// The party that plays `role`.
    pub fn name(&self, role: Role) -> Option<&str> {
        let found = self.named.iter().find(|(known, _)| *known == role);
        found.map(|(_, name)| name.as_str())
    }
}

/// Who buys, is bought and sells, by all tellings together.
pub fn parties(findings: &[Finding]) -> Parties {
    let mut tellings: Vec<&Finding> = findings
        .iter()
        .filter(|finding| finding.kind == SignalKind::Mna && finding.confidence >= LEAST)
        .collect();
    tellings.sort_by_key(|telling| (telling.stands, telling.sentence));
    let all = tellings.clone();
    // The lead says what happened; the body recalls other deals.
    if let Some(first) = tellings
        .first()
        .map(|telling| (telling.stands, telling.sentence))
    {
        tellings.retain(|telling| {
            telling.stands != Position::Body
                || (first.0 == Position::Body && telling.sentence < first.1 + NEAR)
        });
    }
    let mut parties = Parties::default();
    for telling in &tellings {
        for (role, name) in [
            (telling.subject_role, &telling.subject),
            (telling.object_role, &telling.object),
            (Role::Seller, &telling.seller),
            (Role::Target, &telling.asset),
        ] {
            if let Some(name) = name
                && parties.name(role).is_none()
            {
                parties.named.push((role, name.clone()));
            }
        }
        parties.amount = parties.amount.take().or_else(|| telling.amount.clone());
    }
    // The price often stands far below the lead, and a deal without one has no other.
    let withheld = || tellings.iter().find_map(|telling| telling.withheld.clone());
    let further = || all.iter().find_map(|telling| telling.amount.clone());
    parties.amount = parties.amount.take().or_else(withheld).or_else(further);
    parties
}
