//! Sources that stop yielding: a feed that brings nothing new for far longer than it ever did, a
//! newsroom whose list of articles comes out empty, a page that used to answer. And the run as a
//! whole: one that goes on but finds nothing. Pure.

use std::time::Duration;

use serde::Serialize;

use super::{first, is_source, rate};
use crate::crawl::config::Revisit;
use crate::model::state::State;
use crate::model::task::{Task, TaskKind, Yields};
use crate::model::time::Timestamp;

/// Changes that must be known before a gap between them is a usual one, and visits before a rate is.
const KNOWN: u16 = 3;
/// Fruitless visits in a row, or failures, that are no accident.
const ACCIDENTS: u8 = 2;
/// Visits to sources before a run as a whole is judged.
const ENOUGH: u64 = 20;

/// What is wrong with a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Alarm {
    /// It answers and is read, but brings nothing new.
    Quiet {
        /// When it last did.
        since: Timestamp,
        /// Its usual gap, in seconds.
        usual: u32,
    },
    /// It answers, but leads to no article or position any more: its layout may have changed.
    Barren,
    /// It was read once, and does not answer any more.
    Failing,
}

impl std::fmt::Display for Alarm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Alarm::Quiet { since, usual } => {
                let hours = usual.div_ceil(3600);
                write!(
                    f,
                    "nothing new since {since}, where {hours} hours are usual"
                )
            }
            Alarm::Barren => f.write_str("it leads to no article or position any more"),
            Alarm::Failing => f.write_str("it was read before, and does not answer any more"),
        }
    }
}

/// What is wrong with `task` as of `now`; `None`: nothing, or it is no source.
pub fn of(task: &Task, config: &Revisit, now: Timestamp) -> Option<Alarm> {
    task.watched.filter(|_| is_source(task.kind))?;
    if task.failures >= ACCIDENTS || is_nothing(&task.state) {
        return Some(Alarm::Failing);
    }
    if task.barren >= ACCIDENTS {
        return Some(Alarm::Barren);
    }
    let Yields {
        times,
        last: Some(since),
        gap: usual,
        stray,
    } = task.yields
    else {
        return None;
    };
    // A home page changes for many reasons, none of which it owes us.
    let known = times >= KNOWN && task.kind != TaskKind::Home;
    let late = Duration::from_secs(u64::from(usual) + u64::from(stray));
    let late = late
        .saturating_mul(config.quiet_after)
        .max(config.longest_source);
    (known && now.since(since) > late).then_some(Alarm::Quiet { since, usual })
}

/// Whether nothing is there that could yield.
fn is_nothing(state: &State) -> bool {
    matches!(
        state,
        State::Gone { .. } | State::Missing | State::Parked { .. }
    )
}

/// Notes whether a visit that could tell found the source changed.
pub(super) fn note(task: &mut Task, changed: bool, now: Timestamp) {
    if !is_source(task.kind) {
        return;
    }
    if !changed && task.barren > 0 {
        task.barren = task.barren.saturating_add(1);
    }
    let yields = &mut task.yields;
    let Some(last) = yields.last else {
        yields.last = Some(now);
        return;
    };
    if !changed || task.barren > 0 {
        return;
    }
    let gap = u32::try_from(now.since(last).as_secs()).unwrap_or(u32::MAX);
    // RFC 6298 §2, with its weights of an eighth and a quarter.
    if yields.times == 0 {
        (yields.gap, yields.stray) = (gap, gap / 2);
    } else {
        yields.stray = yields.stray - yields.stray / 4 + yields.gap.abs_diff(gap) / 4;
        yields.gap = yields.gap - yields.gap / 8 + gap / 8;
    }
    yields.times = yields.times.saturating_add(1);
    yields.last = Some(now);
}

/// Notes how many articles and positions a page led to that was just read.
pub(super) fn list(task: &mut Task, entries: u16) {
    if entries > 0 {
        (task.entries, task.barren) = (entries, 0);
    } else if task.entries > 0 {
        task.barren = task.barren.saturating_add(1);
    }
}

/// What a run sees of its sources.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Watch {
    /// Sources that went quiet.
    pub quiet: u64,
    /// Sources that lead to nothing any more.
    pub barren: u64,
    /// Sources that answer no more.
    pub failing: u64,
    /// Visits to sources that had answered last time.
    pub visits: u64,
    /// Of those, how many did not this time.
    pub failed: u64,
    /// Of those that did and are known well enough, how many were expected to bring something new,
    /// by their rates.
    pub expected: f64,
    /// How many of these did.
    pub brought: u64,
}

impl Watch {
    /// Takes in a visit; answers what is wrong with the source now and was not before.
    pub fn hear(&mut self, was: &Task, now: &Task, config: &Revisit) -> Option<Alarm> {
        let (before, at) = (was.last_visit()?, now.last_visit()?);
        was.watched.filter(|_| is_source(now.kind))?;
        if answered(was) {
            self.visits += 1;
            if !answered(now) {
                self.failed += 1;
            } else if was.checks >= KNOWN {
                // Of a source that is hardly known, nobody can say what to expect.
                let waited = at.since(before).as_secs_f64();
                let rate = rate::rate(was, first(was.kind, config), before);
                self.expected += 1.0 - (-rate * waited).exp();
                self.brought += u64::from(now.state == State::Done);
            }
        }
        let alarm = of(now, config, at).filter(|_| of(was, config, before).is_none())?;
        match alarm {
            Alarm::Quiet { .. } => self.quiet += 1,
            Alarm::Barren => self.barren += 1,
            Alarm::Failing => self.failing += 1,
        }
        Some(alarm)
    }

    /// What is wrong with the run as a whole.
    pub fn alarm(&self) -> Option<String> {
        let Watch {
            visits,
            failed,
            expected,
            brought,
            ..
        } = self;
        if *visits >= ENOUGH && failed * 2 > *visits {
            return Some(format!(
                "{failed} of {visits} sources that answered last time do not: is it the network, or are we turned away?"
            ));
        }
        #[expect(clippy::cast_precision_loss, reason = "an estimate")]
        let little = (*brought as f64) < expected / 5.0;
        (*visits >= ENOUGH && *expected >= 10.0 && little).then(|| {
            format!("{visits} sources were visited and {brought} brought something new, where about {expected:.0} were expected: are they read rightly?")
        })
    }
}

fn answered(task: &Task) -> bool {
    matches!(
        task.state,
        State::Done | State::Unchanged | State::Moved { .. }
    )
}
