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
use super::manners::Manners;
use super::policy::{self, Policy};
use super::revisit::seen::Seen;
use super::sketch::{self, Likeness};
use super::{canonical, door, editions, judge, look, parked, scope};
use crate::clock::Clock;
use crate::detect;
use crate::extract;
use crate::fetch::{Fetch, FetchOutcome, FetchRequest, Purpose};
use crate::model::company::Company;
use crate::model::document::{Document, Genre};
use crate::model::host::HostRecord;
use crate::model::page::Page;
use crate::model::signal::Signal;
use crate::model::task::{Discovery, Harvest, Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::model::wishes::Heard;
use crate::store::archive::Packed;
use crate::technographics::learn::{Look, Shows};

/// Links to articles that make a listing an index; one with fewer may tell its news itself.
const INDEX_LINKS: usize = 3;

/// What all turns share.
pub(super) struct Shared<F> {
    pub(super) fetch: F,
    pub(super) config: Config,
    pub(super) manners: Manners,
    pub(super) revisit: Revisit,
    pub(super) policy: Policy,
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
}

/// What reading and detecting made of a page.
#[derive(Default)]
struct Read {
    found: Vec<Discovery>,
    signals: Vec<Signal>,
    /// What the page shows of its company, as far as its author allows.
    shows: Option<Shows>,
    seen: Seen,
    /// For the archive, where there is one and its author allows a copy.
    packed: Option<Packed>,
    likeness: Likeness,
    /// What the page and its site ask for.
    heard: Heard,
    /// What shows that nobody's site is behind it.
    parked: Option<String>,
    /// The edition in another language that is read in its stead.
    instead: Option<Url>,
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
            (body, read) = self.read(&page, &asked, &company, site, now).await;
            fetched.outcome = FetchOutcome::Page(Arc::unwrap_or_clone(page));
        }
        if let FetchOutcome::Moved { to, .. } = &fetched.outcome {
            read.found
                .extend(scope::moved(to, &was, &company, &self.config, now));
        }
        let asked_for = Purpose::Page;
        let manner = self.manners.at(&host);
        let mut record = door::host(&record, &fetched, asked_for, crawl_delay, manner, now);
        let mut task = judge::task(
            &was,
            &fetched,
            body,
            &read.seen,
            &record,
            &self.revisit,
            now,
        );
        self.policy.ruling(&read.heard).mark(&mut task);
        let seen = read
            .shows
            .or_else(|| look::unread(&was, read.parked.clone()))
            .or_else(|| look::same(&was, body, &fetched));
        let look = look::of(seen, &was, &company, &mut fetched, now);
        parked::settle(&mut task, &mut record, read.parked, &self.revisit, now);
        let harvest = Harvest {
            was: Some(was),
            now: Some(task),
            hosts: vec![(host.clone(), record)],
            found: read.found,
            signals: read.signals,
            profile: None,
            page: None,
        };
        Done {
            host,
            harvest,
            page: read.packed,
            took: fetched.took,
            bytes,
            likeness: read.likeness,
            look,
            instead: read.instead,
        }
    }

    /// Reads, detects and packs on a CPU thread; a page that makes us panic is kept unread.
    async fn read(
        self: &Arc<Self>,
        page: &Arc<Page>,
        task: &Task,
        company: &Arc<Company>,
        site: Heard,
        now: Timestamp,
    ) -> (Body, Read) {
        if judge::same_body(task, page.content()) {
            let same = Read {
                heard: policy::as_before(task, &site, Some(page)),
                ..Read::default()
            };
            return (Body::Same, same);
        }
        let (shared, kept, task, company, says) = (
            Arc::clone(self),
            Arc::clone(page),
            task.clone(),
            Arc::clone(company),
            site.clone(),
        );
        if let Some(read) = self
            .on_cpu(move || shared.digest(&kept, &task, &company, says, now))
            .await
        {
            return (Body::Read, read);
        }
        let heard = site.and(extract::heard_of_fields(page));
        let keep = self.policy.ruling(&heard).keep;
        let (shared, kept) = (Arc::clone(self), Arc::clone(page));
        let packed = self.on_cpu(move || shared.pack(&kept).filter(|_| keep));
        let unread = Read {
            packed: packed.await.flatten(),
            heard,
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

    /// The pure half of a visit: page in, links and signals out, as far as its author allows.
    fn digest(
        &self,
        page: &Page,
        task: &Task,
        company: &Company,
        site: Heard,
        now: Timestamp,
    ) -> Read {
        let mut reading = extract::read(page);
        let heard = site.and(std::mem::take(&mut reading.heard));
        let may = self.policy.ruling(&heard);
        if let Some(shows) = parked::judge(page, &reading, sketch::is_front(&task.parsed())) {
            return Read {
                parked: Some(shows),
                heard,
                ..Read::default()
            };
        }
        let mut likeness = sketch::of(&reading, task, company);
        if task.is_guess() && !matches!(reading.reader, "feed" | "sitemap") {
            // Whatever answers where something was looked for, that is not there.
            likeness = Likeness::Missing;
        }
        if likeness == Likeness::Missing {
            return Read {
                likeness,
                heard,
                ..Read::default()
            };
        }
        let mut found = Vec::new();
        if may.follow {
            found = scope::follow(&reading, task, company, &self.config, now);
        }
        let seen = Seen::of(&reading, &found, task, now);
        let instead = editions::instead(&reading, task, company);
        if may.follow {
            let deepest = self.config.max_depth;
            found.extend(canonical::honour(&mut reading, task, company, deepest, now));
        }
        let mut signals: Vec<Signal> = Vec::new();
        if may.tell && !seen.closed {
            // What an index says of an article, the article says itself, with its own date.
            let told = |document: &&Document| !is_index(document, task, &found);
            for document in reading.documents.iter().filter(told) {
                signals.extend(detect::detect(document, company, now));
            }
            signals
                .retain(|signal| signal.confidence >= self.min_confidence && is_news(signal, now));
        }
        // What stands at another's host shows what that one runs.
        let own = company.owns(&task.parsed()) || task.kind == TaskKind::Home;
        let shows = (may.learn && own).then(|| look::shown(page, &mut reading, task, company));
        Read {
            found,
            signals,
            seen,
            shows,
            packed: if may.keep { self.pack(page) } else { None },
            heard,
            likeness,
            parked: None,
            instead,
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
