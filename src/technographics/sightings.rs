//! What one page shows: its headers, cookies, policies and markup, held against the clues.

use std::ops::Range;

use super::SCANNED;
use super::clues::{Clues, Ready};
use super::fusion::{Hit, Sightings, Source};
use super::markup;
use super::site::Site;
use crate::model::page::Page;

/// How many places of one clue are looked at before it is given up.
const TRIES: u8 = 20;

/// Policies of one page that are read, and bytes of them.
const POLICY: usize = 64 * 1024;

/// What a clue's pattern asks for beyond the host, a policy that names the host need not mean.
const UNNARROWED_TRUST: f32 = 0.5;

/// What stands at another's host, the other runs; the company at most uses the other.
const BORROWED_TRUST: f32 = 0.35;

impl Sightings {
    pub(super) fn headers(&mut self, page: &Page, clues: &Clues) {
        for (name, value) in &page.headers {
            let known = clues.headers.get(name.as_str());
            for ready in known.into_iter().flatten() {
                let Some(version) = ready.accepts(value.as_bytes()) else {
                    continue;
                };
                // A value that no pattern asks for is often another at every visit.
                let evidence = match ready.pattern {
                    Some(_) => format!("header {name}: {value}"),
                    None => format!("header {name}"),
                };
                self.see(ready, Source::Header, 1.0, (version, evidence), &page.url);
            }
        }
    }

    /// Only names are evidence: a cookie's value may identify a visit.
    pub(super) fn cookies(&mut self, page: &Page, clues: &Clues) {
        for cookie in page.all_headers("set-cookie") {
            let name = cookie.split('=').next().unwrap_or_default().trim();
            let whole = clues.cookies.get(name).into_iter().flatten();
            let begun = clues.cookies_from.iter();
            let begun = begun.filter(|(start, _)| name.starts_with(start));
            for ready in whole.chain(begun.map(|(_, ready)| ready)) {
                let evidence = (None, format!("cookie {name}"));
                self.see(ready, Source::Cookie, 1.0, evidence, &page.url);
            }
        }
    }

    /// A file is there when its text is: many servers answer every path with a page.
    pub(super) fn files(&mut self, page: &Page, clues: &Clues) {
        let whole = page.url.split(['?', '#']).next().unwrap_or_default();
        let text = page.media_type().is_some_and(|media| media == "text/plain");
        let found = clues
            .files
            .iter()
            .filter(|(path, _)| text && whole.ends_with(path));
        for (path, ready) in found {
            let body = &page.body[..page.body.len().min(SCANNED)];
            if let Some(version) = ready.accepts(body) {
                // What stands in it may be somebody's address.
                let evidence = format!("file {path}");
                self.see(ready, Source::Record, 1.0, (version, evidence), &page.url);
            }
        }
    }

    pub(super) fn policies(&mut self, page: &Page, clues: &Clues) {
        let names = [
            "content-security-policy",
            "content-security-policy-report-only",
        ];
        let mut met = vec![false; clues.hosts.len()];
        let mut left = POLICY;
        for policy in names.iter().flat_map(|name| page.all_headers(name)) {
            let policy = &policy.as_bytes()[..policy.len().min(left)];
            left -= policy.len();
            for found in clues.host_finder.find_overlapping_iter(policy) {
                let number = found.pattern().as_usize();
                let whole = policy.get(found.end()).is_none_or(|byte| {
                    !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'-')
                });
                let begins = policy[..found.start()]
                    .last()
                    .is_none_or(|byte| matches!(byte, b' ' | b'/' | b'.'));
                if whole && begins && !std::mem::replace(&mut met[number], true) {
                    let url = markup::url_around(policy, &found.range());
                    let url = String::from_utf8_lossy(&policy[url]);
                    let ready = &clues.pieces[clues.hosts[number]];
                    // A star in a policy is any name that the pattern may want.
                    let some = url.replace('*', "x");
                    let trust = match ready.accepts(some.as_bytes()) {
                        Some(_) => 1.0,
                        None => UNNARROWED_TRUST,
                    };
                    let evidence = (None, format!("content security policy {url}"));
                    self.see(ready, Source::Policy, trust, evidence, &page.url);
                }
            }
        }
    }

    pub(super) fn metas(&mut self, text: &[u8], clues: &Clues, page: &Page) {
        for (name, content) in markup::metas(text) {
            let known = clues.metas.get(name.as_str());
            for ready in known.into_iter().flatten() {
                if let Some(version) = ready.accepts(content) {
                    let content = String::from_utf8_lossy(content);
                    let evidence = format!("meta {name}: {content}");
                    self.see(ready, Source::Meta, 1.0, (version, evidence), &page.url);
                }
            }
        }
    }

    pub(super) fn pieces(&mut self, text: &[u8], clues: &Clues, page: &Page) {
        let site = Site::of(&page.url);
        let mut tries = vec![TRIES; clues.pieces.len()];
        let mut best: Vec<Option<Place>> = vec![];
        best.resize_with(clues.pieces.len(), || None);
        for found in clues.finder.find_overlapping_iter(text) {
            let number = found.pattern().as_usize();
            if tries[number] == 0 {
                continue;
            }
            tries[number] -= 1;
            let Some(hit) = look(&clues.pieces[number], text, found.range(), &site) else {
                continue;
            };
            if hit.trust >= 1.0 {
                tries[number] = 0;
            }
            if best[number]
                .as_ref()
                .is_none_or(|known| known.trust < hit.trust)
            {
                best[number] = Some(hit);
            }
        }
        for (ready, hit) in clues.pieces.iter().zip(best) {
            if let Some(hit) = hit {
                let evidence = (hit.version, hit.evidence);
                self.see(ready, Source::Markup, hit.trust, evidence, &page.url);
            }
        }
    }

    /// Takes in a clue that was seen, as far as the place is to be trusted.
    fn see(
        &mut self,
        ready: &Ready,
        source: Source,
        trust: f32,
        (version, evidence): (Option<String>, String),
        url: &str,
    ) {
        let hit = Hit {
            clue: ready.clue,
            source,
            confidence: ready.clue.confidence * trust,
            version,
            evidence,
            url,
        };
        self.add(ready.technology, hit);
    }
}

/// One place in the markup that is what its clue asks for.
struct Place {
    version: Option<String>,
    evidence: String,
    trust: f32,
}

/// Whether a piece of markup, found at this place, is what its clue asks for.
fn look(ready: &Ready, text: &[u8], piece: Range<usize>, site: &Site) -> Option<Place> {
    let around = markup::url_around(text, &piece);
    let (version, tag) = if ready.clue.url.is_none() {
        (ready.accepts(&text[markup::window(text, &piece)])?, None)
    } else {
        let tag = markup::tag_before(text, piece.start);
        let stands = markup::at_host(text, piece.start) && markup::is_value(text, around.start);
        if !stands || !(ready.clue.link || markup::runs(&tag)) {
            return None;
        }
        let address = &text[around.clone()];
        if !markup::runs(&tag) && ready.is_makers(&String::from_utf8_lossy(address)) {
            return None;
        }
        (None, Some(tag))
    };
    let url = String::from_utf8_lossy(&text[around]).replace("\\/", "/");
    let url = url.trim_end_matches('\\');
    let (version, evidence, own) = match tag {
        None => (version, format!("markup {url}"), site.has(url)),
        Some(tag) => {
            let version = ready.accepts(url.as_bytes())?;
            let tag = if tag.is_empty() { "url" } else { &tag };
            let own = !ready.clue.tenant || site.is_named_in(url);
            (version, format!("{tag} {url}"), own)
        }
    };
    Some(Place {
        version,
        evidence,
        trust: if own { 1.0 } else { BORROWED_TRUST },
    })
}
