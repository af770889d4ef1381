//! How a store grows over recrawls, and what compacting gives back. In full:
//! `FORESIGNAL_RECRAWLS=30 FORESIGNAL_URLS=5000 cargo test --test store growth -- --nocapture`.

use std::io::Write;
use std::path::Path;

use foresignal::model::task::{Harvest, Next};
use foresignal::model::time::Timestamp;
use foresignal::model::url::Host;
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Result, Step};

use crate::made;

fn asked_for(name: &str, usual: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn bytes(dir: &Path) -> u64 {
    let size = |path: &Path| std::fs::metadata(path).map_or(0, |meta| meta.len());
    let entries = std::fs::read_dir(dir).expect("reads");
    entries
        .map(|entry| entry.expect("reads").path())
        .map(|path| {
            if path.is_dir() {
                bytes(&path)
            } else {
                size(&path)
            }
        })
        .sum()
}

fn host(number: u64) -> Host {
    Host::of_domain(&format!("h{number}.example")).expect("a name")
}

/// Visits every URL once more: a turn each, eight turns a commit.
async fn recrawl(store: &mut SledStore, hosts: u64, urls: u64, round: u64) -> Result<()> {
    let at = i64::try_from(round).expect("small");
    let mut harvests: Vec<Harvest> = Vec::new();
    for turn in 0..urls.div_ceil(hosts) {
        for host in (0..hosts).map(host) {
            let now = Timestamp(at * 1_000_000);
            let Next::Task(was, mut record) = store.next(&host, now).await? else {
                continue;
            };
            record.requests += 1;
            let mut harvest = made::empty_harvest();
            let due = (at + 1) * 1_000_000 - i64::try_from(turn).expect("small");
            harvest.now = Some(made::visited(&was, Some(due), at));
            harvest.was = Some(*was);
            harvest.hosts = vec![(host, record)];
            harvests.push(harvest);
            if harvests.len() == 8 {
                store.commit(&std::mem::take(&mut harvests)).await?;
            }
        }
    }
    store.commit(&harvests).await.map(drop)
}

#[tokio::test]
async fn what_recrawls_leave_behind_is_given_back() {
    let (rounds, urls) = (
        asked_for("FORESIGNAL_RECRAWLS", 4),
        asked_for("FORESIGNAL_URLS", 300),
    );
    let hosts = 50;
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), 16 << 20).expect("opens");
    let found: Vec<_> = (0..urls)
        .map(|number| {
            let mut found = made::discovery(0, 0);
            let url = format!("https://h{}.example/news/{number}", number % hosts);
            found.url = foresignal::model::url::parse(&url).expect("valid");
            found
        })
        .collect();
    store.discover(&found).await.expect("discovers");
    let mut sizes = vec![bytes(&dir.path().join("store"))];
    for round in 1..=rounds {
        recrawl(&mut store, hosts, urls, round)
            .await
            .expect("works");
        sizes.push(bytes(&dir.path().join("store")));
    }
    let counts = store.counts().expect("reads");
    assert_eq!((counts.urls, counts.due), (urls, urls));
    drop(store);
    let came = SledStore::compact(dir.path(), 16 << 20, &mut |_: Step<'_>| {}).expect("compacts");
    let figures = format!(
        "{urls} URLs, {rounds} recrawls: {} bytes after the first crawl, {} after the last; \
         compacted from {} to {}",
        sizes[1],
        sizes[sizes.len() - 1],
        came.before,
        came.after
    );
    writeln!(std::io::stderr(), "{figures}").expect("somebody listens");
    assert!(came.after < came.before, "{figures}");
    let store = SledStore::open(dir.path(), 16 << 20).expect("opens");
    assert_eq!(store.counts().expect("reads"), counts);
}
