//! What a domain is: somebody's, for sale, or not there at all; and where its front page has moved.
//!
//! Names and front page each give a sign, so that it does not matter which is looked at first.

use super::{APART, Shows, is_baseline};
use crate::model::kind::ProductArea;
use crate::model::profile::{
    Change, Changed, Moving, Profile, Relation, RelationBasis, Sight, Sign, Standing,
};
use crate::model::time::Timestamp;
use crate::technographics::fuse;
use crate::technographics::observed::{Answer, Asked, Kind, Observed};

/// Takes in what the names say of the domain. Says whether they are somebody's, so that what they
/// show counts: names that do not exist any more do not say that each service was given up.
pub(super) fn names(profile: &mut Profile, names: &Observed, at: Timestamp) -> bool {
    let memory = &mut profile.memory;
    let mut own = names
        .asked
        .iter()
        .filter(|asked| asked.name == names.domain);
    if own.clone().any(|asked| asked.answer == Answer::NoName) {
        let first = *memory.missing.get_or_insert(at);
        if at.since(first) >= APART && !matches!(memory.names, Sign::Gone { .. }) {
            memory.names = Sign::Gone { since: first };
        }
        judge(profile);
        return false;
    }
    let dealer = dealer(names);
    if own.any(|asked| matches!(asked.answer, Answer::Records(_))) {
        memory.missing = None;
        let parked = matches!(memory.names, Sign::Parked { .. });
        match dealer {
            Some(_) if parked => {}
            Some(evidence) => {
                memory.names = Sign::Parked {
                    since: at,
                    evidence,
                }
            }
            // Name servers are not always asked with success: that they cannot be told is no sale.
            None if parked
                && names
                    .ask(&names.domain, Kind::Ns)
                    .is_none_or(|ns| !ns.is_answered()) => {}
            None => memory.names = Sign::Live,
        }
    }
    let parked = matches!(memory.names, Sign::Parked { .. });
    judge(profile);
    !parked
}

/// The name servers, where all of them are a dealer's.
fn dealer(names: &Observed) -> Option<String> {
    let asked = names.ask(&names.domain, Kind::Ns)?;
    // Each record alone: a company's own name server beside a dealer's is a company's.
    let dealers = |record: &str| {
        let alone = Observed {
            domain: names.domain.clone(),
            asked: vec![Asked {
                answer: Answer::Records(vec![record.to_owned()]),
                ..asked.clone()
            }],
            ..Observed::default()
        };
        let facts = fuse(&alone, &[]).facts;
        facts.iter().any(|fact| fact.category == "parking")
    };
    let mut servers = asked.records().peekable();
    let first = (*servers.peek()?).clone();
    servers
        .all(|server| dealers(server))
        .then(|| format!("NS {}: {first}", asked.name))
}

/// Takes in what a page says of the domain. `last` is when it was read before.
pub(super) fn page(
    profile: &mut Profile,
    shows: &Shows,
    last: Option<Timestamp>,
    at: Timestamp,
) -> Vec<Change> {
    if !shows.front {
        return Vec::new();
    }
    let memory = &mut profile.memory;
    match &shows.parked {
        Some(_) if matches!(memory.front, Sign::Parked { .. }) => {}
        Some(evidence) => {
            let evidence = crate::technographics::fusion::shortened(evidence.clone());
            memory.front = Sign::Parked {
                since: at,
                evidence,
            };
        }
        None if shows.read => {
            memory.front = Sign::Live;
            if matches!(memory.names, Sign::Gone { since } if since < at) {
                memory.names = Sign::None;
                memory.missing = None;
            }
        }
        None => {}
    }
    judge(profile);
    match shows.parked {
        Some(_) => Vec::new(),
        None => moved(profile, shows, last, at).into_iter().collect(),
    }
}

/// What both signs together say.
fn judge(profile: &mut Profile) {
    let parked = |sign: &Sign| match sign {
        Sign::Parked { since, evidence } => Some((*since, evidence.clone())),
        _ => None,
    };
    let memory = &profile.memory;
    let (names, front) = (parked(&memory.names), parked(&memory.front));
    profile.standing = if let Sign::Gone { since } = memory.names {
        Standing::Gone { since }
    } else if let Some((since, evidence)) = front.clone().or(names.clone()) {
        let other = names.map_or(since, |(since, _)| since);
        Standing::Parked {
            since: since.min(other),
            evidence,
        }
    } else if [&memory.names, &memory.front].contains(&&Sign::Live) {
        Standing::Live
    } else {
        Standing::Unknown
    };
}

/// The front page moved to another domain for good, where it was read at home before: told when a
/// second look finds it so.
fn moved(
    profile: &mut Profile,
    shows: &Shows,
    last: Option<Timestamp>,
    at: Timestamp,
) -> Option<Change> {
    let mut related = shows.related.iter();
    let alias = related.find(|related| {
        related.basis == RelationBasis::Moved && related.relation == Relation::Alias
    });
    let Some(alias) = alias else {
        // Read at home again: it was nothing.
        if shows.read
            && profile
                .memory
                .moving
                .as_ref()
                .is_some_and(|moving| at > moving.seen)
        {
            profile.memory.moving = None;
        }
        return None;
    };
    let known = profile.memory.moving.as_ref();
    if known.is_none_or(|moving| moving.to != alias.domain) {
        let before = last.filter(|_| !is_baseline(&profile.memory, at));
        profile.memory.moving = Some(Moving {
            to: alias.domain.clone(),
            before,
            seen: at,
            told: false,
        });
        return None;
    }
    let moving = profile.memory.moving.as_mut()?;
    let before = moving.before?;
    if moving.told || at.since(moving.seen) < APART {
        return None;
    }
    moving.told = true;
    Some(Change {
        what: Changed::DomainMoved {
            to: moving.to.clone(),
        },
        before: Sight {
            at: before,
            evidence: format!("a page at {}", shows.url),
            url: shows.url.clone(),
        },
        after: Sight {
            at,
            evidence: alias.evidence.clone(),
            url: shows.url.clone(),
        },
        confidence: 0.9,
        names: Vec::new(),
        // A new domain is a new domain of the tenant.
        areas: vec![ProductArea::Microsoft365],
    })
}
