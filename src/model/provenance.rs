//! Who published what a piece of evidence quotes, and whether somebody else did before: the same
//! release on ten sites is one witness.
//!
//! Invariants: which of several pieces is the first is told from all of them, whatever order they
//! came in; a copy never makes surer.

use serde::{Deserialize, Serialize, Serializer};
use xxhash_rust::xxh3::xxh3_64;

use super::signal::Evidence;

/// Who published it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Provenance {
    /// The source that told it, by its name on the operator's list; `None`: the page is the
    /// company's own, or was found from it.
    pub source: Option<String>,
    /// How near to the company its publisher stands.
    pub standing: Standing,
    /// What the text looks like.
    pub sketch: Sketch,
    /// The page that published the same text first; `None`: this one did.
    pub copy_of: Option<String>,
}

/// How near to the company a publisher stands, the nearest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The company itself.
    #[default]
    Own,
    /// A register of notices, a wire that hands on releases word by word.
    Wire,
    /// A paper that writes about companies.
    Press,
    /// Anybody else.
    Other,
}

/// What a text looks like: of its runs of three words, and of its names and numbers apart, the
/// least hash in each of so many parts, to eight bits (one-permutation MinHash). The share of parts
/// that two texts agree in is about the share of runs that both have.
///
/// Names and numbers are held apart because two releases may be one form with other particulars:
/// by their runs alone, three of four such pairs pass for copies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Sketch {
    runs: Vec<u8>,
    particulars: Vec<u8>,
}

impl Serialize for Sketch {
    /// To people it says nothing but whether there is one.
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        if out.is_human_readable() {
            out.serialize_bool(!self.runs.is_empty())
        } else {
            (&self.runs, &self.particulars).serialize(out)
        }
    }
}

impl Sketch {
    /// Parts of the runs: the guess is off by a sixteenth at most, two times of three.
    const RUNS: usize = 64;
    /// Parts of the names and numbers.
    const PARTICULARS: usize = 32;
    /// Words that are compared as one.
    const RUN: usize = 3;
    /// Texts of fewer words say too little to be called copies.
    const SHORT: usize = 50;
    /// From this share of common runs on, one text may be a copy of the other …
    const ALIKE: f32 = 0.4;
    /// … where so many names and numbers are common, too.
    const SAME: f32 = 0.3;

    /// The sketch of a text's words in small letters, each with whether it is a name or number;
    /// none where they are few.
    pub fn of(words: &[(&str, bool)]) -> Sketch {
        if words.len() < Sketch::SHORT {
            return Sketch::default();
        }
        // Of the words written one after the other, each run is a part.
        let mut text = String::new();
        let mut places = Vec::with_capacity(words.len());
        for (word, _) in words {
            places.push((text.len(), text.len() + word.len()));
            text.push_str(word);
            text.push(' ');
        }
        let run = |words: &[(usize, usize)]| &text[words[0].0..words[words.len() - 1].1];
        let particular = words.iter().filter(|(_, particular)| *particular);
        Sketch {
            runs: least(Sketch::RUNS, places.windows(Sketch::RUN).map(run)),
            particulars: least(Sketch::PARTICULARS, particular.map(|(word, _)| *word)),
        }
    }

    /// Whether one of the two texts is a copy of the other: cut, framed or mended a little.
    pub fn is_copy(&self, other: &Sketch) -> bool {
        let none = |sketch: &Sketch| sketch.particulars.iter().all(|part| *part == 0);
        likeness(&self.runs, &other.runs) >= Sketch::ALIKE
            && (none(self) && none(other)
                || likeness(&self.particulars, &other.particulars) >= Sketch::SAME)
    }
}

/// The least hash in each part, to eight bits; 0: nothing fell into that part.
fn least<'a>(parts: usize, features: impl Iterator<Item = &'a str>) -> Vec<u8> {
    let mut least = vec![u64::MAX; parts];
    for feature in features {
        let hash = xxh3_64(feature.as_bytes());
        let place = usize::try_from(hash % parts as u64).unwrap_or_default();
        least[place] = least[place].min(hash / parts as u64);
    }
    let bits = |least: u64| match least {
        u64::MAX => 0,
        least => 1 + u8::try_from(least % 255).unwrap_or_default(),
    };
    least.into_iter().map(bits).collect()
}

/// About which share of their features two texts have in common.
fn likeness(one: &[u8], other: &[u8]) -> f32 {
    /// How often two parts agree that have nothing in common.
    const CHANCE: f32 = 1.0 / 255.0;
    let pairs = || one.iter().zip(other);
    let filled = pairs().filter(|(a, b)| **a != 0 || **b != 0).count();
    if filled == 0 {
        return 0.0;
    }
    let agreed = pairs().filter(|(a, b)| a == b && **a != 0).count();
    let share = agreed as f32 / filled as f32;
    ((share - CHANCE) / (1.0 - CHANCE)).max(0.0)
}

/// Says of every piece whether an earlier one published the same text, and puts the surest first;
/// of copies, the most official one.
pub(super) fn order(evidence: &mut [Evidence]) {
    let day = |piece: &Evidence| piece.published.unwrap_or(piece.seen.day());
    evidence.sort_by(|a, b| {
        let key = |piece: &Evidence| (day(piece), piece.provenance.standing, piece.seen);
        key(a)
            .cmp(&key(b))
            .then_with(|| a.url.cmp(&b.url))
            .then_with(|| a.rule.cmp(&b.rule))
    });
    let mut firsts: Vec<usize> = Vec::new();
    for at in 0..evidence.len() {
        let sketch = &evidence[at].provenance.sketch;
        let first = firsts.iter().find(|first| {
            let earlier = &evidence[**first];
            earlier.url != evidence[at].url && earlier.provenance.sketch.is_copy(sketch)
        });
        let copied = first.map(|first| evidence[*first].url.clone());
        if copied.is_none() {
            firsts.push(at);
        }
        evidence[at].provenance.copy_of = copied;
    }
    let mut texts: Vec<(String, f32)> = Vec::new();
    for piece in evidence.iter() {
        match texts.iter_mut().find(|(first, _)| first == text_of(piece)) {
            Some((_, surest)) => *surest = surest.max(piece.confidence),
            None => texts.push((text_of(piece).to_owned(), piece.confidence)),
        }
    }
    let surest = |piece: &Evidence| {
        let known = texts.iter().find(|(first, _)| first == text_of(piece));
        known.map_or(piece.confidence, |(_, surest)| *surest)
    };
    evidence.sort_by(|a, b| {
        surest(b)
            .total_cmp(&surest(a))
            .then_with(|| text_of(a).cmp(text_of(b)))
            .then_with(|| a.provenance.standing.cmp(&b.provenance.standing))
            .then_with(|| b.confidence.total_cmp(&a.confidence))
            .then_with(|| a.url.cmp(&b.url))
            .then_with(|| a.rule.cmp(&b.rule))
    });
}

/// The page that published a piece's text first.
fn text_of(piece: &Evidence) -> &str {
    piece.provenance.copy_of.as_deref().unwrap_or(&piece.url)
}

/// Who witnesses: of a copy, whoever published it first.
pub(super) fn witness<'e>(piece: &'e Evidence, all: &'e [Evidence]) -> &'e str {
    let first = piece.provenance.copy_of.as_ref();
    let first = first.and_then(|first| all.iter().find(|one| one.url == *first));
    &first.unwrap_or(piece).origin
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::signal::tests::told;
    use crate::model::time::Timestamp;

    const STORY: &str = "Contoso opened its third plant in the old harbour of Bilbao where 350 people \
        will build valves for power stations from the coming autumn on the company has put 12 \
        million euros into the building which had stood empty since the shipyard left and expects \
        to double the number of its customers within two years said its chief at the opening where \
        the mayor and some 200 guests from Vigo were shown the new line that makes a valve a minute";

    fn sketch(text: &str) -> Sketch {
        let particular = |word: &str| !word.starts_with(|c: char| c.is_ascii_lowercase());
        let small = text.to_lowercase();
        let words = text.split_ascii_whitespace().map(particular);
        let words: Vec<(&str, bool)> = small.split_ascii_whitespace().zip(words).collect();
        Sketch::of(&words)
    }

    #[test]
    fn copies_are_told_and_other_texts_are_not() {
        let first = sketch(STORY);
        let framed = format!("home news business {STORY} share this story with your friends");
        let cut = &STORY[..STORY.len() * 7 / 10];
        for copy in [&framed, cut, &STORY.replace("customers", "clients")] {
            assert!(first.is_copy(&sketch(copy)), "{copy}");
        }
        let other: Vec<&str> = STORY.split(' ').rev().collect();
        assert!(!first.is_copy(&sketch(&other.join(" "))));
        // Nothing is a copy of next to nothing.
        assert!(!sketch("few words").is_copy(&sketch("few words")));
    }

    #[test]
    fn one_form_with_other_particulars_is_no_copy() {
        let mut other = STORY.to_owned();
        for (from, to) in [
            ("Contoso", "Fabrikam"),
            ("Bilbao", "Lyon"),
            ("350", "90"),
            ("12", "7"),
            ("200", "40"),
            ("Vigo", "Nice"),
        ] {
            other = other.replace(from, to);
        }
        assert!(!sketch(STORY).is_copy(&sketch(&other)));
    }

    /// Evidence from `url`, of `standing`, published on day `day`, with the text of all others.
    fn piece(url: &str, standing: Standing, day: i64, confidence: f32) -> Evidence {
        let mut piece = told("a.example", "k", url, confidence).evidence.remove(0);
        piece.published = Some(Timestamp(day * 86_400_000).day());
        piece.provenance.standing = standing;
        piece.provenance.sketch = sketch(STORY);
        piece
    }

    #[test]
    fn the_earliest_is_the_first_and_the_most_official_is_shown_first() {
        let pieces = [
            piece("https://paper.example/1", Standing::Press, 2, 0.9),
            piece("https://wire.example/1", Standing::Wire, 1, 0.8),
            piece("https://a.example/1", Standing::Own, 3, 0.7),
        ];
        for order_of in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
            let mut all: Vec<Evidence> = order_of.iter().map(|at| pieces[*at].clone()).collect();
            order(&mut all);
            let urls: Vec<&str> = all.iter().map(|piece| piece.url.as_str()).collect();
            assert_eq!(
                urls,
                [
                    "https://a.example/1",
                    "https://wire.example/1",
                    "https://paper.example/1"
                ]
            );
            assert_eq!(all[1].provenance.copy_of, None);
            assert_eq!(
                all[0].provenance.copy_of.as_deref(),
                Some("https://wire.example/1")
            );
            assert!(
                all.iter()
                    .all(|piece| witness(piece, &all) == "wire.example")
            );
        }
    }
}
