//! What the loop finds beside what a page links to: the feed that nobody names, the later pages of a
//! listing that has moved on, the page of a thread whose answer for machines is kept back.
//!
//! Invariants: a feed is only guessed at a host that has shown none in any run, once, one place after the
//! other; what was not there is remembered as any page that is not. A listing's later pages are
//! asked again only when nothing on its first page was known.

use super::turn::Done;
use super::{Crawl, feeds, rank, traps, words};
use crate::extract::threads;
use crate::fetch::Fetch;
use crate::model::state::State;
use crate::model::task::{Discovery, Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url::UrlKey;
use crate::store::{self, Frontier};

/// Entries that make a listing one of news, whose feed is worth a look.
const ENTRIES: u16 = 3;

impl<F: Fetch, S: Frontier> Crawl<'_, F, S> {
    /// Adds to a harvest what its page does not link to.
    pub(super) async fn look_further(&mut self, done: &mut Done) -> store::Result<()> {
        self.look_for_feed(done);
        let now = self.clock.now();
        let kept = done.harvest.now.as_ref().filter(|task| is_kept_back(task));
        let page = kept.and_then(|task| page_instead(task, now));
        done.harvest.found.extend(page);
        self.reopen(done).await
    }

    fn look_for_feed(&mut self, done: &mut Done) {
        let Some(task) = &done.harvest.now else {
            return;
        };
        let is_one = task.kind == TaskKind::Feed && task.state == State::Done;
        let mut found = done.harvest.found.iter();
        let shows = is_one || found.any(|found| found.kind == TaskKind::Feed);
        let mut hosts = done.harvest.hosts.iter_mut();
        let Some((_, record)) = hosts.find(|(host, _)| *host == done.host) else {
            return;
        };
        record.feed |= shows;
        let known = record.feed;
        let was = done.harvest.was.as_ref();
        let place = if task.is_guess() && task.kind == TaskKind::Feed {
            let nothing = matches!(task.state, State::Gone { .. } | State::Missing);
            let first = was.is_some_and(|was| was.state == State::Waiting);
            feeds::next_guess(&task.parsed()).filter(|_| nothing && first)
        } else {
            let read = was.is_some_and(|was| was.watched.is_none()) && task.watched.is_some();
            let lists = task.kind == TaskKind::Listing && task.entries >= ENTRIES;
            feeds::first_guess(&task.parsed()).filter(|_| read && lists && !is_later(task))
        };
        if let Some(place) = place
            && !known
        {
            let guess = feeds::guessed(place, task, self.clock.now());
            done.harvest.found.push(guess);
        }
    }

    /// Has the next page of a listing asked again where this one shows nothing that was known.
    async fn reopen(&mut self, done: &mut Done) -> store::Result<()> {
        let Some(task) = &done.harvest.now else {
            return Ok(());
        };
        let again = done
            .harvest
            .was
            .as_ref()
            .is_some_and(|was| was.watched.is_some());
        if task.kind != TaskKind::Listing || task.state != State::Done || !again {
            return Ok(());
        }
        for found in &done.harvest.found {
            if found.kind == TaskKind::Article
                && let Some(key) = UrlKey::of(&found.url)
                && self.frontier.known(&key).await?.is_some()
            {
                return Ok(());
            }
        }
        let (own, now) = (page(&task.parsed()), self.clock.now());
        let later = done.harvest.found.iter_mut();
        let next = later
            .filter(|found| found.kind == TaskKind::Listing && page(&found.url) > own)
            .min_by_key(|found| page(&found.url));
        if let Some(next) = next {
            next.updated = Some(now);
        }
        Ok(())
    }
}

/// Whether a server does not give what was asked of it.
fn is_kept_back(task: &Task) -> bool {
    matches!(
        task.state,
        State::Gone { .. } | State::Missing | State::Refused { status: 401 | 403 }
    )
}

/// The page of a thread or category whose answer for machines is not to be had.
pub(super) fn page_instead(task: &Task, now: Timestamp) -> Option<Discovery> {
    let asked = Some(task.parsed()).filter(|_| task.kind == TaskKind::Forum);
    let page = threads::page(&asked?)?;
    Some(task.leads_to(page, TaskKind::Forum, rank::due(TaskKind::Forum, now), now))
}

/// The number of a listing's page, the first where it bears none.
fn page(url: &url::Url) -> u32 {
    let numbered = traps::page_number(url).map(|(page, _)| page);
    let segments = traps::segments(url);
    let named = || words::number_of_index(segments.last()?);
    numbered.or_else(named).unwrap_or(1).max(1)
}

/// Whether a page only goes on with a listing that begins elsewhere: it is read once.
pub(super) fn is_later(task: &Task) -> bool {
    task.kind == TaskKind::Listing && page(&task.parsed()) > 1
}
