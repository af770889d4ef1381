//! How often a page really changes, estimated from visits that only tell whether it did. Pure.
//!
//! The estimator is Cho and Garcia-Molina's ("Estimating Frequency of Change", ACM TOIT 3(3),
//! 2003, §4.2): of n visits in a time T, X found a change, so the rate is
//! −ln((n − X + ½) / (n + ½)) · n / T. Counting the changes themselves would miss those that fell
//! between two visits. What is known before the first visit counts as two visits, one interval
//! of its kind apart, one of which found a change.

use std::time::Duration;

use crate::model::task::Task;
use crate::model::time::Timestamp;

/// Visits that are remembered at most; beyond, all counts are halved, so that the older half of
/// what is known weighs less and less.
const MEMORY: u16 = 24;
/// What is assumed beforehand: so many visits …
const PRIOR_CHECKS: f64 = 2.0;
/// … of which so many found a change.
const PRIOR_CHANGES: f64 = 1.0;

/// Counts a visit that could tell whether the page had changed; the first one cannot.
pub fn count(task: &mut Task, changed: bool, now: Timestamp) {
    let Some(since) = task.watched else {
        task.watched = Some(now);
        task.unchanged = 0;
        return;
    };
    task.checks = task.checks.saturating_add(1);
    if changed {
        task.changes = task.changes.saturating_add(1);
        task.unchanged = 0;
    } else {
        task.unchanged = task.unchanged.saturating_add(1);
    }
    if task.checks >= MEMORY {
        task.checks /= 2;
        task.changes /= 2;
        task.watched = Some(now.before(now.since(since) / 2));
    }
}

/// Changes a second, as far as visits until `until` tell; `first`: the interval of its kind.
pub fn rate(task: &Task, first: Duration, until: Timestamp) -> f64 {
    let watched = task
        .watched
        .map_or(0.0, |since| until.since(since).as_secs_f64());
    let checks = f64::from(task.checks) + PRIOR_CHECKS;
    let changes = f64::from(task.changes.min(task.checks)) + PRIOR_CHANGES;
    let time = watched + PRIOR_CHECKS * first.as_secs_f64().max(1.0);
    per_visit(checks, changes) * checks / time
}

/// The interval that suits what was learnt: `first` where that is nothing yet, half as long for
/// what changes twice as often.
pub fn interval(task: &Task, first: Duration, now: Timestamp) -> Duration {
    let expected = per_visit(PRIOR_CHECKS, PRIOR_CHANGES);
    let seconds = expected / rate(task, first, now);
    Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX)
}

/// Changes expected between two visits of which `changes` in `checks` found one.
fn per_visit(checks: f64, changes: f64) -> f64 {
    -((checks - changes + 0.5) / (checks + 0.5)).ln()
}
