//! What an answer says about the host that gave it: how long it rests, and what its robots.txt
//! allows. Pure.

use std::time::Duration;

use super::config::Config;
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
    config: &Config,
    now: Timestamp,
) -> HostRecord {
    let took = u32::try_from(fetched.took.as_millis()).unwrap_or(u32::MAX);
    let millis = if was.requests == 0 {
        took
    } else {
        was.millis / 4 * 3 + took / 4
    };
    let mut host = HostRecord {
        requests: was.requests + 1,
        millis,
        address: fetched.address.or(was.address),
        refusals: 0,
        ..was.clone()
    };
    let slow = fetched
        .took
        .mul_f32(config.rest_factor.max(0.0))
        .min(config.rest_max);
    let asked_for = crawl_delay.unwrap_or_default().min(config.crawl_delay_max);
    let mut rest = config.rest.max(slow).max(asked_for);
    if let Some(wait) = refusal(&fetched.outcome, purpose, was.refusals, config) {
        host.refusals = was.refusals.saturating_add(1);
        rest = rest.max(wait);
    }
    host.rest_until = was.rest_until.max(now.after(rest));
    host
}

/// How long a host that refused is left alone: as long as it says, else 2ⁿ times the first
/// back-off. `None`: this was no refusal of the host's.
fn refusal(
    outcome: &FetchOutcome,
    purpose: Purpose,
    refusals: u8,
    config: &Config,
) -> Option<Duration> {
    let doubled = config
        .back_off
        .saturating_mul(1 << u32::from(refusals.min(16)));
    let back_off = doubled.min(config.back_off_max);
    match outcome {
        FetchOutcome::Refused {
            retry_after: Some(wait),
            ..
        } => Some(*wait),
        FetchOutcome::Refused {
            status: 401 | 403 | 407,
            ..
        } => None,
        FetchOutcome::Refused { .. } => Some(back_off),
        FetchOutcome::Failed(Failure::Dns | Failure::Connect | Failure::Tls | Failure::Timeout) => {
            Some(back_off)
        }
        // A page that breaks off waits alone. Rules that do keep the whole host waiting, and
        // without a back-off it would be asked for them again after every rest.
        FetchOutcome::Failed(_) if purpose == Purpose::Robots => Some(back_off),
        _ => None,
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
        }
    }

    fn moved(to: &str) -> FetchOutcome {
        FetchOutcome::Moved {
            to: Url::parse(to).expect("valid"),
            permanent: true,
        }
    }

    #[test]
    fn a_slow_host_rests_longer_and_a_crawl_delay_only_ever_slows() {
        let config = Config::default();
        let rest = |millis, delay: Option<u64>| {
            let gone = fetched(FetchOutcome::Gone(404), millis);
            let delay = delay.map(Duration::from_secs);
            host(
                &HostRecord::default(),
                &gone,
                Purpose::Page,
                delay,
                &config,
                NOW,
            )
            .rest_until
            .since(NOW)
        };
        assert_eq!(rest(10, None), config.rest);
        assert_eq!(rest(2000, None), Duration::from_secs(10));
        assert_eq!(rest(999_000, None), config.rest_max);
        assert_eq!(
            rest(10, Some(1)),
            config.rest,
            "a shorter delay does not hurry"
        );
        assert_eq!(rest(10, Some(20)), Duration::from_secs(20));
        assert_eq!(rest(10, Some(99_999)), config.crawl_delay_max);
    }

    #[test]
    fn refusals_double_the_back_off_and_retry_after_is_honoured_in_full() {
        let config = Config::default();
        let refused = |retry_after: Option<u64>| {
            fetched(
                FetchOutcome::Refused {
                    status: 503,
                    retry_after: retry_after.map(Duration::from_secs),
                },
                10,
            )
        };
        let mut record = HostRecord::default();
        for times in [1u32, 2, 4, 8] {
            record = host(
                &HostRecord {
                    rest_until: NOW,
                    ..record
                },
                &refused(None),
                Purpose::Page,
                None,
                &config,
                NOW,
            );
            assert_eq!(record.rest_until.since(NOW), config.back_off * times);
        }
        let told = host(
            &HostRecord::default(),
            &refused(Some(7200)),
            Purpose::Page,
            None,
            &config,
            NOW,
        );
        assert_eq!(told.rest_until.since(NOW), Duration::from_secs(7200));
        let well = host(
            &record,
            &fetched(FetchOutcome::NotModified, 10),
            Purpose::Page,
            None,
            &config,
            NOW,
        );
        assert_eq!(well.refusals, 0);
    }

    #[test]
    fn rules_that_break_off_back_off_and_a_page_that_does_waits_alone() {
        let config = Config::default();
        let broken = fetched(FetchOutcome::Failed(Failure::Protocol), 10);
        let rest = |purpose| {
            let was = HostRecord::default();
            let now = host(&was, &broken, purpose, None, &config, NOW);
            (now.rest_until.since(NOW), now.refusals)
        };
        assert_eq!(rest(Purpose::Page), (config.rest, 0));
        assert_eq!(rest(Purpose::Robots), (config.back_off, 1));
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
