//! How a trace of a technology comes, is confirmed, is missed and goes.

use super::{APART, DAY, FACTS, LAPSE, is_baseline};
use crate::model::profile::{Fact, History, Memory, Place, Profile, Trace};
use crate::model::time::Timestamp;
use crate::technographics::fingerprint::technology;

/// Traces of one kind that a technology keeps: what is everywhere is not surer for it.
const PAGES: usize = 3;

/// Nothing that is seen from outside proves anything entirely.
const SUREST: f32 = 0.99;

/// How much surer, or less sure, a sighting must make to be written down before the day is over.
const STIR: f32 = 0.05;

/// A trace that came, or went, for certain.
#[derive(Clone, Debug)]
pub(super) struct Event {
    /// The technology's slug.
    pub(super) technology: String,
    pub(super) trace: Trace,
    pub(super) turn: Turn,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// It came; when its place was last looked at without it.
    Came(Timestamp),
    /// It came to this place, but the technology was known already.
    Promoted(Timestamp),
    /// It went, and others still show the technology, or its going was told.
    Left,
    /// It went, and nothing shows the technology any more.
    Gone,
}

/// One sighting: what was seen, in which kind of place, and when that place was last looked at
/// without it.
pub(super) struct Sighting<'a> {
    pub(super) fact: &'a Fact,
    pub(super) place: Place,
    /// The page or host; of names, the question.
    pub(super) url: &'a str,
    pub(super) at: Timestamp,
    pub(super) absent: Option<Timestamp>,
}

impl Trace {
    /// Whether it is this place's: the names are one place, and each page and each host is one.
    pub(super) fn is_of(&self, place: Place, url: &str) -> bool {
        self.place == place && (matches!(place, Place::Names | Place::Beside) || self.url == url)
    }
}

impl Sighting<'_> {
    fn trace(&self, absent: Option<Timestamp>) -> Trace {
        Trace {
            place: self.place,
            url: self.url.to_owned(),
            evidence: self.fact.evidence.clone(),
            version: self.fact.version.clone(),
            confidence: self.fact.confidence,
            first: self.at,
            seen: self.at,
            absent,
            missed: None,
        }
    }
}

/// Takes a sighting in.
pub(super) fn sight(profile: &mut Profile, seen: &Sighting<'_>) -> Option<Event> {
    let Profile { facts, memory, .. } = profile;
    let find = |known: &Fact| known.technology.cmp(&seen.fact.technology);
    let known = match facts.binary_search_by(find) {
        Ok(known) => known,
        Err(_) => {
            make_room(facts)?;
            let place = facts.binary_search_by(find).err()?;
            let fact = Fact {
                first_seen: seen.at,
                last_seen: seen.at,
                history: History::default(),
                ..seen.fact.clone()
            };
            facts.insert(place, fact);
            place
        }
    };
    let fact = &mut facts[known];
    fact.first_seen = fact.first_seen.min(seen.at);
    let mut traces = fact.history.traces.iter();
    let event = match traces.position(|trace| trace.is_of(seen.place, seen.url)) {
        Some(number) => again(fact, number, seen),
        None => {
            begin(fact, memory, seen);
            None
        }
    };
    if seen.at.since(fact.last_seen) >= DAY {
        fact.last_seen = seen.at;
    }
    weigh(fact);
    event
}

/// Where there are as many as a company may have, what went first makes room.
fn make_room(facts: &mut Vec<Fact>) -> Option<()> {
    if facts.len() < FACTS {
        return Some(());
    }
    let retired = facts.iter().enumerate();
    let retired = retired.filter_map(|(place, fact)| Some((fact.retired()?, place)));
    let (_, first) = retired.min()?;
    facts.remove(first);
    Some(())
}

/// The technology is seen where it was seen before.
fn again(fact: &mut Fact, number: usize, seen: &Sighting<'_>) -> Option<Event> {
    let besides = fact.history.traces.iter();
    let mut besides = besides.filter(|trace| trace.place == Place::Beside);
    let first = fact.history.traces[number].first;
    let known = besides.any(|beside| first.since(beside.first) >= APART);
    let trace = &mut fact.history.traces[number];
    if seen.at < trace.seen {
        trace.first = trace.first.min(seen.at);
        return None;
    }
    let confirmed = trace.absent.filter(|_| seen.at.since(first) >= APART);
    let version = seen.fact.version.as_ref();
    let other = version.is_some_and(|version| trace.version.as_ref() != Some(version))
        || (trace.confidence - seen.fact.confidence).abs() > STIR;
    if trace.missed.take().is_some()
        || confirmed.is_some()
        || other
        || seen.at.since(trace.seen) >= DAY
    {
        *trace = Trace {
            first,
            absent: trace.absent,
            version: version.or(trace.version.as_ref()).cloned(),
            ..seen.trace(None)
        };
    }
    let before = confirmed?;
    trace.absent = None;
    let trace = trace.clone();
    let history = &mut fact.history;
    if trace.place != Place::Beside {
        history.retired = None;
    }
    let told = std::mem::replace(&mut history.told, true);
    Some(Event {
        technology: fact.technology.clone(),
        turn: match told || (known && trace.place == Place::Names) {
            true => Turn::Promoted(before),
            false => Turn::Came(before),
        },
        trace,
    })
}

/// The technology is seen where it was not seen before.
fn begin(fact: &mut Fact, memory: &Memory, seen: &Sighting<'_>) {
    let history = &mut fact.history;
    // A look from before it went does not bring it back; one from the same day may.
    let past = |retired: Timestamp| retired.since(seen.at) >= APART;
    if history.retired.is_some_and(past) || !make_place(history, seen) {
        return;
    }
    let fresh = seen.absent.is_some() && !is_baseline(memory, seen.at);
    let stands = |trace: &Trace| trace.place != Place::Beside;
    let anew = match seen.place {
        Place::Beside => history.traces.is_empty(),
        _ => !history.traces.iter().any(stands),
    };
    if anew {
        history.since = seen.at;
        history.told = !fresh;
        history.left = false;
    } else if seen.place != Place::Beside {
        // It is news as well where on the same day it is first seen elsewhere, in either order.
        let together = seen
            .at
            .since(history.since)
            .max(history.since.since(seen.at))
            < APART;
        if fresh && together && !is_baseline(memory, history.since) {
            history.told = false;
        }
        history.since = history.since.min(seen.at);
    }
    if !fresh {
        history.retired = None;
    }
    let trace = seen.trace(seen.absent.filter(|_| fresh));
    let place = history
        .traces
        .binary_search_by(|known| order(known, &trace));
    history
        .traces
        .insert(place.unwrap_or_else(|place| place), trace);
}

/// Traces are kept in an order that does not depend on when they came; of addresses the shorter is
/// the more telling.
fn order(one: &Trace, other: &Trace) -> std::cmp::Ordering {
    let key = |trace: &Trace| (trace.place, trace.url.len());
    key(one)
        .cmp(&key(other))
        .then_with(|| one.url.cmp(&other.url))
}

/// Makes a place for one more trace of its kind, at the cost of one that was missed or has lapsed,
/// or else of one that tells less.
fn make_place(history: &mut History, seen: &Sighting<'_>) -> bool {
    let alike = history.traces.iter();
    if alike.filter(|trace| trace.place == seen.place).count() < PAGES {
        return true;
    }
    let new = seen.trace(None);
    let worse = |trace: &Trace| {
        trace.missed.is_some()
            || seen.at.since(trace.seen) >= LAPSE
            || (trace.absent.is_none() && order(trace, &new).is_gt())
    };
    let mut traces = history.traces.iter();
    let place = traces.rposition(|trace| trace.place == seen.place && worse(trace));
    place.map(|place| history.traces.remove(place)).is_some()
}

/// Looks for what was seen at this place before and is not seen now. `lacks` says for each whether
/// that is certain.
pub(super) fn miss(
    profile: &mut Profile,
    at: Timestamp,
    is_there: impl Fn(&Trace) -> bool,
    lacks: impl Fn(&Fact, &Trace) -> bool,
) -> Vec<Event> {
    let mut events = Vec::new();
    profile.facts.retain_mut(|fact| {
        let seen = fact.history.traces.len();
        for number in (0..fact.history.traces.len()).rev() {
            let trace = &fact.history.traces[number];
            if is_there(trace) && at > trace.seen && lacks(fact, trace) {
                events.extend(missing(fact, number, at));
            }
        }
        // What flickered once was never there.
        seen == 0 || !fact.history.traces.is_empty() || fact.retired().is_some()
    });
    events
}

fn missing(fact: &mut Fact, number: usize, at: Timestamp) -> Option<Event> {
    let history = &mut fact.history;
    let trace = &mut history.traces[number];
    if trace.absent.is_some() {
        let trace = history.traces.remove(number);
        // What only flickered here was all that was left of what is known from elsewhere.
        let last = history.traces.is_empty() && history.told && history.retired.is_none();
        if last {
            history.retired = Some(at);
        }
        let silent = !last || std::mem::take(&mut history.left);
        weigh(fact);
        return (!silent).then(|| Event {
            technology: fact.technology.clone(),
            trace,
            turn: Turn::Gone,
        });
    }
    let first = *trace.missed.get_or_insert(at);
    if at.since(first) < APART {
        return None;
    }
    let trace = history.traces.remove(number);
    let mut stands = history.traces.iter();
    let gone = !stands.any(|trace| at.since(trace.seen) < LAPSE);
    if gone {
        history.traces.clear();
        history.retired = Some(at);
    }
    let told = gone && std::mem::take(&mut history.left);
    weigh(fact);
    Some(Event {
        technology: fact.technology.clone(),
        turn: match gone && !told {
            true => Turn::Gone,
            false => Turn::Left,
        },
        trace,
    })
}

/// What all traces together make of a technology: kinds of places join by noisy-or, places of one
/// kind depend on each other. What is gone keeps what it was last.
fn weigh(fact: &mut Fact) {
    let traces = &fact.history.traces;
    let surer = |one: &&Trace, other: &&Trace| {
        let confidence = one.confidence.total_cmp(&other.confidence);
        confidence.then_with(|| order(other, one))
    };
    let Some(surest) = traces.iter().max_by(surer) else {
        return;
    };
    let best = |kinds: &[Place]| {
        let of = traces.iter().filter(|trace| kinds.contains(&trace.place));
        of.map(|trace| trace.confidence).fold(0.0, f32::max)
    };
    let kinds: [&[Place]; 3] = [
        &[Place::Names, Place::Beside],
        &[Place::Page],
        &[Place::Certificate],
    ];
    let doubt: f32 = kinds.iter().map(|kinds| 1.0 - best(kinds)).product();
    let confidence = (1.0 - doubt).min(SUREST);
    let mut shows: Vec<&Trace> = traces
        .iter()
        .filter(|trace| trace.version.is_some())
        .collect();
    shows.sort_by(|one, other| surer(other, one));
    let version = shows.first().and_then(|trace| trace.version.clone());
    let (evidence, url) = (surest.evidence.clone(), surest.url.clone());
    fact.confidence = confidence;
    fact.version = version;
    fact.evidence = evidence;
    fact.url = url;
}

/// Of two technologies that exclude each other and are shown by different kinds of places, the less
/// sure is at most as sure as the other is not.
pub(super) fn exclude(profile: &mut Profile) {
    for fact in &mut profile.facts {
        weigh(fact);
    }
    let mut limits: Vec<(usize, f32)> = Vec::new();
    let stands = |fact: &&Fact| fact.retired().is_none();
    let excluding = profile.facts.iter().filter(stands);
    for one in excluding.filter(|fact| !excludes(fact).is_empty()) {
        for slug in excludes(one) {
            let find = |known: &Fact| known.technology.as_str().cmp(slug);
            let Ok(place) = profile.facts.binary_search_by(find) else {
                continue;
            };
            let other = &profile.facts[place];
            if stands(&other) && one.confidence >= other.confidence && are_apart(one, other) {
                limits.push((place, 1.0 - one.confidence));
            }
        }
    }
    for (place, limit) in limits {
        let fact = &mut profile.facts[place];
        fact.confidence = fact.confidence.min(limit);
    }
}

fn excludes(fact: &Fact) -> &'static [String] {
    technology(&fact.technology).map_or(&[], |technology| &technology.excludes)
}

fn are_apart(one: &Fact, other: &Fact) -> bool {
    let mut traces = one.history.traces.iter();
    !traces.any(|trace| {
        let mut others = other.history.traces.iter();
        others.any(|other| other.place == trace.place)
    })
}
