//! What becomes of a page of a source that is no company's own: its items are held against the
//! companies of the run, and only what speaks of one is told, or fetched. Pure.
//!
//! Invariants: what matches nobody leaves nothing behind, neither a URL nor a signal nor a copy; a
//! source's pages lead to no further discovery than their own items; whatever is told names the
//! source.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use ::url::Url;

use super::config::{Config, Revisit};
use super::revisit::seen::Seen;
use super::traps;
use crate::detect;
use crate::detect::roster::Roster;
use crate::model::company::{Company, CompanyId};
use crate::model::document::{Document, Link, Reading, TenderNotice};
use crate::model::signal::{Role, Signal, Standing};
use crate::model::source::{Source, SourceKind};
use crate::model::suppress::Suppressed;
use crate::model::task::{Discovery, Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url::{self, UrlKey};

/// Articles that one page of a source may lead to.
const FOLLOWED: usize = 100;
/// Sitemaps that an index of a source may lead to, the newest first.
const SITEMAPS: usize = 3;
/// The fewest words of a headline: what is shorter is navigation.
const HEADLINE: usize = 3;

/// What a page of a source came to.
#[derive(Debug, Default)]
pub(super) struct Told {
    /// What is to be fetched of it.
    pub(super) found: Vec<Discovery>,
    /// What it tells, of whichever company.
    pub(super) signals: Vec<Signal>,
    /// What it tells the schedule.
    pub(super) seen: Seen,
}

/// Who a page is read for.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Source,
    /// The source, as owner of its tasks.
    pub(super) owner: &'a Company,
    pub(super) roster: &'a Roster,
    pub(super) config: &'a Config,
    pub(super) now: Timestamp,
}

impl Reader<'_> {
    /// Holds a page against the roster.
    pub(super) fn digest(&self, reading: &Reading, task: &Task, follow: bool) -> Told {
        let mut told = Told::default();
        let lists = lists(reading, task);
        match (reading.reader, lists) {
            ("feed", _) => self.items(reading, task, &mut told),
            (_, true) => self.headlines(reading, task, &mut told),
            (_, false) => self.texts(reading, &mut told),
        }
        if !follow {
            told.found.clear();
        }
        told.seen = Seen::of(reading, &told.found, task, self.now);
        if lists {
            let items = reading.documents.len().max(headline_links(reading).count());
            told.seen.entries = u16::try_from(items).unwrap_or(u16::MAX);
        }
        told
    }

    /// A feed's items: what has its whole text is read at once, the rest is fetched once.
    fn items(&self, reading: &Reading, task: &Task, told: &mut Told) {
        for document in &reading.documents {
            let target = url::parse(&document.url);
            let owner = target.as_ref().and_then(|url| self.roster.owner(url));
            let mut companies = self.roster.find(document, &[]);
            if let Some(owner) = owner
                && !companies.iter().any(|company| company.id == owner.id)
            {
                companies.push(Arc::clone(owner));
            }
            if companies.is_empty() {
                continue;
            }
            self.tell(document, &companies, told);
            if let Some(target) = target.filter(|_| !document.complete || owner.is_some()) {
                let dated = document.published.map(|dated| Timestamp::of_day(dated.day));
                self.follow(target, TaskKind::Article, dated, task, told);
            }
        }
    }

    /// A page of headlines, or a sitemap: its links are told by their words.
    fn headlines(&self, reading: &Reading, task: &Task, told: &mut Told) {
        for link in headline_links(reading).filter(|link| !link.nofollow) {
            let Some(target) = url::parse(&link.url) else {
                continue;
            };
            let ours = self.owner.owns(&target) || self.roster.owner(&target).is_some();
            if ours && !self.roster.find_in_title(&link.text).is_empty() {
                self.follow(target, TaskKind::Article, link.dated, task, told);
            }
        }
        let mut deeper: Vec<&Link> = reading
            .links
            .iter()
            .filter(|link| link.kind == Some(TaskKind::Sitemap))
            .collect();
        deeper.sort_by_key(|link| std::cmp::Reverse(link.dated));
        for link in deeper.into_iter().take(SITEMAPS) {
            if let Some(target) = url::parse(&link.url).filter(|target| self.owner.owns(target)) {
                self.follow(target, TaskKind::Sitemap, link.dated, task, told);
            }
        }
    }

    /// An article, a thread, a notice: its whole text is held against the roster.
    fn texts(&self, reading: &Reading, told: &mut Told) {
        let links = match reading.documents.len() {
            1 => reading.links.as_slice(),
            _ => &[],
        };
        for document in &reading.documents {
            let companies = match &document.tender {
                Some(notice) => self.parties(notice),
                None => self.roster.find(document, links),
            };
            self.tell(document, &companies, told);
        }
    }

    /// The companies that have a part in a public contract, by the names in the register.
    fn parties(&self, notice: &TenderNotice) -> Vec<Arc<Company>> {
        let names = notice.buyers.iter().chain(&notice.winners);
        let mut parties: Vec<Arc<Company>> =
            names.flat_map(|name| self.roster.called(name)).collect();
        parties.sort_by(|a, b| a.id.cmp(&b.id));
        parties.dedup_by(|a, b| a.id == b.id);
        parties
    }

    fn tell(&self, document: &Document, companies: &[Arc<Company>], told: &mut Told) {
        for company in companies {
            let mut found = detect::detect(document, company, self.now);
            // A company that another's event merely names beside it has no part in it.
            found.retain(|signal| signal.role != Role::Other);
            for evidence in found.iter_mut().flat_map(|signal| &mut signal.evidence) {
                let by = &mut evidence.provenance;
                by.source = Some(self.source.name.clone());
                // The company's own page, to which an item leads, stays its own.
                if by.standing != Standing::Own {
                    by.standing = standing(self.source.kind);
                }
            }
            told.signals.extend(found);
        }
    }

    /// Has an item fetched: as the company's own page where it is that, else as the source's.
    fn follow(
        &self,
        url: Url,
        kind: TaskKind,
        dated: Option<Timestamp>,
        task: &Task,
        told: &mut Told,
    ) {
        let old = dated.is_some_and(|at| self.now.since(at) > self.config.article_age);
        let known: HashSet<UrlKey> = told
            .found
            .iter()
            .filter_map(|found| UrlKey::of(&found.url))
            .collect();
        let Some(key) = UrlKey::of(&url) else { return };
        if old
            || task.depth >= self.config.max_depth
            || told.found.len() >= FOLLOWED
            || known.contains(&key)
            || key == task.key()
            || traps::in_address(&url, self.now).is_some()
        {
            return;
        }
        told.found.push(Discovery {
            company: self.whose(&url),
            ..task.leads_to(url, kind, self.now, self.now)
        });
    }

    fn whose(&self, url: &Url) -> CompanyId {
        let owner = self.roster.owner(url);
        owner.map_or_else(|| self.owner.id.clone(), |company| company.id.clone())
    }

    /// Where an item of the source has moved: its feed may count the clicks on its way.
    pub(super) fn moved(&self, to: &Url, task: &Task) -> Option<Discovery> {
        let mut told = Told::default();
        if task.kind == TaskKind::Article || self.owner.owns(to) {
            self.follow(to.clone(), task.kind, None, task, &mut told);
        }
        told.found.pop()
    }
}

/// The companies of a run as sources name them; of whom nothing is handed on, nothing is looked for.
pub(super) fn roster(owners: &HashMap<CompanyId, Arc<Company>>, suppressed: &Suppressed) -> Roster {
    // Without a source nobody asks for it.
    if owners.keys().all(|id| id.source().is_none()) {
        return Roster::new(Vec::new());
    }
    let mut companies: Vec<Arc<Company>> = owners
        .values()
        .filter(|owner| owner.id.source().is_none())
        .filter(|company| {
            let home = url::parse(&format!("https://{}/", company.id));
            home.is_none_or(|home| suppressed.entry_for(&home).is_none())
        })
        .map(Arc::clone)
        .collect();
    companies.sort_by(|a, b| a.id.cmp(&b.id));
    Roster::new(companies)
}

/// Whether a page leads to others and tells nothing itself: what the operator listed does, an
/// article that it led to does not.
fn lists(reading: &Reading, task: &Task) -> bool {
    let listed = matches!(
        task.kind,
        TaskKind::Feed | TaskKind::Sitemap | TaskKind::Listing
    );
    listed && reading.reader != "tender" || matches!(reading.reader, "feed" | "sitemap")
}

/// The links that a page shows with words enough to be a headline.
fn headline_links(reading: &Reading) -> impl Iterator<Item = &Link> {
    let long = |link: &&Link| link.text.split_whitespace().nth(HEADLINE - 1).is_some();
    let pages = reading.links.iter();
    pages
        .filter(|link| !matches!(link.kind, Some(TaskKind::Sitemap | TaskKind::Feed)))
        .filter(long)
}

fn standing(kind: SourceKind) -> Standing {
    match kind {
        SourceKind::Wire | SourceKind::Tenders => Standing::Wire,
        SourceKind::Press => Standing::Press,
        SourceKind::Forum => Standing::Other,
    }
}

/// What a listed address is thought to be, until it is read.
pub fn kind_of(url: &Url, kind: SourceKind) -> TaskKind {
    let path = url.path().to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| path.contains(word));
    if path.contains("sitemap") {
        TaskKind::Sitemap
    } else if has(&["rss", "feed", "atom", ".xml", ".rdf", ".json"]) && kind != SourceKind::Tenders
    {
        TaskKind::Feed
    } else {
        TaskKind::Listing
    }
}

/// How soon a source's pages are asked again: the source as its list says, an item never.
pub(super) fn revisit(source: &Source, usual: &Revisit) -> Revisit {
    let every = |usual| source.interval.unwrap_or(usual);
    Revisit {
        feed: every(usual.feed),
        sitemap: every(usual.sitemap),
        listing: every(usual.listing),
        shortest: source
            .interval
            .unwrap_or(usual.shortest)
            .min(usual.shortest),
        article_checks: 0,
        ..usual.clone()
    }
}

#[cfg(test)]
mod tests;
