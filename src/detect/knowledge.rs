//! What detectors know: rules and lexicons, embedded as data and compiled once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::gate::{self, Gate};
use super::language::Language;
use super::lexicon::Lexicon;
use super::privacy::Names;
use super::rulefile::{self, LoadError, RuleFile};
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

/// The rules that ship, one file a language.
const RULES: &[&str] = &[include_str!("rules/en.toml"), include_str!("rules/es.toml")];

/// What is known of the languages that have rules, in the same order.
const LANGUAGES: &[&str] = &[
    include_str!("lexicon/language_en.toml"),
    include_str!("lexicon/language_es.toml"),
];

static KNOWLEDGE: OnceLock<Knowledge> = OnceLock::new();

/// What is known: as it ships, or with what was [installed](install) over it.
pub(crate) fn knowledge() -> &'static Knowledge {
    KNOWLEDGE
        .get_or_init(|| Knowledge::load(&[]).expect("the shipped rule files load: a test says so"))
}

/// Has an operator's rule files, given by name and text, add to our rules or replace them, for as
/// long as the process runs.
///
/// # Errors
/// Where a file cannot be used: says which, where and why. Where detection has begun already.
pub fn install(files: &[(String, String)]) -> Result<(), LoadError> {
    let loaded = Knowledge::load(files)?;
    KNOWLEDGE.set(loaded).map_err(|_| LoadError::Syntax {
        file: "rules".to_owned(),
        reason: "detection has begun with other rules already".to_owned(),
    })
}

impl Knowledge {
    fn load(over: &[(String, String)]) -> Result<Knowledge, LoadError> {
        let counts: BTreeMap<String, rulefile::Counts> =
            toml::from_str(include_str!("rules/counts.toml")).map_err(|error| {
                LoadError::Syntax {
                    file: "rules/counts.toml".to_owned(),
                    reason: error.to_string(),
                }
            })?;
        let mut files = Vec::new();
        for source in RULES {
            files.push(RuleFile::parse(source, "rules")?);
        }
        for (name, text) in over {
            let file = RuleFile::parse(text, name)?;
            let named = |error: LoadError| LoadError::Syntax {
                file: name.clone(),
                reason: error.to_string(),
            };
            let ours = files.iter_mut().find(|ours| ours.language == file.language);
            let Some(ours) = ours else {
                return Err(LoadError::Syntax {
                    file: name.clone(),
                    reason: format!(
                        "its language is {:?}; there are rules for {}",
                        file.language,
                        RuleFile::languages(&files)
                    ),
                });
            };
            ours.overlay(file).map_err(named)?;
        }
        let mut engines = Vec::new();
        for file in files {
            let rules = file.compile(&counts)?;
            // Ours are checked by a test; an operator learns of his faults now.
            if !over.is_empty() {
                rules.check()?;
            }
            engines.push(Engine::new(rules));
        }
        let mut languages = Vec::new();
        for source in LANGUAGES {
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
