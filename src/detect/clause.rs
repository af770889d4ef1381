//! The grammar of one English sentence of a deal: who acts, what is acted on, whom a preposition
//! adds, and whom a pronoun means.

use super::deal::{Deal, Span};
use super::phrases::{List, Name, Word, names, words};
use super::prepared::Prepared;
use super::sentence::Position;

const PRONOUNS: &[&str] = &["it", "he", "she", "they", "we"];

/// A sentence as words and names.
pub(crate) struct Clause<'a> {
    pub(crate) words: Vec<Word<'a>>,
    names: Vec<Name>,
    /// The company that the document speaks of first.
    topic: Option<Span>,
}

impl<'a> Clause<'a> {
    pub(crate) fn new(text: &'a Prepared<'_>, at: usize) -> Clause<'a> {
        let base = text.sentences[at].start;
        let words = words(text.sentence(at), base);
        let names = names(&words);
        let lead = text
            .sentences
            .iter()
            .position(|sentence| sentence.position != Position::Title)
            .filter(|lead| *lead < at);
        let topic = lead.and_then(|lead| Clause::new(text, lead).speaker(usize::MAX));
        Clause {
            words,
            names,
            topic,
        }
    }

    fn span(&self, name: Name) -> Span {
        (self.words[name.from].start, self.words[name.to - 1].end)
    }

    pub(crate) fn is(&self, at: usize, any: &[&str]) -> bool {
        self.words.get(at).is_some_and(|word| word.is(any))
    }

    pub(crate) fn is_a(&self, at: usize, list: List) -> bool {
        self.words.get(at).is_some_and(|word| word.is_a(list))
    }

    pub(crate) fn name_at(&self, at: usize) -> Option<Name> {
        let found = self.names.iter();
        found
            .copied()
            .find(|name| (name.from..name.to).contains(&at))
    }

    /// Who follows "by" in the phrase that begins at `noun`.
    pub(crate) fn by(&self, noun: usize) -> Option<Span> {
        let to = (noun + 14).min(self.words.len());
        let pause = (noun..to).find(|at| {
            let next = self.words.get(at + 1);
            let goes_on =
                next.is_some_and(|word| word.is(&["by"]) || self.name_at(at + 1).is_some());
            self.words[*at].pause && !goes_on
        });
        let mut near = noun + 1..pause.map_or(to, |at| at + 1);
        near.find(|at| self.is(*at, &["by"]))
            .and_then(|by| self.party(by + 1))
    }

    /// Who does what the word at `verb` says: the nearest name to the left that hangs on no
    /// preposition; for a pronoun, who speaks.
    pub(crate) fn subject(&self, verb: usize) -> Option<Span> {
        let mut at = verb;
        let mut owner = None;
        while at > 0 {
            at -= 1;
            if self.is(at, PRONOUNS) && !self.is_a(at.wrapping_sub(1), List::Before) {
                return self.speaker(at);
            }
            let company = self.is(at, &["company", "group", "firm", "partnership", "bank"]);
            if company && self.is(at.wrapping_sub(1), &["the"]) && !self.words[at].owns {
                return self.speaker(at);
            }
            let Some(name) = self.name_at(at) else {
                // "Contoso said a group of investors offered": nobody with a name acts.
                let spoken = at > 0 && self.is(at - 1, &["said", "says", "that"]);
                let unnamed = spoken && self.is(at, &["a", "an", "one", "some", "several"]);
                if unnamed || (self.is_a(at, List::Nobody) && !self.words[at].pause) {
                    return None;
                }
                continue;
            };
            at = name.from;
            if self.words[name.to - 1].owns {
                owner = owner.or(Some(name));
                continue;
            }
            let before = name.from.wrapping_sub(1);
            let offered = self.is(before, &["from"])
                && (before.saturating_sub(4)..before).any(|back| self.is_a(back, List::Offer));
            if self.is_a(before, List::Before) && !offered {
                continue;
            }
            // "Contoso said its Adatum unit": the parent answers for it.
            let part =
                self.is(before, &["its"]) && self.words.get(name.to).is_some_and(Word::is_unit);
            if part {
                return self.speaker(before);
            }
            return Some(self.span(self.not_officer(name)));
        }
        owner.map(|name| self.span(name)).or(self.topic)
    }

    /// The company of "Contoso chairman Jane Roe".
    fn not_officer(&self, name: Name) -> Name {
        let before = name.from.wrapping_sub(1);
        if !self.is_a(before, List::Rank) {
            return name;
        }
        let beside = before.checked_sub(1).and_then(|at| self.name_at(at));
        beside.unwrap_or(name)
    }

    /// Whom "it" means at `before`: the first who speaks in the sentence, or in the document.
    fn speaker(&self, before: usize) -> Option<Span> {
        let first = self.names.iter().find(|name| {
            name.to <= before
                && !self.words[name.to - 1].owns
                && !(name.from > 0 && self.is_a(name.from - 1, List::Before))
        });
        // "A group led by Jane Roe said it".
        let led = || {
            self.names.iter().find(|name| {
                name.to <= before
                    && name.from > 1
                    && self.is(name.from - 1, &["by"])
                    && self.is(name.from - 2, &["led", "controlled", "headed"])
            })
        };
        first
            .or_else(led)
            .map(|name| self.span(self.not_officer(self.head(*name))))
            .or(self.topic)
    }

    /// Who owns the noun: "Contoso's planned acquisition", "its acquisition".
    pub(crate) fn owner(&self, noun: usize) -> Option<Span> {
        let from = noun.saturating_sub(7);
        for at in (from..noun).rev() {
            if self.is(at, &["its", "their", "his"]) {
                return self.speaker(at);
            }
            if let Some(name) = self.name_at(at) {
                return self.words[name.to - 1].owns.then(|| self.span(name));
            }
            if self.words[at].pause || self.is(at, &["the", "of", "to", "a", "an"]) {
                return None;
            }
        }
        None
    }

    /// What the phrase from `from` on names: a company, a part of one, and whose part it is.
    pub(crate) fn object(&self, from: usize) -> Deal {
        let mut deal = Deal::default();
        let mut held = false;
        let mut unit = None;
        let mut at = from;
        let longest = (from + 22).min(self.words.len());
        while at < longest {
            let word = &self.words[at];
            if let Some(name) = self.name_at(at).map(|name| self.head(name)) {
                let last = &self.words[name.to - 1];
                at = name.to;
                if last.owns && !held_after(&self.words[at..]) {
                    deal.seller = deal.seller.or(Some(self.span(name)));
                    unit = None;
                    continue;
                }
                let of = self.is(name.from.wrapping_sub(1), &["of"]);
                if unit.is_some() && of && !held && deal.target.is_none() {
                    deal.seller = Some(self.span(name));
                    deal.asset = Some((self.words[from].start, self.words[name.from - 2].end));
                    break;
                }
                deal.target = Some(self.span(name));
                let part = self.is(name.to - 1, &["division", "unit", "subsidiary"]);
                if part && self.is(at, &["of"]) {
                    deal.seller = self.party(at + 1);
                }
                break;
            }
            let bridge = self.is(at, &["of"]) || (self.is(at, &["in"]) && held);
            if bridge {
                at += 1;
                continue;
            }
            let and = self.is(at, &["and"]) && unit.is_none();
            if word.is_a(List::Stop) && !and {
                break;
            }
            held |= word.is_a(List::Holding);
            let whole = word.is(&["company", "firm"]) && self.is(at.wrapping_sub(1), &["the"]);
            if whole || word.is(&["itself"]) {
                deal.target = self.speaker(at);
                break;
            }
            if word.is_unit() && !word.is(&["assets"]) {
                unit = Some(at);
            }
            // "its valve unit, Adatum Inc".
            let named = unit == Some(at) && self.name_at(at + 1).is_some();
            if word.pause && !named {
                break;
            }
            at += 1;
        }
        if deal.target.is_none() && deal.asset.is_none() && unit.is_some() {
            let from = self.without_determiner(from);
            let last = unit.unwrap_or(from).max(from);
            deal.asset = Some((self.words[from].start, self.words[last].end));
        }
        if deal.target.is_none() && deal.asset.is_none() {
            // "Contoso's shares": nobody's part, but Contoso.
            deal.target = deal.seller.take();
        }
        deal
    }

    /// "to Contoso unit Adatum": the unit acts; "New York investor Roe": it is not New York.
    fn head(&self, name: Name) -> Name {
        let last = &self.words[name.to - 1];
        let unit = self.is(name.to, &["unit", "subsidiary", "affiliate"]);
        let described = !last.is_legal() && self.is_a(name.to, List::Described);
        if last.owns || last.pause || !(unit || described) {
            return name;
        }
        self.name_at(name.to + 1).unwrap_or(name)
    }

    fn without_determiner(&self, from: usize) -> usize {
        let mut at = from;
        while self.is(
            at,
            &[
                "its", "the", "a", "an", "their", "all", "of", "certain", "two", "his",
            ],
        ) && at + 1 < self.words.len()
        {
            at += 1;
        }
        at
    }

    /// The party that follows `word` somewhere after `from`.
    pub(crate) fn after(&self, word: &str, from: usize) -> Option<Span> {
        let to = (from + 22).min(self.words.len());
        (from..to)
            .filter(|at| self.is(*at, &[word]))
            .find_map(|at| self.party(at + 1))
    }

    /// The company that a phrase at `from` names: after "by", "from" or "to".
    pub(crate) fn party(&self, from: usize) -> Option<Span> {
        for at in from..(from + 7).min(self.words.len()) {
            if let Some(name) = self.name_at(at) {
                return Some(self.span(self.head(name)));
            }
            let word = &self.words[at];
            let number = word
                .text
                .starts_with(|letter: char| letter.is_ascii_digit());
            if word.is_a(List::Stop)
                || word.pause
                || number
                || word.is_a(List::Buy)
                || word.is_a(List::Sell)
            {
                return None;
            }
        }
        None
    }
}

/// Whether what is owned is a share of the owner, not a part: "Contoso's shares".
fn held_after(rest: &[Word<'_>]) -> bool {
    let mut near = rest.iter().take(5);
    let found = near.find(|word| word.is_a(List::Holding) || word.is_unit());
    found.is_some_and(|word| !word.is_unit())
}
