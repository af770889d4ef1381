//! Pages that show nothing without scripts, shown by a Chromium of the machine's own (the optional
//! feature `browser`), over the Chrome DevTools Protocol.
//!
//! Invariants: the browser itself reaches no network: every request of a page is held until
//! somebody answers it from here or refuses it, and what slips past that meets a proxy that does
//! not exist; only `GET`s for documents, scripts and data at the page's own host are put forward,
//! few of them; no cookie, no storage and no cache outlives a page; what a page can make us keep is
//! bounded.

use std::path::PathBuf;
use std::time::Duration;

use serde::Deserialize;
use url::Url;

#[cfg(not(feature = "browser"))]
mod absent;
#[cfg(feature = "browser")]
mod chromium;

#[cfg(not(feature = "browser"))]
pub use absent::{Browser, Tab};
#[cfg(feature = "browser")]
pub use chromium::{Browser, Tab};

/// The `[browser]` section.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// The browser's program; empty: none is started.
    pub program: PathBuf,
    /// Whether pages are kept in the browser's sandbox.
    pub sandbox: bool,
    /// Pages that may be open at once.
    pub pages: usize,
    /// Requests that one page may make beside its own.
    pub requests: usize,
    /// The longest that a page may take to go on, once it is answered.
    #[serde(with = "humantime_serde")]
    pub patience: Duration,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            program: PathBuf::new(),
            sandbox: true,
            pages: 4,
            requests: 40,
            patience: Duration::from_secs(10),
        }
    }
}

impl Config {
    /// Whether pages are to be shown by a browser.
    pub fn is_on(&self) -> bool {
        !self.program.as_os_str().is_empty()
    }
}

/// What a page in the browser waits for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wants {
    /// An answer from its own host.
    Answer(Url),
    /// Nothing more: this is its markup, as far as the limit of a body.
    Nothing(String),
}

/// Why there is no browser.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It was not built in.
    #[error(
        "this build knows no browser: build with `--features browser`, or leave [browser] program empty"
    )]
    Absent,
    /// It does not start.
    #[error("[browser] program {program:?} does not start: {why}")]
    Start {
        /// The program.
        program: PathBuf,
        /// What it said.
        why: String,
    },
}
