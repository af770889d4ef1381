//! Copies of pages, pages that are not there, hosts that mirror another: what a turn brought, held
//! against what the store knows, before it is committed.
//!
//! Invariants: the first page that showed a text keeps it until it shows another or is gone; only
//! pages of one company are compared; what is told here is told from the store, so that a restart
//! tells the same.

use std::time::Duration;

use ::url::Url;

use super::Crawl;
use super::revisit;
use super::sketch::{self, Likeness};
use super::turn::Done;
use crate::fetch::Fetch;
use crate::model::host::HostRecord;
use crate::model::state::State;
use crate::model::task::{Discovery, Harvest, Task, TaskKind, Twin, Validators};
use crate::model::url::{self, Host};
use crate::store::{self, Frontier};

/// How far before others the links of a copy are visited: behind every other link.
const LAST: Duration = Duration::from_secs(60);

impl<F: Fetch, S: Frontier> Crawl<'_, F, S> {
    /// Tells whether what was read is a copy, or not there; `earlier` is what will be committed
    /// together with it.
    pub(super) async fn compare(
        &mut self,
        done: &mut Done,
        earlier: &[Harvest],
    ) -> store::Result<()> {
        let Some(task) = &mut done.harvest.now else {
            return Ok(());
        };
        // What may not be used, or is closed, is not compared.
        let usable = matches!(task.state, State::Done | State::Unchanged);
        let read = done.likeness != Likeness::Unread && usable;
        let sketch = match done.likeness {
            Likeness::Unread => unread(task),
            _ if !read => None,
            Likeness::None | Likeness::Missing => None,
            Likeness::Short(sketch) | Likeness::Text(sketch) | Likeness::Home(sketch) => {
                Some(sketch)
            }
        };
        task.sketch = sketch;
        let moved = matches!(task.state, State::Moved { .. });
        if read && done.likeness == Likeness::Missing {
            self.miss(done);
        } else if let Some(sketch) = sketch
            && (read || moved)
        {
            let task = task.clone();
            let twin = self.twin_of(&task, sketch, earlier).await?;
            self.tell(done, twin);
        }
        reflects_no_more(done);
        if read && let Some(now) = &done.harvest.now {
            self.mazes.told(now);
        }
        Ok(())
    }

    /// What a page is, in the light of the page that showed the same before it.
    fn tell(&self, done: &mut Done, twin: Option<Twin>) {
        let Some(twin) = twin else { return };
        let shown_by = twin.others.saturating_add(1);
        match done.likeness {
            Likeness::Home(_) => self.mirror(done, &twin.first),
            Likeness::Text(_) => self.copy(done, twin.first.url),
            // A text of few words is told from an error page by how many addresses show it.
            Likeness::Short(_) if shown_by < self.shared.config.same_text => {}
            // What was not read leads to the front door, and is not the first that does: that is
            // where this server sends everybody whose page it does not have.
            Likeness::Short(_) | Likeness::Unread => self.miss(done),
            Likeness::None | Likeness::Missing => {}
        }
    }

    /// The page that showed this first: committed, or about to be.
    async fn twin_of(
        &mut self,
        task: &Task,
        sketch: u64,
        earlier: &[Harvest],
    ) -> store::Result<Option<Twin>> {
        let key = task.key();
        let known = self.frontier.twin(&task.company, sketch).await?;
        let with_it: Vec<&Task> = earlier
            .iter()
            .filter_map(|harvest| harvest.now.as_ref())
            .filter(|other| other.company == task.company && other.sketch == Some(sketch))
            .filter(|other| other.key() != key)
            .collect();
        let more = u32::try_from(with_it.len()).unwrap_or(u32::MAX);
        let twin = match known {
            Some(known) => Some(Twin {
                others: known.others.saturating_add(more),
                ..known
            }),
            None => with_it
                .iter()
                .find(|other| other.shows(sketch))
                .map(|first| Twin {
                    first: Box::new((*first).clone()),
                    others: more - 1,
                }),
        };
        Ok(twin.filter(|twin| twin.first.key() != key))
    }

    /// A copy: nothing of it is told again, and what it leads to can wait.
    fn copy(&self, done: &mut Done, of: String) {
        nothing_told(done);
        let now = self.clock.now();
        for found in &mut done.harvest.found {
            found.due = found.due.max(now.before(LAST));
        }
        let was = done.harvest.was.as_ref().map_or(0, |was| was.unchanged);
        if let Some(task) = &mut done.harvest.now {
            // Asked for whole each time: it is read again when the first page is gone.
            forget_body(task);
            task.unchanged = was.saturating_add(1);
            task.due = Some(now.after(revisit::interval(task, &self.shared.revisit, now)));
            restate(task, State::Duplicate { of });
        }
    }

    /// A page that is not there, whatever its status says: it is left as one that is gone.
    fn miss(&self, done: &mut Done) {
        nothing_told(done);
        done.look = None;
        done.harvest.found.clear();
        let now = self.clock.now();
        let Some(was) = &done.harvest.was else { return };
        if let Some(task) = &mut done.harvest.now {
            forget_body(task);
            task.failures = was.failures.saturating_add(1);
            let wait = revisit::gone(was, 404, &self.shared.revisit);
            task.due = wait.map(|wait| now.after(wait));
            let was_open =
                was.kind == TaskKind::Job && matches!(was.state, State::Done | State::Unchanged);
            restate(
                task,
                match was_open {
                    true => State::Closed { status: 200 },
                    false => State::Missing,
                },
            );
        }
    }

    /// A home page that is another host's: the host shows that one's pages under its own name.
    fn mirror(&self, done: &mut Done, first: &Task) {
        let front = first.parsed();
        let original = front.host_str().unwrap_or_default().to_owned();
        let own = done.harvest.now.as_ref().map(Task::parsed);
        let same_port = own.is_some_and(|own| own.port() == front.port());
        let other = Host::of(&front).is_some_and(|host| host != done.host);
        if !other || !same_port || first.kind != TaskKind::Home || !sketch::is_front(&front) {
            return;
        }
        let found = std::mem::take(&mut done.harvest.found);
        self.copy(done, first.url.clone());
        let mirror = done.host.clone();
        let there = |found: Discovery| {
            let url = match Host::of(&found.url) {
                Some(host) if host == mirror => counterpart(&found.url, &original)?,
                _ => found.url.clone(),
            };
            Some(Discovery { url, ..found })
        };
        done.harvest.found = found.into_iter().filter_map(there).collect();
        let at_it = |(host, _): &&mut (Host, HostRecord)| *host == done.host;
        if let Some((_, record)) = done.harvest.hosts.iter_mut().find(at_it) {
            record.mirrors = Some(original.into());
        }
    }

    /// What is due at a host that mirrors another, and is not its home page: where it is to be
    /// read instead.
    pub(super) fn elsewhere(&self, task: &Task, record: &HostRecord) -> Option<Discovery> {
        let original = record.mirrors.as_deref()?;
        let own = task.parsed();
        if task.kind == TaskKind::Home && sketch::is_front(&own) {
            return None;
        }
        let now = self.clock.now();
        Some(Discovery {
            url: counterpart(&own, original)?,
            company: task.company.clone(),
            kind: task.kind,
            due: task.due.unwrap_or(now),
            depth: task.depth,
            from: task.from.clone(),
            at: now,
            updated: None,
        })
    }
}

/// What stays known of the text of a page that was not read this time.
fn unread(task: &Task) -> Option<u64> {
    match &task.state {
        State::Moved { to } => {
            let own = task.parsed();
            let deep = !sketch::is_front(&own) && task.kind != TaskKind::Home;
            let to_front = url::parse(to).is_some_and(|to| sketch::is_front(&to));
            (deep && to_front).then(|| sketch::of_front_door(&task.key().host()))
        }
        State::Unchanged | State::Refused { .. } | State::Failed { .. } => task.sketch,
        _ => None,
    }
}

/// The same page at the original's host.
fn counterpart(own: &Url, original: &str) -> Option<Url> {
    let mut there = own.clone();
    there.set_host(Some(original)).ok()?;
    url::canonical(&there)
}

/// A mirror whose home page was its own twice in a row is read for itself again. Once may only mean
/// that the original has changed and was not asked since.
fn reflects_no_more(done: &mut Done) {
    let own = |task: &Option<Task>| {
        task.as_ref().is_some_and(|task| {
            task.kind == TaskKind::Home && matches!(task.state, State::Done | State::Unchanged)
        })
    };
    if own(&done.harvest.was) && own(&done.harvest.now) {
        let at_it = |(host, _): &&mut (Host, HostRecord)| *host == done.host;
        if let Some((_, record)) = done.harvest.hosts.iter_mut().find(at_it) {
            record.mirrors = None;
        }
    }
}

pub(super) fn nothing_told(done: &mut Done) {
    done.harvest.signals.clear();
    done.page = None;
}

pub(super) fn forget_body(task: &mut Task) {
    task.content = None;
    task.validators = Validators::default();
}

/// Where its visit left a task after all.
pub(super) fn restate(task: &mut Task, state: State) {
    if let Some(last) = task.visits.last_mut() {
        last.state = state.clone();
    }
    task.state = state;
}
