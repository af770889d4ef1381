//! How long a host is left alone after a turn. Pure.
//!
//! Four things have a say, and the longest counts: the operator's rest, the host's own response
//! time, its Crawl-delay, and what it answers: a refusal, a Retry-After, an allowance that runs
//! out. A host that lately asked for patience is asked more slowly for a while, however quickly
//! it answers.

use std::time::Duration;

use super::manners::Manner;
use crate::fetch::{Allowance, FetchOutcome, Fetched, Purpose};
use crate::model::host::{HostRecord, Trouble};
use crate::model::state::Failure;
use crate::model::time::Timestamp;

/// How often the rest is doubled, at most, at a host that lately asked for patience.
const SLOWER: u8 = 3;
/// Where no limit is told, an allowance of fewer than this is low.
const FEW: u64 = 10;

/// What a turn leaves of a host's rest and refusals.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rest {
    /// It is not asked before this.
    pub until: Timestamp,
    /// Refusals that still count; each doubles the back-off.
    pub refusals: u8,
    /// The last of them: until when it kept us away, and what it was.
    pub refused: Option<(Timestamp, Trouble)>,
}

/// What this answer, to a request for `purpose`, leaves.
pub fn after(
    was: &HostRecord,
    fetched: &Fetched,
    purpose: Purpose,
    crawl_delay: Option<Duration>,
    manner: &Manner,
    now: Timestamp,
) -> Rest {
    let remembered = was
        .refused
        .filter(|(until, _)| now.since(*until) < manner.back_off_forget);
    let before = remembered.map_or(0, |_| was.refusals);
    let slow = fetched.took.as_secs_f64() * f64::from(manner.rest_factor);
    let slow =
        Duration::try_from_secs_f64(slow).map_or(manner.rest_max, |slow| slow.min(manner.rest_max));
    let asked_for = crawl_delay.unwrap_or_default().min(manner.crawl_delay_max);
    let allowed = fetched.allowance.map_or(Duration::ZERO, |allowance| {
        share(&allowance).min(manner.back_off_max)
    });
    let at_least = asked_for.max(slow).max(allowed);
    let Some((why, wait)) = refusal(fetched, purpose, before, manner) else {
        // Whoever asked for patience is given it for a while, or a host that answers and refuses
        // by turns would never be asked less. Any other trouble is over with an answer.
        let kept = remembered.filter(|(_, why)| asks_for_patience(why));
        let refusals = kept.map_or(0, |_| before);
        let rest = slower(manner, refusals).max(at_least);
        return Rest {
            until: was.rest_until.max(now.after(rest)),
            refusals,
            refused: was.refused,
        };
    };
    let refusals = before.saturating_add(1);
    let rest = slower(manner, refusals).max(at_least).max(wait);
    let until = was.rest_until.max(now.after(rest));
    Rest {
        until,
        refusals,
        refused: Some((until, why)),
    }
}

/// The operator's rest, doubled with each refusal that counts.
fn slower(manner: &Manner, refusals: u8) -> Duration {
    let doubled = manner.rest.saturating_mul(1 << refusals.min(SLOWER));
    doubled.min(manner.rest_max).max(manner.rest)
}

/// Whether this is how servers say that they are asked too much.
fn asks_for_patience(why: &Trouble) -> bool {
    matches!(why, Trouble::Status(429 | 503))
}

/// How long a host that refused is left alone: as long as it says, else 2ⁿ times the first
/// back-off. `None`: this was no refusal of the host's.
fn refusal(
    fetched: &Fetched,
    purpose: Purpose,
    before: u8,
    manner: &Manner,
) -> Option<(Trouble, Duration)> {
    let doubled = manner
        .back_off
        .saturating_mul(1 << u32::from(before.min(16)));
    let back_off = doubled.min(manner.back_off_max);
    match fetched.outcome {
        FetchOutcome::Refused {
            status,
            retry_after: Some(wait),
        } if !wait.is_zero() => Some((Trouble::Status(status), wait)),
        FetchOutcome::Refused {
            status: 401 | 403 | 407,
            ..
        } => None,
        FetchOutcome::Refused { status, .. } => {
            let exhausted = fetched
                .allowance
                .filter(|allowance| allowance.left == 0 && !allowance.reset.is_zero());
            let until_reset = |allowance: Allowance| allowance.reset.min(manner.back_off_max);
            let wait = exhausted.map_or(back_off, until_reset);
            Some((Trouble::Status(status), wait))
        }
        FetchOutcome::Failed(
            failure @ (Failure::Dns | Failure::Connect | Failure::Tls | Failure::Timeout),
        ) => Some((Trouble::Failure(failure), back_off)),
        // A page that breaks off waits alone. Rules that do keep the whole host waiting, and
        // without a back-off it would be asked for them again after every rest.
        FetchOutcome::Failed(failure) if purpose == Purpose::Robots => {
            Some((Trouble::Failure(failure), back_off))
        }
        _ => None,
    }
}

/// What an allowance leaves between two requests: nothing is left until it is reset, and little
/// is spread over that time. As long as there is plenty, it says nothing.
fn share(allowance: &Allowance) -> Duration {
    let low = match allowance.limit {
        Some(limit) => allowance.left < limit / 10,
        None => allowance.left < FEW,
    };
    match u32::try_from(allowance.left) {
        Ok(0) => allowance.reset,
        Ok(left) if low => allowance.reset / left,
        _ => Duration::ZERO,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::config::Config;
    use crate::crawl::manners::{Beyond, Manners};
    use crate::model::url::Host;

    const NOW: Timestamp = Timestamp(1_000_000_000);

    fn manner() -> Manner {
        let host = Host::from_reversed("example,a");
        Manners::new(&Config::default()).at(&host).clone()
    }

    fn fetched(outcome: FetchOutcome, millis: u64) -> Fetched {
        Fetched {
            outcome,
            took: Duration::from_millis(millis),
            address: None,
            allowance: None,
            certificate: None,
        }
    }

    fn refused(status: u16, retry_after: Option<u64>) -> Fetched {
        let retry_after = retry_after.map(Duration::from_secs);
        let outcome = FetchOutcome::Refused {
            status,
            retry_after,
        };
        fetched(outcome, 10)
    }

    /// The record after an answer at `now`, and how long it rests.
    fn then(was: &HostRecord, fetched: &Fetched, now: Timestamp) -> (HostRecord, Duration) {
        let rest = after(was, fetched, Purpose::Page, None, &manner(), now);
        let record = HostRecord {
            rest_until: rest.until,
            refusals: rest.refusals,
            refused: rest.refused,
            ..was.clone()
        };
        (record, rest.until.since(now))
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn a_slow_host_rests_longer_and_a_crawl_delay_only_ever_slows() {
        let manner = manner();
        let rest = |millis, delay: Option<f64>| {
            let gone = fetched(FetchOutcome::Gone(404), millis);
            let delay = delay.map(Duration::from_secs_f64);
            let was = HostRecord::default();
            let rest = after(&was, &gone, Purpose::Page, delay, &manner, NOW);
            rest.until.since(NOW)
        };
        assert_eq!(rest(10, None), manner.rest);
        assert_eq!(rest(2000, None), seconds(10));
        assert_eq!(rest(999_000, None), manner.rest_max);
        assert_eq!(
            rest(10, Some(1.0)),
            manner.rest,
            "a shorter one never hurries"
        );
        assert_eq!(rest(10, Some(20.5)), Duration::from_millis(20_500));
        assert_eq!(rest(10, Some(99_999.0)), manner.crawl_delay_max);
    }

    #[test]
    fn only_a_delay_beyond_the_longest_is_skipped_and_only_where_the_operator_says_so() {
        let skip = Manner {
            crawl_delay_beyond: Beyond::Skip,
            ..manner()
        };
        let longest = skip.crawl_delay_max;
        assert!(skip.skips(Some(longest + Duration::from_millis(1))));
        assert!(!skip.skips(Some(longest)) && !skip.skips(None));
        assert!(!manner().skips(Some(10 * longest)));
    }

    #[test]
    fn refusals_double_the_back_off_and_retry_after_is_honoured_in_full() {
        let manner = manner();
        let mut record = HostRecord::default();
        let mut now = NOW;
        for times in [1u32, 2, 4, 8] {
            let rest;
            (record, rest) = then(&record, &refused(503, None), now);
            assert_eq!(rest, manner.back_off * times);
            now = record.rest_until;
        }
        let (_, told) = then(&HostRecord::default(), &refused(503, Some(7200)), NOW);
        assert_eq!(told, seconds(7200));
        let days = 40 * 24 * 3600;
        let (_, told) = then(&HostRecord::default(), &refused(429, Some(days)), NOW);
        assert_eq!(told, seconds(days), "beyond back_off_max");
        let (_, none) = then(&HostRecord::default(), &refused(429, Some(0)), NOW);
        assert_eq!(none, manner.back_off, "no time is no answer");
    }

    #[test]
    fn a_refusal_is_forgotten_after_quiet_which_begins_when_the_back_off_ends() {
        let manner = manner();
        let (first, wait) = then(&HostRecord::default(), &refused(429, None), NOW);
        assert_eq!(wait, manner.back_off);
        let quiet = first.rest_until.after(manner.back_off_forget);
        let again = |now| then(&first, &refused(429, None), now);
        assert_eq!(again(quiet.before(seconds(1))).1, 2 * manner.back_off);
        assert_eq!(again(quiet), (again(quiet).0, manner.back_off));
        assert_eq!(again(quiet).0.refusals, 1);
        let well = fetched(FetchOutcome::NotModified, 10);
        let kept = then(&first, &well, quiet.before(seconds(1)));
        assert_eq!((kept.0.refusals, kept.1), (1, 2 * manner.rest));
        assert_eq!(then(&first, &well, quiet).0.refusals, 0);
        assert_eq!(then(&first, &well, quiet).1, manner.rest);
    }

    #[test]
    fn a_host_that_answers_and_refuses_by_turns_backs_off_and_broken_pages_do_not_add_up() {
        let manner = manner();
        let well = fetched(FetchOutcome::NotModified, 10);
        for (status, times) in [(429, [1u32, 2, 4, 8]), (500, [1, 1, 1, 1])] {
            let (mut record, mut now) = (HostRecord::default(), NOW);
            for times in times {
                let rest;
                (record, rest) = then(&record, &refused(status, None), now);
                assert_eq!(rest, manner.back_off * times, "{status}");
                now = record.rest_until;
                (record, _) = then(&record, &well, now);
                now = record.rest_until;
            }
        }
    }

    #[test]
    fn a_fast_429_slows_down_what_comes_after_it() {
        let manner = manner();
        let (record, _) = then(&HostRecord::default(), &refused(429, Some(1)), NOW);
        let well = fetched(FetchOutcome::NotModified, 1);
        let (_, rest) = then(&record, &well, record.rest_until);
        assert_eq!(rest, 2 * manner.rest);
    }

    #[test]
    fn an_allowance_that_is_used_up_is_waited_for_and_a_low_one_is_spread() {
        let manner = manner();
        let rest = |left, limit, reset| {
            let well = Fetched {
                allowance: Some(Allowance {
                    left,
                    limit,
                    reset: seconds(reset),
                }),
                ..fetched(FetchOutcome::NotModified, 10)
            };
            then(&HostRecord::default(), &well, NOW).1
        };
        assert_eq!(rest(0, None, 600), seconds(600));
        assert_eq!(rest(0, Some(60), 1), manner.rest);
        assert_eq!(rest(5, None, 600), seconds(120));
        assert_eq!(rest(5, Some(60), 600), seconds(120));
        assert_eq!(rest(6, Some(60), 600), manner.rest, "a tenth is enough");
        assert_eq!(rest(10, None, 600), manner.rest);
        assert_eq!(rest(0, None, u64::MAX), manner.back_off_max, "not for ever");
        assert_eq!(rest(1, Some(u64::MAX), u64::MAX), manner.back_off_max);
        let exhausted = Fetched {
            allowance: Some(Allowance {
                left: 0,
                limit: None,
                reset: seconds(20),
            }),
            ..refused(429, None)
        };
        let (_, told) = then(&HostRecord::default(), &exhausted, NOW);
        assert_eq!(told, seconds(20), "it says when, so nobody guesses");
    }

    #[test]
    fn rules_that_break_off_back_off_and_a_page_that_does_waits_alone() {
        let manner = manner();
        let broken = fetched(FetchOutcome::Failed(Failure::Protocol), 10);
        let rest = |purpose| {
            let was = HostRecord::default();
            let rest = after(&was, &broken, purpose, None, &manner, NOW);
            (rest.until.since(NOW), rest.refusals)
        };
        assert_eq!(rest(Purpose::Page), (manner.rest, 0));
        assert_eq!(rest(Purpose::Robots), (manner.back_off, 1));
    }
}
