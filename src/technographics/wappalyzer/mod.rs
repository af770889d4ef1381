//! A second set of fingerprints, from files in the Wappalyzer JSON format: all of it that works
//! without a browser.
//!
//! Of a technology's fields, `headers`, `cookies`, `meta`, `html`, `scriptSrc`, `scripts`, `url`,
//! `dns`, `certIssuer` and, as far as single tags tell, `dom` are used; `implies`, `requires`,
//! `requiresCategory` and `excludes` hold. `js`, `xhr`, `text`, `css`, `robots` and `probe` need a
//! browser, or requests that nobody makes here: they are counted and left out. A pattern that cannot
//! be used is [reported](Report) with its reason; nothing in a file is an error but that it is no
//! JSON.
//!
//! The files' regular expressions are many, and each is tried only where text stands that its every
//! match must hold: one pass finds all such text.

mod dom;
mod literal;
mod look;
mod pattern;
mod read;
mod resolve;
mod set;
mod translate;

use std::collections::BTreeMap;

pub use set::Set;

/// What became of a file's technologies and patterns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Technologies that the files describe.
    pub read: usize,
    /// Of them, those that a pattern can recognise here, or another technology implies.
    pub loaded: usize,
    /// Patterns that are used.
    pub supported: usize,
    /// Patterns that cannot be used, and why.
    pub refused: Vec<Refused>,
    /// Patterns that need a browser, by their field.
    pub skipped: BTreeMap<String, usize>,
}

/// A pattern that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Whose it is, by the name in the file.
    pub technology: String,
    /// The field it stands in.
    pub field: &'static str,
    /// The pattern as written.
    pub pattern: String,
    /// Why.
    pub reason: String,
}

/// Why a text is no set of technologies.
#[derive(Debug, thiserror::Error)]
#[error("it is no JSON object of technologies: {0}")]
pub struct Malformed(#[from] serde_json::Error);

#[cfg(test)]
mod tests;
