//! One turn: one request, and what is made of the answer.
//!
//! Invariants: a turn sends at most one request; reading and detecting happen on a CPU thread,
//! and a panic there costs the page its reading, never the crawl.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use url::Url;

use super::config::{Config, Revisit};
use super::digest::Read;
use super::judge::Body;
use super::manners::Manners;
use super::policy::{self, Policy};
use super::shown::{self, Open};
use super::sketch::Likeness;
use super::{door, judge, look, parked, places, scope, sources, twins};
use crate::clock::Clock;
use crate::detect::roster::Roster;
use crate::fetch::{Browser, Fetch, FetchOutcome, FetchRequest, Fetched, Purpose};
use crate::model::company::Company;
use crate::model::host::HostRecord;
use crate::model::signal::SignalId;
use crate::model::source::Source;
use crate::model::state::State;
use crate::model::task::{Discovery, Harvest, Task, TaskKind, Validators};
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::model::wishes::Heard;
use crate::store::archive::Packed;
use crate::technographics::learn::Look;

/// What all turns share.
pub(super) struct Shared<F> {
    pub(super) fetch: F,
    /// What shows pages that show nothing without scripts; `None`: nothing does.
    pub(super) browser: Option<Browser>,
    pub(super) config: Config,
    pub(super) manners: Manners,
    pub(super) revisit: Revisit,
    pub(super) policy: Policy,
    /// The companies of the run, as others' pages name them.
    pub(super) roster: Roster,
    /// Signals below this are not kept.
    pub(super) min_confidence: f32,
    /// The User-Agent under which pages are archived; `None`: they are not.
    pub(super) archive_as: Option<String>,
    /// A permit a core.
    pub(super) cpu: Arc<Semaphore>,
    pub(super) clock: Clock,
}

/// What a turn is spent on.
pub(super) enum Turn {
    /// A page.
    Visit {
        task: Box<Task>,
        record: HostRecord,
        crawl_delay: Option<Duration>,
        /// What the site says of its path.
        site: Heard,
    },
    /// The host's `tdmrep.json`.
    Reservation {
        of: HostRecord,
        url: Url,
        crawl_delay: Option<Duration>,
    },
    /// What a page wants that is open in the browser; whether it may have it.
    Shown {
        open: Box<Open>,
        record: HostRecord,
        crawl_delay: Option<Duration>,
        may: bool,
    },
    /// What DNS says of a company's domain.
    Ping { task: Box<Task>, record: HostRecord },
    /// The rules of `of`, asked at another door where they have moved.
    Robots {
        of: Box<HostRecord>,
        url: Url,
        elsewhere: Option<(Host, HostRecord)>,
        /// What waits for them.
        task: Box<Task>,
    },
}

/// What came of a turn.
pub(super) struct Done {
    /// Whose turn it was.
    pub(super) host: Host,
    pub(super) harvest: Harvest,
    /// What is to be archived.
    pub(super) page: Option<Packed>,
    pub(super) took: Duration,
    /// Bytes of the answer's body.
    pub(super) bytes: usize,
    /// What the page can be compared by.
    pub(super) likeness: Likeness,
    /// What was seen of the company.
    pub(super) look: Option<Look>,
    /// The edition in another language that is read in the page's stead.
    pub(super) instead: Option<Url>,
    /// The lines of the page, by which those are told that stand on many.
    pub(super) lines: Vec<u32>,
    /// The signals that the page tells itself, news or not; `None`: nothing of it was read for
    /// them.
    pub(super) told: Option<Vec<SignalId>>,
    /// The page that is open in the browser still.
    pub(super) open: Option<Box<Open>>,
}

impl Done {
    /// A turn that brought this, and nothing else to tell.
    pub(super) fn of(host: Host, harvest: Harvest, took: Duration, bytes: usize) -> Done {
        Done {
            host,
            harvest,
            page: None,
            took,
            bytes,
            likeness: Likeness::Unread,
            look: None,
            instead: None,
            lines: Vec::new(),
            told: None,
            open: None,
        }
    }
}

/// A page that was asked for, and what was made of the answer.
pub(super) struct Visited {
    pub(super) was: Task,
    pub(super) record: HostRecord,
    pub(super) fetched: Fetched,
    pub(super) body: Body,
    pub(super) read: Read,
    /// Whether it was read as a browser shows it.
    pub(super) shown: bool,
}

impl<F: Fetch> Shared<F> {
    /// Takes the turn that `host` has.
    pub(super) async fn take(
        self: Arc<Self>,
        host: Host,
        turn: Turn,
        company: Arc<Company>,
    ) -> Done {
        match turn {
            Turn::Visit {
                task,
                record,
                crawl_delay,
                site,
            } => {
                self.visit(host, *task, record, crawl_delay, site, company)
                    .await
            }
            Turn::Shown {
                open,
                record,
                crawl_delay,
                may,
            } => {
                self.show_on(host, *open, record, crawl_delay, may, company)
                    .await
            }
            Turn::Ping { task, record } => self.ping(host, *task, record, &company).await,
            Turn::Reservation {
                of,
                url,
                crawl_delay,
            } => self.reservation(host, of, url, crawl_delay).await,
            Turn::Robots {
                of,
                url,
                elsewhere,
                task,
            } => self.robots(host, *of, url, elsewhere, *task, company).await,
        }
    }

    async fn visit(
        self: Arc<Self>,
        host: Host,
        was: Task,
        record: HostRecord,
        crawl_delay: Option<Duration>,
        site: Heard,
        company: Arc<Company>,
    ) -> Done {
        let asked = look::asked(&was, &company);
        let request = FetchRequest {
            url: asked.parsed(),
            validators: asked.validators.clone(),
            purpose: match was.kind {
                TaskKind::Home => Purpose::Front,
                _ => Purpose::Page,
            },
        };
        let mut fetched = self.fetch.fetch(request).await;
        let now = self.clock.now();
        let (mut body, mut read, mut bytes) = (Body::None, Read::default(), 0);
        read.heard = match &fetched.outcome {
            FetchOutcome::NotModified => policy::as_before(&was, &site, None),
            _ => site.clone(),
        };
        if let FetchOutcome::Page(page) = fetched.outcome {
            let page = Arc::new(page);
            bytes = page.body.len();
            (body, read) = self
                .read(&page, &asked, &company, site.clone(), &record, now)
                .await;
            fetched.outcome = FetchOutcome::Page(Arc::unwrap_or_clone(page));
        }
        if let FetchOutcome::Moved { to, .. } = &fetched.outcome {
            read.found.extend(self.moved(to, &was, &company, now));
        }
        let manner = self.manners.at(&host);
        let record = door::host(&record, &fetched, Purpose::Page, crawl_delay, manner, now);
        let took = fetched.took;
        let mut again = None;
        if read.scripted {
            match self.open(&was, &fetched, &site).await {
                Ok((open, None)) => return shown::waits(host, record, open, took, bytes),
                Ok((open, markup)) => {
                    return self
                        .shown(host, open, markup, record, &company, took, bytes)
                        .await;
                }
                Err(wait) => again = wait,
            }
        }
        let visited = Visited {
            was,
            record,
            fetched,
            body,
            read,
            shown: false,
        };
        let mut done = self.settle(host, visited, &company, now);
        done.bytes = bytes;
        if let (Some(wait), Some(task)) = (again, &mut done.harvest.now) {
            task.due = Some(now.after(wait));
        }
        done
    }

    /// What a redirect leads to.
    fn moved(&self, to: &Url, was: &Task, company: &Company, now: Timestamp) -> Option<Discovery> {
        if let Some(source) = Source::of_owner(company) {
            return self.reader(&source, company, now).moved(to, was);
        }
        match places::is_elsewhere(was, company) {
            true => places::moved(to, was, self.config.max_depth, now),
            false => scope::moved(to, was, company, &self.config, now),
        }
    }

    /// What a visit leaves behind.
    pub(super) fn settle(
        &self,
        host: Host,
        visited: Visited,
        company: &Company,
        now: Timestamp,
    ) -> Done {
        let Visited {
            was,
            mut record,
            mut fetched,
            body,
            read,
            shown,
        } = visited;
        let revisit = Source::of_owner(company).map_or(Cow::Borrowed(&self.revisit), |source| {
            Cow::Owned(sources::revisit(&source, &self.revisit))
        });
        let mut task = judge::task(&was, &fetched, body, &read.seen, &record, &revisit, now);
        self.policy.ruling(&read.heard).mark(&mut task);
        if read.scripted && task.state == State::Done {
            twins::restate(&mut task, State::Scripted);
        }
        if shown || read.scripted {
            // What the server sends is the same for ever; what scripts make of it is not.
            task.validators = Validators::default();
        }
        if read.scripted {
            task.content = None;
        }
        let seen = read
            .shows
            .or_else(|| look::unread(&was, read.parked.clone()))
            .or_else(|| look::same(&was, body, &fetched));
        // What somebody else's host runs is no fact about the company.
        let look = match places::is_elsewhere(&was, company) {
            true => None,
            false => look::of(seen, &was, company, &mut fetched, now),
        };
        parked::settle(&mut task, &mut record, read.parked, &revisit, now);
        let harvest = Harvest {
            was: Some(was),
            now: Some(task),
            hosts: vec![(host.clone(), record)],
            found: read.found,
            signals: read.signals,
            withdrawn: Vec::new(),
            profile: None,
            page: None,
        };
        Done {
            page: read.packed,
            likeness: read.likeness,
            look,
            instead: read.instead,
            lines: read.lines,
            told: read.told,
            ..Done::of(host, harvest, fetched.took, 0)
        }
    }
}
