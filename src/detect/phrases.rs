//! The words of a sentence and the names among them: as much grammar as it takes to tell a
//! company's whole name from the words beside it.
//!
//! Invariant: names lie in order, do not overlap, and hold no verb of a deal and no preposition,
//! whatever their case: headlines write every word large.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use serde::Deserialize;

use super::names::is_name;

/// What a word is in the sentence of a deal: the lists of `lexicon/deal_en.toml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum List {
    Before,
    Break,
    Buy,
    Described,
    Got,
    Holding,
    Legal,
    Less,
    Nation,
    Nobody,
    Noun,
    Offer,
    Part,
    Rank,
    Sell,
    Stop,
    Unit,
}

/// The lists that each listed word is in, one bit each.
static LISTED: LazyLock<HashMap<String, u32>> = LazyLock::new(|| {
    let lists: BTreeMap<List, String> =
        toml::from_str(include_str!("lexicon/deal_en.toml")).expect("the shipped lists load");
    let mut listed = HashMap::new();
    for (list, words) in lists {
        for word in words.split_ascii_whitespace() {
            *listed.entry(word.to_owned()).or_default() |= 1 << (list as u32);
        }
    }
    listed
});

/// One word of a sentence, without the punctuation around it.
#[derive(Debug)]
pub(crate) struct Word<'a> {
    pub(crate) text: &'a str,
    pub(crate) lower: String,
    /// The lists it is in.
    lists: u32,
    /// Its place in the folded text.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether it owns what follows: "Contoso's".
    pub(crate) owns: bool,
    /// Whether a comma or the like follows.
    pub(crate) pause: bool,
}

impl Word<'_> {
    pub(crate) fn is(&self, any: &[&str]) -> bool {
        any.contains(&self.lower.as_str())
    }

    pub(crate) fn is_a(&self, list: List) -> bool {
        self.lists & (1 << (list as u32)) != 0
    }

    pub(crate) fn is_unit(&self) -> bool {
        self.is_a(List::Unit)
    }

    /// Whether the name that follows hangs on it, and does not act.
    pub(crate) fn hangs(&self) -> bool {
        self.is_a(List::Before)
    }

    pub(crate) fn is_legal(&self) -> bool {
        self.is_a(List::Legal)
    }

    fn is_large(&self) -> bool {
        let mut letters = self.text.chars();
        let first = letters.next().is_some_and(char::is_uppercase);
        let brand = || self.text.chars().skip(1).any(char::is_uppercase);
        // "3Com", "eBay"; a place's adjective names nobody.
        (first || brand())
            && !["-based", "-owned", "-listed", "-held", "-quoted", "-led"]
                .iter()
                .any(|end| self.lower.ends_with(end))
    }
}

/// A name: a span of words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) from: usize,
    pub(crate) to: usize,
}

/// The words of `sentence`, which stands at `base` in the folded text. Tickers and what else
/// stands in brackets alone are left out.
pub(crate) fn words(sentence: &str, base: usize) -> Vec<Word<'_>> {
    let mut found: Vec<Word<'_>> = Vec::new();
    let mut at = 0;
    for piece in sentence.split_inclusive(|letter: char| letter.is_ascii_whitespace()) {
        let (from, whole) = (at, piece.trim_end());
        at += piece.len();
        let bare =
            whole.trim_matches(['(', ')', '"', '\'', ',', ';', ':', '!', '?', '[', ']', '*']);
        let pause = whole.ends_with([',', ';', ':', ')']) || bare.chars().all(|c| c == '-');
        let bracketed = whole.starts_with('<') || (whole.starts_with('(') && whole.contains(')'));
        if bracketed || bare.is_empty() || bare.chars().all(|c| c == '-') {
            if let Some(last) = found.last_mut() {
                last.pause |= whole.ends_with(',') || (pause && !bracketed);
            }
            continue;
        }
        let start = base + from + (whole.find(bare).unwrap_or(0));
        let owned = bare.strip_suffix("'s").or_else(|| {
            let plural = whole.trim_end_matches([',', '.']);
            (plural.ends_with("s'")).then_some(bare)
        });
        let text = owned.unwrap_or(bare);
        let text = text.trim_end_matches(['.', '\'']);
        let lower = text.to_ascii_lowercase();
        found.push(Word {
            text,
            lists: LISTED.get(&lower).copied().unwrap_or_default(),
            lower,
            start,
            end: start + text.len(),
            owns: owned.is_some(),
            pause,
        });
    }
    found
}

/// The names among `words`.
pub(crate) fn names(words: &[Word<'_>]) -> Vec<Name> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if !opens(words, at) {
            at += 1;
            continue;
        }
        let to = end(words, at);
        let whole: Vec<&str> = words[at..to].iter().map(|word| word.text).collect();
        let place = words[at..to].iter().all(|word| word.is_a(List::Nation));
        if !place && is_name(&whole.join(" ")) && whole.iter().any(|word| word.len() > 1) {
            found.push(Name { from: at, to });
        }
        at = to;
    }
    found
}

/// Whether the word at `at` may stand in a name: large, and not a headline's verb. "Acquisition
/// Corp" is a name all the same.
fn opens(words: &[Word<'_>], at: usize) -> bool {
    let word = &words[at];
    let company = || words.get(at + 1).is_some_and(Word::is_legal) && !word.pause;
    word.is_large() && (!word.is_a(List::Break) || (word.lower.len() > 4 && company()))
}

/// Where the name that begins at `from` ends.
fn end(words: &[Word<'_>], from: usize) -> usize {
    let mut to = from + 1;
    while to < words.len() && to - from < 9 {
        let last = &words[to - 1];
        if last.owns {
            break;
        }
        if last.pause {
            // "Contoso, Inc": only a legal form goes on after a comma.
            if words[to].is_legal() && words[to].is_large() {
                to += 1;
                continue;
            }
            break;
        }
        if opens(words, to) {
            to += 1;
            continue;
        }
        let Some(step) = joins(words, from, to) else {
            break;
        };
        to += step;
    }
    to
}

/// How many words further a name goes on that has come to a small word: "Bank of America",
/// "Kohl and Sons Corp".
fn joins(words: &[Word<'_>], from: usize, to: usize) -> Option<usize> {
    let word = &words[to];
    let large = |at: usize| at < words.len() && opens(words, at);
    let ended = words[from..to].iter().any(Word::is_legal);
    match word.lower.as_str() {
        "of" if !ended && !words[to - 1].is_unit_part() => {
            let skip = usize::from(words.get(to + 1).is_some_and(|next| next.lower == "the"));
            large(to + 1 + skip).then_some(2 + skip)
        }
        "&" if large(to + 1) => Some(2),
        "and" | "und" | "et" | "y" if !ended && large(to + 1) => {
            // Of two companies the first has a form of its own, or both have none.
            let rest = words[to + 1..].iter().take(4);
            let mut company = rest
                .take_while(|word| word.is_large())
                .map(|word| word.is_legal() || word.lower == "sons" || word.lower == "group");
            company.any(|legal| legal).then_some(2)
        }
        "de" | "du" | "la" | "des" | "van" | "von" | "della" if large(to + 1) => Some(2),
        _ => None,
    }
}

impl Word<'_> {
    /// A part that is somebody's: what follows by "of" is another name.
    fn is_unit_part(&self) -> bool {
        self.is_a(List::Part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_names(sentence: &str, expected: &[&str]) {
        let words = words(sentence, 0);
        let found: Vec<&str> = names(&words)
            .iter()
            .map(|name| &sentence[words[name.from].start..words[name.to - 1].end])
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn names_are_whole() {
        assert_names(
            "Contoso Inc said it bought Bank of Adatum from Fabrikam and Sons Corp.",
            &["Contoso Inc", "Bank of Adatum", "Fabrikam and Sons Corp"],
        );
        assert_names(
            "CONTOSO <CTS> TO BUY FABRIKAM UNIT",
            &["CONTOSO", "FABRIKAM"],
        );
        assert_names(
            "Contoso, Inc. sells Adatum's Valve Division of Lyon to Wide Acquisition Corp",
            &[
                "Contoso, Inc",
                "Adatum",
                "Valve Division",
                "Lyon",
                "Wide Acquisition Corp",
            ],
        );
        assert_names("Contoso and Fabrikam merge", &["Contoso", "Fabrikam"]);
    }
}
