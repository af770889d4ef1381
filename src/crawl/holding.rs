//! When nothing is started, and what is left alone although it is due.
//!
//! Invariants: what a run leaves alone is said, once, in its tally and in the host's record, and
//! stays due; a pause neither cuts off what is in flight nor outlasts the operator's patience.

use super::tally::{Ended, Paused};
use super::{Crawl, TICK, quiet};
use crate::fetch::Fetch;
use crate::model::host::{Held, HostRecord};
use crate::model::task::Harvest;
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::store::{self, Frontier};

/// The disk that the data lies on.
pub struct Disk {
    /// Bytes that are to be left free.
    pub floor: u64,
    /// Bytes that are free now.
    pub free: Box<dyn Fn() -> std::io::Result<u64> + Send>,
}

impl<F: Fetch, S: Frontier> Crawl<'_, F, S> {
    /// Leaves what is due at `host` alone, until `until` where it is tried again in this run.
    pub(super) fn hold(
        &mut self,
        host: Host,
        was: HostRecord,
        why: Held,
        until: Option<Timestamp>,
        now: Timestamp,
    ) {
        match until {
            Some(until) => self.hosts.rest(&host, until),
            None => self.hosts.sleep(&host, now),
        }
        if self.held.insert(host.clone(), why) == Some(why) {
            return;
        }
        *self.tally.held.entry(why).or_default() += 1;
        let held = Some((now, why));
        self.note(host, HostRecord { held, ..was });
    }

    /// Keeps `record` with the next commit. Only for a host that is not at work: a turn brings a
    /// record of its own.
    pub(super) fn note(&mut self, host: Host, record: HostRecord) {
        self.notes.push(Harvest {
            hosts: vec![(host, record)],
            ..Harvest::default()
        });
    }

    /// Commits what was noted, all at once: a commit costs the same for one host as for many.
    pub(super) async fn keep_notes(&mut self) -> store::Result<()> {
        if self.notes.is_empty() {
            return Ok(());
        }
        let notes = std::mem::take(&mut self.notes);
        self.commit(&notes).await
    }

    /// Until when nothing is started; `None`: turns may start.
    pub(super) fn pause(&mut self, now: Timestamp) -> Option<Timestamp> {
        if let Some(since) = self.disk_low_since {
            let until = since.after(self.shared.config.patience);
            if until <= now {
                self.tally.ended.get_or_insert(Ended::Disk);
            }
            return Some(until);
        }
        let until = quiet::until(&self.shared.config.quiet, now);
        self.tally.paused = until.map(|until| Paused::QuietHours { until });
        until
    }

    /// Whether the disk has room, and since when it has none.
    pub(super) fn look_at_disk(&mut self) {
        let Some(disk) = &self.disk else { return };
        let (floor, free) = (disk.floor, (disk.free)());
        let free = match free {
            Ok(free) => free,
            Err(error) => {
                tracing::warn!(%error, "how much room is left on the disk cannot be told");
                self.disk = None;
                u64::MAX
            }
        };
        let low = free < floor;
        if low && self.disk_low_since.is_none() {
            tracing::warn!(free, floor, "the disk is nearly full: nothing is started");
            self.disk_low_since = Some(self.clock.now());
        } else if !low && self.disk_low_since.take().is_some() {
            tracing::warn!(free, floor, "the disk has room again: the crawl goes on");
            self.tally.paused = None;
        }
        if low {
            self.tally.paused = Some(Paused::DiskFull { free, floor });
        }
    }

    /// Why a run ends that has nothing to wait for.
    pub(super) fn over(&self) -> Ended {
        match self.tally.paused {
            Some(Paused::QuietHours { .. }) if self.hosts.next_ready().is_some() => {
                Ended::QuietHours
            }
            _ => Ended::NothingDue,
        }
    }

    /// Whether a host at `address` may be asked now, for its neighbours and the whole crawl.
    pub(super) fn may_ask(
        &mut self,
        address: Option<std::net::IpAddr>,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        if !self.slots.free_at(address) {
            return Err(now.after(TICK));
        }
        self.pace.ask(address)
    }
}
