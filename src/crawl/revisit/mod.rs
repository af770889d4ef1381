//! How soon a page is asked again. Pure.
//!
//! A kind of page has an interval to begin with. From then on two things count: how often the
//! page really changed (`rate`), and how long it has been as it is, because changes come in
//! bursts. Its server and the feed itself may ask to be left alone for longer (`fresh`).
//!
//! Invariant: what was read is asked again neither sooner than `[revisit] shortest` nor later
//! than `longest`, whatever a server says; or never.

pub mod alarm;
pub mod closed;
mod fresh;
pub mod positions;
pub mod rate;
pub mod seen;

use std::time::Duration;

use super::config::Revisit;
use super::further;
use crate::model::page::Page;
use crate::model::state::State;
use crate::model::task::{Task, TaskKind};
use crate::model::time::Timestamp;
use seen::Seen;

/// Failures in a row after which a URL is given up; a home page never is.
pub const GIVE_UP: u8 = 8;
/// How much longer each visit in a row that finds a page as it was makes the wait, until what was
/// learnt of it bounds that.
const LONGER: f64 = 2.0;
const DAY: Duration = Duration::from_secs(24 * 3600);

/// Takes in a visit that could tell whether the page had changed, and says when the next one is
/// due; `None`: it retires.
pub fn settle(
    task: &mut Task,
    changed: bool,
    config: &Revisit,
    now: Timestamp,
) -> Option<Timestamp> {
    if task.watched.is_some() && task.is_claimed() {
        task.misled = if changed {
            0
        } else {
            task.misled.saturating_add(1)
        };
    }
    alarm::note(task, changed, now);
    rate::count(task, changed, now);
    if is_read_enough(task, config) {
        return None;
    }
    // A position is looked at again on the day after its last one, where it states that.
    let closing = task.closes.map(|last| Timestamp::of_day(last).after(DAY));
    let closing = closing.map_or(config.longest, |at| at.since(now));
    let wait = interval(task, config, now).min(closing.max(config.shortest));
    Some(now.after(wait))
}

/// Takes in what a page that was read says about when to come again, and what it lists. A later
/// 304 leaves all of it as it is (RFC 9111 §4.3.4).
pub fn hear(task: &mut Task, page: &Page, seen: &Seen, now: Timestamp) {
    let asked = seen.ttl.unwrap_or_default().max(fresh::lifetime(page));
    task.fresh = u32::try_from(asked.as_secs()).unwrap_or(u32::MAX);
    task.says = seen.says;
    task.closes = seen.closes;
    alarm::list(task, seen.entries);
    if let Some(listed) = &seen.listed {
        positions::list(&mut task.positions, listed, seen.whole, now);
    }
}

/// How long a page that was read is left alone.
pub fn interval(task: &Task, config: &Revisit, now: Timestamp) -> Duration {
    let first = first(task.kind, config);
    let since_change = first.mul_f64(LONGER.powi(i32::from(task.unchanged.min(30))));
    let learned = rate::interval(task, first, now);
    // What is no source of news may change all day long: a carousel, a clock, related links.
    let learned = if is_source(task.kind) && task.kind != TaskKind::Home {
        learned
    } else {
        learned.max(first)
    };
    let asked = Duration::from_secs(task.fresh.into());
    clamp(learned.min(since_change).max(asked), task.kind, config)
}

/// When a URL that points elsewhere is asked again: ever later; `None`: never, because it moved for
/// good and is no source.
pub fn moved(
    task: &mut Task,
    permanent: bool,
    config: &Revisit,
    now: Timestamp,
) -> Option<Timestamp> {
    task.unchanged = task.unchanged.saturating_add(1);
    let stays = !permanent || is_source(task.kind);
    stays.then(|| now.after(interval(task, config, now)))
}

/// How long a URL that failed is left alone: an hour, doubled with each failure in a row, at most
/// a week; `None`: it is given up.
pub fn retry(task: &Task, config: &Revisit) -> Option<Duration> {
    if task.failures >= GIVE_UP && !matches!(task.kind, TaskKind::Home | TaskKind::Ping) {
        return None;
    }
    let doublings = u32::from(task.failures.saturating_sub(1)).min(8);
    let wait = Duration::from_secs(3600).saturating_mul(1 << doublings);
    Some(clamp(wait.min(7 * DAY), task.kind, config))
}

/// How long a URL that the server does not have is left alone: a second look a week later, where
/// it does not say that it is gone for good (410); a home page a day. `None`: it retires.
pub fn gone(was: &Task, status: u16, config: &Revisit) -> Option<Duration> {
    let looked_twice = matches!(
        was.state,
        State::Gone { .. } | State::Closed { .. } | State::Missing
    );
    match was.kind {
        TaskKind::Home => Some(clamp(DAY, was.kind, config)),
        _ if status == 410 || looked_twice => None,
        kind => Some(clamp(7 * DAY, kind, config)),
    }
}

/// Whether what comes from here is news again and again, as opposed to what is read once.
pub fn is_source(kind: TaskKind) -> bool {
    use TaskKind::{Board, Careers, Feed, Forum, Home, Listing, Sitemap, Stream};
    matches!(
        kind,
        Home | Feed | Sitemap | Listing | Careers | Forum | Board | Stream
    )
}

/// Whether nobody asks for it again because it was read and seen to stand still.
pub fn is_retired(task: &Task) -> bool {
    task.due.is_none() && matches!(task.state, State::Done | State::Unchanged)
}

/// An article is looked at again a few times, whatever that finds, and the later pages of a listing
/// never; after that they come back only when what leads to them says that they changed.
fn is_read_enough(task: &Task, config: &Revisit) -> bool {
    let read = task.kind == TaskKind::Article && task.checks >= config.article_checks;
    read || further::is_later(task)
}

fn clamp(wait: Duration, kind: TaskKind, config: &Revisit) -> Duration {
    let longest = match kind {
        TaskKind::Home
        | TaskKind::Feed
        | TaskKind::Listing
        | TaskKind::Careers
        | TaskKind::Board
        | TaskKind::Stream => config.longest.min(config.longest_source),
        _ => config.longest,
    };
    wait.clamp(config.shortest, longest.max(config.shortest))
}

fn first(kind: TaskKind, config: &Revisit) -> Duration {
    match kind {
        TaskKind::Home => config.home,
        TaskKind::Feed => config.feed,
        TaskKind::Sitemap => config.sitemap,
        TaskKind::Listing => config.listing,
        TaskKind::Careers => config.careers,
        TaskKind::Job => config.job,
        TaskKind::Article => config.article,
        TaskKind::Forum => config.forum,
        TaskKind::Page => config.page,
        TaskKind::Ping => config.ping,
        TaskKind::Board => config.board,
        TaskKind::Account => config.account,
        TaskKind::Stream => config.stream,
    }
}

#[cfg(test)]
mod tests;
