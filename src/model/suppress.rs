//! The suppression list: whom nobody asks, and of whom nothing is handed on. Pure.
//!
//! One entry a line, `#` begins a comment: a domain with everything below it (`example.com`), the
//! beginning of a URL (`example.com/people/`, any scheme), or a pattern in which `*` stands for
//! anything (`*.example.com/jobs/*`).

use std::collections::HashMap;

use ::url::Url;

use super::url;

/// A suppression list, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Suppressed {
    /// Domains, with their entries as written.
    domains: HashMap<String, String>,
    /// Beginnings of URLs without their scheme.
    prefixes: Vec<(String, String)>,
    /// Patterns over URLs without their scheme.
    patterns: Vec<(String, String)>,
}

/// A line that is no entry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {text:?} is no domain, URL or pattern")]
pub struct NoEntry {
    /// Its number, from 1.
    pub line: usize,
    /// What stands there.
    pub text: String,
}

impl Suppressed {
    /// Adds the entries of a list's text.
    ///
    /// # Errors
    /// At the first line that is no entry: a suppression that is not understood must not pass
    /// for one that is obeyed.
    pub fn add(&mut self, text: &str) -> Result<(), NoEntry> {
        for (number, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
            let entry = line.split('#').next().unwrap_or_default().trim();
            if !entry.is_empty() && self.entry(entry).is_none() {
                return Err(NoEntry {
                    line: number + 1,
                    text: entry.to_owned(),
                });
            }
        }
        Ok(())
    }

    fn entry(&mut self, entry: &str) -> Option<()> {
        let bare = entry.split_once("://").map_or(entry, |(_, rest)| rest);
        if bare.contains('*') {
            let (host, path) = bare.split_at(bare.find('/').unwrap_or(bare.len()));
            let pattern = format!("{}{path}", host.to_lowercase());
            let speaks = pattern.chars().any(char::is_alphanumeric);
            self.patterns
                .push((speaks.then_some(pattern)?, entry.to_owned()));
            return Some(());
        }
        let target = url::parse(&format!("http://{bare}"))?;
        let name = target.host_str()?;
        if !name.contains(['.', ':']) {
            return None;
        }
        if bare.contains('/') {
            self.prefixes
                .push((without_scheme(&target), entry.to_owned()));
        } else {
            self.domains.insert(name.to_owned(), entry.to_owned());
        }
        Some(())
    }

    /// The entry that suppresses `url`, as it stands in the list.
    pub fn entry_for(&self, url: &Url) -> Option<&str> {
        let name = url.host_str()?.trim_end_matches('.');
        let above = std::iter::successors(Some(name), |name| Some(name.split_once('.')?.1));
        let domain = above.filter_map(|name| self.domains.get(name)).next();
        let text = without_scheme(url);
        let prefix = || {
            self.prefixes
                .iter()
                .find(|(start, _)| text.starts_with(start))
        };
        let pattern = || self.patterns.iter().find(|(glob, _)| fits(glob, &text));
        domain
            .or_else(|| prefix().or_else(pattern).map(|(_, entry)| entry))
            .map(String::as_str)
    }

    /// As [`Suppressed::entry_for`], of a URL or a domain as text.
    pub fn entry_for_text(&self, text: &str) -> Option<&str> {
        let whole = url::parse(text).or_else(|| url::parse(&format!("http://{text}/")))?;
        self.entry_for(&whole)
    }
}

/// `www.example.com/a?b` of `https://www.example.com/a?b`.
fn without_scheme(url: &Url) -> String {
    let text = url.as_str();
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    rest.to_owned()
}

/// Whether the whole text fits the pattern; linear, whatever the pattern.
pub fn fits(glob: &str, text: &str) -> bool {
    let mut pieces = glob.split('*');
    let Some(mut rest) = pieces.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let mut pieces = pieces.peekable();
    while let Some(piece) = pieces.next() {
        if pieces.peek().is_none() {
            return rest.ends_with(piece);
        }
        match rest.find(piece) {
            Some(at) => rest = &rest[at + piece.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_beginnings_and_patterns_are_told_apart() {
        let mut list = Suppressed::default();
        let text = "\u{feff}# whom we leave alone\nExample.com\nhttps://b.example/people/ # staff\n\
                    *.c.example/jobs/*\n*/private/*.html\nbücher.example\n\n";
        list.add(text).expect("a list");
        for (url, entry) in [
            ("https://example.com/", Some("Example.com")),
            ("http://www.example.com:8080/a", Some("Example.com")),
            ("https://notexample.com/", None),
            ("https://example.com.evil.example/", None),
            (
                "http://b.example/people/jane",
                Some("https://b.example/people/"),
            ),
            ("http://b.example/people", None),
            (
                "http://b.example/%70eople/jane",
                Some("https://b.example/people/"),
            ),
            ("https://x.c.example/jobs/1", Some("*.c.example/jobs/*")),
            ("https://c.example/jobs/1", None),
            (
                "https://d.example/a/private/b.html",
                Some("*/private/*.html"),
            ),
            ("https://d.example/a/private/b.htm", None),
            ("https://www.xn--bcher-kva.example/", Some("bücher.example")),
        ] {
            let parsed = url::parse(url).expect("a URL");
            assert_eq!(list.entry_for(&parsed), entry, "{url}");
        }
        assert_eq!(list.entry_for_text("www.example.com"), Some("Example.com"));
        assert_eq!(list.entry_for_text("f.example"), None);
    }

    #[test]
    fn what_is_no_entry_is_named() {
        for (text, line) in [("a.example\n??", 2), ("com", 1), ("*", 1), ("a b", 1)] {
            let why = Suppressed::default().add(text).expect_err(text);
            assert_eq!(why.line, line, "{text}");
        }
    }
}
