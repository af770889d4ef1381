//! What an outcome means for the task: where it leaves it, and when it comes again. Pure.

use std::time::Duration;

use url::Url;

use super::config::{Config, Revisit};
use super::revisit::{self, positions, seen::Seen};
use crate::fetch::{FetchOutcome, Fetched};
use crate::model::host::{HostRecord, RobotsState, Trouble};
use crate::model::page::{ContentHash, Page};
use crate::model::state::{Failure, State};
use crate::model::task::{Task, TaskKind, Validators, Visit};
use crate::model::time::Timestamp;
use crate::model::url::UrlKey;
use crate::model::wishes::Wishes;

/// Redirects from one URL to itself (http to https and back) before it is given up.
const SELF_REDIRECTS: u8 = 3;
/// What became of a page's body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Body {
    /// There was none.
    None,
    /// The same bytes as last time; it was not read.
    Same,
    /// It was read.
    Read,
    /// Reading it panicked.
    Panicked,
}

/// The task after its turn.
pub fn task(
    was: &Task,
    fetched: &Fetched,
    body: Body,
    seen: &Seen,
    host: &HostRecord,
    config: &Revisit,
    now: Timestamp,
) -> Task {
    let mut task = was.clone();
    let mut bytes = 0;
    let was_open = was.kind == TaskKind::Job && was.watched.is_some();
    let waits = |task: &Task| {
        let wait = revisit::retry(task, config)?;
        Some(now.after(wait).max(host.rest_until))
    };
    match &fetched.outcome {
        FetchOutcome::Page(page) if body != Body::Panicked => {
            bytes = page.body.len();
            read(&mut task, page);
            let changed = body == Body::Read && (seen.says.is_none() || seen.says != was.says);
            task.state = if changed {
                State::Done
            } else {
                State::Unchanged
            };
            if body == Body::Read {
                revisit::hear(&mut task, page, seen, now);
            } else {
                positions::again(&mut task.positions, now);
            }
            task.due = revisit::settle(&mut task, changed, config, now);
            close(&mut task, was, seen.closed, page.status, config, now);
        }
        FetchOutcome::Page(page) => {
            bytes = page.body.len();
            // The same bytes would panic again: the page stays as it is until it changes.
            read(&mut task, page);
            task.state = State::Failed {
                failure: Failure::Panicked,
            };
            task.due = Some(now.after(config.longest));
        }
        FetchOutcome::NotModified => {
            task.failures = 0;
            task.state = State::Unchanged;
            positions::again(&mut task.positions, now);
            task.due = revisit::settle(&mut task, false, config, now);
            close(&mut task, was, false, 304, config, now);
        }
        FetchOutcome::Moved { to, .. } if UrlKey::of(to) == Some(was.key()) => {
            // Another scheme or spelling of the same URL: it is asked again under that.
            task.failures = task.failures.saturating_add(1);
            task.state = State::Moved { to: to.to_string() };
            if to.as_str() == was.url || task.failures > SELF_REDIRECTS {
                task.state = State::Failed {
                    failure: Failure::BadRedirect,
                };
                task.due = waits(&task);
            } else {
                task.url = to.to_string();
                task.due = Some(now);
            }
        }
        FetchOutcome::Moved { to, permanent } => {
            task.failures = 0;
            task.state = State::Moved { to: to.to_string() };
            task.due = revisit::moved(&mut task, *permanent, config, now);
            if was_open && leads_up(&was.parsed(), to) {
                let status = if *permanent { 301 } else { 302 };
                task.state = State::Closed { status };
                task.due = revisit::gone(was, status, config).map(|wait| now.after(wait));
            }
        }
        FetchOutcome::Gone(status) => {
            task.failures = task.failures.saturating_add(1);
            forget_body(&mut task);
            positions::close(&mut task.positions);
            let status = *status;
            task.state = if was_open {
                State::Closed { status }
            } else {
                State::Gone { status }
            };
            task.due = revisit::gone(was, status, config).map(|wait| now.after(wait));
        }
        FetchOutcome::Refused {
            status,
            retry_after,
        } => {
            task.state = State::Refused { status: *status };
            if retry_after.is_some() || *status == 429 {
                // A URL that was asked to wait has not failed, whether it heard for how long or not.
                task.due = Some(host.rest_until);
            } else {
                task.failures = task.failures.saturating_add(1);
                task.due = waits(&task);
            }
        }
        FetchOutcome::Failed(failure) => {
            task.failures = task.failures.saturating_add(1);
            task.state = State::Failed { failure: *failure };
            task.due = waits(&task);
            if let Some(plain) = plain_http(was, *failure) {
                task.url = plain;
                task.due = Some(host.rest_until);
            }
        }
    }
    remember(&mut task, now, fetched.took, bytes);
    task
}

/// The ping after its turn: done where DNS answered anything, even that there is no such name.
pub fn pinged(was: &Task, heard: bool, took: Duration, config: &Revisit, now: Timestamp) -> Task {
    let mut task = was.clone();
    if heard {
        task.failures = 0;
        task.state = State::Done;
        task.due = Some(now.after(config.ping.max(config.shortest)));
    } else {
        task.failures = task.failures.saturating_add(1);
        task.state = State::Failed {
            failure: Failure::Dns,
        };
        task.due = revisit::retry(&task, config).map(|wait| now.after(wait));
    }
    remember(&mut task, now, took, 0);
    task
}

/// The task that may not be asked, by robots.txt or by the operator: nothing was; it is looked at
/// again when the rules may have changed.
pub fn forbidden(was: &Task, state: State, config: &Config, now: Timestamp) -> Task {
    let mut task = was.clone();
    task.state = state;
    task.due = Some(now.after(7 * config.robots_fresh));
    remember(&mut task, now, Duration::ZERO, 0);
    task
}

/// The task that waited for the rules of a host that cannot be reached at all: it has failed as
/// the host has, and is due when the host is tried again. Its own failures are not counted, for it
/// was not asked. `None`: there was an answer, or an older copy of the rules stands.
pub fn out_of_reach(
    was: &Task,
    host: &HostRecord,
    fetched: &Fetched,
    now: Timestamp,
) -> Option<Task> {
    let RobotsState::Unreachable {
        why: Trouble::Failure(failure),
        last: None,
        ..
    } = &host.robots
    else {
        return None;
    };
    if !matches!(
        failure,
        Failure::Dns | Failure::Private | Failure::Connect | Failure::Tls
    ) {
        return None;
    }
    let mut task = was.clone();
    task.state = State::Failed { failure: *failure };
    task.due = Some(host.rest_until);
    remember(&mut task, now, fetched.took, 0);
    Some(task)
}

fn read(task: &mut Task, page: &Page) {
    task.failures = 0;
    task.validators = Validators {
        etag: page.header("etag").map(bounded),
        last_modified: page.header("last-modified").map(bounded),
    };
    task.content = Some(page.content());
}

/// Whether a redirect leads to a page above: sites send visitors of a closed position to the list
/// of those that are open.
fn leads_up(from: &Url, to: &Url) -> bool {
    let below = |above: &str| from.path().strip_prefix(above.trim_end_matches('/'));
    from.host() == to.host() && below(to.path()).is_some_and(|rest| rest.len() > 1)
}

/// A position that was read closes when its page says so, or when its last day is over; what has
/// not changed since stays closed.
fn close(task: &mut Task, was: &Task, said: bool, status: u16, config: &Revisit, now: Timestamp) {
    let still = task.state == State::Unchanged && matches!(was.state, State::Closed { .. });
    let over = task.closes.is_some_and(|last| last < now.day());
    if task.kind == TaskKind::Job && (said || over || still) {
        task.state = State::Closed { status };
        task.due = revisit::gone(was, status, config).map(|wait| now.after(wait));
    }
}

/// Validators of a body that is no longer there would bring a 304 for it.
fn forget_body(task: &mut Task) {
    task.validators = Validators::default();
    task.content = None;
}

/// A validator is echoed to the server that sent it, but not kept at any length.
fn bounded(value: &str) -> String {
    value.chars().take(256).collect()
}

/// A home page that cannot be had over TLS is asked for without, once.
fn plain_http(task: &Task, failure: Failure) -> Option<String> {
    let never_seen = task.content.is_none() && task.failures == 0;
    let no_tls = matches!(failure, Failure::Connect | Failure::Tls);
    if task.kind != TaskKind::Home || !never_seen || !no_tls {
        return None;
    }
    task.url
        .strip_prefix("https://")
        .map(|rest| format!("http://{rest}"))
}

fn remember(task: &mut Task, at: Timestamp, took: Duration, bytes: usize) {
    let state = task.state.clone();
    let millis = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
    task.visited(Visit {
        at,
        state,
        millis,
        bytes: u32::try_from(bytes).unwrap_or(u32::MAX),
        wishes: Wishes::NONE,
    });
}

/// Whether a page's body is the one that was seen last time.
pub fn same_body(task: &Task, content: ContentHash) -> bool {
    task.content == Some(content)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::model::company::CompanyId;
    use crate::model::task::Discovery;

    pub(crate) fn task(kind: TaskKind) -> Task {
        Task::new(&Discovery {
            url: Url::parse("https://example.com/x").expect("valid"),
            company: CompanyId("example.com".into()),
            kind,
            due: Timestamp(0),
            depth: 0,
            from: None,
            at: Timestamp(0),
            updated: None,
        })
    }

    fn fetched(outcome: FetchOutcome, millis: u64) -> Fetched {
        Fetched {
            outcome,
            took: Duration::from_millis(millis),
            address: None,
            allowance: None,
            certificate: None,
        }
    }

    fn moved(to: &str) -> FetchOutcome {
        FetchOutcome::Moved {
            to: Url::parse(to).expect("valid"),
            permanent: true,
        }
    }

    const NOW: Timestamp = Timestamp(1_000_000);

    #[test]
    fn a_task_that_was_told_to_wait_has_not_failed() {
        let host = HostRecord {
            rest_until: NOW.after(Duration::from_secs(9)),
            ..HostRecord::default()
        };
        let wait = Some(Duration::from_secs(9));
        let refused = fetched(
            FetchOutcome::Refused {
                status: 429,
                retry_after: wait,
            },
            5,
        );
        let after = super::task(
            &task(TaskKind::Page),
            &refused,
            Body::None,
            &Seen::default(),
            &host,
            &Revisit::default(),
            NOW,
        );
        assert_eq!((after.failures, after.due), (0, Some(host.rest_until)));
        assert_eq!(after.state, State::Refused { status: 429 });
    }

    #[test]
    fn a_scheme_change_keeps_the_task_and_a_circle_ends() {
        let config = Revisit::default();
        let mut now = task(TaskKind::Home);
        for turn in 0..6 {
            let to = if now.url.starts_with("https") {
                "http://example.com/x"
            } else {
                "https://example.com/x"
            };
            now = super::task(
                &now,
                &fetched(moved(to), 5),
                Body::None,
                &Seen::default(),
                &HostRecord::default(),
                &config,
                NOW,
            );
            if turn < 3 {
                assert_eq!(now.due, Some(NOW));
            }
        }
        assert_eq!(
            now.state,
            State::Failed {
                failure: Failure::BadRedirect
            }
        );
        assert!(now.due > Some(NOW));
    }

    #[test]
    fn a_home_page_without_tls_is_asked_for_without() {
        let failed = fetched(FetchOutcome::Failed(Failure::Connect), 5);
        let home = super::task(
            &task(TaskKind::Home),
            &failed,
            Body::None,
            &Seen::default(),
            &HostRecord::default(),
            &Revisit::default(),
            NOW,
        );
        assert_eq!(home.url, "http://example.com/x");
        let page = super::task(
            &task(TaskKind::Page),
            &failed,
            Body::None,
            &Seen::default(),
            &HostRecord::default(),
            &Revisit::default(),
            NOW,
        );
        assert_eq!(page.url, "https://example.com/x");
    }
}
