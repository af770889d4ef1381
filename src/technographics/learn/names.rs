//! What a ping adds: the domain's names, and the certificates that were seen with them.

use super::trace::{Event, Sighting, exclude, miss, sight};
use super::{APART, QUESTIONS, hash, legacy, looked, pages, refresh, remember, standing, tell};
use crate::model::profile::{Change, Fact, Place, Profile};
use crate::model::time::Timestamp;
use crate::technographics::fingerprint::{Mail, technology};
use crate::technographics::names::without_mailboxes;
use crate::technographics::observed::Observed;
use crate::technographics::{Findings, fuse};

pub(super) fn learn(profile: &mut Profile, observed: &Observed, at: Timestamp) -> Vec<Change> {
    let names = Observed {
        certificates: Vec::new(),
        ..observed.clone()
    };
    let findings = fuse(&names, &[]);
    if profile.memory.pinged.is_some_and(|last| at < last) {
        older(profile, &findings.facts, at);
        return Vec::new();
    }
    let mut events = Vec::new();
    if standing::names(profile, &names, at) {
        events = take(profile, &names, &findings, at);
        for asked in names.asked.iter().filter(|asked| asked.is_answered()) {
            remember(
                &mut profile.memory.questions,
                QUESTIONS,
                hash(&asked.uri()),
                at,
            );
        }
    }
    for certificate in &observed.certificates {
        events.extend(pages::certificate(profile, certificate, at));
    }
    exclude(profile);
    let mut changes = tell::tell(profile, events, at, &|uri| shown(&names, uri));
    let seen = findings.facts.iter().map(|fact| fact.technology.as_str());
    changes.extend(legacy::versions(profile, seen, at));
    changes.extend(legacy::expired(profile, &observed.certificates, at));
    let pinged = profile.memory.pinged.get_or_insert(at);
    refresh(pinged, at);
    if !changes.is_empty() {
        *pinged = at;
    }
    changes
}

/// A look from before the last one tells since when something is there, and nothing else.
pub(super) fn older(profile: &mut Profile, seen: &[Fact], at: Timestamp) {
    for fact in &mut profile.facts {
        if seen.iter().any(|seen| seen.technology == fact.technology) {
            fact.first_seen = fact.first_seen.min(at);
        }
    }
}

fn take(profile: &mut Profile, names: &Observed, findings: &Findings, at: Timestamp) -> Vec<Event> {
    let mut events = Vec::new();
    for fact in &findings.facts {
        let seen = Sighting {
            fact,
            place: place(fact, findings),
            url: &fact.url,
            at,
            absent: looked(&profile.memory.questions, hash(&fact.url)),
        };
        events.extend(sight(profile, &seen));
    }
    let place_of = |slug: &str| {
        let seen = findings.facts.iter().find(|fact| fact.technology == slug);
        seen.map(|fact| place(fact, findings))
    };
    events.extend(miss(
        profile,
        at,
        |trace| matches!(trace.place, Place::Names | Place::Beside),
        |fact, trace| match place_of(&fact.technology) {
            Some(place) => place != trace.place,
            None => findings.lacks(&fact.technology, &trace.url, names),
        },
    ));
    events
}

/// Mailboxes that are not those which the mail exchanger shows stand beside it, however sure they
/// are: a key to sign mail with is published before a move and forgotten after it.
fn place(fact: &Fact, findings: &Findings) -> Place {
    let technology = technology(&fact.technology);
    let mailbox = technology.is_some_and(|technology| technology.mail == Some(Mail::Mailbox));
    let shown = findings.gateways.is_empty() && !findings.mailboxes.is_empty();
    match mailbox && shown && !findings.mailboxes.contains(&fact.technology) {
        true => Place::Beside,
        false => Place::Names,
    }
}

/// What a question shows, where that can be told in a line: of the many tokens of a domain, the one
/// that is missing cannot be shown.
fn shown(names: &Observed, uri: &str) -> Option<String> {
    const SHORT: usize = 3;
    let asked = names.asked.iter().find(|asked| asked.uri() == uri)?;
    let records: Vec<String> = asked.records().map(|one| without_mailboxes(one)).collect();
    let kind = asked.kind.id();
    match records.len() {
        0 => Some(format!("{kind} {}: none", asked.name)),
        1..=SHORT => Some(format!("{kind} {}: {}", asked.name, records.join(", "))),
        _ if kind == "TXT" => None,
        many => {
            let first = records[..SHORT].join(", ");
            Some(format!(
                "{kind} {}: {first} and {} more",
                asked.name,
                many - SHORT
            ))
        }
    }
}

const _: () = assert!(
    APART.as_secs() < 24 * 3600,
    "daily looks confirm each other"
);
