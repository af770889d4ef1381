//! The store on disk: sled, one process at a time.
//!
//! Invariants: what a call changed is on the disk when it returns (one blocking `flush`;
//! `flush_async` hangs in sled 0.34); every tree changes in one transaction with the others; all
//! of sled's blocking work is done on tokio's blocking threads.

pub mod backup;
pub mod check;
mod commit;
pub mod compact;
mod copy;
mod dump;
mod open;
mod place;
mod records;
pub mod restore;
mod scan;
mod stage;
mod trees;
mod twins;

use std::path::Path;

use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use self::place::Gate;
use self::stage::Stage;
use self::trees::{Tree, Trees};
use super::{Counts, Error, Frontier, Result, key};
use crate::model::company::CompanyId;
use crate::model::host::HostRecord;
use crate::model::profile::Profile;
use crate::model::task::{Discovery, Harvest, Next, Seed, Task, Twin};
use crate::model::time::Timestamp;
use crate::model::url::{Host, UrlKey};

pub use self::records::SledRecords;

/// The writer's handle to the store on disk. There is one; readers take [`SledStore::records`].
#[derive(Debug)]
pub struct SledStore {
    trees: Trees,
    /// A call whose future is dropped goes on in its thread; the next one waits for its end, so
    /// that nothing is read before, or written over by, what came earlier.
    under_way: Option<JoinHandle<()>>,
}

impl SledStore {
    /// Opens the store in the data directory `dir`, creating both where missing. Of its memory,
    /// some `cache_bytes` (two to three times as much in practice) are sled's cache.
    pub fn open(dir: &Path, cache_bytes: u64) -> Result<SledStore> {
        let gate = Gate::enter(dir)?;
        Ok(SledStore {
            trees: open::open(&gate, cache_bytes)?,
            under_way: None,
        })
    }

    /// A handle for readers: they see every commit as it is made.
    pub fn records(&self) -> SledRecords {
        SledRecords::new(self.trees.clone())
    }

    /// How many there are of everything.
    pub fn counts(&self) -> Result<Counts> {
        self.trees.counts()
    }

    /// Whether the data directory `dir` holds a store.
    pub fn exists(dir: &Path) -> bool {
        place::exists(dir)
    }

    /// Changes the store: `change` plans item by item, and what it planned is written in
    /// transactions of bounded size, an item divided between two only as `commit` says.
    async fn change<T: Send + 'static>(
        &mut self,
        items: Vec<T>,
        change: fn(&mut Stage<'_>, &T) -> Result<()>,
    ) -> Result<Vec<Host>> {
        self.blocking(move |trees| {
            let mut stage = Stage::new(trees)?;
            for item in &items {
                change(&mut stage, item)?;
                stage.write_if_large()?;
            }
            stage.write()?;
            trees.flush()?;
            stage.changed_hosts()
        })
        .await
    }

    /// Runs `work` on a thread that may block. A panic of sled's is an error of ours.
    async fn blocking<T: Send + 'static>(
        &mut self,
        work: impl FnOnce(&Trees) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        if let Some(earlier) = &mut self.under_way {
            // Whoever asked for it has heard how it ended, or did not want to.
            let _ = earlier.await;
            self.under_way = None;
        }
        let trees = self.trees.clone();
        let (tell, told) = oneshot::channel();
        self.under_way = Some(tokio::task::spawn_blocking(move || {
            let end = work(&trees);
            // First, or a caller that closes the store upon the answer would not have closed it.
            drop(trees);
            let _ = tell.send(end);
        }));
        told.await.unwrap_or_else(|_| {
            let why = "its thread ended early; what it said stands in the log".to_owned();
            Err(Error::Database(why))
        })
    }
}

impl Frontier for SledStore {
    fn size(&self) -> Result<Counts> {
        self.counts()
    }

    fn cut_off(&self) -> bool {
        self.trees.gate.as_ref().is_some_and(Gate::cut_off)
    }

    fn settled(&mut self) {
        if let Some(gate) = &self.trees.gate {
            gate.settled();
        }
    }

    async fn host(&mut self, host: &Host) -> Result<HostRecord> {
        let host = host.clone();
        self.blocking(move |trees| {
            Ok(trees
                .record(Tree::Hosts, &key::host(&host))?
                .unwrap_or_default())
        })
        .await
    }

    async fn hosts(&mut self) -> Result<Vec<(Host, Timestamp)>> {
        self.blocking(hosts).await
    }

    async fn next(&mut self, host: &Host, now: Timestamp) -> Result<Next> {
        let host = host.clone();
        self.blocking(move |trees| next(trees, &host, now)).await
    }

    async fn known(&mut self, url: &UrlKey) -> Result<Option<Task>> {
        let url = url.clone();
        self.blocking(move |trees| trees.record(Tree::Urls, url.as_str().as_bytes()))
            .await
    }

    async fn twin(&mut self, company: &CompanyId, sketch: u64) -> Result<Option<Twin>> {
        let company = company.clone();
        self.blocking(move |trees| twins::first(trees, &company, sketch))
            .await
    }

    async fn profile(&mut self, company: &CompanyId) -> Result<Option<Profile>> {
        let company = company.clone();
        self.blocking(move |trees| trees.record(Tree::Profiles, company.0.as_bytes()))
            .await
    }

    async fn seed(&mut self, seeds: &[Seed]) -> Result<Vec<Host>> {
        self.change(seeds.to_vec(), commit::seed).await
    }

    async fn discover(&mut self, found: &[Discovery]) -> Result<Vec<Host>> {
        self.change(found.to_vec(), commit::discover).await
    }

    async fn commit(&mut self, harvests: &[Harvest]) -> Result<Vec<Host>> {
        self.change(harvests.to_vec(), commit::harvest).await
    }
}

/// Leaps from host to host through the queue, whatever its length.
fn hosts(trees: &Trees) -> Result<Vec<(Host, Timestamp)>> {
    let mut hosts = Vec::new();
    let mut from = Vec::new();
    while let Some((entry, _)) = trees.first_from(Tree::Due, &from)? {
        let host = key::host_of(&entry).ok_or_else(|| broken_entry(&entry))?;
        let (due, _) = key::due_parts(&entry).ok_or_else(|| broken_entry(&entry))?;
        let prefix = key::host(&host);
        let record: HostRecord = trees.record(Tree::Hosts, &prefix)?.unwrap_or_default();
        hosts.push((host, due.max(record.rest_until)));
        from = key::behind(&prefix).ok_or_else(|| broken_entry(&entry))?;
    }
    Ok(hosts)
}

fn next(trees: &Trees, host: &Host, now: Timestamp) -> Result<Next> {
    let prefix = key::host(host);
    let Some(entry) = trees.first_of(Tree::Due, &prefix)? else {
        return Ok(Next::Nothing);
    };
    let (due, url) = key::due_parts(&entry).ok_or_else(|| broken_entry(&entry))?;
    let record: HostRecord = trees.record(Tree::Hosts, &prefix)?.unwrap_or_default();
    let at = due.max(record.rest_until);
    if at > now {
        return Ok(Next::NotBefore(at));
    }
    let task: Option<Task> = trees.record(Tree::Urls, &url)?;
    let task = task.ok_or_else(|| broken_entry(&entry))?;
    Ok(Next::Task(Box::new(task), record))
}

fn broken_entry(entry: &[u8]) -> Error {
    Error::Corrupt {
        tree: "due",
        key: key::readable(entry),
        why: "it names no URL that is known".to_owned(),
    }
}
