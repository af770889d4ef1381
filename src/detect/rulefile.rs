//! Rules as data: what `rules/*.toml` may say, and what is checked before it is believed.
//!
//! Invariants of a loaded file: ids are unique; every trigger has four letters or more; every
//! macro exists and none contains itself; every rule has at least two texts it must hit, each
//! with one of its triggers, and two it must not.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use serde::Deserialize;

use super::expression::Macros;
pub(crate) use super::fault::LoadError;
use super::lexicon::Family;
use super::pattern::{Pattern, Veto};
use super::sentence::Position;
use crate::model::signal::{ProductArea, Role, SignalKind};

/// A file of rules as it is written: ours, or an operator's own beside them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RuleFile {
    pub(crate) language: String,
    version: u16,
    #[serde(default)]
    macros: BTreeMap<String, String>,
    /// Ids of rules of ours that are not to be tried.
    #[serde(default)]
    off: Vec<String>,
    #[serde(default)]
    rule: Vec<RuleEntry>,
}

/// Where a rule may match.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// Any sentence.
    #[default]
    Sentence,
    /// The title alone: elsewhere the pattern means too many things.
    Title,
    /// The title and the lead.
    Lead,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleEntry {
    id: String,
    kind: SignalKind,
    #[serde(default)]
    subject: Role,
    #[serde(default)]
    object: Role,
    #[serde(default)]
    areas: Vec<ProductArea>,
    triggers: Vec<String>,
    /// A second list, of which the sentence must have one too: for triggers that are common words.
    #[serde(default)]
    also: Vec<String>,
    pattern: String,
    #[serde(default)]
    not: Vec<String>,
    #[serde(default)]
    with: Vec<Family>,
    #[serde(default)]
    scope: Scope,
    /// How often the rule is right, by judgement: what its counts are smoothed towards.
    prior: f32,
    /// How often it was right and wrong; those of our own rules stand in `rules/counts.toml`.
    counts: Option<Counts>,
    hits: Vec<String>,
    misses: Vec<String>,
}

/// One rule, ready for use.
#[derive(Debug)]
pub(crate) struct Rule {
    pub(crate) id: String,
    pub(crate) kind: SignalKind,
    pub(crate) subject: Role,
    pub(crate) object: Role,
    pub(crate) areas: Vec<ProductArea>,
    pub(crate) triggers: Vec<String>,
    pub(crate) also: Vec<String>,
    pub(crate) pattern: Pattern,
    pub(crate) with: Vec<Family>,
    pub(crate) scope: Scope,
    pub(crate) prior: f32,
    pub(crate) counts: Counts,
    pub(crate) hits: Vec<String>,
    pub(crate) misses: Vec<String>,
}

/// How often a rule was right and wrong where its truth was known: title, lead, body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Counts {
    title: (u32, u32),
    lead: (u32, u32),
    body: (u32, u32),
}

/// How many observations a rule's prior is worth.
pub const WORTH: f32 = 12.0;

impl Counts {
    /// Right and wrong in the title, in the lead, in the body.
    pub(crate) fn each(self) -> [(u32, u32); 3] {
        [self.title, self.lead, self.body]
    }
}

impl Rule {
    /// How often the rule is right at `position`: its counts, smoothed towards the judgement.
    pub(crate) fn confidence(&self, position: Position) -> f32 {
        let (right, wrong) = match position {
            Position::Title => self.counts.title,
            Position::Lead => self.counts.lead,
            Position::Body => self.counts.body,
        };
        let prior = match position {
            Position::Title => self.prior,
            Position::Lead => self.prior * 0.98,
            Position::Body => self.prior * 0.92,
        };
        #[expect(clippy::cast_precision_loss, reason = "counts are thousands at most")]
        let (right, all) = (right as f32, (right + wrong) as f32);
        (right + WORTH * prior) / (all + WORTH)
    }
}

/// The rules of one language.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) language: String,
    pub(crate) version: u16,
    pub(crate) rules: Vec<Rule>,
}

impl Rules {
    /// Compiles every pattern now, where it would be when a text first needs it.
    ///
    /// # Errors
    /// Where an expression is none, or is too large.
    pub(crate) fn check(&self) -> Result<(), LoadError> {
        self.rules.iter().try_for_each(|rule| {
            let checked = rule.pattern.check();
            checked.map_err(|reason| LoadError::Pattern {
                rule: rule.id.clone(),
                reason,
            })
        })
    }
}

impl RuleFile {
    /// Reads a rule file; `name` is what errors call it by.
    pub(crate) fn parse(source: &str, name: &str) -> Result<RuleFile, LoadError> {
        toml::from_str(source).map_err(|error| LoadError::Syntax {
            file: name.to_owned(),
            reason: error.to_string(),
        })
    }

    /// The ids of its rules.
    pub(crate) fn ids(&self) -> impl Iterator<Item = &str> {
        self.rule.iter().map(|rule| rule.id.as_str())
    }

    /// The languages of `files`, for an error.
    pub(crate) fn languages(files: &[RuleFile]) -> String {
        let codes: Vec<&str> = files.iter().map(|file| file.language.as_str()).collect();
        codes.join(", ")
    }

    /// Lays an operator's file of the same language over this one: rules of the same id replace
    /// ours, others are added, those that are `off` go; its macros go before ours in its own rules
    /// and in ours.
    ///
    /// # Errors
    /// Where it turns off what is not there, or has an id twice.
    pub(crate) fn overlay(&mut self, over: RuleFile) -> Result<(), LoadError> {
        self.version = self.version.wrapping_add(over.version);
        for id in &over.off {
            let at = self.rule.iter().position(|rule| rule.id == *id);
            let at = at.ok_or_else(|| wrong(id, "it is turned off, but there is none"))?;
            self.rule.remove(at);
        }
        let mut own = HashSet::new();
        for entry in over.rule {
            if !own.insert(entry.id.clone()) {
                return Err(wrong(&entry.id, "its id is taken"));
            }
            match self.rule.iter_mut().find(|rule| rule.id == entry.id) {
                Some(ours) => {
                    let mut entry = entry;
                    // What was counted of another pattern says nothing of this one.
                    let same = (&ours.pattern, &ours.not, &ours.triggers, &ours.also)
                        == (&entry.pattern, &entry.not, &entry.triggers, &entry.also);
                    if !same {
                        entry.counts.get_or_insert_default();
                    }
                    *ours = entry;
                }
                None => self.rule.push(entry),
            }
        }
        self.macros.extend(over.macros);
        Ok(())
    }

    /// Compiles the rules, each with the counts that belong to it.
    ///
    /// # Errors
    /// Where a rule breaks one of the laws above.
    pub(crate) fn compile(self, counts: &BTreeMap<String, Counts>) -> Result<Rules, LoadError> {
        let macros = Arc::new(Macros::new(&self.macros));
        let mut known = HashSet::new();
        let mut shared = BTreeMap::new();
        let mut rules = Vec::with_capacity(self.rule.len());
        for entry in self.rule {
            if !known.insert(entry.id.clone()) {
                return Err(wrong(&entry.id, "its id is taken"));
            }
            rules.push(ready(entry, &macros, counts, &mut shared)?);
        }
        Ok(Rules {
            language: self.language,
            version: self.version,
            rules,
        })
    }
}

fn ready(
    entry: RuleEntry,
    macros: &Arc<Macros>,
    counts: &BTreeMap<String, Counts>,
    shared: &mut BTreeMap<String, Arc<Veto>>,
) -> Result<Rule, LoadError> {
    let id = entry.id;
    if entry.triggers.is_empty() {
        return Err(wrong(&id, "it has no trigger"));
    }
    for trigger in entry.triggers.iter().chain(&entry.also) {
        if trigger.len() < 4 {
            return Err(wrong(
                &id,
                &format!("trigger `{trigger}` has under four letters"),
            ));
        }
        if trigger
            .bytes()
            .any(|byte| !byte.is_ascii() || byte.is_ascii_uppercase())
        {
            return Err(wrong(
                &id,
                &format!("trigger `{trigger}` is not in folded lower case"),
            ));
        }
    }
    if !(0.0..=1.0).contains(&entry.prior) {
        return Err(wrong(&id, "its prior is no probability"));
    }
    if entry.hits.len() < 2 || entry.misses.len() < 2 {
        return Err(wrong(&id, "it needs two hits and two misses as tests"));
    }
    // What is but a macro's name is the same veto in every rule that has it.
    let (named, own): (Vec<&str>, Vec<&str>) = entry
        .not
        .iter()
        .map(String::as_str)
        .partition(|part| is_macro(part));
    let mut vetoes: Vec<Arc<Veto>> = named
        .into_iter()
        .map(|name| {
            let veto = shared.entry(name.to_owned());
            Arc::clone(veto.or_insert_with(|| Veto::new(&[name], macros)))
        })
        .collect();
    if !own.is_empty() {
        vetoes.push(Veto::new(&own, macros));
    }
    let pattern =
        Pattern::new(entry.pattern, vetoes, macros).map_err(|reason| wrong(&id, &reason))?;
    Ok(Rule {
        kind: entry.kind,
        subject: entry.subject,
        object: entry.object,
        areas: entry.areas,
        triggers: entry.triggers,
        also: entry.also,
        pattern,
        with: entry.with,
        scope: entry.scope,
        prior: entry.prior,
        counts: entry
            .counts
            .or_else(|| counts.get(&id).copied())
            .unwrap_or_default(),
        hits: entry.hits,
        misses: entry.misses,
        id,
    })
}

/// Whether a part of a pattern is a macro's name, and nothing else.
fn is_macro(part: &str) -> bool {
    let inside = part
        .strip_prefix('{')
        .and_then(|part| part.strip_suffix('}'));
    inside.is_some_and(|name| name.bytes().all(|byte| byte.is_ascii_uppercase()))
}

fn wrong(rule: &str, reason: &str) -> LoadError {
    LoadError::Rule {
        rule: rule.to_owned(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(rule: &str) -> String {
        format!(
            "language = \"en\"\nversion = 1\n[macros]\nA = 'a{{B}}'\nB = 'b'\nC = '{{C}}'\n{rule}"
        )
    }

    fn rule(triggers: &str, pattern: &str) -> String {
        format!(
            "[[rule]]\nid = \"x\"\nkind = \"mna\"\ntriggers = [{triggers}]\npattern = '{pattern}'\n\
             prior = 0.5\nhits = [\"a\", \"b\"]\nmisses = [\"a\", \"b\"]\n"
        )
    }

    fn complaint(source: &str) -> String {
        RuleFile::parse(source, "rules")
            .and_then(|file| file.compile(&BTreeMap::new()))
            .expect_err("refused")
            .to_string()
    }

    #[test]
    fn macros_nest() {
        let source = file(&rule("\"acquire\"", "{A}c{2}"));
        let parsed = RuleFile::parse(&source, "rules").expect("it reads");
        let loaded = parsed.compile(&BTreeMap::new()).expect("it compiles");
        assert!(loaded.rules[0].pattern.captures(b"ABCC", [0]).is_some());
    }

    #[test]
    fn complaints_name_the_rule_and_the_fault() {
        assert_eq!(
            complaint(&file(&rule("\"buy\"", "x"))),
            "rule x: trigger `buy` has under four letters"
        );
        assert_eq!(
            complaint(&file(&rule("\"acquire\"", "{D}"))),
            "rule x: there is no macro `D`"
        );
        assert_eq!(
            complaint(&file(&rule("\"acquire\"", "{C}"))),
            "rule x: its macros contain each other"
        );
        let twice = rule("\"acquire\"", "x").repeat(2);
        assert_eq!(complaint(&file(&twice)), "rule x: its id is taken");
        assert!(complaint(&file(&rule("\"acquire\"", "("))).contains("rule x"));
    }
}
