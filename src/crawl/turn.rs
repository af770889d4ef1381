//! One turn: one request, and what is made of the answer.
//!
//! Invariants: a turn sends at most one request; reading and detecting happen on a CPU thread,
//! and a panic there costs the page its reading, never the crawl.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use url::Url;

use super::config::{Config, Revisit};
use super::judge::Body;
use super::sketch::{self, Likeness};
use super::{door, judge, scope};
use crate::clock::Clock;
use crate::detect;
use crate::extract;
use crate::fetch::robots::Robots;
use crate::fetch::{Fetch, FetchOutcome, FetchRequest, Fetched, PRODUCT, Purpose};
use crate::model::company::Company;
use crate::model::document::{Document, Genre};
use crate::model::host::HostRecord;
use crate::model::page::Page;
use crate::model::profile::Fact;
use crate::model::signal::Signal;
use crate::model::task::{Discovery, Harvest, Task, TaskKind, Validators};
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::store::archive::Packed;
use crate::technographics;

/// Links to articles that make a listing an index; one with fewer may tell its news itself.
const INDEX_LINKS: usize = 3;

/// What all turns share.
pub(super) struct Shared<F> {
    pub(super) fetch: F,
    pub(super) config: Config,
    pub(super) revisit: Revisit,
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
    },
    /// The rules of `of`, asked at another door where they have moved.
    Robots {
        of: HostRecord,
        url: Url,
        elsewhere: Option<(Host, HostRecord)>,
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
}

/// What reading and detecting made of a page.
#[derive(Default)]
struct Read {
    found: Vec<Discovery>,
    signals: Vec<Signal>,
    facts: Vec<Fact>,
    /// For the archive, where there is one and its author allows a copy.
    packed: Option<Packed>,
    likeness: Likeness,
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
            } => self.visit(host, *task, record, crawl_delay, company).await,
            Turn::Robots { of, url, elsewhere } => {
                self.robots(host, of, url, elsewhere, company).await
            }
        }
    }

    async fn visit(
        self: Arc<Self>,
        host: Host,
        was: Task,
        record: HostRecord,
        crawl_delay: Option<Duration>,
        company: Arc<Company>,
    ) -> Done {
        let url = was.parsed();
        let request = FetchRequest {
            url,
            validators: was.validators.clone(),
            purpose: Purpose::Page,
        };
        let mut fetched = self.fetch.fetch(request).await;
        let now = self.clock.now();
        let (mut body, mut read, mut bytes) = (Body::None, Read::default(), 0);
        if let FetchOutcome::Page(page) = fetched.outcome {
            let page = Arc::new(page);
            bytes = page.body.len();
            (body, read) = self.read(&page, &was, &company, now).await;
            fetched.outcome = FetchOutcome::Page(Arc::unwrap_or_clone(page));
        }
        if let FetchOutcome::Moved { to, .. } = &fetched.outcome {
            read.found
                .extend(scope::moved(to, &was, &company, &self.config, now));
        }
        let asked_for = Purpose::Page;
        let record = door::host(&record, &fetched, asked_for, crawl_delay, &self.config, now);
        let task = judge::task(&was, &fetched, body, &record, &self.revisit, now);
        let harvest = Harvest {
            was: Some(was),
            now: Some(task),
            hosts: vec![(host.clone(), record)],
            found: read.found,
            signals: read.signals,
            facts: read
                .facts
                .into_iter()
                .map(|fact| (company.id.clone(), fact))
                .collect(),
            page: None,
        };
        Done {
            host,
            harvest,
            page: read.packed,
            took: fetched.took,
            bytes,
            likeness: read.likeness,
        }
    }

    async fn robots(
        self: Arc<Self>,
        host: Host,
        of: HostRecord,
        url: Url,
        elsewhere: Option<(Host, HostRecord)>,
        company: Arc<Company>,
    ) -> Done {
        let request = FetchRequest {
            url: url.clone(),
            validators: Validators::default(),
            purpose: Purpose::Robots,
        };
        let fetched = self.fetch.fetch(request).await;
        let now = self.clock.now();
        let (mut packed, mut found, mut delay, mut bytes) = (None, Vec::new(), None, 0);
        if let FetchOutcome::Page(page) = &fetched.outcome {
            let robots = Robots::parse(&page.body, PRODUCT);
            found.extend(
                robots
                    .sitemaps()
                    .iter()
                    .filter_map(|named| scope::sitemap(named, &company, &url, now)),
            );
            delay = robots.crawl_delay();
            packed = Some(robots.pack());
            bytes = page.body.len();
        }
        if found.is_empty() && !matches!(fetched.outcome, FetchOutcome::Moved { .. }) {
            // Most sites have one where everybody looks for it, whether they name it or not.
            let usual = url.join("/sitemap.xml");
            found.extend(
                usual
                    .ok()
                    .and_then(|usual| scope::sitemap(usual.as_str(), &company, &url, now)),
            );
        }
        let state = door::robots(&of.robots, url.as_str(), &fetched, packed, now);
        let asked = |record: &HostRecord, delay| {
            door::host(record, &fetched, Purpose::Robots, delay, &self.config, now)
        };
        let hosts = match elsewhere {
            Some((door, record)) => {
                let rested = self.unreachable_rests(&of, &fetched, now);
                vec![
                    (
                        host.clone(),
                        HostRecord {
                            robots: state,
                            ..rested
                        },
                    ),
                    (door, asked(&record, None)),
                ]
            }
            None => vec![(
                host.clone(),
                HostRecord {
                    robots: state,
                    ..asked(&of, delay)
                },
            )],
        };
        let harvest = Harvest {
            was: None,
            now: None,
            hosts,
            found,
            signals: Vec::new(),
            facts: Vec::new(),
            page: None,
        };
        Done {
            host,
            harvest,
            page: None,
            took: fetched.took,
            bytes,
            likeness: Likeness::Unread,
        }
    }

    /// A host whose rules could not be had at another door was not asked itself, but is left
    /// alone as if it had refused.
    fn unreachable_rests(&self, of: &HostRecord, fetched: &Fetched, now: Timestamp) -> HostRecord {
        let as_if = door::host(of, fetched, Purpose::Robots, None, &self.config, now);
        let rest_until = if as_if.refusals > of.refusals {
            as_if.rest_until
        } else {
            of.rest_until
        };
        HostRecord {
            rest_until,
            refusals: as_if.refusals,
            ..of.clone()
        }
    }

    /// Reads, detects and packs on a CPU thread; a page that makes us panic is kept unread.
    async fn read(
        self: &Arc<Self>,
        page: &Arc<Page>,
        task: &Task,
        company: &Arc<Company>,
        now: Timestamp,
    ) -> (Body, Read) {
        if judge::same_body(task, page.content()) {
            return (Body::Same, Read::default());
        }
        let (shared, kept, task, company) = (
            Arc::clone(self),
            Arc::clone(page),
            task.clone(),
            Arc::clone(company),
        );
        if let Some(read) = self
            .on_cpu(move || shared.digest(&kept, &task, &company, now))
            .await
        {
            return (Body::Read, read);
        }
        let (shared, kept) = (Arc::clone(self), Arc::clone(page));
        let packed = self.on_cpu(move || shared.pack(&kept)).await.flatten();
        let unread = Read {
            packed,
            ..Read::default()
        };
        (Body::Panicked, unread)
    }

    /// Runs `work` on a CPU thread, of which there are as many as cores; `None`: it panicked.
    async fn on_cpu<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Option<T> {
        let permit = Arc::clone(&self.cpu)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.ok()
    }

    fn pack(&self, page: &Page) -> Option<Packed> {
        Some(Packed::new(page, self.archive_as.as_ref()?))
    }

    /// The pure half of a visit: page in, links and signals out.
    fn digest(&self, page: &Page, task: &Task, company: &Company, now: Timestamp) -> Read {
        let reading = extract::read(page);
        let likeness = sketch::of(&reading, task, company);
        if likeness == Likeness::Missing {
            return Read {
                likeness,
                ..Read::default()
            };
        }
        let found = scope::follow(&reading, task, company, &self.config, now);
        let mut signals: Vec<Signal> = Vec::new();
        if !reading.directives.noindex {
            // What an index says of an article, the article says itself, with its own date.
            let told = |document: &&Document| !is_index(document, task, &found);
            for document in reading.documents.iter().filter(told) {
                signals.extend(detect::detect(document, company, now));
            }
            signals
                .retain(|signal| signal.confidence >= self.min_confidence && is_news(signal, now));
        }
        Read {
            found,
            signals,
            facts: technographics::recognise(page),
            packed: if reading.directives.noarchive {
                None
            } else {
                self.pack(page)
            },
            likeness,
        }
    }
}

/// Whether what happened is recent enough to act on: older news is history. What bears no date is
/// taken as new.
fn is_news(signal: &Signal, now: Timestamp) -> bool {
    let day = signal.event.map(|when| when.day).or(signal.published);
    let shelf_life = Duration::from_secs(u64::from(signal.kind.shelf_life()) * 24 * 3600);
    day.is_none_or(|day| now.since(Timestamp::of_day(day)) <= shelf_life)
}

/// Whether a document only leads to others that are visited for themselves.
fn is_index(document: &Document, task: &Task, found: &[Discovery]) -> bool {
    let leads_to = found
        .iter()
        .filter(|link| matches!(link.kind, TaskKind::Article | TaskKind::Job));
    let listing = task.kind == TaskKind::Listing || document.genre == Genre::Listing;
    listing && document.job.is_none() && leads_to.count() >= INDEX_LINKS
}
