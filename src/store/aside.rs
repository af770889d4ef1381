//! A queue of its own beside a store: for a run that looks at a few URLs now, whatever is due in the
//! store, and leaves the store's queue as it is.
//!
//! Invariants: what is learnt (hosts' records, profiles, signals, companies) is the store's, and on
//! its disk when a commit returns; URLs and their visits are forgotten with this queue, so that a
//! later crawl finds its own as it left them.

use std::collections::BTreeSet;

use super::memory::MemoryStore;
use super::{Counts, Frontier, Result};
use crate::model::company::CompanyId;
use crate::model::host::HostRecord;
use crate::model::profile::Profile;
use crate::model::task::{Discovery, Harvest, Next, Seed, Task, Twin};
use crate::model::time::Timestamp;
use crate::model::url::{Host, UrlKey};

/// Whether what a harvest found is worth a visit in this run.
pub type Wants = fn(&Harvest, &Discovery) -> bool;

/// The queue, and the store that it stands beside.
pub struct Aside<'a, S> {
    store: &'a mut S,
    queue: MemoryStore,
    wants: Wants,
}

impl<'a, S: Frontier> Aside<'a, S> {
    /// An empty queue beside `store`, which takes of what is found what it `wants`.
    pub fn new(store: &'a mut S, wants: Wants) -> Aside<'a, S> {
        Aside {
            store,
            queue: MemoryStore::new(),
            wants,
        }
    }

    /// What became of the URLs: readers see what the queue knows of them.
    pub fn queue(&self) -> &MemoryStore {
        &self.queue
    }
}

impl<S: Frontier> Frontier for Aside<'_, S> {
    fn size(&self) -> Result<Counts> {
        self.store.size()
    }

    fn cut_off(&self) -> bool {
        self.store.cut_off()
    }

    /// The store's other hosts have not rested yet: the next run of the whole store sees to it.
    fn settled(&mut self) {}

    async fn host(&mut self, host: &Host) -> Result<HostRecord> {
        self.store.host(host).await
    }

    async fn hosts(&mut self) -> Result<Vec<(Host, Timestamp)>> {
        let mut hosts = self.queue.hosts().await?;
        for (host, at) in &mut hosts {
            *at = (*at).max(self.store.host(host).await?.rest_until);
        }
        Ok(hosts)
    }

    async fn next(&mut self, host: &Host, now: Timestamp) -> Result<Next> {
        Ok(match self.queue.next(host, now).await? {
            Next::Task(task, _) => match self.store.host(host).await? {
                record if record.rest_until > now => Next::NotBefore(record.rest_until),
                record => Next::Task(task, record),
            },
            other => other,
        })
    }

    async fn profile(&mut self, company: &CompanyId) -> Result<Option<Profile>> {
        self.store.profile(company).await
    }

    async fn known(&mut self, url: &UrlKey) -> Result<Option<Task>> {
        self.queue.known(url).await
    }

    async fn twin(&mut self, company: &CompanyId, sketch: u64) -> Result<Option<Twin>> {
        self.queue.twin(company, sketch).await
    }

    async fn seed(&mut self, seeds: &[Seed]) -> Result<Vec<Host>> {
        let bare = |seed: &Seed| Seed {
            tasks: Vec::new(),
            ..seed.clone()
        };
        let companies: Vec<Seed> = seeds.iter().map(bare).collect();
        self.store.seed(&companies).await?;
        self.queue.seed(seeds).await
    }

    async fn discover(&mut self, found: &[Discovery]) -> Result<Vec<Host>> {
        self.queue.discover(found).await
    }

    /// What is learnt first: a kill in between costs a repeated look.
    async fn commit(&mut self, harvests: &[Harvest]) -> Result<Vec<Host>> {
        let learnt = |harvest: &Harvest| Harvest {
            was: None,
            now: None,
            found: Vec::new(),
            ..harvest.clone()
        };
        let learnt: Vec<Harvest> = harvests.iter().map(learnt).collect();
        // Hosts of which only the queue knows something due change nothing in the store's queue.
        let woken: BTreeSet<Host> = self.store.commit(&learnt).await?.into_iter().collect();
        debug_assert!(woken.is_empty(), "no task was committed");
        let queued = |harvest: &Harvest| Harvest {
            was: harvest.was.clone(),
            now: harvest.now.clone(),
            hosts: harvest.hosts.clone(),
            found: harvest
                .found
                .iter()
                .filter(|found| (self.wants)(harvest, found))
                .cloned()
                .collect(),
            ..Harvest::default()
        };
        let queued: Vec<Harvest> = harvests.iter().map(queued).collect();
        self.queue.commit(&queued).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::company::Company;
    use crate::model::signal::tests::told;
    use crate::model::task::TaskKind;
    use crate::model::url;
    use crate::store::Records;

    fn discovery(address: &str) -> Discovery {
        Discovery {
            url: url::parse(address).expect("a URL"),
            company: CompanyId("a.example".to_owned()),
            kind: TaskKind::Home,
            due: Timestamp(1),
            depth: 0,
            from: None,
            at: Timestamp(1),
            updated: None,
        }
    }

    #[tokio::test]
    async fn what_is_learnt_is_kept_and_the_stores_queue_stays() {
        let mut store = MemoryStore::new();
        store
            .discover(&[discovery("https://a.example/old")])
            .await
            .expect("a model");
        let host = Host::of_domain("a.example").expect("a host");
        let mut aside = Aside::new(&mut store, |_, found| found.url.path() != "/no");
        let seed = Seed {
            company: Company::new("a.example"),
            tasks: vec![discovery("https://a.example/")],
        };
        aside.seed(&[seed]).await.expect("a model");
        let now = Timestamp(9);
        let Next::Task(was, record) = aside.next(&host, now).await.expect("a model") else {
            panic!("it is due");
        };
        assert_eq!(was.url, "https://a.example/", "not what the store has due");
        let harvest = Harvest {
            now: Some(crate::model::task::Task {
                due: None,
                ..(*was).clone()
            }),
            was: Some(*was),
            hosts: vec![(
                host.clone(),
                HostRecord {
                    rest_until: Timestamp(50),
                    ..record
                },
            )],
            found: vec![
                discovery("https://a.example/no"),
                discovery("https://a.example/yes"),
            ],
            signals: vec![told("a.example", "k", "https://a.example/", 0.8)],
            profile: Some(Profile::new(CompanyId("a.example".to_owned()))),
            ..Harvest::default()
        };
        aside.commit(&[harvest]).await.expect("a model");
        let resting = aside.next(&host, now).await.expect("a model");
        assert_eq!(resting, Next::NotBefore(Timestamp(50)));
        let Next::Task(next, _) = aside.next(&host, Timestamp(60)).await.expect("a model") else {
            panic!("what it wants is due");
        };
        assert_eq!(next.url, "https://a.example/yes");
        let kept: Vec<_> = store.tasks("").map(|task| task.expect("one").url).collect();
        assert_eq!(kept, ["https://a.example/old"]);
        assert_eq!(store.counts().expect("a model").signals, 1);
        let profile = store.profile(&CompanyId("a.example".to_owned()));
        assert!(profile.expect("a model").is_some());
    }
}
