//! Whose turn it is. Pure: time is an argument.
//!
//! Invariants: a host is at work at most once at a time; it is never taken before it has rested,
//! whoever wakes it; a restart begins with every host at rest.

use std::collections::{BTreeSet, HashMap};

use crate::model::time::Timestamp;
use crate::model::url::Host;

/// Every host that has something to do, in the order in which their turns come.
#[derive(Debug, Default)]
pub struct Hosts {
    waiting: BTreeSet<(Timestamp, Host)>,
    known: HashMap<Host, Place>,
    working: usize,
}

#[derive(Clone, Copy, Debug)]
struct Place {
    /// Not before this, whatever wakes it.
    rest_until: Timestamp,
    stands: Stands,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Stands {
    /// In the queue, for this time.
    Waiting(Timestamp),
    /// A turn is running; where it was woken meanwhile, for when.
    AtWork(Option<Timestamp>),
    /// Nothing to do.
    Asleep,
}

impl Hosts {
    /// There is something for `host` to do at `due`: it comes into the queue, or further forward
    /// in it.
    pub fn wake(&mut self, host: &Host, due: Timestamp) {
        let Some(place) = self.known.get_mut(host) else {
            self.waiting.insert((due, host.clone()));
            let place = Place {
                rest_until: Timestamp::default(),
                stands: Stands::Waiting(due),
            };
            self.known.insert(host.clone(), place);
            return;
        };
        let at = due.max(place.rest_until);
        match &mut place.stands {
            Stands::AtWork(woken) => *woken = Some(woken.map_or(at, |earlier| earlier.min(at))),
            Stands::Waiting(until) if *until <= at => {}
            Stands::Waiting(until) => {
                self.waiting.remove(&(*until, host.clone()));
                self.waiting.insert((at, host.clone()));
                *until = at;
            }
            Stands::Asleep => {
                self.waiting.insert((at, host.clone()));
                place.stands = Stands::Waiting(at);
            }
        }
    }

    /// The host that has waited longest, where one is ready; it is at work from now on, until
    /// [`Hosts::rest`] or [`Hosts::sleep`].
    pub fn take_ready(&mut self, now: Timestamp) -> Option<Host> {
        let (ready, _) = self.waiting.first()?;
        if *ready > now {
            return None;
        }
        let (_, host) = self.waiting.pop_first()?;
        self.begin(&host);
        Some(host)
    }

    /// Takes this very host, for a turn that needs two doors (robots.txt moved to another host):
    /// `Err` says when it will be free, or, where it is at work, nothing.
    pub fn take(&mut self, host: &Host, now: Timestamp) -> Result<(), Option<Timestamp>> {
        match self.known.get(host) {
            Some(Place {
                stands: Stands::AtWork(_),
                ..
            }) => return Err(None),
            Some(place) if place.rest_until > now => return Err(Some(place.rest_until)),
            Some(Place {
                stands: Stands::Waiting(until),
                ..
            }) => {
                self.waiting.remove(&(*until, host.clone()));
            }
            _ => {}
        }
        let waited = self.known.get(host).map(|place| place.stands);
        self.begin(host);
        if let (Some(Stands::Waiting(until)), Some(place)) = (waited, self.known.get_mut(host)) {
            place.stands = Stands::AtWork(Some(until));
        }
        Ok(())
    }

    fn begin(&mut self, host: &Host) {
        self.working += 1;
        let rest_until = self
            .known
            .get(host)
            .map_or(Timestamp::default(), |place| place.rest_until);
        self.known.insert(
            host.clone(),
            Place {
                rest_until,
                stands: Stands::AtWork(None),
            },
        );
    }

    /// The turn is over: `host` is not asked before `rest_until`, and comes into the queue again
    /// for that time.
    pub fn rest(&mut self, host: &Host, rest_until: Timestamp) {
        self.end(host, rest_until, true);
    }

    /// The turn is over and there is nothing more to do: `host` is not asked before `rest_until`,
    /// and only when it is woken.
    pub fn sleep(&mut self, host: &Host, rest_until: Timestamp) {
        self.end(host, rest_until, false);
    }

    fn end(&mut self, host: &Host, rest_until: Timestamp, again: bool) {
        let Some(place) = self.known.get_mut(host) else {
            return;
        };
        let Stands::AtWork(woken) = place.stands else {
            return;
        };
        self.working -= 1;
        place.rest_until = place.rest_until.max(rest_until);
        if again || woken.is_some() {
            let at = if again {
                place.rest_until
            } else {
                woken.unwrap_or_default().max(place.rest_until)
            };
            place.stands = Stands::Waiting(at);
            self.waiting.insert((at, host.clone()));
        } else {
            place.stands = Stands::Asleep;
        }
    }

    /// When the next host is ready; `None`: nobody waits.
    pub fn next_ready(&self) -> Option<Timestamp> {
        self.waiting.first().map(|(at, _)| *at)
    }

    /// How many wait, of those how many are ready now, and how many are at work.
    pub fn tally(&self, now: Timestamp) -> (usize, usize, usize) {
        let ready = self.waiting.iter().take_while(|(at, _)| *at <= now).count();
        (self.waiting.len(), ready, self.working)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    fn host(n: u8) -> Host {
        Host::from_reversed(&format!("example,h{n}"))
    }

    #[test]
    fn a_host_is_taken_once_and_only_after_its_rest() {
        let mut hosts = Hosts::default();
        hosts.wake(&host(1), Timestamp(10));
        assert_eq!(hosts.take_ready(Timestamp(9)), None);
        assert_eq!(hosts.take_ready(Timestamp(10)), Some(host(1)));
        hosts.wake(&host(1), Timestamp(0));
        assert_eq!(hosts.take_ready(Timestamp(99)), None, "it is at work");
        hosts.sleep(&host(1), Timestamp(50));
        assert_eq!(
            hosts.take_ready(Timestamp(49)),
            None,
            "woken while at work, but resting"
        );
        assert_eq!(hosts.take_ready(Timestamp(50)), Some(host(1)));
    }

    #[test]
    fn a_second_door_is_taken_when_it_is_free() {
        let mut hosts = Hosts::default();
        assert_eq!(
            hosts.take(&host(2), Timestamp(5)),
            Ok(()),
            "unknown hosts are free"
        );
        assert_eq!(
            hosts.take(&host(2), Timestamp(5)),
            Err(None),
            "now it is at work"
        );
        hosts.sleep(&host(2), Timestamp(9));
        assert_eq!(hosts.take(&host(2), Timestamp(8)), Err(Some(Timestamp(9))));
        hosts.wake(&host(2), Timestamp(20));
        assert_eq!(hosts.take(&host(2), Timestamp(9)), Ok(()));
        hosts.sleep(&host(2), Timestamp(12));
        assert_eq!(
            hosts.next_ready(),
            Some(Timestamp(20)),
            "what it waited for is not forgotten"
        );
    }

    proptest! {
        /// Whatever is asked of it: no host twice at work, none before its rest, nobody lost.
        #[test]
        fn the_invariants_hold(steps in proptest::collection::vec((0u8..5, 0u8..4, 0i64..60), 1..200)) {
            let mut hosts = Hosts::default();
            let (mut now, mut working) = (0i64, HashSet::new());
            let mut floor: HashMap<Host, i64> = HashMap::new();
            let mut due: HashSet<Host> = HashSet::new();
            for (step, n, by) in steps {
                let who = host(n);
                match step {
                    0 => { hosts.wake(&who, Timestamp(now + by)); due.insert(who); }
                    1 => if let Some(taken) = hosts.take_ready(Timestamp(now)) {
                        prop_assert!(now >= floor.get(&taken).copied().unwrap_or(0));
                        prop_assert!(working.insert(taken.clone()));
                        due.remove(&taken);
                    },
                    2 => if working.remove(&who) {
                        hosts.rest(&who, Timestamp(now + by));
                        floor.insert(who.clone(), now + by);
                        due.insert(who);
                    },
                    3 => if working.remove(&who) {
                        hosts.sleep(&who, Timestamp(now + by));
                        floor.insert(who, now + by);
                    },
                    _ => now += by,
                }
                prop_assert_eq!(hosts.tally(Timestamp(now)).2, working.len());
            }
            for who in working.drain() { hosts.sleep(&who, Timestamp(now)); }
            let mut left = HashSet::new();
            while let Some(taken) = hosts.take_ready(Timestamp(i64::MAX)) { left.insert(taken); }
            prop_assert_eq!(left, due);
        }
    }
}
