//! What a page or a domain shows of the files' technologies.

use std::ops::Range;

use url::Url;

use super::super::observed::{Kind, Observed};
use super::super::{SCANNED, is_markup, markup};
use super::pattern::Pattern;
use super::read::Place;
use super::resolve::Seen;
use super::set::Set;
use crate::model::page::Page;
use crate::model::profile::Fact;

/// How many places of one pattern are looked at before it is given up.
const TRIES: u8 = 10;

/// How far a match may reach from the text that announced it: Wappalyzer's own repetitions end at
/// 250 characters.
const REACH: usize = 600;

/// Scripts of one page that are looked at, and bytes of one that stands within it.
const SCRIPTS: usize = 500;
const SCRIPT: usize = 64 * 1024;

impl Set {
    /// The technologies that a page's URL, headers and markup give away. `own` are the facts of our
    /// own set, which other technologies may require.
    pub fn recognise(&self, page: &Page, own: &[Fact]) -> Vec<Fact> {
        let mut seen = Seen::default();
        for &number in &self.urls {
            self.try_one(&mut seen, number, page.url.as_bytes(), "url", &page.url);
        }
        self.fields(&mut seen, page);
        if is_markup(page) {
            let text = &page.body[..page.body.len().min(SCANNED)];
            for (name, content) in markup::metas(text) {
                for &number in self.metas.get(&name).into_iter().flatten() {
                    self.try_one(&mut seen, number, content, "meta", &name);
                }
            }
            self.markup(&mut seen, text);
            self.scripts(&mut seen, text, page);
        }
        self.facts(seen, own, &page.url, page.fetched)
    }

    /// The technologies that a domain's DNS answers and certificates give away.
    pub fn names(&self, observed: &Observed, own: &[Fact]) -> Vec<Fact> {
        let mut seen = Seen::default();
        for asked in &observed.asked {
            if observed
                .relative(&asked.name)
                .is_none_or(|at| !matches!(at, "" | "www"))
            {
                continue;
            }
            let numbers = self.dns.get(asked.kind.id()).into_iter().flatten();
            for &number in numbers {
                for record in asked.records() {
                    self.try_one(
                        &mut seen,
                        number,
                        record.as_bytes(),
                        asked.kind.id(),
                        record,
                    );
                }
            }
            // Where a zone was delegated, its start of authority names the same servers.
            if asked.kind == Kind::Ns {
                for &number in self.dns.get("SOA").into_iter().flatten() {
                    for record in asked.records() {
                        self.try_one(&mut seen, number, record.as_bytes(), "NS", record);
                    }
                }
            }
        }
        for certificate in observed.certificates.iter().take(100) {
            for &number in &self.issuers {
                let issuer = &certificate.issuer;
                self.try_one(
                    &mut seen,
                    number,
                    issuer.as_bytes(),
                    "certificate of",
                    issuer,
                );
            }
        }
        let url = format!("dns:{}", observed.domain);
        self.facts(seen, own, &url, observed.seen)
    }

    fn try_one(&self, seen: &mut Seen, number: usize, text: &[u8], what: &str, shown: &str) {
        let (technology, _, pattern) = &self.patterns[number];
        if let Some((_, version)) = pattern.find(text) {
            seen.add(number, *technology, pattern.confidence, version, || {
                format!("{what} {shown}")
            });
        }
    }

    fn fields(&self, seen: &mut Seen, page: &Page) {
        for (name, value) in &page.headers {
            for &number in self.headers.get(name).into_iter().flatten() {
                self.try_one(seen, number, value.as_bytes(), "header", name);
            }
            if name != "set-cookie" {
                continue;
            }
            let pair = value.split(';').next().unwrap_or_default();
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = name.trim().to_ascii_lowercase();
            for &number in self.cookies.get(&name).into_iter().flatten() {
                self.try_one(seen, number, value.as_bytes(), "cookie", &name);
            }
        }
    }

    fn markup(&self, seen: &mut Seen, text: &[u8]) {
        let mut tries = vec![TRIES; self.patterns.len()];
        for (number, place) in self.html.places(text) {
            if tries[number] == 0 {
                continue;
            }
            tries[number] -= 1;
            let (technology, kind, pattern) = &self.patterns[number];
            let found = match kind {
                Place::Dom(selector, attribute) => {
                    self.tag(text, &place, *selector, attribute, pattern)
                }
                _ => near(text, &place, pattern),
            };
            if let Some((version, evidence)) = found {
                tries[number] = 0;
                seen.add(number, *technology, pattern.confidence, version, || {
                    evidence
                });
            }
        }
        for &number in &self.html.always {
            let (technology, _, pattern) = &self.patterns[number];
            if let Some((place, version)) = pattern.find(text) {
                let evidence = || excerpt(text, &place);
                seen.add(number, *technology, pattern.confidence, version, evidence);
            }
        }
    }

    /// Whether the tag around this place is one that the selector chooses, and its attribute as the
    /// pattern wants it.
    fn tag(
        &self,
        text: &[u8],
        place: &Range<usize>,
        selector: usize,
        attribute: &str,
        pattern: &Pattern,
    ) -> Option<(Option<String>, String)> {
        let tag = markup::tag_around(text, place)?;
        let tag = &text[tag];
        if !self.selectors[selector].iter().any(|one| one.selects(tag)) {
            return None;
        }
        let version = match attribute {
            "" => None,
            name => pattern.find(markup::attribute(tag, name)?)?.1,
        };
        Some((
            version,
            format!(
                "tag {}",
                String::from_utf8_lossy(&tag[..tag.len().min(200)])
            ),
        ))
    }

    fn scripts(&self, seen: &mut Seen, text: &[u8], page: &Page) {
        let base = Url::parse(&page.url).ok();
        for script in markup::scripts(text).take(SCRIPTS) {
            let Some(source) = script.source else {
                let body = &script.body[..script.body.len().min(SCRIPT)];
                self.search(seen, &self.scripts, body, "script");
                continue;
            };
            let source = String::from_utf8_lossy(source);
            let whole = match &base {
                Some(base) if !source.starts_with("http") => base.join(&source).ok(),
                _ => None,
            };
            let source = whole.as_ref().map_or(&*source, Url::as_str);
            self.search(seen, &self.sources, source.as_bytes(), "script");
        }
    }

    /// Tries a finder's patterns on one short text.
    fn search(&self, seen: &mut Seen, finder: &super::set::Finder, text: &[u8], what: &str) {
        let mut candidates: Vec<usize> = finder.places(text).map(|(number, _)| number).collect();
        candidates.sort_unstable();
        candidates.dedup();
        for &number in candidates.iter().chain(&finder.always) {
            if seen.has(number) {
                continue;
            }
            let (technology, _, pattern) = &self.patterns[number];
            if let Some((place, version)) = pattern.find(text) {
                let shown = || match text.len() < 300 {
                    true => format!("{what} {}", String::from_utf8_lossy(text)),
                    false => format!("{what} {}", excerpt(text, &place)),
                };
                seen.add(number, *technology, pattern.confidence, version, shown);
            }
        }
    }
}

/// Whether the pattern matches near this place.
fn near(text: &[u8], place: &Range<usize>, pattern: &Pattern) -> Option<(Option<String>, String)> {
    let window = match pattern.anchored {
        true => 0..text.len(),
        false => place.start.saturating_sub(REACH)..text.len().min(place.end + REACH),
    };
    let within = &text[window];
    let (found, version) = pattern.find(within)?;
    Some((version, excerpt(within, &found)))
}

fn excerpt(text: &[u8], place: &Range<usize>) -> String {
    let end = place.end.min(place.start + 200);
    format!(
        "markup {}",
        String::from_utf8_lossy(&text[place.start..end])
    )
}
