//! How a crawl's memory and store grow with the URLs it knows: `cargo bench --bench memory`.
//!
//! The process's resident memory after each tenth of the crawl, against what it was before the
//! first page; HOSTS and STORIES in the environment change the size. The floor is the cache that
//! sled is given. Linux alone tells a process its memory in `/proc`.
#![expect(clippy::print_stdout, reason = "a bench prints what it measures")]

mod nobody;

use std::path::Path;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::{self, Event, Limits};
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Records, Result};

const CACHE: u64 = 64 << 20;
/// On a machine that is too busy, fewer pages are measured, not longer.
const TIME: Duration = Duration::from_secs(600);

fn sized(name: &str, default: usize) -> usize {
    std::env::var(name).map_or(default, |value| value.parse().expect("a number"))
}

/// Kilobytes that the system says of this process: `VmRSS`, or `VmHWM` for the most so far.
fn kilobytes(field: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find(|line| line.starts_with(field));
    let number = line.and_then(|line| line.split_whitespace().nth(1));
    number
        .and_then(|number| number.parse().ok())
        .expect("a number of kB")
}

/// Bytes of the files below `dir`.
fn bytes(dir: &Path) -> u64 {
    let entries = std::fs::read_dir(dir).expect("a folder").flatten();
    entries
        .map(|entry| match entry.metadata() {
            Ok(meta) if meta.is_dir() => bytes(&entry.path()),
            Ok(meta) => meta.len(),
            Err(_) => 0,
        })
        .sum()
}

#[tokio::main]
async fn main() -> Result<()> {
    let (hosts, stories) = (sized("HOSTS", 2000), sized("STORIES", 99));
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), CACHE)?;
    let clock = Clock::system();
    store.seed(&nobody::seeds(hosts, clock.now())).await?;
    let parts = nobody::parts(&mut store, clock, hosts, stories);
    let limits = Limits {
        time: Some(TIME),
        pages: None,
    };
    let before = kilobytes("VmRSS");
    println!(
        "{hosts} hosts, {} pages; {before} kB before the first",
        hosts * (stories + 1)
    );
    let mut turns = 0;
    let step = hosts * (stories + 2) / 10;
    let mut observe = |event: Event<'_>| {
        if let Event::Turn { .. } = event {
            turns += 1;
            if turns % step == 0 {
                println!("{turns:>9} turns {:>9} kB", kilobytes("VmRSS"));
            }
        }
    };
    let tally = crawl::run(parts, limits, std::future::pending(), &mut observe).await?;
    let counts = store.records().counts()?;
    let (most, disk) = (kilobytes("VmHWM"), bytes(dir.path()));
    let beyond = (most.saturating_sub(before) * 1024).saturating_sub(CACHE);
    println!(
        "{} pages in {:.0} s ({:?}); {} URLs of {} hosts known",
        tally.visits,
        tally.elapsed.as_secs_f64(),
        tally.ended,
        counts.urls,
        counts.hosts,
    );
    println!(
        "most {most} kB: {} bytes a URL beyond sled's cache of {} MiB; disk {} bytes a URL",
        beyond / counts.urls,
        CACHE >> 20,
        disk / counts.urls,
    );
    Ok(())
}
