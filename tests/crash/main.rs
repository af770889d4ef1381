//! The real binary, killed at random: what it was told is kept is kept, nobody is asked too often
//! for it, and what it exports in the end is what an undisturbed run exports.
//!
//! As it stands it takes some seconds. In full:
//! `FORESIGNAL_KILLS=100 FORESIGNAL_PAGES=2000 cargo test --test crash -- --nocapture`.

mod crawl;
mod dice;
mod site;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::process::ExitStatus;
use std::time::Duration;

use crawl::{Crawl, Running};
use dice::Dice;
use site::{Request, Web};

/// Kills and pages, where the environment does not say.
const KILLS: usize = 12;
const PAGES: usize = 240;
const HOSTS: usize = 20;
/// Few, so that more than was in flight is seen when it is lost.
const IN_FLIGHT: usize = 3;
/// Some as long as a restart takes, so that a restart which forgets it is seen.
const REST: Duration = Duration::from_millis(150);
/// Two clocks of whole milliseconds.
const ROUNDING: Duration = Duration::from_millis(3);
/// `[revisit] shortest`: nobody asks a page again sooner, unless a kill lost its answer.
const SHORTEST: Duration = Duration::from_secs(1);

const CONFIG: &str = "
[fetch]
contact = 'https://foresignal.example/test'
allow_loopback = true
[crawl]
in_flight = 3
per_second = 1000
rest = '150ms'
rest_factor = 0.0
address_rest = '10ms'
back_off = '150ms'
back_off_max = '300ms'
patience = '2s'
pages_per_host = 10000
[revisit]
listing = '3s'
feed = '3s'
shortest = '1s'
[store]
cache_bytes = 8_000_000
[archive]
segment_bytes = 20_000
";

/// A figure from the environment.
fn asked_for(name: &str, usual: usize) -> usize {
    let text = std::env::var(name).ok();
    text.and_then(|text| text.parse().ok()).unwrap_or(usual)
}

/// Lets `running` live until `web` has answered so many requests to it, or it ends by itself.
fn live(running: &mut Running, web: &Web, requests: usize) -> Option<ExitStatus> {
    let before = web.asked();
    while web.asked() < before + requests {
        if let Some(ended) = running.0.try_wait().expect("it can be waited for") {
            return Some(ended);
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    None
}

fn live_to_the_end(crawl: &Crawl, web: &Web) {
    let ended = live(&mut crawl.start(), web, usize::MAX / 2);
    assert!(ended.is_some_and(|ended| ended.success()), "{ended:?}");
}

/// Crawls, killed so many times on the way: now while it makes its store, now while it starts and
/// recovers, now while it asks, commits, archives. Answers how many of the killed never asked.
fn crawl_killed(crawl: &Crawl, web: &Web, kills: usize, undisturbed: usize) -> usize {
    let mut dice = Dice::new(0x5eed_2026_1122);
    let longest = 2 * undisturbed as u64 / (kills as u64 + 8);
    let mut never_asked = 0;
    for kill in 0..kills {
        let before = web.asked();
        let mut running = crawl.start();
        let micros = match kill {
            // While there is no store, or half of one.
            0..4 => dice.roll(60_000),
            _ if kill % 4 == 3 => dice.roll(300_000),
            _ => {
                let requests = usize::try_from(dice.roll(longest)).expect("small");
                let ended = live(&mut running, web, requests);
                assert_eq!(ended, None, "it ended before kill {kill}");
                dice.roll(40_000)
            }
        };
        std::thread::sleep(Duration::from_micros(micros));
        drop(running);
        never_asked += usize::from(web.asked() == before);
        web.next_life();
    }
    live_to_the_end(crawl, web);
    never_asked
}

/// The smallest gap between the end of a request and the next one at the same host.
fn smallest_gap(log: &[Request]) -> Duration {
    let mut last: HashMap<usize, &Request> = HashMap::new();
    let mut smallest = Duration::MAX;
    for request in log {
        if let Some(before) = last.insert(request.host, request) {
            let gap = request.start.since(before.end);
            assert!(
                gap + ROUNDING >= REST,
                "a host rested for {gap:?} only between {} and {}",
                before.path,
                request.path
            );
            smallest = smallest.min(gap);
        }
    }
    smallest
}

fn distinct(log: &[Request]) -> BTreeSet<(usize, &str)> {
    log.iter()
        .map(|request| (request.host, request.path.as_str()))
        .collect()
}

/// Requests whose answer was had before, by the life whose death made them necessary. Asking for
/// what is new, later, and again where the server said so, is no repetition.
fn repeated(log: &[Request]) -> BTreeMap<usize, usize> {
    let mut last: HashMap<(usize, &str), &Request> = HashMap::new();
    let mut repeated = BTreeMap::new();
    for request in log {
        let Some(before) = last.insert((request.host, &request.path), request) else {
            continue;
        };
        let later = request.start.since(before.start) >= SHORTEST;
        if before.status != 503 && !(request.conditional && later) {
            *repeated.entry(before.life).or_default() += 1;
        }
    }
    repeated
}

#[test]
fn a_crawl_that_is_killed_at_random_loses_nothing_and_hurries_nobody() {
    let runtime = tokio::runtime::Runtime::new().expect("it starts");
    let _entered = runtime.enter();
    let kills = asked_for("FORESIGNAL_KILLS", KILLS);
    let pages = asked_for("FORESIGNAL_PAGES", PAGES);
    let web = Web::start(HOSTS, pages.div_ceil(HOSTS));
    let dir = tempfile::tempdir().expect("a temporary directory");

    let clock = foresignal::clock::Clock::system();
    let whole = Crawl::new(dir.path(), "whole", &web.list(), CONFIG);
    live_to_the_end(&whole, &web);
    let undisturbed = web.take();
    let took = clock.elapsed();
    assert_eq!(repeated(&undisturbed), BTreeMap::new());
    let gap = smallest_gap(&undisturbed);
    // What was asked last by the first run is no concern of the second.
    std::thread::sleep(REST);

    let killed = Crawl::new(dir.path(), "killed", &web.list(), CONFIG);
    let never_asked = crawl_killed(&killed, &web, kills, undisturbed.len());
    let disturbed = web.take();

    let signals = whole.export();
    assert!(signals.len() >= pages / 6, "{} signals", signals.len());
    assert_eq!(killed.export(), signals);
    let urls = whole.urls().expect("the store is whole");
    assert!(urls.len() >= pages * 9 / 10, "{} URLs", urls.len());
    assert_eq!(killed.urls().expect("the store is whole"), urls);
    assert_eq!(distinct(&disturbed), distinct(&undisturbed));
    let gap_killed = smallest_gap(&disturbed);
    let checked = killed.run(&["store", "check", "--deep"]);
    let said = String::from_utf8_lossy(&checked.stdout);
    assert!(checked.status.success(), "{said}");
    assert_forbidden(&whole, &undisturbed, &urls);

    let repeated = repeated(&disturbed);
    let (sum, most) = (
        repeated.values().sum::<usize>(),
        repeated.values().copied().max().unwrap_or(0),
    );
    assert!(most <= IN_FLIGHT, "one kill cost {most} requests");
    #[expect(clippy::cast_precision_loss, reason = "shown with two decimals")]
    let mean = sum as f64 / kills as f64;
    let new_only = undisturbed.iter().filter(|r| r.status == 304).count();
    let figures = format!(
        "{} URLs, {} signals; undisturbed: {} requests in {took:?}, {new_only} of them answered 304, \
         smallest gap {gap:?} (rest {REST:?})\n{kills} kills, {never_asked} before the first request: \
         {} requests, {sum} repeated ({mean:.2} a kill, at most {most} of {IN_FLIGHT}), smallest gap \
         {gap_killed:?}; 0 URLs and 0 signals lost, 0 twice",
        urls.len(),
        signals.len(),
        undisturbed.len(),
        disturbed.len(),
    );
    writeln!(std::io::stderr(), "{figures}").expect("somebody listens");
}

/// What robots.txt forbids was never asked for, and stands in the list of what was left alone.
fn assert_forbidden(crawl: &Crawl, log: &[Request], urls: &BTreeMap<String, (String, bool)>) {
    assert!(log.iter().all(|request| !request.path.contains("internal")));
    let forbidden = urls.keys().filter(|url| url.contains("internal"));
    let forbidden: BTreeSet<&String> = forbidden.collect();
    assert!(!forbidden.is_empty());
    let skipped = crawl.skipped();
    let told = skipped.iter().filter(|(_, state)| *state == "disallowed");
    assert_eq!(told.map(|(url, _)| url).collect::<BTreeSet<_>>(), forbidden);
}
