//! A crawl of hosts that misbehave, beside one that does not, and what is wrong after it.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::Config;
use foresignal::crawl::{self, Ended, Limits, Parts};
use foresignal::fetch::{self, HttpFetcher};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::state::{Failure, State};
use foresignal::model::task::{Discovery, Seed, TaskKind};
use foresignal::model::url::{self, Host, UrlKey};
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Records};
use tokio::time::Instant;

use crate::server::{Server, Step, bare, html};

/// Where a URL is to stand when the crawl is over.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Expect {
    Done,
    Missing,
    Moved,
    /// robots.txt could not be had, so nothing was asked.
    Waiting,
    Disallowed,
    Gone(u16),
    Refused(u16),
    Failed(Failure),
}

/// A host that misbehaves, its URL `/way`, and where that is to stand.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) kind: TaskKind,
    pub(crate) scheme: &'static str,
    pub(crate) expect: Expect,
    /// Requests that it hears at most.
    pub(crate) most: usize,
    pub(crate) address: SocketAddr,
    /// The paths that it was asked for.
    pub(crate) heard: Arc<Mutex<Vec<String>>>,
}

/// Pages of the host that behaves.
const STORIES: usize = 25;

/// The longest that one request may take here.
const TOTAL: Duration = Duration::from_secs(4);

fn fetching(authority: Option<PathBuf>) -> fetch::Config {
    fetch::Config {
        contact: "https://x.example/bot".to_owned(),
        connect_timeout: Duration::from_secs(3),
        read_timeout: Duration::from_millis(1500),
        total_timeout: TOTAL,
        robots_timeout: Duration::from_secs(2),
        max_body: 1 << 20,
        allow_loopback: true,
        extra_ca: authority.into_iter().collect(),
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
        | (Expect::Missing, State::Missing)
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
pub(crate) fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kib >> 10)
}

/// What is wrong with a host after the crawl.
fn wrong(case: &Case, records: &impl Records) -> Vec<String> {
    let mut wrong = Vec::new();
    let url = format!("{}://{}/way", case.scheme, case.address);
    let key = UrlKey::of(&url::parse(&url).expect("a URL")).expect("a key");
    let task = records.task(&key).expect("it reads").expect("a seed");
    if !stands(case.expect, &task.state) {
        wrong.push(format!("{:?}, not {:?}", task.state, case.expect));
    }
    let heard = case.heard.lock().expect("nobody panicked with it").clone();
    if heard.len() > case.most {
        let first: Vec<_> = heard.iter().take(12).collect();
        wrong.push(format!("{} requests: {first:?}", heard.len()));
    }
    let root = Host::of_domain(&case.address.to_string()).expect("a host");
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
        let longest = task.visits.iter().map(|visit| visit.millis).max();
        // A busy machine may be late to notice that the time is over.
        if longest.is_some_and(|millis| u128::from(millis) > TOTAL.as_millis() + 1500) {
            wrong.push(format!("{}: took {longest:?} ms", task.url));
        }
    }
    wrong
}

/// Crawls all of them and one that behaves; returns how long that took. After it every URL has
/// its right named state, no request went on beyond its time, the host that behaves was crawled
/// whole, and the crawl ended by itself.
pub(crate) async fn crawl(cases: &[Case], authority: Option<PathBuf>) -> Duration {
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
    for case in cases {
        let address = case.address.to_string();
        let url = format!("{}://{address}/way", case.scheme);
        seeds.push(seed(&address, &url, case.kind, &clock));
    }
    let names: HashSet<_> = cases.iter().map(|case| case.name).collect();
    assert_eq!(names.len(), cases.len(), "each has a name of its own");
    let companies: HashMap<_, _> = seeds
        .iter()
        .map(|seed| (seed.company.id.clone(), Arc::new(seed.company.clone())))
        .collect();
    store.seed(&seeds).await.expect("seeded");

    let began = Instant::now();
    let parts = Parts {
        config: crawling(),
        ..Parts::new(
            HttpFetcher::new(&fetching(authority), clock.clone()).expect("a client"),
            &mut store,
            companies,
            clock,
        )
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
    for case in cases {
        let wrong = wrong(case, &records);
        report.extend(wrong.iter().map(|what| format!("{}: {what}", case.name)));
    }
    assert!(report.is_empty(), "{}", report.join("\n"));
    assert_eq!(tally.ended, Some(Ended::NothingDue), "it ends by itself");
    let took = began.elapsed();
    assert!(took < Duration::from_secs(120), "{took:?}");
    let stories = good.heard();
    let stories = stories.iter().filter(|path| path.starts_with("/news/"));
    assert_eq!(stories.count(), STORIES, "the host that behaves");
    took
}
