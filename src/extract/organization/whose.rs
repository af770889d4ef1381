//! Of whom each line of an imprint, a legal notice or a footer speaks.

use std::sync::LazyLock;

use serde::Deserialize;

use super::line::Line;

/// `parties.toml`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Parties {
    own: Vec<String>,
    other: Vec<String>,
    person: Vec<String>,
    seat: Vec<String>,
}

static PARTIES: LazyLock<Parties> = LazyLock::new(|| {
    toml::from_str(include_str!("parties.toml")).expect("tests read parties.toml")
});

/// A longer line is no label of what follows it.
const LABEL: usize = 90;
/// How many lines an announcement without a heading holds for.
const REACH: usize = 8;

/// Of whom a line speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Nothing is known against the company.
    Unknown,
    /// It is announced as the company's.
    Own,
    /// Of somebody else: who hosts the site, made it, supervises or insures the company.
    Other,
    /// Of a trader who is a person.
    Person,
}

/// Of whom each line speaks: what announces holds until the next announcement or heading, or for
/// a few lines.
pub(super) fn of(lines: &[Line]) -> Vec<Whose> {
    let mut whose = Vec::with_capacity(lines.len());
    let (mut now, mut left) = (Whose::Unknown, 0_usize);
    for line in lines {
        let announced = announced(&line.text);
        left = left.saturating_sub(1);
        match announced {
            Some(who) => (now, left) = (who, REACH),
            None if line.heading || left == 0 => now = Whose::Unknown,
            None => {}
        }
        whose.push(now);
    }
    whose
}

/// What a line announces by its beginning.
fn announced(text: &str) -> Option<Whose> {
    let start = super::cut(text, LABEL).to_lowercase();
    let start = start.trim_start_matches(|c: char| !c.is_alphanumeric());
    let begins = |words: &[String]| {
        words.iter().any(|word| {
            start
                .strip_prefix(word.as_str())
                .is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
        })
    };
    if begins(&PARTIES.person) {
        Some(Whose::Person)
    } else if begins(&PARTIES.other) {
        Some(Whose::Other)
    } else if begins(&PARTIES.own) {
        Some(Whose::Own)
    } else {
        None
    }
}

/// Whether a line says that a headquarters follows.
pub(super) fn is_seat(text: &str) -> bool {
    let start = super::cut(text, LABEL).to_lowercase();
    PARTIES.seat.iter().any(|word| {
        start.match_indices(word.as_str()).any(|(at, _)| {
            let (before, after) = (&start[..at], &start[at + word.len()..]);
            !before.ends_with(char::is_alphanumeric) && !after.starts_with(char::is_alphanumeric)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_texts(texts: &[(&str, bool)]) -> Vec<Whose> {
        let line = |(text, heading): &(&str, bool)| Line {
            text: (*text).to_owned(),
            heading: *heading,
            frame: false,
        };
        of(&texts.iter().map(line).collect::<Vec<_>>())
    }

    #[test]
    fn announcements_hold_until_the_next_or_a_heading() {
        let found = of_texts(&[
            ("Angaben gemäß § 5 DDG", true),
            ("Northwind GmbH", false),
            ("Hosting: Fabrikam AG", false),
            ("Serverweg 1", false),
            ("Haftung", true),
            ("Text", false),
            ("Inhaber: J. R.", false),
        ]);
        use Whose::{Other, Own, Person, Unknown};
        assert_eq!(found, [Own, Own, Other, Other, Unknown, Unknown, Person]);
    }

    #[test]
    fn a_word_within_another_announces_nothing() {
        assert_eq!(announced("Hostingsman GmbH"), None);
        assert_eq!(announced("• Hébergeur : Fabrikam"), Some(Whose::Other));
        assert!(is_seat("Global Headquarters") && !is_seat("Headquartersville"));
    }
}
