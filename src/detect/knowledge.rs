//! What detectors know: rules and lexicons, embedded as data and compiled once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::gate::{self, Gate};
use super::language::Language;
use super::lexicon::Lexicon;
use super::privacy::Names;
use super::rulefile::{self, LoadError};
use super::rules::Engine;
use crate::model::signal::SignalKind;

/// Rules, lexicons and languages, compiled.
#[derive(Debug)]
pub(crate) struct Knowledge {
    pub(crate) engines: Vec<Engine>,
    languages: Vec<Language>,
    gates: Vec<Gate>,
    pub(crate) lexicon: Lexicon,
    pub(crate) names: Names,
}

/// The shipped knowledge.
pub(crate) fn knowledge() -> &'static Knowledge {
    static SHIPPED: LazyLock<Knowledge> =
        LazyLock::new(|| Knowledge::load().expect("the shipped rule files load: a test says so"));
    &SHIPPED
}

impl Knowledge {
    fn load() -> Result<Knowledge, LoadError> {
        let counts: BTreeMap<String, rulefile::Counts> =
            toml::from_str(include_str!("rules/counts.toml")).map_err(|error| {
                LoadError::Syntax {
                    file: "rules/counts.toml".to_owned(),
                    reason: error.to_string(),
                }
            })?;
        let mut engines = Vec::new();
        for source in [include_str!("rules/en.toml"), include_str!("rules/es.toml")] {
            engines.push(Engine::new(rulefile::load(source, &counts)?)?);
        }
        let mut languages = Vec::new();
        for source in [
            include_str!("lexicon/language_en.toml"),
            include_str!("lexicon/language_es.toml"),
        ] {
            languages.push(Language::load(source)?);
        }
        Ok(Knowledge {
            engines,
            languages,
            gates: gate::load(include_str!("rules/gates.toml"))?,
            lexicon: Lexicon::load(include_str!("lexicon/technologies.toml"))?,
            names: Names::load(include_str!("lexicon/names.toml"))?,
        })
    }

    /// The language of that code; English where it is not known, because English words stand in
    /// every language's business pages.
    pub(crate) fn language(&self, code: &str) -> &Language {
        self.languages
            .iter()
            .find(|language| language.code == code)
            .unwrap_or(&self.languages[0])
    }

    /// The gate of a kind in a language, where there is one.
    pub(crate) fn gate(&self, kind: SignalKind, language: &str) -> Option<&Gate> {
        self.gates
            .iter()
            .find(|gate| gate.kind == kind && gate.language == language)
    }

    /// The rules of that language.
    pub(crate) fn engine(&self, code: &str) -> &Engine {
        self.engines
            .iter()
            .find(|engine| engine.rules.language == code)
            .unwrap_or(&self.engines[0])
    }
}
