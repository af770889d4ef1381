//! When a run ends although there is more to do.

use std::time::Duration;

use super::tally::{Ended, Tally};
use crate::model::time::Timestamp;

/// How far a run may go; by default, until nothing is due.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// How long it may take.
    pub time: Option<Duration>,
    /// How many pages it may ask for; robots.txt is not counted.
    pub pages: Option<u64>,
}

impl Limits {
    /// The limit that is reached, if one is.
    pub(super) fn reached(&self, tally: &Tally, elapsed: Duration) -> Option<Ended> {
        if self.time.is_some_and(|time| elapsed >= time) {
            return Some(Ended::Time);
        }
        self.pages
            .is_some_and(|pages| tally.visits >= pages)
            .then_some(Ended::Pages)
    }

    /// This point in time, or the end of the run where that comes first.
    pub(super) fn at_most(&self, began: Timestamp, at: Timestamp) -> Timestamp {
        self.time.map_or(at, |time| at.min(began.after(time)))
    }

    /// How long the run will go on, where that can be known.
    pub(super) fn time_left(&self, tally: &Tally, elapsed: Duration) -> Option<Duration> {
        let by_time = self.time.map(|time| time.saturating_sub(elapsed));
        let by_pages = self.pages.filter(|_| tally.visits > 0).map(|pages| {
            let left = pages.saturating_sub(tally.visits);
            #[expect(clippy::cast_precision_loss, reason = "an estimate")]
            let share = left as f64 / tally.visits as f64;
            elapsed.mul_f64(share.min(1e6))
        });
        [by_time, by_pages].into_iter().flatten().min()
    }
}
