//! What the engine must know of a language beside its rules: where sentences end, how a writer
//! marks what is only planned or denied, how dates are written.

use std::collections::{HashMap, HashSet};

use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use super::rulefile::LoadError;

/// One language's facts, as `lexicon/language_*.toml` lists them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LanguageFile {
    language: String,
    abbreviations: Vec<String>,
    openers: Vec<String>,
    boilerplate: Vec<String>,
    planned: Vec<String>,
    hypothetical: Vec<String>,
    negated: Vec<String>,
    historical: Vec<String>,
    we: Vec<String>,
    months: Vec<String>,
    weekdays: Vec<String>,
    dates: Vec<String>,
    future: Vec<String>,
    #[serde(default)]
    actors: Vec<String>,
    #[serde(default)]
    anybody: Vec<String>,
    relative: HashMap<String, i32>,
    #[serde(default)]
    numbers: HashMap<String, i32>,
    #[serde(default)]
    units: HashMap<String, i32>,
    #[serde(default)]
    parts: HashMap<String, i8>,
}

/// One language, ready for use.
#[derive(Debug)]
pub(crate) struct Language {
    pub(crate) code: String,
    abbreviations: HashSet<String>,
    openers: HashSet<String>,
    boilerplate: Regex,
    pub(crate) planned: Regex,
    pub(crate) hypothetical: Regex,
    pub(crate) negated: Regex,
    pub(crate) historical: Regex,
    pub(crate) we: Regex,
    /// Words for somebody in particular: "the company", "our".
    actors: Option<Regex>,
    /// Words for anybody, with the few words between them and their verb.
    anybody: Option<Regex>,
    /// Words that put a date into the future.
    pub(crate) future: Regex,
    /// Beginnings of month names, January first; a name's alternatives are separated by `|`.
    pub(crate) months: Vec<String>,
    /// Beginnings of weekday names, Monday first.
    pub(crate) weekdays: Vec<String>,
    /// Patterns of dates with the groups `day`, `month`, `monthnumber`, `year`, `weekday`, `part`,
    /// `relative`, or `number` and `unit` with `ago` (or without: ahead).
    pub(crate) dates: Vec<Regex>,
    /// Days that a relative expression is away from today.
    pub(crate) relative: HashMap<String, i32>,
    /// Numbers in words.
    pub(crate) numbers: HashMap<String, i32>,
    /// How many days a unit of time has.
    pub(crate) units: HashMap<String, i32>,
    /// The month in which a part of the year begins; negative: of half a year, else of a quarter.
    pub(crate) parts: HashMap<String, i8>,
}

impl Language {
    pub(crate) fn load(source: &str) -> Result<Language, LoadError> {
        let file: LanguageFile = toml::from_str(source).map_err(|error| LoadError::Syntax {
            file: "language".to_owned(),
            reason: error.to_string(),
        })?;
        let any =
            |name: &str, parts: &[String]| compile(&format!(r"\b(?:{})", parts.join("|")), name);
        Ok(Language {
            actors: match file.actors.as_slice() {
                [] => None,
                actors => Some(any("actors", actors)?),
            },
            anybody: match file.anybody.join("|") {
                none if none.is_empty() => None,
                words => Some(compile(
                    &format!(r"\b(?:{words})(?:\s+[a-z'-]+){{0,3}}\s*$"),
                    "anybody",
                )?),
            },
            boilerplate: compile(
                &format!("^(?:{})", file.boilerplate.join("|")),
                "boilerplate",
            )?,
            planned: any("planned", &file.planned)?,
            hypothetical: any("hypothetical", &file.hypothetical)?,
            negated: any("negated", &file.negated)?,
            historical: any("historical", &file.historical)?,
            we: any("we", &file.we)?,
            future: any("future", &file.future)?,
            dates: file
                .dates
                .iter()
                .map(|pattern| {
                    let pattern = pattern
                        .replace(
                            "{MONTH}",
                            &format!(r"(?:{})[a-z]*\.?", file.months.join("|")),
                        )
                        .replace(
                            "{WEEKDAY}",
                            &format!(r"(?:{})[a-z]*", file.weekdays.join("|")),
                        );
                    compile(&format!(r"\b(?:{pattern})\b"), "dates")
                })
                .collect::<Result<_, _>>()?,
            code: file.language,
            abbreviations: file.abbreviations.into_iter().collect(),
            openers: file.openers.into_iter().collect(),
            months: file.months,
            weekdays: file.weekdays,
            relative: file.relative,
            numbers: file.numbers,
            units: file.units,
            parts: file.parts,
        })
    }

    pub(crate) fn is_abbreviation(&self, word: &str) -> bool {
        self.abbreviations.contains(&word.to_ascii_lowercase())
    }

    /// Whether a word after "Inc." rather opens a sentence than goes on in one.
    pub(crate) fn opens_sentences(&self, word: &str) -> bool {
        self.openers.contains(&word.to_ascii_lowercase())
    }

    /// Whether a sentence speaks of somebody in particular without a name. What is not known of a
    /// language is not held against its sentences.
    pub(crate) fn is_actor(&self, sentence: &str) -> bool {
        let words = sentence.as_bytes();
        self.we.is_match(words) || self.actors.as_ref().is_none_or(|any| any.is_match(words))
    }

    /// Whether what stands `before` a verb makes anybody its subject.
    pub(crate) fn is_anybody(&self, before: &str) -> bool {
        let from = before.len().saturating_sub(60);
        let near = &before.as_bytes()[from..];
        self.anybody.as_ref().is_some_and(|any| any.is_match(near))
    }

    /// Whether a line opens the part of a press release that says the same every time.
    pub(crate) fn is_boilerplate(&self, line: &str) -> bool {
        line.len() < 120 && self.boilerplate.is_match(line.as_bytes())
    }
}

/// A case-insensitive ASCII pattern, limited in size.
pub(crate) fn compile(pattern: &str, whose: &str) -> Result<Regex, LoadError> {
    RegexBuilder::new(pattern)
        .unicode(false)
        .case_insensitive(true)
        .size_limit(2 << 20)
        .dfa_size_limit(1 << 20)
        .build()
        .map_err(|error| LoadError::Pattern {
            rule: whose.to_owned(),
            reason: error.to_string(),
        })
}
