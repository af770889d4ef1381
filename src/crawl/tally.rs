//! What a run has done so far, as the operator is told.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Serialize, Serializer};

use super::Crawl;
use super::revisit::alarm::Watch;
use crate::fetch::Fetch;
use crate::model::host::{Held, RobotsState};
use crate::model::signal::Signal;
use crate::model::state::State;
use crate::model::task::Task;
use crate::model::time::Timestamp;
use crate::store::Frontier;

/// What the observer hears.
#[derive(Debug)]
pub enum Event<'a> {
    /// A turn was committed.
    Turn {
        /// The task as it stands now.
        task: &'a Task,
        /// How long the server took.
        took: Duration,
        /// What was detected on the page, known before or not.
        signals: &'a [Signal],
    },
    /// A task was judged without a request, and committed.
    Judged {
        /// The task as it stands now.
        task: &'a Task,
    },
    /// Time passes.
    Tick(&'a Tally),
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Nothing is due within the operator's patience.
    NothingDue,
    /// `--for` is over.
    Time,
    /// `--max-pages` is reached.
    Pages,
    /// The operator stopped it.
    Interrupted,
    /// Quiet hours, for longer than the operator's patience.
    QuietHours,
    /// The disk has no room, and for as long as the operator's patience none came.
    Disk,
}

/// Why nothing is started for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Paused {
    /// The operator's quiet hours.
    QuietHours {
        /// When they end.
        until: Timestamp,
    },
    /// Less is free on the disk than is to be left free; in bytes.
    DiskFull {
        /// What is free.
        free: u64,
        /// What is to be left free.
        floor: u64,
    },
}

/// Figures of one run.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Tally {
    /// Pages asked for.
    pub visits: u64,
    /// Domains of which DNS was asked.
    pub pings: u64,
    /// Requests for robots.txt.
    pub robots: u64,
    /// Requests for tdmrep.json.
    pub reservations: u64,
    /// How turns ended, by the name of the state.
    pub states: BTreeMap<&'static str, u64>,
    /// Failures by kind, and refusals by status.
    pub errors: BTreeMap<String, u64>,
    /// Bytes of bodies received.
    pub bytes: u64,
    /// URLs that were not known before.
    pub discovered: u64,
    /// Signals that were not known before.
    pub new_signals: u64,
    /// Hosts at which something is due that this run leaves alone, by why.
    pub held: BTreeMap<Held, u64>,
    /// Why nothing is started for now.
    pub paused: Option<Paused>,
    /// Hosts that wait for their turn.
    pub hosts_waiting: usize,
    /// When the first of them may be asked.
    pub next_turn: Option<Timestamp>,
    /// Of those, how many could be asked now.
    pub hosts_ready: usize,
    /// Turns running.
    pub in_flight: usize,
    /// How long the run has taken; in JSON, seconds.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
    /// How long it will go on, where that can be known; in JSON, seconds.
    #[serde(serialize_with = "maybe_seconds")]
    pub time_left: Option<Duration>,
    /// How its sources fare.
    pub sources: Watch,
    /// What is wrong with the run as a whole.
    pub alarm: Option<String>,
    /// Why it ended.
    pub ended: Option<Ended>,
}

impl Tally {
    /// Counts where a turn left its task.
    pub(super) fn count(&mut self, state: &State) {
        *self.states.entry(name(state)).or_default() += 1;
        let error = match state {
            State::Failed { failure } => Some(failure.to_string()),
            State::Refused { status } | State::Gone { status } => Some(status.to_string()),
            _ => None,
        };
        if let Some(error) = error {
            *self.errors.entry(error).or_default() += 1;
        }
    }

    /// Counts a host whose rules could not be had: nothing may be asked of it.
    pub(super) fn count_robots(&mut self, robots: &RobotsState) {
        if let RobotsState::Unreachable { why, .. } = robots {
            let error = format!("robots.txt: {why}");
            *self.errors.entry(error).or_default() += 1;
        }
    }
}

impl<F: Fetch, S: Frontier> Crawl<'_, F, S> {
    /// Says so when a source stops yielding, or the run as a whole does.
    pub(super) fn watch(&mut self, was: Option<&Task>, now: &Task) {
        let sources = &mut self.tally.sources;
        if let Some(alarm) = was.and_then(|was| sources.hear(was, now, &self.shared.revisit)) {
            tracing::warn!(url = now.url, company = %now.company, "{alarm}");
        }
        let alarm = self.tally.sources.alarm();
        if let (Some(alarm), None) = (&alarm, &self.tally.alarm) {
            tracing::warn!("{alarm}");
        }
        self.tally.alarm = alarm;
    }

    /// The figures so far.
    pub(super) fn snapshot(&self) -> Tally {
        let now = self.clock.now();
        let (waiting, ready, _) = self.hosts.tally(now);
        Tally {
            hosts_waiting: waiting,
            next_turn: self.hosts.next_ready(),
            hosts_ready: ready,
            in_flight: self.running.len(),
            elapsed: now.since(self.began),
            time_left: self.limits.time_left(&self.tally, now.since(self.began)),
            ..self.tally.clone()
        }
    }
}

fn seconds<S: Serializer>(time: &Duration, out: S) -> Result<S::Ok, S::Error> {
    out.serialize_f64(time.as_secs_f64())
}

fn maybe_seconds<S: Serializer>(time: &Option<Duration>, out: S) -> Result<S::Ok, S::Error> {
    time.map(|time| time.as_secs_f64()).serialize(out)
}

/// The name of a state, as figures and `inspect` show it.
pub fn name(state: &State) -> &'static str {
    match state {
        State::Waiting => "waiting",
        State::Done => "done",
        State::Unchanged => "unchanged",
        State::Moved { .. } => "moved",
        State::Gone { .. } => "gone",
        State::Refused { .. } => "refused",
        State::Failed { .. } => "failed",
        State::Disallowed { .. } => "disallowed",
        State::Suppressed { .. } => "suppressed",
        State::Reserved { .. } => "reserved",
        State::Trapped { .. } => "trapped",
        State::Missing => "missing",
        State::Duplicate { .. } => "duplicate",
        State::Closed { .. } => "closed",
        State::Parked { .. } => "parked",
        State::Scripted => "scripted",
    }
}
