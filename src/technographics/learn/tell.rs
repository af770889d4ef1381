//! What traces that came and went together say: a move is told once, and not as two changes; what
//! comes with something else is told with it.

use super::trace::{Event, Turn};
use super::worth::{areas, sorted};
use crate::model::kind::ProductArea;
use crate::model::profile::{Change, Changed, Fact, Place, Profile, Sight, Trace};
use crate::model::time::Timestamp;
use crate::technographics::fingerprint::{Mail, Technology, technology};
use crate::technographics::fusion::shortened;

/// What is less sure is not told.
const LEAST: f32 = 0.2;

/// How long after a second provider came the first may go, and it still be one move.
const OVERLAP: std::time::Duration = std::time::Duration::from_secs(90 * 24 * 3600);

/// How sure it is that what a page does not show any more is gone, and what names do not show.
const PAGE_MISSES: f32 = 0.85;
const NAMES_MISS: f32 = 0.95;

/// What only one can do at a time, so that who begins takes over from who ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Mail,
    NameServers,
    Hosting,
}

const PARTS: [Part; 3] = [Part::Mail, Part::NameServers, Part::Hosting];

/// Outlook on the web of an own Exchange server.
const OWN_EXCHANGE: &str = "exchange-owa";

/// Makes changes of events. `now` says what a question to DNS shows now.
pub(super) fn tell(
    profile: &mut Profile,
    mut events: Vec<Event>,
    at: Timestamp,
    now: &dyn Fn(&str) -> Option<String>,
) -> Vec<Change> {
    events.sort_by(|one, other| one.technology.cmp(&other.technology));
    let mut changes = Vec::new();
    let mut moved: Vec<Event> = Vec::new();
    for part in PARTS {
        if let Some((change, took)) = moves(profile, part, &events, at) {
            changes.push(change);
            for event in took {
                forget(profile, &event);
                let with = events.iter().filter(|other| {
                    came(other) == came(&event) && implies(&event.technology, &other.technology)
                });
                with.for_each(|other| forget(profile, other));
                events.retain(|other| other.technology != event.technology);
                moved.push(event);
            }
        }
    }
    let told = |event: &Event| matches!(event.turn, Turn::Came(_) | Turn::Gone);
    events.retain(|event| told(event) && !is_silent(&event.technology));
    let (posture, rest): (Vec<Event>, Vec<Event>) = events.into_iter().partition(is_posture);
    changes.extend(security(profile, &posture, at, now));
    let with = |event: &Event, cause: &Event| {
        came(event) == came(cause) && implies(&cause.technology, &event.technology)
    };
    for event in &rest {
        let mut causes = rest.iter().chain(&moved);
        if causes.any(|cause| with(event, cause)) {
            continue;
        }
        let beside: Vec<&Event> = rest.iter().filter(|other| with(other, event)).collect();
        changes.extend(plain(profile, event, &beside, at, now));
    }
    changes
}

/// The move in one part, and the events that it consists of.
fn moves(
    profile: &Profile,
    part: Part,
    events: &[Event],
    at: Timestamp,
) -> Option<(Change, Vec<Event>)> {
    let own: Vec<&Event> = events
        .iter()
        .filter(|event| plays(profile, part, &event.technology, &event.trace))
        .collect();
    let (to, from): (Vec<&Event>, Vec<&Event>) = own.iter().partition(|event| came(event));
    let (taken, given): (Trace, Trace);
    let (new, old): (String, String);
    match (first(&to), first(&from)) {
        (Some(to), Some(from)) => {
            (new, taken) = (to.technology.clone(), to.trace.clone());
            (old, given) = (from.technology.clone(), from.trace.clone());
        }
        // The other came before: for a while there were both.
        (None, Some(from)) => {
            let mut facts = profile.runs();
            let successor = facts.find_map(|fact| {
                let began = fact.history.since;
                let later = began > from.trace.first && at.since(began) < OVERLAP;
                let trace = trace_in(profile, part, fact)?;
                (later && fact.history.told && fact.technology != from.technology)
                    .then(|| (fact.technology.clone(), trace.clone()))
            });
            (new, taken) = successor?;
            (old, given) = (from.technology.clone(), from.trace.clone());
        }
        // Nobody's mailboxes were seen in the names, because they were on a server of its own.
        (Some(to), None) if part == Part::Mail => {
            let others = profile
                .runs()
                .filter(|fact| fact.technology != to.technology);
            let mut others = others.filter(|fact| trace_in(profile, part, fact).is_some());
            let server = profile
                .fact(OWN_EXCHANGE)
                .filter(|fact| fact.retired().is_none());
            let server = server.filter(|_| others.next().is_none())?;
            (new, taken) = (to.technology.clone(), to.trace.clone());
            (old, given) = (
                OWN_EXCHANGE.to_owned(),
                server.history.traces.first()?.clone(),
            );
        }
        _ => return None,
    }
    let sure = taken.confidence.min(given.confidence);
    let mut speaks = areas(&new, true);
    speaks.extend(areas(&old, false));
    let change = Change {
        names: vec![name(&old), name(&new)],
        what: match part {
            Part::Mail => Changed::MailMoved { from: old, to: new },
            Part::NameServers => Changed::NameServersMoved { from: old, to: new },
            Part::Hosting => Changed::HostingMoved { from: old, to: new },
        },
        before: sight(&given, given.seen),
        after: sight(&taken, at),
        confidence: sure,
        areas: sorted(speaks),
    };
    Some((change, own.into_iter().cloned().collect()))
}

/// Whose going was told as a move is not told again when its last trace goes.
fn forget(profile: &mut Profile, event: &Event) {
    let find = |known: &Fact| known.technology.cmp(&event.technology);
    if let Ok(place) = profile.facts.binary_search_by(find) {
        let fact = &mut profile.facts[place];
        if !came(event) && fact.retired().is_none() {
            fact.history.left = true;
        }
    }
}

/// The most telling of several: the cloud before what stands in it, and the surest.
fn first<'a>(events: &[&'a Event]) -> Option<&'a Event> {
    let rank = |event: &&&Event| {
        let category = technology(&event.technology).map(|one| one.category.as_str());
        ["cloud", "hosting"].contains(&category.unwrap_or_default())
    };
    let surer = |one: &&&'a Event, other: &&&'a Event| {
        let sure = one.trace.confidence.total_cmp(&other.trace.confidence);
        rank(one).cmp(&rank(other)).then(sure)
    };
    events.iter().max_by(surer).copied()
}

fn trace_in<'a>(profile: &Profile, part: Part, fact: &'a Fact) -> Option<&'a Trace> {
    let mut traces = fact.history.traces.iter();
    traces.find(|trace| plays(profile, part, &fact.technology, trace))
}

/// Whether a technology plays this part where this trace shows it.
fn plays(profile: &Profile, part: Part, slug: &str, trace: &Trace) -> bool {
    let Some(technology) = technology(slug) else {
        return false;
    };
    match (part, technology.category.as_str()) {
        (Part::Mail, "mail") => {
            technology.mail == Some(Mail::Mailbox) && trace.place == Place::Names
        }
        (Part::NameServers, "dns") => trace.place == Place::Names,
        (Part::Hosting, "cloud" | "hosting" | "cdn") => is_address(&profile.company.0, trace),
        _ => false,
    }
}

/// Whether a trace shows where the site is: the address of its host, or the headers of its front
/// page. What a page loads may be anywhere.
fn is_address(company: &str, trace: &Trace) -> bool {
    let company = company.split(':').next().unwrap_or_default();
    let own = |host: &str| host.strip_prefix("www.").unwrap_or(host) == company;
    match trace.place {
        Place::Names => {
            let question = trace.url.strip_prefix("dns:");
            let question = question.and_then(|question| question.split_once("?type="));
            question.is_some_and(|(host, kind)| own(host) && ["A", "AAAA", "CNAME"].contains(&kind))
        }
        Place::Page => {
            let url = url::Url::parse(&trace.url).ok();
            let front = url.filter(|url| url.path() == "/");
            let host = front.as_ref().and_then(|url| url.host_str());
            trace.evidence.contains("header ") && host.is_some_and(own)
        }
        Place::Beside | Place::Certificate => false,
    }
}

/// Whether a change of it says nothing of what a company buys: certificates are issued anew every few
/// weeks, by whoever stands first in a list.
fn is_silent(slug: &str) -> bool {
    technology(slug).is_some_and(|technology| technology.category == "certificate")
}

/// Whether it is how a company protects itself, and not what it protects itself with.
fn is_posture(event: &Event) -> bool {
    let practice = |one: &Technology| one.category == "security-practice";
    technology(&event.technology).is_some_and(practice)
}

/// What is better gone than there.
const WEAK: &[&str] = &["legacy-tls"];

/// What is a step on the way to another: going over to that is up, coming back from it is down.
const STEPS: &[(&str, &str)] = &[("dmarc-monitoring", "dmarc-enforced")];

/// One change for the better and one for the worse, of all practices that changed.
fn security(
    profile: &Profile,
    events: &[Event],
    at: Timestamp,
    now: &dyn Fn(&str) -> Option<String>,
) -> Vec<Change> {
    let changed = |slug: &str| events.iter().any(|event| event.technology == slug);
    let counts = |event: &&Event| {
        let mut steps = STEPS.iter();
        !steps.any(|(low, high)| event.technology == *low && changed(high))
    };
    let is_up = |event: &&Event| came(event) != WEAK.contains(&event.technology.as_str());
    let (up, down): (Vec<&Event>, Vec<&Event>) = events.iter().filter(counts).partition(is_up);
    let partner = |event: &Event| {
        let mut steps = STEPS.iter();
        let (low, _) = steps.find(|(_, high)| event.technology == *high)?;
        events.iter().find(|other| other.technology == *low)
    };
    let change = |changed: Vec<&Event>, what: fn(Vec<String>) -> Changed| {
        let seen = changed.iter().map(|event| {
            let [before, after] = sights(event, &[], at, now);
            match (partner(event), came(event)) {
                (None, _) => [before, after],
                (Some(step), true) => [sight(&step.trace, step.trace.seen), after],
                (Some(step), false) => [before, sight(&step.trace, at)],
            }
        });
        let [before, after] = seen.reduce(|all, one| {
            let [before, after] = [0, 1].map(|side| {
                let both = format!("{}; {}", all[side].evidence, one[side].evidence);
                Sight {
                    evidence: shortened(both),
                    ..all[side].clone()
                }
            });
            [before, after]
        })?;
        let sure = changed.iter().map(|event| certainty(profile, event));
        Some(Change {
            before,
            after,
            confidence: sure.fold(1.0, f32::min),
            names: changed
                .iter()
                .map(|event| name(&event.technology))
                .collect(),
            areas: vec![ProductArea::Security],
            what: what(
                changed
                    .iter()
                    .map(|event| event.technology.clone())
                    .collect(),
            ),
        })
    };
    let up = change(up, Changed::PostureUp);
    let down = change(down, Changed::PostureDown);
    up.into_iter().chain(down).collect()
}

/// Something adopted or retired, with what comes or goes with it.
fn plain(
    profile: &Profile,
    event: &Event,
    beside: &[&Event],
    at: Timestamp,
    now: &dyn Fn(&str) -> Option<String>,
) -> Option<Change> {
    let confidence = certainty(profile, event);
    if confidence < LEAST {
        return None;
    }
    let came = came(event);
    let all = std::iter::once(event).chain(beside.iter().copied());
    let (mut names, mut speaks) = (Vec::new(), Vec::new());
    for one in all {
        names.push(
            profile
                .fact(&one.technology)
                .map_or_else(|| name(&one.technology), |fact| fact.name.clone()),
        );
        speaks.extend(areas(&one.technology, came));
    }
    let slug = event.technology.clone();
    let [before, after] = sights(event, &names[..1], at, now);
    Some(Change {
        what: match came {
            true => Changed::Adopted(slug),
            false => Changed::Retired(slug),
        },
        before,
        after,
        confidence,
        names,
        areas: sorted(speaks),
    })
}

/// How it was seen before and after.
fn sights(
    event: &Event,
    names: &[String],
    at: Timestamp,
    now: &dyn Fn(&str) -> Option<String>,
) -> [Sight; 2] {
    let trace = &event.trace;
    let names = match names {
        [] => name(&event.technology),
        names => names.join(", "),
    };
    let without = |at, shown: Option<String>| Sight {
        at,
        evidence: shortened(match shown {
            Some(shown) => format!("no sign of {names}: {shown}"),
            None => format!("no sign of {names}"),
        }),
        url: trace.url.clone(),
    };
    match event.turn {
        Turn::Came(before) | Turn::Promoted(before) => [without(before, None), sight(trace, at)],
        Turn::Left | Turn::Gone => [sight(trace, trace.seen), without(at, now(&trace.url))],
    }
}

fn sight(trace: &Trace, at: Timestamp) -> Sight {
    Sight {
        at,
        evidence: trace.evidence.clone(),
        url: trace.url.clone(),
    }
}

fn certainty(profile: &Profile, event: &Event) -> f32 {
    let trace = &event.trace;
    match event.turn {
        Turn::Came(_) | Turn::Promoted(_) => profile
            .fact(&event.technology)
            .map_or(trace.confidence, |fact| fact.confidence),
        Turn::Left | Turn::Gone => {
            trace.confidence
                * match trace.place {
                    Place::Names | Place::Beside => NAMES_MISS,
                    Place::Page | Place::Certificate => PAGE_MISSES,
                }
        }
    }
}

fn came(event: &Event) -> bool {
    matches!(event.turn, Turn::Came(_) | Turn::Promoted(_))
}

fn implies(cause: &str, slug: &str) -> bool {
    technology(cause).is_some_and(|cause| {
        let released = cause.releases.iter().filter_map(|one| one.implies.as_ref());
        cause.implies.iter().chain(released).any(|one| one == slug)
    })
}

fn name(slug: &str) -> String {
    technology(slug).map_or_else(|| slug.to_owned(), |technology| technology.name.clone())
}
