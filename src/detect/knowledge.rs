//! What detectors know: rules and lexicons, embedded as data and compiled once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::gate::{self, Gate};
use super::language::Language;
use super::lexicon::Lexicon;
use super::privacy::{Names, PersonsIn};
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

/// What an operator may set about detection.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings {
    /// Rule files that add to ours or replace some, each with its name and text.
    pub rules: Vec<(String, String)>,
    /// Whether evidence names persons.
    pub persons: PersonsIn,
}

/// Has signals detected as the operator wants it, for as long as the process runs.
///
/// # Errors
/// Where a file cannot be used: says which, where and why. Where detection has begun already.
pub fn install(settings: &Settings) -> Result<(), LoadError> {
    let mut loaded = Knowledge::load(&settings.rules)?;
    loaded.names.persons_in = settings.persons;
    KNOWLEDGE
        .set(loaded)
        .map_err(|_| LoadError::in_file("rules", &"detection has begun with other rules already"))
}

impl Knowledge {
    pub(crate) fn load(over: &[(String, String)]) -> Result<Knowledge, LoadError> {
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
        // Whose rule it is, for errors that only show when it is compiled.
        let mut origin: BTreeMap<String, &str> = BTreeMap::new();
        for (name, text) in over {
            let file = RuleFile::parse(text, name)?;
            let Some(ours) = files.iter_mut().find(|ours| ours.language == file.language) else {
                let languages = RuleFile::languages(&files);
                let reason = format!(
                    "its language is {:?}; there are rules for {languages}",
                    file.language
                );
                return Err(LoadError::in_file(name, &reason));
            };
            origin.extend(file.ids().map(|id| (id.to_owned(), name.as_str())));
            ours.overlay(file)
                .map_err(|error| LoadError::in_file(name, &error))?;
        }
        let mut engines = Vec::new();
        for file in files {
            // Ours are checked by a test; an operator learns of his faults now.
            let compiled = file.compile(&counts).and_then(|rules| {
                if !over.is_empty() {
                    rules.check()?;
                }
                Ok(rules)
            });
            let rules =
                compiled.map_err(
                    |error| match error.rule().and_then(|rule| origin.get(rule)) {
                        Some(name) => LoadError::in_file(name, &error),
                        None => error,
                    },
                );
            engines.push(Engine::new(rules?));
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
