//! What was seen on one page, joined to one fact a technology.

use std::ops::Range;

use super::fingerprint::{Clues, Ready, technologies};
use super::site::Site;
use super::{EVIDENCE, markup};
use crate::model::page::Page;
use crate::model::profile::Fact;

/// How many places of one clue are looked at before it is given up.
const TRIES: u8 = 20;

/// A host named in a content security policy may be asked; whether it is, the policy cannot say.
const POLICY_TRUST: f32 = 0.6;

/// What stands at another's host, the other runs; the company at most uses the other.
const BORROWED_TRUST: f32 = 0.35;

/// What cannot run without something shows it nearly as surely as itself.
const IMPLIED_TRUST: f32 = 0.9;

/// No page proves anything entirely.
const SUREST: f32 = 0.99;

/// What was seen of one technology.
struct Sighting {
    technology: usize,
    doubt: f32,
    best: f32,
    version: Option<String>,
    evidence: String,
}

/// What was seen of every technology that was.
#[derive(Default)]
pub(super) struct Sightings(Vec<Sighting>);

impl Sightings {
    pub(super) fn headers(&mut self, page: &Page, clues: &Clues) {
        for ready in &clues.headers {
            let name = ready.clue.header.as_deref().unwrap_or_default();
            let hit = page.all_headers(name).find_map(|value| {
                let version = ready.accepts(value.as_bytes())?;
                // A value that no pattern asks for is often another at every visit.
                Some(match ready.pattern {
                    Some(_) => (version, format!("header {name}: {value}")),
                    None => (version, format!("header {name}")),
                })
            });
            self.add(ready, 1.0, hit);
        }
    }

    /// Only names are evidence: a cookie's value may identify a visit.
    pub(super) fn cookies(&mut self, page: &Page, clues: &Clues) {
        for cookie in page.all_headers("set-cookie") {
            let name = cookie.split('=').next().unwrap_or_default().trim();
            for ready in &clues.cookies {
                let wanted = ready.clue.cookie.as_deref().unwrap_or_default();
                let hit = match wanted.strip_suffix('*') {
                    Some(start) => name.starts_with(start),
                    None => name == wanted,
                };
                self.add(ready, 1.0, hit.then(|| (None, format!("cookie {name}"))));
            }
        }
    }

    pub(super) fn policies(&mut self, page: &Page, clues: &Clues) {
        let names = [
            "content-security-policy",
            "content-security-policy-report-only",
        ];
        for policy in names.iter().flat_map(|name| page.all_headers(name)) {
            let mut met = vec![false; clues.hosts.len()];
            for found in clues.host_finder.find_overlapping_iter(policy) {
                let number = found.pattern().as_usize();
                let after = policy.as_bytes().get(found.end());
                let whole = after.is_none_or(|byte| {
                    !byte.is_ascii_alphanumeric() && !matches!(byte, b'.' | b'-')
                });
                let before = &policy.as_bytes()[..found.start()];
                let begins = before
                    .last()
                    .is_none_or(|byte| matches!(byte, b' ' | b'/' | b'.'));
                if whole && begins && !std::mem::replace(&mut met[number], true) {
                    let url = markup::url_around(policy.as_bytes(), &found.range());
                    let url = String::from_utf8_lossy(&policy.as_bytes()[url]);
                    let evidence = format!("content security policy {url}");
                    self.add(
                        &clues.pieces[clues.hosts[number]],
                        POLICY_TRUST,
                        Some((None, evidence)),
                    );
                }
            }
        }
    }

    pub(super) fn metas(&mut self, text: &[u8], clues: &Clues) {
        for (name, content) in markup::metas(text) {
            for ready in &clues.metas {
                if ready.clue.meta.as_deref() == Some(&name)
                    && let Some(version) = ready.accepts(content)
                {
                    let content = String::from_utf8_lossy(content);
                    self.add(
                        ready,
                        1.0,
                        Some((version, format!("meta {name}: {content}"))),
                    );
                }
            }
        }
    }

    pub(super) fn pieces(&mut self, text: &[u8], clues: &Clues, site: &Site) {
        let mut tries = vec![TRIES; clues.pieces.len()];
        let mut best: Vec<Option<Hit>> = vec![];
        best.resize_with(clues.pieces.len(), || None);
        for found in clues.finder.find_overlapping_iter(text) {
            let number = found.pattern().as_usize();
            if tries[number] == 0 {
                continue;
            }
            tries[number] -= 1;
            let Some(hit) = look(&clues.pieces[number], text, found.range(), site) else {
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
                self.add(ready, hit.trust, Some((hit.version, hit.evidence)));
            }
        }
    }

    pub(super) fn implied(&mut self) {
        let mut next = 0;
        while next < self.0.len() {
            let cause = &self.0[next];
            let technology = &technologies()[cause.technology];
            let doubt = 1.0 - (1.0 - cause.doubt) * IMPLIED_TRUST;
            let evidence = format!("{} runs on it: {}", technology.name, cause.evidence);
            for slug in &technology.implies {
                let number = technologies().iter().position(|other| other.slug == *slug);
                if let Some(number) = number
                    && !self.0.iter().any(|seen| seen.technology == number)
                {
                    self.0.push(Sighting {
                        technology: number,
                        doubt,
                        best: 0.0,
                        version: None,
                        evidence: evidence.clone(),
                    });
                }
            }
            next += 1;
        }
    }

    /// Takes one clue's hit in: doubts multiply, the strongest clue is the evidence.
    fn add(&mut self, ready: &Ready, trust: f32, hit: Option<(Option<String>, String)>) {
        let Some((version, evidence)) = hit else {
            return;
        };
        let confidence = ready.clue.confidence * trust;
        let place = self
            .0
            .iter()
            .position(|seen| seen.technology == ready.technology);
        let Some(place) = place else {
            self.0.push(Sighting {
                technology: ready.technology,
                doubt: 1.0 - confidence,
                best: confidence,
                version,
                evidence,
            });
            return;
        };
        let seen = &mut self.0[place];
        seen.doubt *= 1.0 - confidence;
        seen.version = seen.version.take().or(version);
        if confidence > seen.best {
            seen.best = confidence;
            seen.evidence = evidence;
        }
    }

    pub(super) fn into_facts(self, page: &Page) -> Vec<Fact> {
        let fact = |seen: Sighting| {
            let technology = &technologies()[seen.technology];
            Fact {
                technology: technology.slug.clone(),
                name: technology.name.clone(),
                category: technology.category.clone(),
                version: seen.version,
                confidence: (1.0 - seen.doubt).min(SUREST),
                evidence: shortened(seen.evidence),
                url: page.url.clone(),
                first_seen: page.fetched,
                last_seen: page.fetched,
            }
        };
        let mut facts: Vec<Fact> = self.0.into_iter().map(fact).collect();
        facts.sort_by(|a, b| a.technology.cmp(&b.technology));
        facts
    }
}

/// One place in the markup that is what its clue asks for.
struct Hit {
    version: Option<String>,
    evidence: String,
    trust: f32,
}

/// Whether a piece of markup, found at this place, is what its clue asks for.
fn look(ready: &Ready, text: &[u8], piece: Range<usize>, site: &Site) -> Option<Hit> {
    let around = markup::url_around(text, &piece);
    let url = String::from_utf8_lossy(&text[around.clone()]).replace("\\/", "/");
    let url = url.trim_end_matches('\\');
    let (version, evidence, own) = if ready.clue.url.is_none() {
        let version = ready.accepts(&text[markup::window(text, &piece)])?;
        (version, format!("markup {url}"), site.has(url))
    } else {
        let tag = markup::tag_before(text, piece.start);
        let stands = markup::at_host(text, piece.start) && markup::is_value(text, around.start);
        if !stands || !(ready.clue.link || markup::runs(&tag)) {
            return None;
        }
        let version = ready.accepts(url.as_bytes())?;
        let tag = if tag.is_empty() { "url" } else { &tag };
        let own = !ready.clue.tenant || site.is_named_in(url);
        (version, format!("{tag} {url}"), own)
    };
    Some(Hit {
        version,
        evidence,
        trust: if own { 1.0 } else { BORROWED_TRUST },
    })
}

fn shortened(mut evidence: String) -> String {
    if evidence.len() > EVIDENCE {
        evidence.truncate(evidence.floor_char_boundary(EVIDENCE - '…'.len_utf8()));
        evidence.push('…');
    }
    evidence
}
