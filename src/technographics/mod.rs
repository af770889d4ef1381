//! Floor 1: from what a domain answers to the technologies that its company runs. Pure.
//!
//! What is looked for stands in `fingerprints/*.toml`. Pages are held against it by [`recognise`]:
//! one pass over the markup finds every piece that any technology asks for. DNS answers and
//! certificates are held against it by [`fuse`], together with pages: all clues for one technology
//! join to one probability, and what is not seen is not thereby absent ([`Presence`]). A fact is
//! about whoever runs the page's host: the caller knows whether that is the company or a service it
//! uses.
//!
//! Beside our own set, one in the [`wappalyzer`] format may be [installed](install).
//!
//! Invariants: one fact a technology, sorted by slug; evidence is at most [`EVIDENCE`] bytes; the
//! cost is linear in the page and bounded by [`SCANNED`].

mod clues;
pub mod config;
mod findings;
mod fingerprint;
mod fusion;
pub mod learn;
mod markup;
mod names;
pub mod observed;
pub mod plan;
mod release;
mod sightings;
mod site;
mod spf;
pub mod wappalyzer;

use std::sync::OnceLock;

use crate::model::page::Page;
use crate::model::profile::Fact;
use clues::clues;
pub use findings::{Findings, Presence};
pub use fingerprint::{CATEGORIES, Mail, Technology, technologies, technology};
use fusion::Sightings;
use observed::Observed;
pub use release::{Release, Support, support};

/// The longest evidence, in bytes.
pub const EVIDENCE: usize = 200;

/// How much of a page is looked at: beyond stands content, and what a page runs it names early.
pub const SCANNED: usize = 1024 * 1024;

static FOREIGN: OnceLock<wappalyzer::Set> = OnceLock::new();

/// Has the technologies of this set recognised as well, for as long as the process runs. Only the
/// first set that is installed counts: false says that there was one.
pub fn install(set: wappalyzer::Set) -> bool {
    FOREIGN.set(set).is_ok()
}

/// The technologies that a page's headers and markup give away.
pub fn recognise(page: &Page) -> Vec<Fact> {
    let mut seen = Sightings::default();
    seen.page(page);
    seen.resolve();
    let facts = seen.into_facts(page.fetched);
    match FOREIGN.get() {
        Some(foreign) => {
            let others = foreign.recognise(page, &facts);
            join(facts, others)
        }
        None => facts,
    }
}

/// The technologies that a domain's names, certificates and pages together give away.
pub fn fuse(observed: &Observed, pages: &[Page]) -> Findings {
    let mut seen = Sightings::default();
    seen.names(observed);
    for page in pages {
        seen.page(page);
    }
    seen.resolve();
    let gateways = seen.gateways();
    let mut facts = seen.into_facts(observed.seen);
    if let Some(foreign) = FOREIGN.get() {
        let others = foreign.names(observed, &facts);
        facts = join(facts, others);
        for page in pages {
            let others = foreign.recognise(page, &facts);
            facts = join(facts, others);
        }
    }
    Findings::new(facts, gateways, observed, pages.len())
}

impl Sightings {
    fn page(&mut self, page: &Page) {
        let clues = clues();
        self.headers(page, clues);
        self.cookies(page, clues);
        self.policies(page, clues);
        if is_markup(page) {
            let text = &page.body[..page.body.len().min(SCANNED)];
            self.metas(text, clues, page);
            self.pieces(text, clues, page);
        }
    }
}

/// Both sets' facts. They look at the same things, so two sightings of one technology are one: the
/// surer, with the version that either shows.
fn join(mut facts: Vec<Fact>, others: Vec<Fact>) -> Vec<Fact> {
    for other in others {
        match facts.binary_search_by(|fact| fact.technology.cmp(&other.technology)) {
            Err(place) => facts.insert(place, other),
            Ok(place) => {
                let fact = &mut facts[place];
                let version = fact.version.take().or_else(|| other.version.clone());
                if other.confidence > fact.confidence {
                    *fact = other;
                }
                fact.version = version;
            }
        }
    }
    facts
}

fn is_markup(page: &Page) -> bool {
    match page.media_type() {
        Some(media) => media.contains("html"),
        None => page.body.trim_ascii_start().starts_with(b"<"),
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_domains;
