//! What a page adds: what it runs and states, and the certificate of its host.

use super::names::older;
use super::trace::{Event, Sighting, exclude, miss, sight};
use super::{PAGES, QUESTIONS, Shows, hash, known, legacy, looked, remember, standing, tell};
use crate::model::profile::{Change, Fact, History, Place, Profile, Standing};
use crate::model::time::Timestamp;
use crate::technographics::fuse;
use crate::technographics::observed::{Certificate, Observed};

pub(super) fn learn(profile: &mut Profile, shows: &Shows, at: Timestamp) -> Vec<Change> {
    let page = hash(&shows.url);
    let last = looked(&profile.memory.pages, page);
    if last.is_some_and(|last| at < last) {
        older(profile, &shows.facts, at);
        return Vec::new();
    }
    let recalled;
    let shows = if shows.same {
        recalled = recall(profile, shows, last.is_some());
        &recalled
    } else {
        shows
    };
    let mut changes = standing::page(profile, shows, last, at);
    let mut events = Vec::new();
    // What lies idle shows what its dealer runs.
    let counts = shows.read && shows.parked.is_none();
    if counts && !matches!(profile.standing, Standing::Parked { .. }) {
        events = take(profile, shows, last, at);
        known::claims(&mut profile.claims, &shows.claims, at);
    }
    if shows.parked.is_none() {
        known::related(&mut profile.related, &shows.related, at);
    }
    if let Some(certificate) = &shows.certificate {
        events.extend(self::certificate(profile, certificate, at));
        changes.extend(legacy::expired(
            profile,
            std::slice::from_ref(certificate),
            at,
        ));
    }
    if counts {
        remember(&mut profile.memory.pages, PAGES, page, at);
    }
    exclude(profile);
    changes.extend(tell::tell(profile, events, at, &|_| None));
    let seen = shows.facts.iter().map(|fact| fact.technology.as_str());
    if counts {
        changes.extend(legacy::versions(profile, seen, at));
    }
    changes
}

/// What a page showed when it was last read, seen again; nothing, where that is not remembered.
fn recall(profile: &Profile, shows: &Shows, known: bool) -> Shows {
    let shown = |fact: &Fact| {
        let mut traces = fact.history.traces.iter();
        let there =
            traces.find(|trace| trace.is_of(Place::Page, &shows.url) && trace.missed.is_none())?;
        Some(Fact {
            version: there.version.clone(),
            confidence: there.confidence,
            evidence: there.evidence.clone(),
            url: there.url.clone(),
            history: History::default(),
            ..fact.clone()
        })
    };
    let stated = profile.claims.iter();
    let stated = stated.filter(|claim| claim.url == shows.url);
    Shows {
        read: known,
        facts: profile.facts.iter().filter_map(shown).collect(),
        claims: stated.cloned().collect(),
        ..shows.clone()
    }
}

fn take(
    profile: &mut Profile,
    shows: &Shows,
    absent: Option<Timestamp>,
    at: Timestamp,
) -> Vec<Event> {
    let mut events = Vec::new();
    for fact in &shows.facts {
        let seen = Sighting {
            fact,
            place: Place::Page,
            url: &shows.url,
            at,
            absent,
        };
        events.extend(sight(profile, &seen));
    }
    let is_seen = |slug: &str| shows.facts.iter().any(|fact| fact.technology == slug);
    events.extend(miss(
        profile,
        at,
        |trace| trace.is_of(Place::Page, &shows.url),
        |fact, _| !is_seen(&fact.technology),
    ));
    events
}

/// What a certificate, and the connection it came with, adds.
pub(super) fn certificate(
    profile: &mut Profile,
    certificate: &Certificate,
    at: Timestamp,
) -> Vec<Event> {
    let host = host(&certificate.url);
    let place = hash(&format!("certificate {host}"));
    let absent = looked(&profile.memory.questions, place);
    if absent.is_some_and(|last| at < last) {
        return Vec::new();
    }
    let observed = Observed {
        certificates: vec![certificate.clone()],
        seen: at,
        ..Observed::default()
    };
    let facts = fuse(&observed, &[]).facts;
    let mut events = Vec::new();
    for fact in &facts {
        let seen = Sighting {
            fact,
            place: Place::Certificate,
            url: &host,
            at,
            absent,
        };
        events.extend(sight(profile, &seen));
    }
    events.extend(miss(
        profile,
        at,
        |trace| trace.is_of(Place::Certificate, &host),
        |fact, _| facts.iter().all(|seen| seen.technology != fact.technology),
    ));
    remember(&mut profile.memory.questions, QUESTIONS, place, at);
    events
}

/// The host of a URL, as a URL: one host shows one certificate on all of its pages.
pub(super) fn host(url: &str) -> String {
    let parsed = url::Url::parse(url).ok();
    let host = parsed.and_then(|url| url.join("/").ok());
    host.map_or_else(|| url.to_owned(), String::from)
}
