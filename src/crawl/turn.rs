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
use super::{door, judge, scope};
use crate::clock::Clock;
use crate::detect;
use crate::extract;
use crate::fetch::robots::Robots;
use crate::fetch::{Fetch, FetchOutcome, FetchRequest, Fetched, PRODUCT, Purpose};
use crate::model::company::Company;
use crate::model::page::Page;
use crate::model::profile::Fact;
use crate::model::signal::Signal;
use crate::model::task::{Discovery, Harvest, HostRecord, Task, Validators};
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::technographics;

/// What all turns share.
pub(super) struct Shared<F> {
    pub(super) fetch: F,
    pub(super) config: Config,
    pub(super) revisit: Revisit,
    /// Signals below this are not kept.
    pub(super) min_confidence: f32,
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
    pub(super) page: Option<Page>,
    pub(super) took: Duration,
    /// Bytes of the answer's body.
    pub(super) bytes: usize,
}

/// What reading and detecting made of a page.
struct Read {
    found: Vec<Discovery>,
    signals: Vec<Signal>,
    facts: Vec<Fact>,
    /// Whether its author allows a copy.
    keep: bool,
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
        let (mut body, mut read) = (Body::None, Read::nothing());
        if let FetchOutcome::Page(page) = fetched.outcome {
            let page = Arc::new(page);
            if judge::same_body(&was, page.content()) {
                body = Body::Same;
            } else {
                let answer = self
                    .read(Arc::clone(&page), was.clone(), Arc::clone(&company), now)
                    .await;
                body = if answer.is_some() {
                    Body::Read
                } else {
                    Body::Panicked
                };
                read = answer.unwrap_or_else(Read::nothing);
            }
            fetched.outcome = FetchOutcome::Page(Arc::unwrap_or_clone(page));
        }
        if let FetchOutcome::Moved { to, .. } = &fetched.outcome {
            read.found
                .extend(scope::moved(to, &was, &company, &self.config, now));
        }
        let record = door::host(&record, &fetched, crawl_delay, &self.config, now);
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
        let page = match fetched.outcome {
            FetchOutcome::Page(page) => Some(page),
            _ => None,
        };
        let bytes = page.as_ref().map_or(0, |page| page.body.len());
        let keep = page.filter(|_| matches!(body, Body::Read | Body::Panicked) && read.keep);
        Done {
            host,
            harvest,
            page: keep,
            took: fetched.took,
            bytes,
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
        let state = door::robots(&of.robots, url.as_str(), &fetched, packed, now);
        let asked =
            |record: &HostRecord, delay| door::host(record, &fetched, delay, &self.config, now);
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
        }
    }

    /// A host whose rules could not be had at another door was not asked itself, but is left
    /// alone as if it had refused.
    fn unreachable_rests(&self, of: &HostRecord, fetched: &Fetched, now: Timestamp) -> HostRecord {
        let as_if = door::host(of, fetched, None, &self.config, now);
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

    /// Reads and detects on a CPU thread; `None`: it panicked.
    async fn read(
        &self,
        page: Arc<Page>,
        task: Task,
        company: Arc<Company>,
        now: Timestamp,
    ) -> Option<Read> {
        let permit = Arc::clone(&self.cpu)
            .acquire_owned()
            .await
            .expect("the semaphore is never closed");
        let (config, min_confidence) = (self.config.clone(), self.min_confidence);
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            read(&page, &task, &company, &config, min_confidence, now)
        });
        done.await.ok()
    }
}

impl Read {
    fn nothing() -> Read {
        Read {
            found: Vec::new(),
            signals: Vec::new(),
            facts: Vec::new(),
            keep: true,
        }
    }
}

/// The pure half of a visit: page in, links and signals out.
fn read(
    page: &Page,
    task: &Task,
    company: &Company,
    config: &Config,
    min_confidence: f32,
    now: Timestamp,
) -> Read {
    let reading = extract::read(page);
    let found = scope::follow(&reading, task, company, config, now);
    let facts = technographics::recognise(page);
    if reading.directives.noindex {
        return Read {
            found,
            signals: Vec::new(),
            facts,
            keep: !reading.directives.noarchive,
        };
    }
    let mut signals: Vec<Signal> = Vec::new();
    for document in &reading.documents {
        signals.extend(detect::detect(document, company, now));
    }
    signals.retain(|signal| signal.confidence >= min_confidence);
    Read {
        found,
        signals,
        facts,
        keep: !reading.directives.noarchive,
    }
}
