//! What an answer says about the host that gave it: how long it rests, and what its robots.txt
//! allows. Pure.

use std::time::Duration;

use super::manners::Manner;
use super::rest;
use crate::fetch::{FetchOutcome, Fetched, Purpose};
use crate::model::host::{HostRecord, RobotsState, Trouble};
use crate::model::state::Failure;
use crate::model::time::Timestamp;

/// Redirects of robots.txt that are followed (RFC 9309 §2.3.1.2: at least five).
pub const ROBOTS_REDIRECTS: u8 = 5;

/// The host after a request for `purpose`: how long it rests, how it has been answering.
pub fn host(
    was: &HostRecord,
    fetched: &Fetched,
    purpose: Purpose,
    crawl_delay: Option<Duration>,
    manner: &Manner,
    now: Timestamp,
) -> HostRecord {
    let took = u32::try_from(fetched.took.as_millis()).unwrap_or(u32::MAX);
    let millis = if was.requests == 0 {
        took
    } else {
        was.millis / 4 * 3 + took / 4
    };
    let rest = rest::after(was, fetched, purpose, crawl_delay, manner, now);
    HostRecord {
        rest_until: rest.until,
        refusals: rest.refusals,
        refused: rest.refused,
        requests: was.requests + 1,
        millis,
        address: fetched.address.or(was.address),
        // It is asked again: whatever kept a run away is over.
        held: None,
        ..was.clone()
    }
}

/// The door to DNS after a ping. Name servers do not refuse a domain: what they answer is the
/// domain's affair, and how much they are asked is kept by the crawl as a whole.
pub fn asked_names(was: &HostRecord, took: Duration, rest: Duration, now: Timestamp) -> HostRecord {
    HostRecord {
        rest_until: now.after(rest),
        requests: was.requests + 1,
        millis: u32::try_from(took.as_millis()).unwrap_or(u32::MAX),
        held: None,
        ..was.clone()
    }
}

/// The host `asked` for its rules, which now stand as `robots`. One whose rules are looked for
/// without TLS next, because with it there was no connection, has not refused yet: the other way
/// is tried after an ordinary rest.
pub fn ruled(
    was: &HostRecord,
    asked: HostRecord,
    robots: RobotsState,
    fetched: &Fetched,
    manner: &Manner,
    now: Timestamp,
) -> HostRecord {
    let failed = matches!(fetched.outcome, FetchOutcome::Failed(_));
    if !failed || !matches!(robots, RobotsState::Moved { .. }) {
        return HostRecord { robots, ..asked };
    }
    HostRecord {
        robots,
        rest_until: was.rest_until.max(now.after(manner.rest)),
        refusals: was.refusals,
        refused: was.refused,
        ..asked
    }
}

/// A host whose rules could not be had at another door: it was not asked itself, but is left
/// alone as if it had refused.
pub fn as_if_asked(
    of: &HostRecord,
    fetched: &Fetched,
    manner: &Manner,
    now: Timestamp,
) -> HostRecord {
    let rest = rest::after(of, fetched, Purpose::Robots, None, manner, now);
    if rest.refused == of.refused {
        return of.clone();
    }
    HostRecord {
        rest_until: rest.until,
        refusals: rest.refusals,
        refused: rest.refused,
        ..of.clone()
    }
}

/// What a turn spent on robots.txt leaves behind; `packed` is the parsed file where a page came.
pub fn robots(
    was: &RobotsState,
    asked: &str,
    fetched: &Fetched,
    packed: Option<Vec<u8>>,
    now: Timestamp,
) -> RobotsState {
    let hops = match was {
        RobotsState::Moved { hops, .. } => *hops,
        _ => 0,
    };
    let last = match was {
        RobotsState::Known { at, rules, .. } => Some((*at, rules.clone())),
        RobotsState::Unreachable { last, .. } => last.clone(),
        _ => None,
    };
    let allow_all = |status| RobotsState::Known {
        at: now,
        status,
        rules: Vec::new(),
    };
    let unreachable = |why| RobotsState::Unreachable {
        at: now,
        why,
        last: last.clone(),
    };
    match &fetched.outcome {
        FetchOutcome::Page(page) => RobotsState::Known {
            at: now,
            status: page.status,
            rules: packed.unwrap_or_default(),
        },
        FetchOutcome::Moved { to, .. } if hops < ROBOTS_REDIRECTS => RobotsState::Moved {
            to: to.to_string(),
            hops: hops + 1,
        },
        // Too many redirects count as "unavailable" (RFC 9309 §2.3.1.2), as all of 4xx does but
        // 429, which asks for patience.
        FetchOutcome::Moved { .. } => allow_all(310),
        FetchOutcome::Gone(status)
        | FetchOutcome::Refused {
            status: status @ (401 | 403 | 407),
            ..
        } => allow_all(*status),
        FetchOutcome::Failed(Failure::Connect | Failure::Tls)
            if hops == 0 && asked.starts_with("https://") =>
        {
            // A site without TLS has its rules where it has its pages.
            RobotsState::Moved {
                to: asked.replacen("https://", "http://", 1),
                hops: 1,
            }
        }
        FetchOutcome::Refused { status, .. } => unreachable(Trouble::Status(*status)),
        FetchOutcome::Failed(failure) => unreachable(Trouble::Failure(*failure)),
        // Nothing was asked conditionally.
        FetchOutcome::NotModified => unreachable(Trouble::Status(304)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use url::Url;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn fetched(outcome: FetchOutcome, millis: u64) -> Fetched {
        Fetched {
            outcome,
            took: Duration::from_millis(millis),
            address: None,
            allowance: None,
            certificate: None,
        }
    }

    fn moved(to: &str) -> FetchOutcome {
        FetchOutcome::Moved {
            to: Url::parse(to).expect("valid"),
            permanent: true,
        }
    }

    #[test]
    fn robots_answers_mean_what_the_rfc_says() {
        let ask = |was: &RobotsState, outcome| {
            robots(
                was,
                "https://example.com/robots.txt",
                &fetched(outcome, 5),
                None,
                NOW,
            )
        };
        let unknown = RobotsState::Unknown;
        let allowed =
            |state| matches!(state, RobotsState::Known { ref rules, .. } if rules.is_empty());
        assert!(allowed(ask(&unknown, FetchOutcome::Gone(404))));
        assert!(allowed(ask(
            &unknown,
            FetchOutcome::Refused {
                status: 403,
                retry_after: None
            }
        )));
        for status in [429, 500, 503] {
            let refused = FetchOutcome::Refused {
                status,
                retry_after: None,
            };
            assert!(matches!(
                ask(&unknown, refused),
                RobotsState::Unreachable { last: None, .. }
            ));
        }
        let timeout = FetchOutcome::Failed(Failure::Timeout);
        assert!(matches!(
            ask(&unknown, timeout.clone()),
            RobotsState::Unreachable { .. }
        ));
        let known = RobotsState::Known {
            at: Timestamp(7),
            status: 200,
            rules: vec![1, 2],
        };
        let RobotsState::Unreachable { last, .. } = ask(&known, timeout) else {
            panic!("unreachable")
        };
        assert_eq!(
            last,
            Some((Timestamp(7), vec![1, 2])),
            "the last good copy stays"
        );
        let mut state = unknown;
        for hop in 1..=ROBOTS_REDIRECTS {
            state = ask(&state, moved("https://www.example.com/robots.txt"));
            assert!(matches!(state, RobotsState::Moved { hops, .. } if hops == hop));
        }
        assert!(allowed(ask(
            &state,
            moved("https://www.example.com/robots.txt")
        )));
    }
}
