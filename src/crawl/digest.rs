//! What is made of a page that came: its reading, what follows from it, and the signals. It happens
//! on a CPU thread, and a panic there costs the page its reading, never the crawl.

use std::sync::Arc;

use url::Url;

use super::judge::{self, Body};
use super::policy;
use super::repeated;
use super::revisit::seen::Seen;
use super::sketch::{self, Likeness};
use super::turn::Shared;
use super::worth::{is_index, is_news};
use super::{canonical, editions, look, parked, places, retract, scope, sources};
use crate::detect;
use crate::extract;
use crate::fetch::Fetch;
use crate::model::company::Company;
use crate::model::document::{Document, Reading};
use crate::model::host::HostRecord;
use crate::model::page::Page;
use crate::model::repeated::Repeated;
use crate::model::signal::{Signal, SignalId};
use crate::model::source::Source;
use crate::model::task::{Discovery, Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::wishes::Heard;
use crate::store::archive::Packed;
use crate::technographics::learn::Shows;

/// What reading and detecting made of a page.
#[derive(Default)]
pub(super) struct Read {
    pub(super) found: Vec<Discovery>,
    pub(super) signals: Vec<Signal>,
    /// The signals that the page tells itself, news or not; `None`: it was not read for them.
    pub(super) told: Option<Vec<SignalId>>,
    /// What the page shows of its company, as far as its author allows.
    pub(super) shows: Option<Shows>,
    pub(super) seen: Seen,
    /// For the archive, where there is one and its author allows a copy.
    pub(super) packed: Option<Packed>,
    pub(super) likeness: Likeness,
    /// What the page and its site ask for.
    pub(super) heard: Heard,
    /// What shows that nobody's site is behind it.
    pub(super) parked: Option<String>,
    /// The lines of the page, by which those are told that stand on many.
    pub(super) lines: Vec<u32>,
    /// The edition in another language that is read in its stead.
    pub(super) instead: Option<Url>,
    /// Whether it shows nothing without scripts.
    pub(super) scripted: bool,
}

impl<F: Fetch> Shared<F> {
    /// Reads, detects and packs on a CPU thread; a page that makes us panic is kept unread.
    pub(super) async fn read(
        self: &Arc<Self>,
        page: &Arc<Page>,
        task: &Task,
        company: &Arc<Company>,
        site: Heard,
        host: &HostRecord,
        now: Timestamp,
    ) -> (Body, Read) {
        if judge::same_body(task, page.content()) {
            let same = Read {
                heard: policy::as_before(task, &site, Some(page)),
                ..Read::default()
            };
            return (Body::Same, same);
        }
        let (shared, kept, task, company, says, repeated) = (
            Arc::clone(self),
            Arc::clone(page),
            task.clone(),
            Arc::clone(company),
            site.clone(),
            host.repeated.clone(),
        );
        if let Some(read) = self
            .on_cpu(move || shared.digest(&kept, &task, &company, says, &repeated, now))
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

    /// What follows from a reading: on the company's own pages, the links worth a visit and its
    /// places elsewhere; on such a place, what it consists of.
    fn follow(
        &self,
        reading: &Reading,
        task: &Task,
        company: &Company,
        now: Timestamp,
    ) -> Vec<Discovery> {
        if places::is_elsewhere(task, company) {
            return places::beyond(reading, task, company, self.config.max_depth, now);
        }
        let mut found = scope::follow(reading, task, company, &self.config, now);
        if task.depth < self.config.max_depth {
            found.extend(places::named(reading, task, now));
        }
        found
    }

    pub(super) fn reader<'a>(
        &'a self,
        source: &'a Source,
        owner: &'a Company,
        now: Timestamp,
    ) -> sources::Reader<'a> {
        sources::Reader {
            source,
            owner,
            roster: &self.roster,
            config: &self.config,
            now,
        }
    }

    fn is_worth_keeping(&self, signal: &Signal, now: Timestamp) -> bool {
        signal.confidence >= self.min_confidence && is_news(signal, now)
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
        repeated: &Repeated,
        now: Timestamp,
    ) -> Read {
        let mut reading = extract::read(page);
        places::speak(&mut reading, task, company);
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
        if let Some(source) = Source::of_owner(company) {
            let reader = self.reader(&source, company, now);
            let mut told = reader.digest(&reading, task, may.follow);
            let own = retract::mark(&mut told.signals, task);
            told.signals
                .retain(|signal| may.tell && self.is_worth_keeping(signal, now));
            let matched = !(told.signals.is_empty() && told.found.is_empty());
            return Read {
                found: told.found,
                signals: told.signals,
                told: may.tell.then_some(own),
                seen: told.seen,
                packed: self.pack(page).filter(|_| may.keep && matched),
                heard,
                likeness,
                ..Read::default()
            };
        }
        let lines = repeated::lines(&reading, task);
        let mut found = Vec::new();
        if may.follow {
            found = self.follow(&reading, task, company, now);
        }
        let seen = Seen::of(&reading, &found, task, now);
        let instead = editions::instead(&reading, task, company);
        if may.follow {
            let deepest = self.config.max_depth;
            found.extend(canonical::honour(&mut reading, task, company, deepest, now));
        }
        if let ([document], false) = (reading.documents.as_mut_slice(), lines.is_empty()) {
            let left_out = repeated::leave_out(document, repeated);
            tracing::trace!(url = task.url, left_out, "lines of the site's frame");
        }
        let (mut signals, mut told_here): (Vec<Signal>, _) = (Vec::new(), None);
        if may.tell && !seen.closed {
            // What an index says of an article, the article says itself, with its own date.
            let told = |document: &&Document| !is_index(document, task, &found);
            for document in reading.documents.iter().filter(told) {
                signals.extend(detect::detect(document, company, now));
            }
            told_here = Some(retract::mark(&mut signals, task));
            signals.retain(|signal| self.is_worth_keeping(signal, now));
        }
        // What stands at another's host shows what that one runs.
        let own = company.owns(&task.parsed()) || task.kind == TaskKind::Home;
        let shows = (may.learn && own && !places::is_elsewhere(task, company))
            .then(|| look::shown(page, &mut reading, task, company));
        Read {
            found,
            signals,
            told: told_here,
            seen,
            shows,
            packed: if may.keep { self.pack(page) } else { None },
            heard,
            likeness,
            parked: None,
            scripted: reading.scripted && may.tell,
            lines,
            instead,
        }
    }
}
