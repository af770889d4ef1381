//! The clues that pages hold, compiled once into sets that one pass over a page can use.

use std::collections::HashMap;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use regex::bytes::{Regex, RegexBuilder};

use super::fingerprint::{Clue, technologies};
use crate::model::domain;

/// Hosts that makers of software keep for their own pages.
const MAKERS: &[&str] = &[
    "about",
    "academy",
    "blog",
    "community",
    "developer",
    "developers",
    "docs",
    "events",
    "help",
    "info",
    "learn",
    "news",
    "partners",
    "status",
    "support",
    "trust",
    "university",
    "www",
];

/// A clue made ready: whose it is, and its pattern compiled.
pub(super) struct Ready {
    pub(super) technology: usize,
    pub(super) clue: &'static Clue,
    pub(super) pattern: Option<Regex>,
    /// The domain that the clue's URL is the whole of, and nothing more narrows down: its maker's own
    /// site may well be there too.
    pub(super) domain: Option<&'static str>,
}

impl Ready {
    pub(super) fn new(technology: usize, clue: &'static Clue) -> Ready {
        Ready {
            technology,
            clue,
            pattern: clue.pattern.as_deref().map(regex),
            domain: clue.url.as_deref().and_then(whole_domain),
        }
    }

    /// Whether a link leads to the maker's own site, as any page's may: `www.acumatica.com`, where
    /// `acme.acumatica.com` is a customer's.
    pub(super) fn is_makers(&self, url: &str) -> bool {
        let (None, Some(domain)) = (&self.pattern, self.domain) else {
            return false;
        };
        let host = url.split_once("//").map_or(url, |(_, rest)| rest);
        let host = host.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let host = host.to_ascii_lowercase();
        let label = host
            .strip_suffix(domain)
            .map(|label| label.trim_end_matches('.'));
        label.is_some_and(|label| label.is_empty() || MAKERS.contains(&label))
    }

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

/// Clues that a name finds.
pub(super) type ByName = HashMap<&'static str, Vec<Ready>>;

/// Every clue that a page can hold, by where it is looked for.
pub(super) struct Clues {
    pub(super) headers: ByName,
    /// Clues for cookies whose whole name is known.
    pub(super) cookies: ByName,
    /// Clues for cookies of which the beginning is known, without the star.
    pub(super) cookies_from: Vec<(&'static str, Ready)>,
    pub(super) metas: ByName,
    /// Clues for files, by their path.
    pub(super) files: Vec<(&'static str, Ready)>,
    /// Clues for the markup: those of `url` and those of `html`.
    pub(super) pieces: Vec<Ready>,
    /// Finds `pieces` by their number.
    pub(super) finder: AhoCorasick,
    /// Clues whose URL is a whole host, which a content security policy may name.
    pub(super) hosts: Vec<usize>,
    /// Finds `hosts` by their number.
    pub(super) host_finder: AhoCorasick,
}

/// All clues for pages, compiled on first use.
pub(super) fn clues() -> &'static Clues {
    static CLUES: LazyLock<Clues> = LazyLock::new(compile);
    &CLUES
}

fn compile() -> Clues {
    let (mut headers, mut cookies, mut metas) = (ByName::new(), ByName::new(), ByName::new());
    let (mut cookies_from, mut pieces, mut files) = (vec![], vec![], vec![]);
    for (number, technology) in technologies().iter().enumerate() {
        for clue in &technology.clues {
            let ready = Ready::new(number, clue);
            if let Some(name) = &clue.header {
                headers.entry(name).or_default().push(ready);
            } else if let Some(name) = &clue.meta {
                metas.entry(name).or_default().push(ready);
            } else if let Some(name) = &clue.cookie {
                match name.strip_suffix('*') {
                    Some(start) => cookies_from.push((start, ready)),
                    None => cookies.entry(name).or_default().push(ready),
                }
            } else if let Some(path) = &clue.file {
                files.push((path.as_str(), ready));
            } else if clue.url.is_some() || clue.html.is_some() {
                pieces.push(ready);
            }
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
        cookies_from,
        metas,
        files,
        pieces,
        hosts,
    }
}

pub(super) fn regex(pattern: &str) -> Regex {
    RegexBuilder::new(pattern)
        .case_insensitive(true)
        .unicode(false)
        .build()
        .expect("a fingerprint's pattern compiles: tested")
}

/// The host of a clue's URL, if that is a registrable domain and no path follows.
fn whole_domain(url: &'static str) -> Option<&'static str> {
    let host = url.strip_suffix('/')?;
    (domain::site(host).as_deref() == Some(host)).then_some(host)
}

fn finder<'a>(needles: impl Iterator<Item = &'a str>) -> AhoCorasick {
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .kind(Some(AhoCorasickKind::DFA))
        .build(needles)
        .expect("a thousand short needles fit an automaton")
}
