//! The crawl's promises, in virtual time: rest, back-off, robots first, a slow host harms nobody,
//! nothing is lost wherever it is cut off.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

#[expect(
    dead_code,
    reason = "shared with the tests of etiquette and pace, which need more of it"
)]
mod web;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::Config;
use foresignal::crawl::{self, Ended, Limits, Parts, Tally};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::host::Held;
use foresignal::model::state::State;
use foresignal::model::task::{Discovery, Seed, Task, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::{self, UrlKey};
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use web::{Answer, Web};

const REST: Duration = Duration::from_secs(5);

fn config() -> Config {
    Config {
        rest: REST,
        per_second: 1000.try_into().unwrap(),
        patience: Duration::from_secs(600),
        ..Config::default()
    }
}

fn clock() -> Clock {
    Clock::starting_at(Timestamp(1_780_000_000_000))
}

async fn seed(store: &mut MemoryStore, domains: &[&str], now: Timestamp) {
    let seeds: Vec<Seed> = domains
        .iter()
        .map(|domain| Seed {
            company: Company::new(domain),
            tasks: vec![Discovery {
                url: url::parse(&format!("https://{domain}/")).unwrap(),
                company: CompanyId((*domain).to_owned()),
                kind: TaskKind::Home,
                due: now,
                depth: 0,
                from: None,
                at: now,
                updated: None,
            }],
        })
        .collect();
    store.seed(&seeds).await.unwrap();
}

/// Crawls with the store's companies until nothing is due or a limit is reached.
async fn crawl(
    web: &Web,
    store: &mut MemoryStore,
    clock: &Clock,
    config: Config,
    limits: Limits,
) -> Tally {
    let companies: HashMap<_, _> = store
        .companies()
        .map(|company| company.unwrap())
        .map(|company| (company.id.clone(), Arc::new(company)))
        .collect();
    let parts = Parts {
        config,
        ..Parts::new(web.clone(), store, companies, clock.clone())
    };
    crawl::run(parts, limits, std::future::pending(), &mut |_| {})
        .await
        .unwrap()
}

fn task(store: &MemoryStore, address: &str) -> Task {
    let key = UrlKey::of(&url::parse(address).unwrap()).unwrap();
    store
        .task(&key)
        .unwrap()
        .unwrap_or_else(|| panic!("{address} is not known"))
}

#[tokio::test(start_paused = true)]
async fn a_host_rests_between_turns_and_robots_come_first() {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    let domains = ["a.example", "b.example", "c.example"];
    for domain in domains {
        web.site(domain, 7);
    }
    seed(&mut store, &domains, clock.now()).await;
    let tally = crawl(&web, &mut store, &clock, config(), Limits::default()).await;
    assert_eq!(tally.ended, Some(Ended::NothingDue));
    assert_eq!(tally.states.get("done"), Some(&24));
    assert_eq!(
        web.log().len(),
        3 * 11,
        "robots.txt, tdmrep.json, home, seven stories and the sitemap that is not there"
    );
    web.assert_polite(REST);
    web.assert_robots_first();
}

#[tokio::test(start_paused = true)]
async fn a_slow_host_harms_nobody() {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    let domains: Vec<String> = (0..50).map(|n| format!("h{n}.example")).collect();
    let domains: Vec<&str> = domains.iter().map(String::as_str).collect();
    for domain in &domains {
        web.site(domain, 10);
    }
    web.slow("h0.example", Duration::from_secs(55));
    seed(&mut store, &domains, clock.now()).await;
    crawl(&web, &mut store, &clock, config(), Limits::default()).await;
    let end_of = |slow: bool| {
        let log = web.log();
        let ends = log
            .iter()
            .filter(|asked| (asked.host.to_string() == "h0.example") == slow)
            .map(|asked| asked.to);
        ends.max().unwrap().since(Timestamp(1_780_000_000_000))
    };
    assert!(
        end_of(false) < Duration::from_secs(90),
        "the others took {:?}",
        end_of(false)
    );
    assert!(end_of(true) > Duration::from_secs(600));
    web.assert_polite(REST);
}

/// A thousand hosts, of which every fifth hangs where `hanging`: when the last of the others was
/// done, and how many pages they gave.
async fn a_thousand_hosts(hanging: bool) -> (Duration, u64) {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    let mut domains: Vec<String> = Vec::new();
    for n in 0..1000 {
        let (domain, hangs) = (format!("h{n}.example"), n % 5 == 0);
        web.site(&domain, 2);
        // Some never give their rules, some hang at every page.
        match n % 10 {
            0 => web.put(&format!("https://{domain}/robots.txt"), Answer::Hangs),
            5 => web.put(&format!("https://{domain}/"), Answer::Hangs),
            _ => {}
        }
        if hanging || !hangs {
            domains.push(domain);
        }
    }
    let domains: Vec<&str> = domains.iter().map(String::as_str).collect();
    seed(&mut store, &domains, clock.now()).await;
    let limits = Limits {
        time: Some(Duration::from_secs(300)),
        pages: None,
    };
    let began = clock.now();
    let tally = crawl(&web, &mut store, &clock, config(), limits).await;
    web.assert_polite(REST);
    let pages = tally.states.get("done").copied().unwrap_or_default();
    let good = |asked: &&web::Asked| asked.to.since(asked.from) < web::TIMEOUT;
    let last = web.log().iter().filter(good).map(|asked| asked.to).max();
    (last.unwrap().since(began), pages)
}

#[tokio::test(start_paused = true)]
#[expect(
    clippy::print_stdout,
    reason = "the figures are worth seeing with --nocapture"
)]
async fn two_hundred_hosts_that_hang_delay_none_of_eight_hundred() {
    let (alone, pages) = a_thousand_hosts(false).await;
    assert_eq!(pages, 800 * 3);
    let (among, pages) = a_thousand_hosts(true).await;
    assert_eq!(pages, 800 * 3, "every page of the 800 hosts that answer");
    println!("800 hosts done after {alone:?} alone, {among:?} among 200 that hang");
    assert!(
        among <= alone + REST,
        "the others took {among:?}, undisturbed {alone:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_crawl_delay_slows_and_never_hurries() {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    for (domain, delay) in [("slow.example", "12.5"), ("quick.example", "0.1")] {
        web.site(domain, 4);
        web.put(
            &format!("https://{domain}/robots.txt"),
            Answer::Text(format!("User-agent: *\nCrawl-delay: {delay}\n")),
        );
    }
    seed(&mut store, &["slow.example", "quick.example"], clock.now()).await;
    crawl(&web, &mut store, &clock, config(), Limits::default()).await;
    web.assert_polite(REST);
    let slow: Vec<_> = web
        .log()
        .into_iter()
        .filter(|asked| asked.host.to_string() == "slow.example")
        .collect();
    for pair in slow.windows(2) {
        assert!(pair[1].from.since(pair[0].to) >= Duration::from_millis(12_500));
    }
}

#[tokio::test(start_paused = true)]
async fn what_robots_forbid_is_never_asked_and_has_its_state() {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    web.site("a.example", 3);
    web.put(
        "https://a.example/robots.txt",
        Answer::Text("User-agent: foresignal\nDisallow: /news/story-number-1\n".into()),
    );
    seed(&mut store, &["a.example"], clock.now()).await;
    crawl(&web, &mut store, &clock, config(), Limits::default()).await;
    assert_eq!(web.times("https://a.example/news/story-number-1"), 0);
    assert_eq!(web.times("https://a.example/news/story-number-2"), 1);
    let State::Disallowed { rule } = task(&store, "https://a.example/news/story-number-1").state
    else {
        panic!()
    };
    assert!(rule.contains("/news/story-number-1"), "{rule}");
}

#[tokio::test(start_paused = true)]
async fn a_host_without_rules_to_be_had_is_left_alone_and_tried_again() {
    for failing in [
        Answer::Refused(503, None),
        Answer::Down,
        Answer::Hangs,
        Answer::Refused(429, None),
    ] {
        let (clock, mut store) = (clock(), MemoryStore::new());
        let web = Web::new(&clock);
        web.site("a.example", 1);
        // Over TLS and, where that fails to connect, without.
        web.put_in_turn(
            "https://a.example/robots.txt",
            vec![
                failing.clone(),
                failing.clone(),
                Answer::Text(String::new()),
            ],
        );
        web.put_in_turn(
            "http://a.example/robots.txt",
            vec![Answer::Down, Answer::Down, Answer::Text(String::new())],
        );
        seed(&mut store, &["a.example"], clock.now()).await;
        let limits = Limits {
            time: Some(Duration::from_secs(50)),
            pages: None,
        };
        crawl(&web, &mut store, &clock, config(), limits).await;
        assert_eq!(
            web.times("https://a.example/"),
            0,
            "{failing:?}: no rules, no request"
        );
        crawl(&web, &mut store, &clock, config(), Limits::default()).await;
        assert_eq!(
            web.times("https://a.example/"),
            1,
            "{failing:?}: it came back"
        );
        web.assert_polite(REST);
    }
}

#[tokio::test(start_paused = true)]
async fn rules_that_moved_are_followed_to_another_host_in_that_hosts_turn() {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    web.site("a.example", 2);
    web.site("www.a.example", 6);
    web.put(
        "https://a.example/robots.txt",
        Answer::Moved("https://www.a.example/robots.txt".into()),
    );
    web.put(
        "https://www.a.example/robots.txt",
        Answer::Text("User-agent: *\nDisallow: /news/story-number-0\n".into()),
    );
    seed(&mut store, &["www.a.example", "a.example"], clock.now()).await;
    crawl(&web, &mut store, &clock, config(), Limits::default()).await;
    assert_eq!(
        web.times("https://a.example/news/story-number-0"),
        0,
        "the rules belong to the first host"
    );
    assert_eq!(web.times("https://a.example/news/story-number-1"), 1);
    web.assert_polite(REST);
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_honoured_in_full_and_costs_no_retry() {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    web.site("a.example", 1);
    let wait = Duration::from_secs(300);
    let home = Answer::Html("<a href='/news/story-number-0'>story</a>".into());
    web.put_in_turn(
        "https://a.example/",
        vec![
            Answer::Refused(429, Some(wait)),
            Answer::Refused(503, Some(wait)),
            home,
        ],
    );
    seed(&mut store, &["a.example"], clock.now()).await;
    crawl(&web, &mut store, &clock, config(), Limits::default()).await;
    let asked: Vec<_> = web
        .log()
        .into_iter()
        .filter(|asked| asked.url == "https://a.example/")
        .collect();
    assert_eq!(asked.len(), 3);
    for pair in asked.windows(2) {
        assert!(pair[1].from.since(pair[0].to) >= wait);
    }
    let home = task(&store, "https://a.example/");
    assert_eq!((home.state, home.failures), (State::Done, 0));
}

#[tokio::test(start_paused = true)]
async fn redirects_wait_their_turn_and_circles_end() {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    web.site("www.a.example", 2);
    web.put(
        "https://a.example/",
        Answer::Moved("https://www.a.example/".into()),
    );
    web.put(
        "https://b.example/",
        Answer::Moved("http://b.example/".into()),
    );
    web.put(
        "http://b.example/",
        Answer::Moved("https://b.example/".into()),
    );
    seed(&mut store, &["a.example", "b.example"], clock.now()).await;
    crawl(&web, &mut store, &clock, config(), Limits::default()).await;
    assert_eq!(
        task(&store, "https://a.example/").state,
        State::Moved {
            to: "https://www.a.example/".into()
        }
    );
    assert_eq!(task(&store, "https://www.a.example/").state, State::Done);
    assert!(matches!(
        task(&store, "https://b.example/").state,
        State::Failed { .. }
    ));
    web.assert_polite(REST);
    web.assert_robots_first();
}

#[tokio::test(start_paused = true)]
async fn running_again_fetches_nothing_that_is_not_due() {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    web.site("a.example", 5);
    seed(&mut store, &["a.example"], clock.now()).await;
    crawl(&web, &mut store, &clock, config(), Limits::default()).await;
    let before = web.log().len();
    seed(&mut store, &["a.example"], clock.now()).await;
    let tally = crawl(&web, &mut store, &clock, config(), Limits::default()).await;
    assert_eq!((web.log().len(), tally.visits), (before, 0));
}

/// Cut off after any number of pages and begun again, a crawl asks for the same pages, each once,
/// and keeps the hosts' rest across the cut.
#[tokio::test(start_paused = true)]
async fn a_crawl_that_is_cut_off_anywhere_loses_nothing_and_repeats_nothing() {
    let whole = asked_in_pieces(u64::MAX).await;
    for pieces in [1, 2, 3, 5, 8] {
        assert_eq!(
            asked_in_pieces(pieces).await,
            whole,
            "cut off every {pieces} pages"
        );
    }
}

async fn asked_in_pieces(pages: u64) -> HashSet<String> {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    let domains = ["a.example", "b.example"];
    for domain in domains {
        web.site(domain, 9);
    }
    seed(&mut store, &domains, clock.now()).await;
    for _ in 0..100 {
        let limits = Limits {
            time: None,
            pages: Some(pages),
        };
        if crawl(&web, &mut store, &clock, config(), limits)
            .await
            .ended
            == Some(Ended::NothingDue)
        {
            break;
        }
    }
    web.assert_polite(REST);
    let asked: Vec<String> = web
        .log()
        .into_iter()
        .filter(|asked| asked.page)
        .map(|asked| asked.url)
        .collect();
    let distinct: HashSet<String> = asked.iter().cloned().collect();
    assert_eq!(asked.len(), distinct.len(), "nothing is asked twice");
    distinct
}

#[tokio::test(start_paused = true)]
async fn a_host_gives_no_more_than_its_budget_and_the_rest_stays_due() {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    web.site("a.example", 30);
    seed(&mut store, &["a.example"], clock.now()).await;
    let config = Config {
        pages_per_host: 10,
        ..config()
    };
    let tally = crawl(&web, &mut store, &clock, config.clone(), Limits::default()).await;
    assert_eq!(tally.visits, 10);
    assert_eq!(tally.held.get(&Held::HostBudget), Some(&1));
    let tally = crawl(&web, &mut store, &clock, config, Limits::default()).await;
    assert_eq!(
        tally.visits, 10,
        "the next run goes on where this one ended"
    );
}

#[tokio::test(start_paused = true)]
async fn a_stop_finishes_what_is_in_flight() {
    let (clock, mut store) = (clock(), MemoryStore::new());
    let web = Web::new(&clock);
    web.site("a.example", 50);
    seed(&mut store, &["a.example"], clock.now()).await;
    let companies = HashMap::from([(
        CompanyId("a.example".into()),
        Arc::new(Company::new("a.example")),
    )]);
    let parts = Parts {
        config: config(),
        ..Parts::new(web.clone(), &mut store, companies, clock.clone())
    };
    let stop = tokio::time::sleep(Duration::from_secs(60));
    let tally = crawl::run(parts, Limits::default(), stop, &mut |_| {})
        .await
        .unwrap();
    assert_eq!(tally.ended, Some(Ended::Interrupted));
    let log = web.log();
    let read = log.iter().filter(|asked| asked.page).count() as u64;
    assert_eq!(
        tally.states.values().sum::<u64>(),
        read,
        "every answer was kept"
    );
    assert!(log.len() < 20);
}
