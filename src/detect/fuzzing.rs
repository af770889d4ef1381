//! Doors for `fuzz/` and `benches/` to what is private here. No part of the interface.

use std::collections::BTreeMap;

use super::lexicon::Lexicon;
use super::rulefile::RuleFile;
use super::{gate, language, privacy};

/// Reads a text as a file of rules; whether it can be used.
pub fn rules(source: &str) -> bool {
    RuleFile::parse(source, "rules")
        .and_then(|file| file.compile(&BTreeMap::new()))
        .and_then(|rules| rules.check())
        .is_ok()
}

/// Reads a text as every other data file of this room; how many it can be.
pub fn data(source: &str) -> usize {
    usize::from(Lexicon::load(source).is_ok())
        + usize::from(gate::load(source).is_ok())
        + usize::from(language::Language::load(source).is_ok())
        + usize::from(privacy::Names::load(source).is_ok())
}

/// A part of what is made ready, by its name, and how: whether it can be.
pub type Part = (&'static str, fn() -> bool);

/// What is made ready before a process's first page, part by part.
pub const PARTS: &[Part] = &[
    ("rules/en.toml, read", || {
        RuleFile::parse(include_str!("rules/en.toml"), "rules").is_ok()
    }),
    ("rules/en.toml", || rules(include_str!("rules/en.toml"))),
    ("rules/es.toml", || rules(include_str!("rules/es.toml"))),
    ("gates", || {
        gate::load(include_str!("rules/gates.toml")).is_ok()
    }),
    ("language_en", || {
        language::Language::load(include_str!("lexicon/language_en.toml")).is_ok()
    }),
    ("language_es", || {
        language::Language::load(include_str!("lexicon/language_es.toml")).is_ok()
    }),
    ("technologies", || {
        Lexicon::load(include_str!("lexicon/technologies.toml")).is_ok()
    }),
    ("names", || {
        privacy::Names::load(include_str!("lexicon/names.toml")).is_ok()
    }),
];
