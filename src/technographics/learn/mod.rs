//! What looks at a company add to its profile, and what has changed since the look before.
//!
//! Every technology has [traces](crate::model::profile::Trace): one a place that shows it. A trace
//! that appears where a look found none before is believed when a second look, [`APART`] later,
//! finds it again; one that is gone, when two such looks miss it. What nobody could say is neither.
//! The first look at a place is the baseline and tells nothing.
//!
//! Invariants: a look taken again changes nothing and tells nothing, and one that brings nothing new
//! within a day of what is known leaves the profile as it is; looks at different places on one
//! day may come in either order; a look that is older than what is known of its place moves the days
//! of first sight alone; everything kept is bounded.

mod known;
mod legacy;
mod names;
mod pages;
mod standing;
mod tell;
mod trace;
mod worth;

use std::time::Duration;

use xxhash_rust::xxh3::xxh3_64;

use super::observed::{Certificate, Observed};
use crate::model::profile::{Change, Claim, Fact, Looked, Memory, Profile, Related};
use crate::model::time::Timestamp;

/// How far apart two looks are that confirm each other: what fails in the morning may well fail at
/// noon, and the next day it is mended. A little under a day, for looks that come daily.
pub const APART: Duration = Duration::from_secs(20 * 3600);

/// What was seen is written down again after this long.
const DAY: Duration = Duration::from_secs(24 * 3600);

/// How long a place that is not looked at any more speaks for what it showed, and is remembered.
const LAPSE: Duration = Duration::from_secs(180 * 24 * 3600);

/// Technologies of one company.
const FACTS: usize = 400;

/// Questions and hosts that are remembered.
const QUESTIONS: usize = 200;

/// Pages that are remembered: those that are visited first, front page and contact page among them.
/// Each rewrites the profile once, so they are not as many as a site has.
const PAGES: usize = 40;

/// What one turn showed of a company.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// What.
    pub shown: Shown,
}

/// What was looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Shown {
    /// DNS: a ping.
    Names(Observed),
    /// One of the company's pages.
    Page(Shows),
}

/// What a page shows of its company.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shows {
    /// Its URL.
    pub url: String,
    /// Whether it is the company's front page.
    pub front: bool,
    /// Whether there was an answer that could be read: of others, only the certificate counts.
    pub read: bool,
    /// Whether the page is as it was when it was last read (304, or the same bytes): it shows and
    /// states the same once more, and nobody has to read it for that.
    pub same: bool,
    /// The technologies that it gives away.
    pub facts: Vec<Fact>,
    /// What it states.
    pub claims: Vec<Claim>,
    /// Domains that it, or its certificate, ties to the company's.
    pub related: Vec<Related>,
    /// The certificate that its host showed, where a connection was made for it.
    pub certificate: Option<Certificate>,
    /// What shows that nobody's site is here.
    pub parked: Option<String>,
}

/// Takes a look into the profile. Says what has changed; the profile itself tells whether anything
/// in it did.
pub fn learn(profile: &mut Profile, look: &Look) -> Vec<Change> {
    let began = profile.memory.began;
    profile.memory.began = Some(began.map_or(look.at, |began| began.min(look.at)));
    match &look.shown {
        Shown::Names(observed) => names::learn(profile, observed, look.at),
        Shown::Page(shows) => pages::learn(profile, shows, look.at),
    }
}

/// A place's name in a memory.
fn hash(url: &str) -> u64 {
    xxh3_64(url.as_bytes())
}

/// When a place was last looked at.
fn looked(places: &[Looked], place: u64) -> Option<Timestamp> {
    let known = places.binary_search_by_key(&place, |looked| looked.place);
    known.ok().map(|known| places[known].at)
}

/// Notes that a place was looked at. Where there is no room, what was not looked at for long makes
/// some; a place that is not remembered is at its baseline whenever it is looked at.
fn remember(places: &mut Vec<Looked>, most: usize, place: u64, at: Timestamp) {
    match places.binary_search_by_key(&place, |looked| looked.place) {
        Ok(known) => {
            refresh(&mut places[known].at, at);
        }
        Err(mut new) => {
            if places.len() >= most {
                let oldest = places.iter().enumerate().min_by_key(|(_, old)| old.at);
                let Some((oldest, _)) = oldest.filter(|(_, old)| at.since(old.at) >= LAPSE) else {
                    return;
                };
                places.remove(oldest);
                new -= usize::from(oldest < new);
            }
            places.insert(new, Looked { place, at });
        }
    }
}

/// Moves a time of last sight on, once a day.
fn refresh(known: &mut Timestamp, at: Timestamp) -> bool {
    let due = at.since(*known) >= DAY;
    if due {
        *known = at;
    }
    due
}

/// Whether a moment lies on the day when the company was first looked at, or before it.
fn is_baseline(memory: &Memory, at: Timestamp) -> bool {
    memory.began.is_none_or(|began| at.since(began) < APART)
}

#[cfg(test)]
mod laws;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_of_moves;
#[cfg(test)]
mod tests_of_pages;
