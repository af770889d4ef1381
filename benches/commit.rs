//! What a page costs the store: `cargo bench --bench commit`.
//!
//! A page is a task, thirty links of which half are known, one signal and its host's record.
//! Printed is CPU time, the store's threads included, because it is what a busy machine leaves
//! comparable; and wall time, which has the waiting for the disk in it.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time and prints it"
)]

use std::time::Instant;

use cpu_time::ProcessTime;
use foresignal::model::company::CompanyId;
use foresignal::model::signal::{
    Evidence, Modality, Provenance, Role, Signal, SignalId, SignalKind, Slots, Stage, Telling,
};
use foresignal::model::state::State;
use foresignal::model::task::{Discovery, Harvest, Next, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::Host;
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Result};
use url::Url;

const HOSTS: usize = 50;
const PAGES: usize = 6000;

fn company(host: usize) -> CompanyId {
    CompanyId(format!("company-{host}.example"))
}

fn discovery(host: usize, number: usize) -> Discovery {
    let url = format!("https://www.company-{host}.example/news/2026/article-{number}?lang=en");
    Discovery {
        url: Url::parse(&url).expect("valid"),
        company: company(host),
        kind: TaskKind::Article,
        due: Timestamp(number as i64),
        depth: 2,
        from: Some(format!("https://www.company-{host}.example/news")),
        at: Timestamp(0),
        updated: None,
    }
}

fn signal(host: usize, number: usize, url: &str) -> Signal {
    let company = company(host);
    Signal {
        id: SignalId::new(&company, SignalKind::Funding, &number.to_string()),
        company,
        kind: SignalKind::Funding,
        role: Role::Subject,
        areas: Vec::new(),
        modality: Modality::Asserted,
        event: None,
        published: None,
        slots: Slots::default(),
        confidence: 0.8,
        evidence: vec![Evidence {
            url: url.to_owned(),
            origin: "company.example".to_owned(),
            quote: "The company raised $35M in a Series B led by others. ".repeat(4),
            marks: vec![(12, 18)],
            title: "The company raises $35M".to_owned(),
            language: Some("en".to_owned()),
            published: None,
            seen: Timestamp(0),
            detector: "rules".to_owned(),
            version: 1,
            rule: "funding.round".to_owned(),
            confidence: 0.8,
            provenance: Provenance::default(),
            because: Vec::new(),
            telling: Telling::default(),
        }],
        first_seen: Timestamp(0),
        last_seen: Timestamp(0),
    }
    .as_told(Stage::Done)
}

/// Page `number`, in the order of hosts: the queue gives the task, the links are half new.
async fn harvest(store: &mut SledStore, number: usize) -> Result<Harvest> {
    let (host, page) = (number % HOSTS, number / HOSTS);
    let first = discovery(host, 0).url;
    let reversed = Host::of(&first).expect("it has a host");
    let Next::Task(was, mut record) = store.next(&reversed, Timestamp(i64::MAX)).await? else {
        unreachable!("every page brings fifteen more");
    };
    let mut now = (*was).clone();
    now.state = State::Done;
    now.due = Some(Timestamp(1_000_000_000 + number as i64));
    record.requests += 1;
    let signals = vec![signal(host, page, &now.url)];
    Ok(Harvest {
        was: Some(*was),
        now: Some(now),
        hosts: vec![(reversed, record)],
        found: (15 * page..15 * page + 30)
            .map(|number| discovery(host, number))
            .collect(),
        signals,
        withdrawn: Vec::new(),
        profile: None,
        page: None,
    })
}

async fn measure(group: usize) -> Result<()> {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(dir.path(), 64 << 20)?;
    let seeds: Vec<Discovery> = (0..HOSTS)
        .flat_map(|host| (0..15).map(move |number| discovery(host, number)))
        .collect();
    store.discover(&seeds).await?;
    let (cpu, wall) = (ProcessTime::now(), Instant::now());
    for start in (0..PAGES).step_by(group) {
        let mut harvests = Vec::new();
        for number in start..(start + group).min(PAGES) {
            harvests.push(harvest(&mut store, number).await?);
        }
        store.commit(&harvests).await?;
    }
    let (cpu, wall) = (cpu.elapsed().as_secs_f64(), wall.elapsed().as_secs_f64());
    let page = 1e6 / PAGES as f64;
    println!(
        "{group:>3} pages a commit: {:>6.0} µs CPU, {:>6.0} µs wall a page ({} URLs)",
        cpu * page,
        wall * page,
        store.size()?.urls,
    );
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    for group in [1, 8, 64] {
        measure(group).await?;
    }
    Ok(())
}
