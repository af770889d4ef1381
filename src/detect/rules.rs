//! The rule engine: a trigger gate over the whole text, then the patterns of the rules whose
//! triggers stand in a sentence, then vetoes.
//!
//! Invariant: time is linear in the text: the gate looks at a letter once, the patterns have no
//! look-around, and a rule sees a sentence once.

use regex_automata::util::captures::Captures;

use super::lexicon::{Family, Mention};
use super::rulefile::{Rule, Rules, Scope};
use super::sentence::{Position, Sentence};
use super::terms::Terms;

/// The rules of one language behind their gate.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) rules: Rules,
    gate: Terms,
    /// For each term, the rules it lets through, and by which of their doors.
    behind: Vec<Vec<(u16, Door)>>,
}

/// A rule's list of terms: its sentence must have one of each list that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Door {
    Triggers,
    Also,
    /// What the tail of its pattern begins with: read off it.
    Begins,
}

/// One rule that matched one sentence. Spans are in the folded text.
#[derive(Clone, Debug)]
pub(crate) struct Hit<'a> {
    pub(crate) rule: &'a Rule,
    /// Which sentence.
    pub(crate) sentence: usize,
    pub(crate) span: (usize, usize),
    pub(crate) subject: Option<(usize, usize)>,
    pub(crate) object: Option<(usize, usize)>,
    pub(crate) seller: Option<(usize, usize)>,
    pub(crate) amount: Option<(usize, usize)>,
    pub(crate) position: Option<(usize, usize)>,
    pub(crate) place: Option<(usize, usize)>,
    pub(crate) count: Option<(usize, usize)>,
}

impl Engine {
    pub(crate) fn new(rules: Rules) -> Engine {
        let lists = |rule: &Rule| {
            [
                (Door::Triggers, rule.triggers.clone()),
                (Door::Also, rule.also.clone()),
                (Door::Begins, rule.pattern.begins.clone()),
            ]
        };
        let all = rules.rules.iter().flat_map(lists);
        let mut terms: Vec<String> = all.flat_map(|(_, list)| list).collect();
        terms.sort_unstable();
        terms.dedup();
        let mut behind = vec![Vec::new(); terms.len()];
        for (at, rule) in (0u16..).zip(&rules.rules) {
            for (door, list) in lists(rule) {
                for term in list {
                    if let Ok(known) = terms.binary_search(&term) {
                        behind[known].push((at, door));
                    }
                }
            }
        }
        Engine {
            gate: Terms::new(terms),
            behind,
            rules,
        }
    }

    /// Every rule that matches, sentence by sentence.
    pub(crate) fn hits<'a>(
        &'a self,
        text: &str,
        sentences: &[Sentence],
        mentions: &[Mention<'_>],
    ) -> Vec<Hit<'a>> {
        let mut candidates: Vec<(u32, u16, Door, u32)> = Vec::new();
        let mut at = 0;
        for (term, start, end) in self.gate.all(text.as_bytes()) {
            while sentences.get(at).is_some_and(|next| next.end <= start) {
                at += 1;
            }
            let Some(sentence) = sentences.get(at) else {
                break;
            };
            if start < sentence.start || end > sentence.end {
                continue;
            }
            let place = u32::try_from(at).unwrap_or(u32::MAX);
            let from = u32::try_from(start - sentence.start).unwrap_or(u32::MAX);
            let rules = &self.behind[term];
            candidates.extend(rules.iter().map(|(rule, door)| (place, *rule, *door, from)));
        }
        candidates.sort_unstable();
        candidates
            .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
            .filter_map(|terms| {
                let (at, rule, ..) = terms[0];
                let rule = &self.rules.rules[usize::from(rule)];
                let sentence = &sentences[at as usize];
                let has = |asked: Door, list: &[String]| {
                    list.is_empty() || terms.iter().any(|(_, _, door, _)| *door == asked)
                };
                let open = has(Door::Triggers, &rule.triggers)
                    && has(Door::Also, &rule.also)
                    && has(Door::Begins, &rule.pattern.begins);
                let begins = terms.iter().filter(|term| term.2 == Door::Begins);
                let begins = begins.map(|term| term.3 as usize);
                (open && names_family(mentions, sentence, &rule.with))
                    .then(|| try_rule(rule, text, at as usize, sentence, begins))?
            })
            .collect()
    }
}

/// Whether one of the `mentions` within `sentence` is of one of `families`; none asked: always.
fn names_family(mentions: &[Mention<'_>], sentence: &Sentence, families: &[Family]) -> bool {
    families.is_empty()
        || within(mentions, sentence).any(|mention| families.contains(&mention.technology.family))
}

/// The mentions that lie within `sentence`.
pub(crate) fn within<'m, 'a>(
    mentions: &'m [Mention<'a>],
    sentence: &Sentence,
) -> impl Iterator<Item = &'m Mention<'a>> {
    let from = mentions.partition_point(|mention| mention.start < sentence.start);
    let end = sentence.end;
    mentions[from..]
        .iter()
        .take_while(move |mention| mention.end <= end)
}

fn try_rule<'a>(
    rule: &'a Rule,
    text: &str,
    at: usize,
    sentence: &Sentence,
    begins: impl Iterator<Item = usize>,
) -> Option<Hit<'a>> {
    let in_scope = match rule.scope {
        Scope::Sentence => true,
        Scope::Title => sentence.position == Position::Title,
        Scope::Lead => sentence.position != Position::Body,
    };
    if !in_scope {
        return None;
    }
    let words = &text.as_bytes()[sentence.start..sentence.end];
    let captures = rule.pattern.captures(words, begins)?;
    let whole = captures.get_match()?;
    let slot = |name: &str| slot(&captures, name, sentence.start);
    Some(Hit {
        rule,
        sentence: at,
        span: (sentence.start + whole.start(), sentence.start + whole.end()),
        subject: slot("subject"),
        object: slot("object"),
        seller: slot("seller"),
        amount: slot("amount"),
        position: slot("position"),
        place: slot("place"),
        count: slot("count"),
    })
}

/// The slot `name`, or its second spelling `name2` in another branch of the pattern.
fn slot(captures: &Captures, name: &str, base: usize) -> Option<(usize, usize)> {
    captures
        .get_group_by_name(name)
        .or_else(|| captures.get_group_by_name(&format!("{name}2")))
        .or_else(|| captures.get_group_by_name(&format!("{name}3")))
        .map(|found| (base + found.start, base + found.end))
}

#[cfg(test)]
mod tests {
    use super::super::knowledge::knowledge;

    /// A text made to be slow takes no longer by the byte than twice as little of it.
    #[test]
    fn hostile_texts_take_linear_time() {
        use cpu_time::ThreadTime;
        let engine = knowledge().engine("en");
        let language = knowledge().language("en");
        for piece in [
            "acquires buys raised ",
            "Contoso Fabrikam ",
            "acquir1 2 3,4.5 $",
            "A B C D Acquires ",
            "(((<Ab, said it has ",
        ] {
            let spent = |size: usize| {
                let text = piece.repeat(size / piece.len());
                let sentences = super::super::sentence::split(&text, 0, language);
                let clock = ThreadTime::now();
                engine.hits(&text, &sentences, &[]);
                clock.elapsed()
            };
            spent(8 << 10);
            let (little, much) = (spent(32 << 10), spent(256 << 10));
            assert!(much < little * 24, "{piece}: {little:?} {much:?}");
        }
    }
}
