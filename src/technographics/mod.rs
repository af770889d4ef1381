//! Floor 1: from what a host answers to the technologies that its company runs. Pure.
//!
//! What is looked for stands in `fingerprints/*.toml`; one pass over the markup finds every piece
//! that any of them asks for. A fact is about whoever runs the page's host: the caller knows
//! whether that is the company or a service it uses.
//!
//! Invariants: one fact a technology, sorted by slug; evidence is at most [`EVIDENCE`] bytes; the
//! cost is linear in the page and bounded by [`SCANNED`].

mod fingerprint;
mod markup;
mod sightings;
mod site;

use crate::model::page::Page;
use crate::model::profile::Fact;
use fingerprint::clues;
pub use fingerprint::{Technology, technologies, technology};
use sightings::Sightings;
use site::Site;

/// The longest evidence, in bytes.
pub const EVIDENCE: usize = 200;

/// How much of a page is looked at: beyond stands content, and what a page runs it names early.
pub const SCANNED: usize = 1024 * 1024;

/// The technologies that a page's headers and markup give away.
pub fn recognise(page: &Page) -> Vec<Fact> {
    let clues = clues();
    let mut seen = Sightings::default();
    seen.headers(page, clues);
    seen.cookies(page, clues);
    seen.policies(page, clues);
    if is_markup(page) {
        let text = &page.body[..page.body.len().min(SCANNED)];
        seen.metas(text, clues);
        seen.pieces(text, clues, &Site::of(&page.url));
    }
    seen.implied();
    seen.into_facts(page)
}

fn is_markup(page: &Page) -> bool {
    match page.media_type() {
        Some(media) => media.contains("html"),
        None => page.body.trim_ascii_start().starts_with(b"<"),
    }
}

#[cfg(test)]
mod tests;
