//! What an operator may set about technologies.

use std::path::PathBuf;

use serde::Deserialize;

/// The `[technographics]` section.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// A file in the Wappalyzer JSON format, or a folder of them; empty: none.
    pub wappalyzer: PathBuf,
}
