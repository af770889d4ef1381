//! The rule engine: a trigger gate over the whole text, then the patterns of the rules whose
//! triggers stand in a sentence, then vetoes.
//!
//! Invariant: time is linear in the text: the gate is an automaton, the patterns have no
//! look-around, and a rule sees a sentence once.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::Captures;

use super::lexicon::{Family, Mention};
use super::rulefile::{LoadError, Rule, Rules, Scope};
use super::sentence::{Position, Sentence};

/// The rules of one language behind their gate.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) rules: Rules,
    gate: AhoCorasick,
    /// For each trigger, the rules it lets through, and by which of their two doors.
    behind: Vec<Vec<(u16, Door)>>,
}

/// A rule's list of triggers: its sentence must have one of each list that is not empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Door {
    Triggers,
    Also,
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
    pub(crate) fn new(rules: Rules) -> Result<Engine, LoadError> {
        let mut triggers: Vec<&str> = rules
            .rules
            .iter()
            .flat_map(|rule| rule.triggers.iter().chain(&rule.also).map(String::as_str))
            .collect();
        triggers.sort_unstable();
        triggers.dedup();
        let behind = triggers
            .iter()
            .map(|trigger| {
                let at = |door| {
                    (0u16..).zip(&rules.rules).filter_map(move |(at, rule)| {
                        let list = match door {
                            Door::Triggers => &rule.triggers,
                            Door::Also => &rule.also,
                        };
                        list.iter().any(|own| own == trigger).then_some((at, door))
                    })
                };
                at(Door::Triggers).chain(at(Door::Also)).collect()
            })
            .collect();
        // The automatic choice takes the NFA at this size, which is five times slower.
        let gate = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .kind(Some(AhoCorasickKind::DFA))
            .build(&triggers)
            .map_err(|error| LoadError::Syntax {
                file: "triggers".to_owned(),
                reason: error.to_string(),
            })?;
        Ok(Engine {
            gate,
            behind,
            rules,
        })
    }

    /// Every rule that matches, sentence by sentence.
    pub(crate) fn hits<'a>(
        &'a self,
        text: &str,
        sentences: &[Sentence],
        mentions: &[Mention<'_>],
    ) -> Vec<Hit<'a>> {
        let mut candidates: Vec<(u32, u16, Door)> = Vec::new();
        let mut at = 0;
        for found in self.gate.find_overlapping_iter(text) {
            while sentences.get(at).is_some_and(|next| next.end < found.end()) {
                at += 1;
            }
            let Some(sentence) = sentences.get(at) else {
                break;
            };
            if found.start() < sentence.start {
                continue;
            }
            let place = u32::try_from(at).unwrap_or(u32::MAX);
            let rules = &self.behind[found.pattern().as_usize()];
            candidates.extend(rules.iter().map(|(rule, door)| (place, *rule, *door)));
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
            .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
            .filter_map(|doors| {
                let (at, rule, first) = doors[0];
                let rule = &self.rules.rules[usize::from(rule)];
                let at = at as usize;
                let open = first == Door::Triggers && (rule.also.is_empty() || doors.len() == 2);
                let named = || names_family(mentions, &sentences[at], &rule.with);
                (open && named()).then(|| try_rule(rule, text, at, &sentences[at]))?
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

fn try_rule<'a>(rule: &'a Rule, text: &str, at: usize, sentence: &Sentence) -> Option<Hit<'a>> {
    let in_scope = match rule.scope {
        Scope::Sentence => true,
        Scope::Title => sentence.position == Position::Title,
        Scope::Lead => sentence.position != Position::Body,
    };
    if !in_scope {
        return None;
    }
    let words = &text.as_bytes()[sentence.start..sentence.end];
    let needed = rule.core.as_ref().unwrap_or(&rule.pattern);
    if !needed.is_match(words) || rule.not.as_ref().is_some_and(|not| not.is_match(words)) {
        return None;
    }
    let captures = rule.pattern.captures(words)?;
    let whole = captures.get(0)?;
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
fn slot(captures: &Captures<'_>, name: &str, base: usize) -> Option<(usize, usize)> {
    captures
        .name(name)
        .or_else(|| captures.name(&format!("{name}2")))
        .or_else(|| captures.name(&format!("{name}3")))
        .map(|found| (base + found.start(), base + found.end()))
}
