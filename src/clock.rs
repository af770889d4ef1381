//! Floor 1: the one source of time.
//!
//! Wall time derived from tokio's, so pausing tokio pauses the world: a test of an hour's
//! politeness takes milliseconds.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::time::Instant;

use crate::model::time::Timestamp;

/// The time of day, as tokio's clock moves it on from the moment of its making.
#[derive(Clone, Debug)]
pub struct Clock {
    epoch: Timestamp,
    start: Instant,
}

impl Clock {
    /// The system's time, from now on moved by tokio's clock.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the system's clock"
    )]
    pub fn system() -> Clock {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Clock::starting_at(Timestamp::default().after(since_epoch))
    }

    /// A clock that reads `epoch` now.
    pub fn starting_at(epoch: Timestamp) -> Clock {
        Clock {
            epoch,
            start: Instant::now(),
        }
    }

    /// The time now.
    pub fn now(&self) -> Timestamp {
        self.epoch.after(self.start.elapsed())
    }

    /// Since this clock was made.
    pub fn elapsed(&self) -> Duration {
        self.start.elapsed()
    }

    /// Returns at `time`, at once when it is past.
    pub async fn sleep_until(&self, time: Timestamp) {
        tokio::time::sleep_until(self.start + time.since(self.epoch)).await;
    }
}
