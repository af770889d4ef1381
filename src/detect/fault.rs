//! What can be wrong with a data file of this room, said with the place.

use thiserror::Error;

/// Why a file of rules or of a lexicon cannot be used.
#[derive(Debug, Error)]
pub enum LoadError {
    /// It is not what its format asks for; says the line where that is known.
    #[error("{file}: {reason}")]
    Syntax {
        /// The file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A pattern that is none, or that is too large.
    #[error("rule {rule}: {reason}")]
    Pattern {
        /// The rule's id.
        rule: String,
        /// What is wrong with its pattern.
        reason: String,
    },
    /// A rule that breaks a law of rules.
    #[error("rule {rule}: {reason}")]
    Rule {
        /// The rule's id.
        rule: String,
        /// The law it breaks.
        reason: String,
    },
}

impl LoadError {
    /// What is wrong with the file of this name.
    pub(crate) fn in_file(file: &str, reason: &dyn std::fmt::Display) -> LoadError {
        LoadError::Syntax {
            file: file.to_owned(),
            reason: reason.to_string(),
        }
    }

    /// The rule that is at fault, where it is one.
    pub(crate) fn rule(&self) -> Option<&str> {
        match self {
            LoadError::Syntax { .. } => None,
            LoadError::Pattern { rule, .. } | LoadError::Rule { rule, .. } => Some(rule),
        }
    }
}
