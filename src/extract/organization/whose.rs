//! Of whom each line of an imprint, a legal notice or a footer speaks.

use std::sync::LazyLock;

use aho_corasick::automaton::OverlappingState;
use aho_corasick::{AhoCorasick, Anchored, Input, StartKind};
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

/// The same, made ready.
struct Ready {
    /// What announces, as beginnings of lines.
    beginnings: AhoCorasick,
    /// Who is announced by each.
    announced: Vec<Whose>,
    seat: Vec<String>,
}

static PARTIES: LazyLock<Ready> = LazyLock::new(|| {
    let parties: Parties =
        toml::from_str(include_str!("parties.toml")).expect("tests read parties.toml");
    let (mut words, mut announced) = (Vec::new(), Vec::new());
    // Of one phrase that announces two, a person weighs more than the others.
    for (phrases, who) in [
        (&parties.person, Whose::Person),
        (&parties.other, Whose::Other),
        (&parties.own, Whose::Own),
    ] {
        for phrase in phrases {
            // The automaton knows the capitals of ASCII alone.
            for spelt in [phrase.clone(), capital(phrase), phrase.to_uppercase()] {
                words.push(spelt);
                announced.push(who);
            }
        }
    }
    let beginnings = AhoCorasick::builder()
        .ascii_case_insensitive(true)
        .start_kind(StartKind::Anchored)
        .build(&words);
    Ready {
        beginnings: beginnings.expect("the phrases are few"),
        announced,
        seat: parties.seat,
    }
});

/// A phrase with a capital.
fn capital(phrase: &str) -> String {
    let mut letters = phrase.chars();
    let first = letters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(letters.as_str().chars()).collect()
}

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
    let start = super::cut(text, LABEL);
    let start = start.trim_start_matches(|c: char| !c.is_alphanumeric());
    let input = Input::new(start).anchored(Anchored::Yes);
    // Of what fits, whole words count, and of those who stands first among the parties.
    let mut state = OverlappingState::start();
    let mut found: Option<usize> = None;
    loop {
        PARTIES
            .beginnings
            .find_overlapping(input.clone(), &mut state);
        let Some(phrase) = state.get_match() else {
            break;
        };
        if !start[phrase.end()..].starts_with(char::is_alphanumeric) {
            let at = phrase.pattern().as_usize();
            found = Some(found.map_or(at, |known| known.min(at)));
        }
    }
    found.map(|at| PARTIES.announced[at])
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
        for text in ["Éditeur : X", "ÉDITEUR : X", "éditeur X"] {
            assert_eq!(announced(text), Some(Whose::Own), "{text}");
        }
        // Of a longer and a shorter announcement, whole words decide.
        assert_eq!(announced("Inhaber: J. R."), Some(Whose::Person));
        assert_eq!(announced("Éditeurs X"), None);
        assert!(is_seat("Global Headquarters") && !is_seat("Headquartersville"));
    }
}
