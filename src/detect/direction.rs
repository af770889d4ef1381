//! What relates two companies that one sentence names, and who acts: by the words before, between
//! and after the two names. The cues are data.

use std::sync::LazyLock;

use regex::bytes::Regex;
use serde::Deserialize;

use super::language::compile;

/// What relates two companies that one sentence names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// One bought the other.
    Acquisition,
    /// One serves the other.
    Client,
    /// They merged.
    Merger,
}

/// A relation, and who acts: the buyer, the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Direction {
    /// What relates them.
    pub relation: Relation,
    /// Whether the first named is the one that buys, or that serves.
    pub first_acts: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueFile {
    cue: Vec<CueEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CueEntry {
    relation: Relation,
    first_acts: bool,
    before: Option<String>,
    between: Option<String>,
    after: Option<String>,
}

struct Cue {
    told: Direction,
    /// What must match before, between and after the two names.
    patterns: [Option<Regex>; 3],
}

static CUES: LazyLock<Vec<Cue>> = LazyLock::new(|| {
    let file: CueFile = toml::from_str(include_str!("lexicon/direction.toml"))
        .expect("the shipped cues read: a test says so");
    let ready = |pattern: Option<String>| {
        pattern.map(|pattern| {
            compile(&pattern, "direction").expect("the shipped cues compile: a test says so")
        })
    };
    let cue = |entry: CueEntry| Cue {
        told: Direction {
            relation: entry.relation,
            first_acts: entry.first_acts,
        },
        patterns: [entry.before, entry.between, entry.after].map(ready),
    };
    file.cue.into_iter().map(cue).collect()
});

/// What relates two names, by the folded words before, between and after them; the first cue of
/// the list that holds decides.
pub fn direction(before: &str, between: &str, after: &str) -> Option<Direction> {
    let parts = [before, between, after];
    let holds = |cue: &&Cue| {
        let mut asked = cue.patterns.iter().zip(parts);
        asked.all(|(pattern, words)| {
            pattern
                .as_ref()
                .is_none_or(|pattern| pattern.is_match(words.as_bytes()))
        })
    };
    CUES.iter().find(holds).map(|cue| cue.told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_direction([before, between, after]: [&str; 3], relation: Relation, first_acts: bool) {
        let found = direction(before, between, after).expect("a relation");
        assert_eq!((found.relation, found.first_acts), (relation, first_acts));
    }

    #[test]
    fn voice_decides_the_direction() {
        use Relation::{Acquisition, Client, Merger};
        assert_direction(["", " acquired ", ""], Acquisition, true);
        assert_direction(["", " was acquired by ", ""], Acquisition, false);
        assert_direction(["", " was sold in May to ", ""], Acquisition, false);
        assert_direction(["", " fue adquirida por ", ""], Acquisition, false);
        assert_direction(["the acquisition of ", " by ", ""], Acquisition, false);
        assert_direction(["", " merged with ", ""], Merger, true);
        assert_direction(["", " uses the software of ", ""], Client, false);
        assert_direction(["", " supplies parts to ", ""], Client, true);
        assert_eq!(direction("", " and ", ""), None);
    }

    #[test]
    fn words_around_both_names_decide_where_those_between_do_not() {
        use Relation::{Acquisition, Client, Merger};
        assert_direction(
            ["The group sold its unit ", " in May to ", ""],
            Acquisition,
            false,
        );
        assert_direction(["", " and ", " agreed to merge"], Merger, true);
        assert_direction(["It was formed by ", " and ", ""], Merger, true);
        assert_direction(["", " is sold at retailers including ", ""], Client, true);
        assert_direction(["", " stocks brands such as ", ""], Client, false);
    }

    #[test]
    fn every_cue_asks_for_words() {
        let silent = |cue: &&Cue| cue.patterns.iter().all(Option::is_none);
        assert_eq!(CUES.iter().filter(silent).count(), 0);
    }
}
