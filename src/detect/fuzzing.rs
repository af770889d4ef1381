//! Doors for `fuzz/` to what is private here. No part of the interface.

use std::collections::BTreeMap;

use super::lexicon::Lexicon;
use super::rulefile::RuleFile;
use super::{gate, language, privacy};

/// Reads a text as a file of rules; whether it can be used.
pub fn rules(source: &str) -> bool {
    RuleFile::parse(source, "rules")
        .and_then(|file| file.compile(&BTreeMap::new()))
        .is_ok()
}

/// Reads a text as every other data file of this room; how many it can be.
pub fn data(source: &str) -> usize {
    usize::from(Lexicon::load(source).is_ok())
        + usize::from(gate::load(source).is_ok())
        + usize::from(language::Language::load(source).is_ok())
        + usize::from(privacy::Names::load(source).is_ok())
}
