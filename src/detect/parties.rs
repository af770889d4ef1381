//! Who buys, is bought and sells: the parties of a deal, by all its tellings together.

use super::finding::Finding;
use crate::model::signal::{Role, SignalKind};

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
        .filter(|finding| finding.kind == SignalKind::Mna && finding.confidence >= 0.3)
        .collect();
    tellings.sort_by(|a, b| {
        (a.stands, b.confidence.to_bits()).cmp(&(b.stands, a.confidence.to_bits()))
    });
    let mut parties = Parties::default();
    for telling in tellings {
        for (role, name) in [
            (telling.subject_role, &telling.subject),
            (telling.object_role, &telling.object),
            (Role::Seller, &telling.seller),
        ] {
            if let Some(name) = name
                && parties.name(role).is_none()
            {
                parties.named.push((role, name.clone()));
            }
        }
        parties.amount = parties.amount.take().or_else(|| telling.amount.clone());
    }
    parties
}
