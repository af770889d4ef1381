//! What the crawl's loop costs beside the pages it reads: `cargo bench --bench crawl`.
//!
//! Everybody answers at once, with a page of nothing but links, and nobody has to rest. The floor
//! is reading that page, measured in the same run: what is beyond it is the loop, its turns and
//! its commits.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time and prints it"
)]

use std::collections::HashMap;
use std::hint::black_box;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use foresignal::clock::Clock;
use foresignal::crawl::config::{Config, Revisit};
use foresignal::crawl::{self, Ended, Limits, Parts};
use foresignal::fetch::{Fetch, FetchOutcome, FetchRequest, Fetched, Purpose};
use foresignal::model::company::Company;
use foresignal::model::page::Page;
use foresignal::model::task::{Discovery, Seed, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url;
use foresignal::store::memory::MemoryStore;
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Result};
use foresignal::{detect, extract, technographics};

const HOSTS: usize = 2000;
/// The home page, and those it links to.
const PAGES: usize = 10;
/// On a machine that is too busy, fewer pages are measured, not longer.
const TIME: Duration = Duration::from_secs(25);

/// A web without a network.
struct Nobody(Clock);

impl Fetch for Nobody {
    async fn fetch(&self, request: FetchRequest) -> Fetched {
        let outcome = match request.purpose {
            Purpose::Robots => FetchOutcome::Gone(404),
            // The crawl looks for a sitemap where none is named.
            Purpose::Page if request.url.path().ends_with(".xml") => FetchOutcome::Gone(404),
            Purpose::Page => FetchOutcome::Page(page(request.url.as_str(), self.0.now())),
        };
        Fetched {
            outcome,
            took: Duration::ZERO,
            address: None,
        }
    }
}

fn page(address: &str, fetched: Timestamp) -> Page {
    let links: String = (1..PAGES)
        .map(|page| format!("<a href='/news/story-number-{page}'>Story {page}</a>\n"))
        .collect();
    let html = format!("<!doctype html><html lang=en><title>{address}</title>{links}</html>");
    Page {
        url: address.to_owned(),
        status: 200,
        headers: vec![(
            "content-type".to_owned(),
            "text/html; charset=utf-8".to_owned(),
        )],
        body: html.into_bytes(),
        truncated: false,
        fetched,
        address: None,
    }
}

fn companies() -> Vec<Company> {
    (0..HOSTS)
        .map(|number| Company::new(&format!("company-{number}.example")))
        .collect()
}

fn seed(company: Company, now: Timestamp) -> Seed {
    let home = Discovery {
        url: url::parse(&format!("https://{}/", company.id)).expect("valid"),
        company: company.id.clone(),
        kind: TaskKind::Home,
        due: now,
        depth: 0,
        from: None,
        at: now,
        updated: None,
    };
    Seed {
        company,
        tasks: vec![home],
    }
}

/// CPU µs that reading one of the pages takes, with what every turn does to it.
fn floor() -> f64 {
    const READ: u32 = 2000;
    let company = Company::new("company-0.example");
    let read = |number: u32| {
        let address = format!("https://company-0.example/news/story-number-{number}");
        let page = page(&address, Timestamp(0));
        let reading = extract::read(&page);
        for document in &reading.documents {
            black_box(detect::detect(document, &company, Timestamp(0)));
        }
        black_box(technographics::recognise(&page));
    };
    read(0);
    let began = ProcessTime::now();
    (0..READ).for_each(read);
    began.elapsed().as_secs_f64() * 1e6 / f64::from(READ)
}

async fn measure(name: &str, mut store: impl Frontier, floor: f64) -> Result<()> {
    let clock = Clock::system();
    let seeds: Vec<Seed> = companies()
        .into_iter()
        .map(|company| seed(company, clock.now()))
        .collect();
    store.seed(&seeds).await?;
    let parts = Parts {
        fetch: Nobody(clock.clone()),
        frontier: &mut store,
        archive: None,
        suppressed: Arc::default(),
        companies: companies()
            .into_iter()
            .map(|company| (company.id.clone(), Arc::new(company)))
            .collect::<HashMap<_, _>>(),
        config: Config {
            rest: Duration::ZERO,
            rest_factor: 0.0,
            address_rest: Duration::ZERO,
            per_second: NonZeroU32::new(1_000_000).expect("not zero"),
            patience: Duration::ZERO,
            ..Config::default()
        },
        revisit: Revisit::default(),
        min_confidence: 0.5,
        clock,
    };
    let limits = Limits {
        time: Some(TIME),
        pages: None,
    };
    let (cpu, wall) = (ProcessTime::now(), Instant::now());
    let tally = crawl::run(parts, limits, std::future::pending(), &mut |_| {}).await?;
    let (cpu, wall) = (cpu.elapsed().as_secs_f64(), wall.elapsed().as_secs_f64());
    #[expect(clippy::cast_precision_loss, reason = "thousands")]
    let (pages, turns) = (
        tally.states.get("done").copied().unwrap_or_default() as f64,
        tally.visits + tally.robots,
    );
    let page = cpu * 1e6 / pages;
    println!(
        "{name:<12}{pages:>6} pages, {turns} turns: {page:>5.0} µs CPU a page, {:>5.0} of them loop and commit \
         ({:.1} × floor); {:>6.0} pages/s{}",
        page - floor,
        page / floor,
        pages / wall,
        if tally.ended == Some(Ended::NothingDue) {
            ""
        } else {
            " (cut short)"
        },
    );
    Ok(())
}

#[tokio::main]
async fn main() -> Result<()> {
    let floor = floor();
    println!(
        "floor       {floor:>6.0} µs CPU to read a page of {} bytes",
        page("https://company-0.example/", Timestamp(0)).body.len()
    );
    measure("MemoryStore", MemoryStore::new(), floor).await?;
    let dir = tempfile::tempdir().expect("a temporary directory");
    measure("SledStore", SledStore::open(dir.path(), 64 << 20)?, floor).await
}
