//! What of a reading is worth keeping. Pure.

use std::time::Duration;

use crate::model::document::{Document, Genre};
use crate::model::signal::Signal;
use crate::model::task::{Discovery, Task, TaskKind};
use crate::model::time::Timestamp;

/// Links to articles that make a listing an index; one with fewer may tell its news itself.
const INDEX_LINKS: usize = 3;

/// Whether what happened is recent enough to act on: older news is history. What bears no date is
/// taken as new.
pub(super) fn is_news(signal: &Signal, now: Timestamp) -> bool {
    let day = signal.event.map(|when| when.day).or(signal.published);
    let shelf_life = Duration::from_secs(u64::from(signal.kind.shelf_life()) * 24 * 3600);
    day.is_none_or(|day| now.since(Timestamp::of_day(day)) <= shelf_life)
}

/// Whether a document only leads to others that are visited for themselves.
pub(super) fn is_index(document: &Document, task: &Task, found: &[Discovery]) -> bool {
    let leads_to = found
        .iter()
        .filter(|link| matches!(link.kind, TaskKind::Article | TaskKind::Job));
    let listing = task.kind == TaskKind::Listing || document.genre == Genre::Listing;
    listing && document.job.is_none() && leads_to.count() >= INDEX_LINKS
}
