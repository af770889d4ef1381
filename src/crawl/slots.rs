//! Who is at work: how many turns run, since when, and at which network address. Pure.
//!
//! Invariants: at most `in_flight` turns younger than `slow_after` run at once, and at most
//! `slow_in_flight` more of any age, so memory is bounded by their sum; below that, a turn that
//! hangs keeps its place from others for `slow_after` and no longer; at one network address, at
//! most so many turns run at once.

use std::collections::{BTreeSet, HashMap};
use std::net::IpAddr;
use std::time::Duration;

use super::config::Config;
use crate::model::time::Timestamp;
use crate::model::url::Host;

/// The turns that run.
#[derive(Debug)]
pub struct Slots {
    in_flight: usize,
    slow: usize,
    slow_after: Duration,
    at_address: usize,
    /// In the order in which they began.
    began: BTreeSet<(Timestamp, Host)>,
    turns: HashMap<Host, (Timestamp, Option<IpAddr>)>,
    addresses: HashMap<IpAddr, usize>,
}

impl Slots {
    /// None is taken yet.
    pub fn new(config: &Config) -> Slots {
        Slots {
            in_flight: config.in_flight.max(1),
            slow: config.slow_in_flight,
            slow_after: config.slow_after,
            at_address: config.address_in_flight.max(1),
            began: BTreeSet::new(),
            turns: HashMap::new(),
            addresses: HashMap::new(),
        }
    }

    /// Whether another turn may begin; `Err` says when one may although none ends: never, where
    /// as many are slow as may be.
    pub fn free(&self, now: Timestamp) -> Result<(), Option<Timestamp>> {
        if self.began.len() < self.in_flight {
            return Ok(());
        }
        if self.began.len() >= self.in_flight.saturating_add(self.slow) {
            return Err(None);
        }
        // As soon as the youngest but so many is slow, fewer than so many are quick.
        let youngest_first = self.began.iter().rev();
        let slow_at = youngest_first
            .map(|(began, _)| began.after(self.slow_after))
            .nth(self.in_flight - 1)
            .unwrap_or(now);
        if slow_at <= now {
            Ok(())
        } else {
            Err(Some(slow_at))
        }
    }

    /// Whether a turn may begin at `address` now.
    pub fn free_at(&self, address: Option<IpAddr>) -> bool {
        let running = address.and_then(|address| self.addresses.get(&address));
        running.is_none_or(|running| *running < self.at_address)
    }

    /// A turn of `host` begins, at `address` where that is known.
    pub fn begin(&mut self, host: &Host, address: Option<IpAddr>, now: Timestamp) {
        self.began.insert((now, host.clone()));
        self.turns.insert(host.clone(), (now, address));
        if let Some(address) = address {
            *self.addresses.entry(address).or_default() += 1;
        }
    }

    /// The turn of `host` is over.
    pub fn end(&mut self, host: &Host) {
        let Some((began, address)) = self.turns.remove(host) else {
            return;
        };
        self.began.remove(&(began, host.clone()));
        let Some(address) = address else { return };
        if let Some(running) = self.addresses.get_mut(&address) {
            *running -= 1;
            if *running == 0 {
                self.addresses.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(n: usize) -> Host {
        Host::from_reversed(&format!("example,h{n}"))
    }

    fn slots(in_flight: usize, slow: usize) -> Slots {
        Slots::new(&Config {
            in_flight,
            slow_in_flight: slow,
            slow_after: Duration::from_millis(100),
            address_in_flight: 2,
            ..Config::default()
        })
    }

    #[test]
    fn a_turn_that_hangs_gives_its_place_to_another_and_their_number_is_bounded() {
        let mut slots = slots(2, 3);
        let mut begun = 0;
        let mut free_until_full = |slots: &mut Slots, now: i64| {
            while slots.free(Timestamp(now)).is_ok() {
                slots.begin(&host(begun), None, Timestamp(now));
                begun += 1;
            }
            begun
        };
        assert_eq!(free_until_full(&mut slots, 0), 2);
        assert_eq!(slots.free(Timestamp(99)), Err(Some(Timestamp(100))));
        assert_eq!(free_until_full(&mut slots, 100), 4);
        assert_eq!(free_until_full(&mut slots, 200), 5);
        assert_eq!(slots.free(Timestamp(9_999)), Err(None), "memory is bounded");
        slots.end(&host(0));
        assert_eq!(free_until_full(&mut slots, 250), 6);
    }

    #[test]
    fn an_address_has_so_many_turns_at_once_whatever_hosts_they_are_for() {
        let mut slots = slots(10, 0);
        let (a, b) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        for n in 0..2 {
            assert!(slots.free_at(Some(a)));
            slots.begin(&host(n), Some(a), Timestamp(0));
        }
        assert!(!slots.free_at(Some(a)) && slots.free_at(Some(b)) && slots.free_at(None));
        slots.end(&host(1));
        slots.end(&host(1));
        assert!(slots.free_at(Some(a)));
    }
}
