//! A web that misbehaves in every way that has a name, over real sockets: after each the URL has
//! its right named state, and the crawl goes on.

#![expect(
    clippy::print_stdout,
    reason = "the figures are for whoever asks for them"
)]

#[path = "hostile/contents.rs"]
mod contents;
#[path = "hostile/pages.rs"]
mod pages;
#[path = "hostile/server.rs"]
mod server;
#[path = "hostile/ways.rs"]
mod ways;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::{Config, Revisit};
use foresignal::crawl::{self, Ended, Limits, Parts};
use foresignal::fetch::{self, HttpFetcher};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::state::State;
use foresignal::model::task::{Discovery, Seed, TaskKind};
use foresignal::model::url::{self, Host, UrlKey};
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Records};
use server::{Server, Step, bare, html};
use tokio::time::Instant;
use ways::{Expect, Way};

/// Pages of the host that behaves.
const STORIES: usize = 25;

fn fetching() -> fetch::Config {
    fetch::Config {
        contact: "https://x.example/bot".to_owned(),
        connect_timeout: Duration::from_secs(3),
        read_timeout: Duration::from_millis(1500),
        total_timeout: Duration::from_secs(4),
        robots_timeout: Duration::from_secs(2),
        max_body: 1 << 20,
        allow_loopback: true,
        dns: vec![([127, 0, 0, 1], 53).into()],
        ..fetch::Config::default()
    }
}

fn crawling() -> Config {
    Config {
        in_flight: 16,
        per_second: 10_000.try_into().expect("not zero"),
        rest: Duration::from_millis(5),
        rest_factor: 0.0,
        address_rest: Duration::from_millis(1),
        back_off: Duration::from_millis(500),
        patience: Duration::from_secs(2),
        pages_per_host: 40,
        ..Config::default()
    }
}

/// A host that behaves, crawled beside the others.
fn behaves(path: &str, _root: &str) -> Vec<Step> {
    match path {
        "/" => {
            let link = |n| format!("<a href='/news/story-number-{n}'>story {n}</a> ");
            html((0..STORIES).map(link).collect::<String>())
        }
        _ if path.starts_with("/news/") => html(format!("<p>The story of {path}.</p>")),
        _ => bare("404 Not Found"),
    }
}

/// The seed of one host: its company, and the URL to begin with.
fn seed(address: &str, url: &str, kind: TaskKind, clock: &Clock) -> Seed {
    Seed {
        company: Company::new(address),
        tasks: vec![Discovery {
            url: url::parse(url).expect("a URL"),
            company: CompanyId(address.to_owned()),
            kind,
            due: clock.now(),
            depth: 0,
            from: None,
            at: clock.now(),
            updated: None,
        }],
    }
}

fn stands(expect: Expect, state: &State) -> bool {
    match (expect, state) {
        (Expect::Done, State::Done)
        | (Expect::Moved, State::Moved { .. })
        | (Expect::Waiting, State::Waiting)
        | (Expect::Disallowed, State::Disallowed { .. }) => true,
        (Expect::Gone(wanted), State::Gone { status })
        | (Expect::Refused(wanted), State::Refused { status }) => wanted == *status,
        (Expect::Failed(wanted), State::Failed { failure }) => wanted == *failure,
        _ => false,
    }
}

/// The most memory that this process ever held, in MiB, where the system says so.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib >> 10)
}

/// What is wrong with a way's host after the crawl.
fn wrong(way: &Way, server: &Server, records: &impl Records) -> Vec<String> {
    let mut wrong = Vec::new();
    let url = format!("{}://{}/way", way.scheme, server.address);
    let key = UrlKey::of(&url::parse(&url).expect("a URL")).expect("a key");
    let task = records.task(&key).expect("it reads").expect("a seed");
    if !stands(way.expect, &task.state) {
        wrong.push(format!("{:?}, not {:?}", task.state, way.expect));
    }
    let heard = server.heard();
    if heard.len() > way.most {
        let first: Vec<_> = heard.iter().take(12).collect();
        wrong.push(format!("{} requests: {first:?}", heard.len()));
    }
    let root = Host::of_domain(&server.address.to_string()).expect("a host");
    for task in records.tasks(&format!("{})", root.as_str())) {
        let task = task.expect("it reads");
        // What nobody asked for is waiting; what was asked for has a visit that says how it went.
        let asked = heard.iter().any(|path| task.url.ends_with(path.as_str()));
        let visited = task.visits.last().map(|visit| &visit.state);
        let named = match visited {
            None => task.state == State::Waiting && task.due.is_some(),
            Some(state) => *state == task.state,
        };
        if !named || asked && visited.is_none() {
            wrong.push(format!("{}: {:?}, last {visited:?}", task.url, task.state));
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_every_misbehaviour_a_url_has_its_named_state_and_the_crawl_goes_on() {
    let dir = tempfile::tempdir().expect("a directory");
    let mut store = SledStore::open(dir.path(), 16 << 20).expect("a store");
    let clock = Clock::system();
    let good = Server::playing(behaves, false, 0).await;
    let good_home = format!("{}/", good.root());
    let mut seeds = vec![seed(
        &good.address.to_string(),
        &good_home,
        TaskKind::Home,
        &clock,
    )];
    let mut hosts = Vec::new();
    for (has_robots, group) in ways::ALL {
        for way in *group {
            let server = Server::playing(way.script, *has_robots, hosts.len() + 1).await;
            let address = server.address.to_string();
            let url = format!("{}://{address}/way", way.scheme);
            seeds.push(seed(&address, &url, way.kind, &clock));
            hosts.push((way, server));
        }
    }
    let names: HashSet<_> = hosts.iter().map(|(way, _)| way.name).collect();
    assert!(
        names.len() == hosts.len() && hosts.len() >= 30,
        "{}",
        names.len()
    );
    let companies: HashMap<_, _> = seeds
        .iter()
        .map(|seed| (seed.company.id.clone(), Arc::new(seed.company.clone())))
        .collect();
    store.seed(&seeds).await.expect("seeded");

    let began = Instant::now();
    let parts = Parts {
        fetch: HttpFetcher::new(&fetching(), clock.clone()).expect("a client"),
        frontier: &mut store,
        archive: None,
        disk: None,
        suppressed: Arc::default(),
        companies,
        config: crawling(),
        revisit: Revisit::default(),
        policy: Default::default(),
        min_confidence: 0.5,
        clock,
    };
    let limits = Limits {
        time: Some(Duration::from_secs(150)),
        ..Limits::default()
    };
    let tally = crawl::run(parts, limits, std::future::pending(), &mut |_| {})
        .await
        .expect("the web cannot cause an error");

    let records = store.records();
    let mut report = Vec::new();
    for (way, server) in &hosts {
        let wrong = wrong(way, server, &records);
        report.extend(
            wrong
                .into_iter()
                .map(|what| format!("{}: {what}", way.name)),
        );
    }
    assert!(report.is_empty(), "{}", report.join("\n"));
    assert_eq!(tally.ended, Some(Ended::NothingDue), "it ends by itself");
    assert!(
        began.elapsed() < Duration::from_secs(120),
        "{:?}",
        began.elapsed()
    );
    let stories = good.heard();
    let stories = stories.iter().filter(|path| path.starts_with("/news/"));
    assert_eq!(stories.count(), STORIES, "the host that behaves");
    // Servers and bombs live in this process too: some 64 MiB of answers are being made at once.
    assert!(peak().is_none_or(|mib| mib < 700), "{:?} MiB", peak());
    println!(
        "{} ways, {:?}, {:?} MiB at most",
        hosts.len(),
        began.elapsed(),
        peak()
    );
}
