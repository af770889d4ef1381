//! The model of a store: what the store on disk must do, written to be obvious. Tests of the
//! crawl run on it, and the store on disk is held against it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Counts, Frontier, Records, Result};
use crate::model::company::{Company, CompanyId};
use crate::model::host::HostRecord;
use crate::model::page::{ContentHash, PageRef};
use crate::model::profile::Profile;
use crate::model::signal::{Signal, SignalId};
use crate::model::task::{Discovery, Harvest, Next, Seed, Task, Twin};
use crate::model::telling::Withdrawn;
use crate::model::time::Timestamp;
use crate::model::url::{Host, UrlKey};

/// A store that forgets everything when its last clone goes; all clones are one store.
#[derive(Clone, Debug, Default)]
pub struct MemoryStore(Arc<Mutex<Model>>);

#[derive(Debug, Default)]
struct Model {
    urls: BTreeMap<String, Task>,
    hosts: BTreeMap<Host, HostRecord>,
    companies: BTreeMap<CompanyId, Company>,
    signals: BTreeMap<(CompanyId, SignalId), Signal>,
    log: Vec<SignalId>,
    profiles: BTreeMap<CompanyId, Profile>,
    pages: BTreeMap<ContentHash, PageRef>,
    /// The key of the page that showed a text first, and how many others did.
    twins: BTreeMap<(CompanyId, u64), (String, u32)>,
}

/// What is first in a host's queue.
type First = Option<(Timestamp, String)>;

impl MemoryStore {
    /// An empty store.
    pub fn new() -> MemoryStore {
        MemoryStore::default()
    }

    fn model(&self) -> MutexGuard<'_, Model> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Model {
    /// Changes the model, and answers those of `touched` whose first due task is another now.
    fn change(
        &mut self,
        touched: BTreeSet<Host>,
        change: impl FnOnce(&mut Model),
    ) -> Result<Vec<Host>> {
        let before: Vec<First> = touched.iter().map(|host| self.first(host)).collect();
        change(self);
        let other = |(host, before): (Host, First)| (self.first(&host) != before).then_some(host);
        Ok(touched.into_iter().zip(before).filter_map(other).collect())
    }

    fn companies(&self) -> impl Iterator<Item = &Company> {
        let all = self.companies.values();
        all.filter(|owner| owner.id.source().is_none())
    }

    fn first(&self, host: &Host) -> First {
        let prefix = format!("{})", host.as_str());
        self.urls
            .range(prefix.clone()..)
            .take_while(|(key, _)| key.starts_with(&prefix))
            .filter_map(|(key, task)| Some((task.due?, key.clone())))
            .min()
    }

    /// When the host may be asked, and for what.
    fn turn(&self, host: &Host) -> Option<(Timestamp, String)> {
        let (due, key) = self.first(host)?;
        Some((due.max(self.hosts.get(host)?.rest_until), key))
    }

    fn discover(&mut self, found: &Discovery) {
        let Some(key) = UrlKey::of(&found.url) else {
            return;
        };
        self.hosts.entry(key.host()).or_default();
        match self.urls.get_mut(key.as_str()) {
            None => {
                let task = Task::new(found);
                self.urls.insert(key.as_str().to_owned(), task);
            }
            Some(known) => {
                known.found_again(found);
            }
        }
    }

    fn harvest(&mut self, harvest: &Harvest) {
        if let Some(now) = &harvest.now {
            self.hosts.entry(now.key().host()).or_default();
            let before = self.urls.insert(now.key().as_str().to_owned(), now.clone());
            self.compare(before.as_ref(), now);
        }
        for (host, record) in &harvest.hosts {
            self.hosts.insert(host.clone(), record.clone());
        }
        for found in &harvest.found {
            self.discover(found);
        }
        for signal in &harvest.signals {
            self.signal(signal);
        }
        for withdrawn in &harvest.withdrawn {
            self.withdraw(withdrawn);
        }
        if let Some(profile) = &harvest.profile {
            self.profiles
                .insert(profile.company.clone(), profile.clone());
        }
        if let Some(page) = &harvest.page {
            self.pages
                .entry(page.content)
                .or_insert_with(|| page.clone());
        }
    }

    /// Keeps what is known of equal texts, after a page was `before` and is `now`.
    fn compare(&mut self, before: Option<&Task>, now: &Task) {
        let own = now.key().as_str().to_owned();
        let before = before.and_then(|before| Some((before.company.clone(), before.sketch?)));
        let after = now.sketch.map(|sketch| (now.company.clone(), sketch));
        if before != after
            && let Some(left) = &before
        {
            match self.twins.get_mut(left) {
                Some((first, _)) if *first == own => drop(self.twins.remove(left)),
                Some((_, others)) => *others = others.saturating_sub(1),
                None => {}
            }
        }
        let Some(shown) = after.clone() else { return };
        match self.twins.get(&shown).cloned() {
            None => drop(self.twins.insert(shown, (own, 0))),
            Some((first, _)) if first == own => {}
            Some((first, others)) => {
                let shows = |task: &Task| task.shows(shown.1);
                if now.shows(shown.1) && !self.urls.get(&first).is_some_and(shows) {
                    self.twins.insert(shown, (own, others));
                } else if before != after {
                    self.twins.insert(shown, (first, others.saturating_add(1)));
                }
            }
        }
    }

    fn signal(&mut self, signal: &Signal) {
        let key = (signal.company.clone(), signal.id);
        let changed = match self.signals.get_mut(&key) {
            Some(known) => known.absorb(signal.clone()),
            None => {
                let mut first = signal.clone();
                first.settle();
                self.signals.insert(key, first).is_none()
            }
        };
        if changed {
            self.log.push(signal.id);
        }
    }

    fn withdraw(&mut self, gone: &Withdrawn) {
        let mut all = self.signals.values_mut();
        let known = all.find(|signal| signal.id == gone.signal);
        if known.is_some_and(|known| known.withdraw(&gone.url, gone.withdrawal)) {
            self.log.push(gone.signal);
        }
    }
}

/// The hosts whose queue these discoveries may change.
fn hosts_of<'a>(found: impl IntoIterator<Item = &'a Discovery>) -> BTreeSet<Host> {
    let host = |found: &Discovery| Host::of(&found.url);
    found.into_iter().filter_map(host).collect()
}

impl Frontier for MemoryStore {
    fn size(&self) -> Result<Counts> {
        self.counts()
    }

    async fn host(&mut self, host: &Host) -> Result<HostRecord> {
        Ok(self.model().hosts.get(host).cloned().unwrap_or_default())
    }

    async fn profile(&mut self, company: &CompanyId) -> Result<Option<Profile>> {
        Ok(self.model().profiles.get(company).cloned())
    }

    async fn hosts(&mut self) -> Result<Vec<(Host, Timestamp)>> {
        let model = self.model();
        let turn = |host: &Host| Some((host.clone(), model.turn(host)?.0));
        Ok(model.hosts.keys().filter_map(turn).collect())
    }

    async fn next(&mut self, host: &Host, now: Timestamp) -> Result<Next> {
        let model = self.model();
        Ok(match model.turn(host) {
            None => Next::Nothing,
            Some((at, _)) if at > now => Next::NotBefore(at),
            Some((_, key)) => {
                let task = Box::new(model.urls[&key].clone());
                Next::Task(task, model.hosts[host].clone())
            }
        })
    }

    async fn known(&mut self, url: &UrlKey) -> Result<Option<Task>> {
        Ok(self.model().urls.get(url.as_str()).cloned())
    }

    async fn twin(&mut self, company: &CompanyId, sketch: u64) -> Result<Option<Twin>> {
        let model = self.model();
        let Some((first, others)) = model.twins.get(&(company.clone(), sketch)) else {
            return Ok(None);
        };
        let first = model.urls.get(first).filter(|task| task.shows(sketch));
        Ok(first.map(|task| Twin {
            first: Box::new(task.clone()),
            others: *others,
        }))
    }

    async fn seed(&mut self, seeds: &[Seed]) -> Result<Vec<Host>> {
        let touched = hosts_of(seeds.iter().flat_map(|seed| &seed.tasks));
        self.model().change(touched, |model| {
            for seed in seeds {
                let company = seed.company.clone();
                model.companies.insert(company.id.clone(), company);
                seed.tasks.iter().for_each(|found| model.discover(found));
            }
        })
    }

    async fn discover(&mut self, found: &[Discovery]) -> Result<Vec<Host>> {
        self.model().change(hosts_of(found), |model| {
            found.iter().for_each(|found| model.discover(found));
        })
    }

    async fn commit(&mut self, harvests: &[Harvest]) -> Result<Vec<Host>> {
        let mut touched = hosts_of(harvests.iter().flat_map(|harvest| &harvest.found));
        let tasks = harvests.iter().filter_map(|harvest| harvest.now.as_ref());
        touched.extend(tasks.map(|task| task.key().host()));
        self.model().change(touched, |model| {
            harvests.iter().for_each(|harvest| model.harvest(harvest));
        })
    }
}

impl Records for MemoryStore {
    fn counts(&self) -> Result<Counts> {
        let model = self.model();
        Ok(Counts {
            urls: model.urls.len() as u64,
            due: model
                .urls
                .values()
                .filter(|task| task.due.is_some())
                .count() as u64,
            hosts: model.hosts.len() as u64,
            companies: model.companies().count() as u64,
            signals: model.signals.len() as u64,
            pages: model.pages.len() as u64,
            changes: model.log.len() as u64,
        })
    }

    fn companies(&self) -> impl Iterator<Item = Result<Company>> {
        let all: Vec<Company> = self.model().companies().cloned().collect();
        all.into_iter().map(Ok)
    }

    fn sources(&self) -> impl Iterator<Item = Result<Company>> {
        let mut all: Vec<Company> = self.model().companies.values().cloned().collect();
        all.retain(|owner| owner.id.source().is_some());
        all.into_iter().map(Ok)
    }

    fn company(&self, id: &CompanyId) -> Result<Option<Company>> {
        Ok(self.model().companies.get(id).cloned())
    }

    fn signals(&self, company: Option<&CompanyId>) -> impl Iterator<Item = Result<Signal>> {
        let mut all: Vec<Signal> = self.model().signals.values().cloned().collect();
        all.retain(|signal| company.is_none_or(|company| signal.company == *company));
        all.into_iter().map(Ok)
    }

    fn signal(&self, id: &SignalId) -> Result<Option<Signal>> {
        let model = self.model();
        Ok(model
            .signals
            .values()
            .find(|signal| signal.id == *id)
            .cloned())
    }

    fn profile(&self, company: &CompanyId) -> Result<Option<Profile>> {
        Ok(self.model().profiles.get(company).cloned())
    }

    fn task(&self, key: &UrlKey) -> Result<Option<Task>> {
        Ok(self.model().urls.get(key.as_str()).cloned())
    }

    fn tasks(&self, prefix: &str) -> impl Iterator<Item = Result<Task>> {
        let model = self.model();
        let all = model.urls.range(prefix.to_owned()..);
        let all = all.take_while(|(key, _)| key.starts_with(prefix));
        let all: Vec<Task> = all.map(|(_, task)| task.clone()).collect();
        all.into_iter().map(Ok)
    }

    fn due(&self, until: Timestamp) -> impl Iterator<Item = Result<Task>> {
        let model = self.model();
        let mut all: Vec<Task> = model.urls.values().cloned().collect();
        all.retain(|task| task.due.is_some_and(|due| due <= until));
        all.sort_by_cached_key(|task| {
            let key = task.key();
            let host = format!("{})", key.host().as_str());
            (host, task.due, key.path().to_owned())
        });
        all.into_iter().map(Ok)
    }

    fn host(&self, host: &Host) -> Result<Option<HostRecord>> {
        Ok(self.model().hosts.get(host).cloned())
    }

    fn page(&self, content: &ContentHash) -> Result<Option<PageRef>> {
        Ok(self.model().pages.get(content).cloned())
    }

    fn changes(&self, from: u64) -> impl Iterator<Item = Result<(u64, SignalId)>> {
        let log: Vec<SignalId> = self.model().log.clone();
        let all = (1..).zip(log);
        all.filter(move |(number, _)| *number >= from).map(Ok)
    }
}
