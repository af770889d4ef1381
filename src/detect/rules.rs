//! The rule engine: a trigger gate over the whole text, then the patterns of the rules whose
//! triggers stand in a sentence, then vetoes.
//!
//! Invariant: time is linear in the text: the gate is an automaton, the patterns have no
//! look-around, and a rule sees a sentence once.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use regex::bytes::Captures;

use super::rulefile::{LoadError, Rule, Rules, Scope};
use super::sentence::{Position, Sentence};

/// The rules of one language behind their gate.
#[derive(Debug)]
pub(crate) struct Engine {
    pub(crate) rules: Rules,
    gate: AhoCorasick,
    /// For each trigger, the rules it lets through.
    behind: Vec<Vec<u16>>,
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
            .flat_map(|rule| rule.triggers.iter().map(String::as_str))
            .collect();
        triggers.sort_unstable();
        triggers.dedup();
        let behind = triggers
            .iter()
            .map(|trigger| {
                (0u16..)
                    .zip(&rules.rules)
                    .filter(|(_, rule)| rule.triggers.iter().any(|own| own == trigger))
                    .map(|(at, _)| at)
                    .collect()
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
    pub(crate) fn hits<'a>(&'a self, text: &str, sentences: &[Sentence]) -> Vec<Hit<'a>> {
        let mut candidates: Vec<(u32, u16)> = Vec::new();
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
            candidates.extend(rules.iter().map(|rule| (place, *rule)));
        }
        candidates.sort_unstable();
        candidates.dedup();
        candidates
            .into_iter()
            .filter_map(|(at, rule)| {
                let rule = &self.rules.rules[usize::from(rule)];
                try_rule(rule, text, at as usize, &sentences[at as usize])
            })
            .collect()
    }
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
    if !rule.pattern.is_match(words) || rule.not.as_ref().is_some_and(|not| not.is_match(words)) {
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

#[cfg(test)]
mod tests {
    use super::super::knowledge::knowledge;

    /// Every rule's own texts, as its file states them.
    #[test]
    fn rules_pass_the_tests_inside_their_files() {
        let mut wrong = Vec::new();
        for engine in &knowledge().engines {
            for rule in &engine.rules.rules {
                let fires = |text: &str| {
                    let folded = super::super::fold::Folded::new(text).text;
                    let words = folded.as_bytes();
                    let lower = folded.to_ascii_lowercase();
                    rule.triggers.iter().any(|trigger| lower.contains(trigger))
                        && rule.pattern.is_match(words)
                        && !rule.not.as_ref().is_some_and(|not| not.is_match(words))
                        && super::super::lexicon::satisfied(&rule.with, &folded)
                };
                for text in rule.hits.iter().filter(|text| !fires(text)) {
                    wrong.push(format!("{} should hit: {text}", rule.id));
                }
                for text in rule.misses.iter().filter(|text| fires(text)) {
                    wrong.push(format!("{} should not hit: {text}", rule.id));
                }
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
