//! The fingerprints: data files, compiled once into sets that one pass over a page can use.
//!
//! Invariants, held by tests: slugs are unique, every pattern compiles, every technology has a
//! test that finds it, and every test in the files holds.

use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use include_dir::{Dir, include_dir};
use regex::bytes::{Regex, RegexBuilder};
use serde::Deserialize;

use crate::model::signal::ProductArea;

static FILES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/technographics/fingerprints");

/// A technology, and what gives it away.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Technology {
    /// Its name in facts and exports: `hubspot`.
    pub slug: String,
    /// Its name as shown.
    pub name: String,
    /// Its category: `crm`, `cms`.
    pub category: String,
    /// The product areas that its use speaks to.
    #[serde(default)]
    pub areas: Vec<ProductArea>,
    /// Slugs of what it cannot run without.
    #[serde(default)]
    pub implies: Vec<String>,
    pub(super) clues: Vec<Clue>,
    #[serde(default)]
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests alone"))]
    pub(super) tests: Vec<Example>,
}

/// One thing to look for. Exactly one of `header`, `cookie`, `meta`, `url` and `html` is set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Clue {
    /// A header field's name.
    pub(super) header: Option<String>,
    /// A cookie's name; a star at the end stands for anything.
    pub(super) cookie: Option<String>,
    /// The name or property of a meta element.
    pub(super) meta: Option<String>,
    /// Host and beginning of the path of a URL that the page loads, embeds or posts to.
    pub(super) url: Option<String>,
    /// A piece of the markup, anywhere.
    pub(super) html: Option<String>,
    /// Whether a mere link to the URL counts too.
    #[serde(default)]
    pub(super) link: bool,
    /// Whether the URL is at a cloud where anybody may be a customer: it counts fully only when its
    /// host is named after the site.
    #[serde(default)]
    pub(super) tenant: bool,
    /// What the value, the URL or the markup around the piece must match; its group `version` is
    /// the version.
    pub(super) pattern: Option<String>,
    /// How sure this alone makes, 0–1.
    pub(super) confidence: f32,
}

/// A test in a file: this header line or markup is found to be the technology, or is not.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(not(test), expect(dead_code, reason = "read by the tests alone"))]
pub(super) struct Example {
    pub(super) header: Option<String>,
    pub(super) html: Option<String>,
    pub(super) version: Option<String>,
    #[serde(default = "yes")]
    pub(super) found: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    technology: Vec<Technology>,
}

/// A clue made ready: whose it is, and its pattern compiled.
pub(super) struct Ready {
    pub(super) technology: usize,
    pub(super) clue: &'static Clue,
    pub(super) pattern: Option<Regex>,
}

impl Ready {
    /// Whether `text` is as the pattern wants it, with the version it shows.
    pub(super) fn accepts(&self, text: &[u8]) -> Option<Option<String>> {
        let Some(pattern) = &self.pattern else {
            return Some(None);
        };
        let found = pattern.captures(text)?;
        let version = found.name("version").filter(|version| !version.is_empty());
        Some(version.map(|version| String::from_utf8_lossy(version.as_bytes()).into_owned()))
    }
}

/// Every clue, by where it is looked for.
pub(super) struct Clues {
    pub(super) headers: Vec<Ready>,
    pub(super) cookies: Vec<Ready>,
    pub(super) metas: Vec<Ready>,
    /// Clues for the markup: those of `url` and those of `html`.
    pub(super) pieces: Vec<Ready>,
    /// Finds `pieces` by their number.
    pub(super) finder: AhoCorasick,
    /// Clues whose URL is a whole host, which a content security policy may name.
    pub(super) hosts: Vec<usize>,
    /// Finds `hosts` by their number.
    pub(super) host_finder: AhoCorasick,
}

/// All technologies, in the files' order.
pub fn technologies() -> &'static [Technology] {
    static ALL: LazyLock<Vec<Technology>> = LazyLock::new(|| {
        let files = FILES
            .files()
            .filter(|file| file.path().extension().is_some_and(|e| e == "toml"));
        files
            .flat_map(|file| {
                let text = file
                    .contents_utf8()
                    .expect("a fingerprint file is UTF-8: tested");
                let parsed: Result<File, _> = toml::from_str(text);
                let parsed = parsed.map_err(|error| format!("{}: {error}", file.path().display()));
                parsed
                    .expect("a fingerprint file is well formed: tested")
                    .technology
            })
            .collect()
    });
    &ALL
}

/// The technology of this slug.
pub fn technology(slug: &str) -> Option<&'static Technology> {
    technologies()
        .iter()
        .find(|technology| technology.slug == slug)
}

/// All clues, compiled on first use.
pub(super) fn clues() -> &'static Clues {
    static CLUES: LazyLock<Clues> = LazyLock::new(compile);
    &CLUES
}

fn compile() -> Clues {
    let (mut headers, mut cookies, mut metas, mut pieces) = (vec![], vec![], vec![], vec![]);
    for (number, technology) in technologies().iter().enumerate() {
        for clue in &technology.clues {
            let place = match clue {
                Clue {
                    header: Some(_), ..
                } => &mut headers,
                Clue {
                    cookie: Some(_), ..
                } => &mut cookies,
                Clue { meta: Some(_), .. } => &mut metas,
                _ => &mut pieces,
            };
            place.push(Ready {
                technology: number,
                clue,
                pattern: clue.pattern.as_deref().map(regex),
            });
        }
    }
    let needle = |ready: &Ready| ready.clue.url.as_ref().or(ready.clue.html.as_ref());
    let needles: Vec<&str> = pieces
        .iter()
        .map(|ready| needle(ready).map_or("\0", String::as_str))
        .collect();
    let whole_host = |needle: &str| {
        needle
            .find('/')
            .is_none_or(|slash| slash + 1 == needle.len())
    };
    let hosts: Vec<usize> = (0..pieces.len())
        .filter(|&number| pieces[number].clue.url.is_some() && whole_host(needles[number]))
        .collect();
    let host_needles = hosts
        .iter()
        .map(|&number| needles[number].trim_end_matches('/'));
    Clues {
        finder: finder(needles.iter().copied()),
        host_finder: finder(host_needles),
        headers,
        cookies,
        metas,
        pieces,
        hosts,
    }
}

fn regex(pattern: &str) -> Regex {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .unicode(false)
        .build()
        .expect("a fingerprint's pattern compiles: tested")
}

fn finder<'a>(needles: impl Iterator<Item = &'a str>) -> AhoCorasick {
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(needles)
        .expect("some hundred short needles fit an automaton")
}
