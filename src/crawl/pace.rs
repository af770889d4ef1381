//! Not before when: for a network address and for the whole crawl.
//!
//! governor is asked, on our clock, and answers when; nobody sleeps on it. A host's own rest is
//! kept by `hosts` and in its record, because it differs from host to host (robots.txt,
//! Retry-After, response time); what many hosts share is kept here. Shared hosting puts thousands
//! of company sites on one address.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as GovernorClock, Reference};
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::HashMapStateStore;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

use crate::clock::Clock;
use crate::model::time::Timestamp;
use crate::technographics::plan;

/// Our clock, as governor reads it: time since the crawl began.
#[derive(Clone, Debug)]
struct Since(Clock);

/// A point in time of [`Since`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Reading(Duration);

impl std::ops::Add<Nanos> for Reading {
    type Output = Reading;
    fn add(self, by: Nanos) -> Reading {
        Reading(self.0 + Duration::from(by))
    }
}

impl Reference for Reading {
    fn duration_since(&self, earlier: Self) -> Nanos {
        self.0.saturating_sub(earlier.0).into()
    }

    fn saturating_sub(&self, by: Nanos) -> Self {
        Reading(self.0.saturating_sub(by.into()))
    }
}

impl GovernorClock for Since {
    type Instant = Reading;
    fn now(&self) -> Reading {
        // governor's arithmetic must never see a time before its beginning.
        Reading(Duration::from_secs(86_400 * 365) + self.0.elapsed())
    }
}

/// The questions of a whole ping: they may be asked at once, however few a second are allowed.
const PING: NonZeroU32 = NonZeroU32::new(plan::MOST as u32).expect("a ping asks something");

type Unadorned = NoOpMiddleware<Reading>;

/// The limiters that turns share.
pub struct Pace {
    addresses: RateLimiter<IpAddr, HashMapStateStore<IpAddr>, Since, Unadorned>,
    whole: RateLimiter<NotKeyed, InMemoryState, Since, Unadorned>,
    /// Questions to DNS.
    questions: RateLimiter<NotKeyed, InMemoryState, Since, Unadorned>,
    /// A turn that the whole crawl allows and that has not been started yet.
    spare: bool,
    clock: Clock,
    asked: u32,
}

impl Pace {
    /// At most `per_second` turns a second in the whole crawl, with bursts of a tenth of that,
    /// and one turn every `address_rest` at one network address; at most `questions` to DNS a
    /// second, over the time that a ping's take.
    pub fn new(
        per_second: NonZeroU32,
        questions: NonZeroU32,
        address_rest: Duration,
        clock: &Clock,
    ) -> Pace {
        let since = Since(clock.clone());
        let burst = NonZeroU32::new(per_second.get() / 10).unwrap_or(NonZeroU32::MIN);
        let rest = address_rest.max(Duration::from_nanos(1));
        let address = Quota::with_period(rest).expect("a rest of at least a nanosecond");
        let asked = Quota::per_second(questions).allow_burst(questions.max(PING));
        Pace {
            questions: RateLimiter::direct_with_clock(asked, since.clone()),
            addresses: RateLimiter::new(address, HashMapStateStore::default(), since.clone()),
            whole: RateLimiter::direct_with_clock(
                Quota::per_second(per_second).allow_burst(burst),
                since,
            ),
            spare: false,
            clock: clock.clone(),
            asked: 0,
        }
    }

    /// Whether the whole crawl may start another turn now; `Err` says when it may. The answer
    /// `Ok` stands until [`Pace::ask`] uses it up.
    pub fn whole(&mut self) -> Result<(), Timestamp> {
        if !self.spare {
            self.whole
                .check()
                .map_err(|not_until| self.later(&not_until))?;
            self.spare = true;
        }
        Ok(())
    }

    /// Whether a turn at `address` may start now; `Err` says when it may.
    pub fn ask(&mut self, address: Option<IpAddr>) -> Result<(), Timestamp> {
        self.whole()?;
        if let Some(address) = address {
            self.addresses
                .check_key(&address)
                .map_err(|not_until| self.later(&not_until))?;
            self.tidy();
        }
        self.spare = false;
        Ok(())
    }

    /// Whether a ping may start now; `Err` says when it may.
    pub fn questions(&mut self) -> Result<(), Timestamp> {
        let asked = self.questions.check_n(PING);
        let asked = asked.expect("a burst holds a whole ping");
        asked.map_err(|not_until| self.later(&not_until))
    }

    fn later(&self, not_until: &governor::NotUntil<Reading>) -> Timestamp {
        let wait = not_until.wait_time_from(Since(self.clock.clone()).now());
        // Our timestamps are milliseconds: one more is never too early.
        self.clock.now().after(wait + Duration::from_millis(1))
    }

    /// Keyed state never shrinks by itself.
    fn tidy(&mut self) {
        self.asked += 1;
        if self.asked.is_multiple_of(10_000) {
            self.addresses.retain_recent();
            self.addresses.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn an_address_rests_between_turns_and_others_do_not_wait_for_it() {
        let clock = Clock::starting_at(Timestamp(1_000_000));
        let per_second = NonZeroU32::new(1000).expect("not zero");
        let mut pace = Pace::new(per_second, PING, Duration::from_secs(2), &clock);
        let (a, b) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        assert_eq!(pace.ask(Some(a)), Ok(()));
        let until = pace.ask(Some(a)).expect_err("it rests");
        assert!(until.since(clock.now()) >= Duration::from_secs(2));
        assert_eq!(pace.ask(Some(b)), Ok(()));
        clock.sleep_until(until).await;
        assert_eq!(pace.ask(Some(a)), Ok(()));
    }

    #[tokio::test(start_paused = true)]
    async fn the_whole_crawl_keeps_its_ceiling() {
        let clock = Clock::starting_at(Timestamp(1_000_000));
        let ten = NonZeroU32::new(10).expect("not zero");
        let mut pace = Pace::new(ten, PING, Duration::ZERO, &clock);
        let (mut started, end) = (0, clock.now().after(Duration::from_secs(10)));
        while clock.now() < end {
            match pace.ask(None) {
                Ok(()) => started += 1,
                Err(until) => clock.sleep_until(until).await,
            }
        }
        assert!(
            (95..=101).contains(&started),
            "{started} turns in ten seconds at ten a second"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn pings_keep_to_their_questions() {
        let clock = Clock::starting_at(Timestamp(1_000_000));
        let (many, half) = (NonZeroU32::MAX, NonZeroU32::new(PING.get() / 2));
        let questions = half.expect("not zero");
        let mut pace = Pace::new(many, questions, Duration::ZERO, &clock);
        let (mut pings, end) = (0, clock.now().after(Duration::from_secs(100)));
        while clock.now() < end {
            match pace.questions() {
                Ok(()) => pings += 1,
                Err(until) => clock.sleep_until(until).await,
            }
        }
        assert!((50..=51).contains(&pings), "{pings} in 100 s, one in two");
    }

    #[tokio::test(start_paused = true)]
    async fn a_turn_that_an_address_refuses_is_not_lost_to_the_crawl() {
        let clock = Clock::starting_at(Timestamp(1_000_000));
        let mut pace = Pace::new(NonZeroU32::MIN, PING, Duration::from_secs(60), &clock);
        let a = IpAddr::from([192, 0, 2, 1]);
        assert_eq!(pace.ask(Some(a)), Ok(()));
        clock
            .sleep_until(clock.now().after(Duration::from_secs(5)))
            .await;
        assert!(pace.ask(Some(a)).is_err());
        assert_eq!(
            pace.ask(None),
            Ok(()),
            "the crawl's own allowance is still there"
        );
    }
}
