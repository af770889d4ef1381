//! What the crawl's loop costs beside the pages it reads: `cargo bench --bench crawl`.
//!
//! Everybody answers at once, and nobody has to rest. The floor
//! is reading that page, measured in the same run: what is beyond it is the loop, its turns and
//! its commits.
#![expect(
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a bench measures time and prints it"
)]

mod nobody;

use std::hint::black_box;
use std::time::{Duration, Instant};

use cpu_time::ProcessTime;
use foresignal::clock::Clock;
use foresignal::crawl::{self, Ended, Limits};
use foresignal::model::company::Company;
use foresignal::model::time::Timestamp;
use foresignal::store::memory::MemoryStore;
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Result};
use foresignal::{detect, extract, technographics};

const HOSTS: usize = 2000;
/// The stories that each home page links to.
const STORIES: usize = 9;
/// On a machine that is too busy, fewer pages are measured, not longer.
const TIME: Duration = Duration::from_secs(25);

/// CPU µs that reading one of the pages takes, with what every turn does to it.
fn floor() -> f64 {
    const READ: u32 = 2000;
    let company = Company::new("company-0.example");
    let read = |number: u32| {
        let address = format!("https://company-0.example/news/story-number-{number}");
        let page = nobody::page(&address, STORIES, Timestamp(0));
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
    store.seed(&nobody::seeds(HOSTS, clock.now())).await?;
    let parts = nobody::parts(&mut store, clock, HOSTS, STORIES);
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
        nobody::page("https://company-0.example/", STORIES, Timestamp(0))
            .body
            .len()
    );
    measure("MemoryStore", MemoryStore::new(), floor).await?;
    let dir = tempfile::tempdir().expect("a temporary directory");
    measure("SledStore", SledStore::open(dir.path(), 64 << 20)?, floor).await
}
