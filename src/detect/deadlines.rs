//! When support ends of what companies run: a table in data, with its sources.

use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::model::signal::{ProductArea, Signal, SignalKind};
use crate::model::time::Day;

/// One product's end of support.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// The product, as its maker calls it.
    pub product: String,
    /// The names under which the lexicon of technologies has it.
    pub technologies: Vec<String>,
    /// The last day of support for everybody.
    pub ends: Day,
    /// The last day for those who pay for more, where that is offered.
    pub paid_until: Option<Day>,
    /// What its users move to.
    pub successor: String,
    /// What that might sell.
    pub areas: Vec<ProductArea>,
    /// Where it is stated.
    pub source: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    deadline: Vec<Deadline>,
}

/// Every deadline, in the order of the table.
pub fn deadlines() -> &'static [Deadline] {
    static TABLE: OnceLock<Vec<Deadline>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let table: Table = toml::from_str(include_str!("deadlines.toml"))
            .expect("the table is what it should be: a test says so");
        table.deadline
    })
}

/// The deadline that a signal about the end of a product's support is under: the earliest of those
/// products that it names.
pub fn deadline_of(signal: &Signal) -> Option<&'static Deadline> {
    if signal.kind != SignalKind::EndOfSupport {
        return None;
    }
    let named = |deadline: &&Deadline| {
        let mut names = deadline.technologies.iter();
        names.any(|name| signal.slots.technologies.contains(name))
    };
    deadlines()
        .iter()
        .filter(named)
        .min_by_key(|deadline| deadline.ends)
}

#[cfg(test)]
mod tests {
    use super::super::knowledge::knowledge;
    use super::*;
    use crate::model::signal::tests::told;

    #[test]
    fn the_table_keeps_its_laws() {
        for deadline in deadlines() {
            let product = &deadline.product;
            assert!(deadline.source.starts_with("https://"), "{product}");
            assert!(!deadline.areas.is_empty(), "{product}");
            assert!(
                deadline.paid_until.is_none_or(|day| day > deadline.ends),
                "{product}"
            );
            for name in &deadline.technologies {
                let text = format!("our software {name} system");
                let known =
                    |mention: super::super::lexicon::Mention<'_>| mention.technology.name == *name;
                let mut found = knowledge().lexicon.mentions(&text);
                assert!(found.any(known), "{product}: no lexicon has {name}");
            }
        }
    }

    #[test]
    fn a_signal_has_the_deadline_of_what_it_names() {
        let mut signal = told("contoso.example", "k", "https://contoso.example/a", 0.9);
        signal.slots.technologies = vec!["Windows 10".to_owned(), "Windows 11".to_owned()];
        assert_eq!(deadline_of(&signal), None);
        signal.kind = SignalKind::EndOfSupport;
        let ends = deadline_of(&signal).map(|deadline| deadline.ends.to_string());
        assert_eq!(ends.as_deref(), Some("2025-10-14"));
        signal.slots.technologies = vec!["Windows 11".to_owned()];
        assert_eq!(deadline_of(&signal), None);
    }
}
