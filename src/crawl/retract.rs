//! What a page told and tells no more is withdrawn, in the commit of the visit that found it out.
//! Pure.
//!
//! Invariants: only a page that tells its news itself takes it back; what left a front page, a list
//! or a feed is old, not untrue. A page that could not be asked or read (refused, failed, forbidden,
//! reserved, parked, a copy) takes nothing back, and neither does one that is missing for the first
//! time.

use super::turn::Done;
use crate::model::signal::{Evidence, Signal, SignalId, Why, Withdrawal};
use crate::model::state::State;
use crate::model::task::{Task, TaskKind};
use crate::model::telling::Withdrawn;

/// Marks what the page tells itself, and answers which signals that are.
pub(super) fn mark(signals: &mut [Signal], task: &Task) -> Vec<SignalId> {
    let mut told = Vec::new();
    for signal in signals {
        for piece in &mut signal.evidence {
            piece.telling.own = is_own(piece, task);
        }
        if is_told(signal) {
            told.push(signal.id);
        }
    }
    told
}

/// Whether a piece of evidence is the page that was visited, and that page one text: an undated
/// page of no particular kind may be a list that goes with the time.
fn is_own(piece: &Evidence, task: &Task) -> bool {
    let one_text = match task.kind {
        TaskKind::Article | TaskKind::Job => true,
        TaskKind::Page => piece.published.is_some(),
        _ => false,
    };
    one_text && piece.url == task.url
}

fn is_told(signal: &Signal) -> bool {
    signal.evidence.iter().any(|piece| piece.telling.own)
}

/// Notes which signals the page that was visited is evidence for, and for which it is no more.
pub(super) fn settle(done: &mut Done) {
    let harvest = &mut done.harvest;
    let (Some(was), Some(now)) = (&harvest.was, &mut harvest.now) else {
        return;
    };
    let for_good = now.due.is_none();
    let why = match (&now.state, &done.told) {
        (State::Done, Some(_)) => Why::Changed,
        (State::Gone { .. } | State::Missing, _) if for_good => Why::Gone,
        // That the page itself says so needs no second look.
        (State::Closed { status }, _) if for_good || matches!(status, 200..=299 | 304) => {
            Why::Closed
        }
        _ => {
            now.tells = tells(&was.tells, &harvest.signals);
            return;
        }
    };
    // What is told as before, but too old by now to be news, is still told.
    let told = done.told.as_deref().filter(|_| why == Why::Changed);
    let (still, no_more): (Vec<SignalId>, Vec<SignalId>) = was
        .tells
        .iter()
        .partition(|id| told.is_some_and(|told| told.contains(id)));
    now.tells = match why {
        Why::Changed => tells(&still, &harvest.signals),
        Why::Gone | Why::Closed => Vec::new(),
    };
    let Some(at) = now.last_visit() else { return };
    let withdrawn = no_more.into_iter().map(|signal| Withdrawn {
        signal,
        url: was.url.clone(),
        withdrawal: Withdrawal { at, why },
    });
    harvest.withdrawn = withdrawn.collect();
}

/// What was told before and is still, and what the page tells itself of what was kept.
fn tells(still: &[SignalId], signals: &[Signal]) -> Vec<SignalId> {
    let mut tells = still.to_vec();
    for signal in signals.iter().filter(|signal| is_told(signal)) {
        if !tells.contains(&signal.id) {
            tells.push(signal.id);
        }
    }
    tells.truncate(Task::TELLS);
    tells
}
