//! Sources that are no company's own, through the loop: what speaks of a listed company becomes its
//! signal, and nothing else leaves anything behind.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

#[expect(dead_code, reason = "other tests need more of the web")]
mod web;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::{self, Limits, Parts};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::signal::{Signal, SignalKind, Standing};
use foresignal::model::source::{Source, SourceKind};
use foresignal::model::task::{Discovery, Seed, Task, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use url::Url;
use web::{Answer, Web};

const FEED: &str = "https://wire.example/rss";

fn wire() -> Source {
    Source {
        id: "wire".to_owned(),
        name: "The Wire".to_owned(),
        kind: SourceKind::Wire,
        urls: vec![FEED.to_owned()],
        language: None,
        country: None,
        interval: Some(Duration::from_secs(3600)),
        why: "a test".to_owned(),
    }
}

fn feed(items: &[(&str, &str)]) -> Answer {
    let items: String = items
        .iter()
        .map(|(title, path)| {
            format!(
                "<item><title>{title}</title><link>https://wire.example{path}</link>\
                 <description>In short.</description></item>"
            )
        })
        .collect();
    Answer::Text(format!(
        "<rss version='2.0'><channel><title>The Wire</title>{items}</channel></rss>"
    ))
}

fn article(title: &str, text: &str) -> Answer {
    Answer::Html(format!(
        "<html lang=en><head><title>{title}</title></head><body><article><h1>{title}</h1>\
         <p>{text}</p><p><a href='/more'>More of the wire</a></p></article></body></html>"
    ))
}

/// A run with Contoso on the list, beside the wire where `with_source`.
async fn run(web: &Web, store: &mut MemoryStore, clock: &Clock, with_source: bool) {
    let mut owners: HashMap<CompanyId, Arc<Company>> = HashMap::new();
    let mut contoso = Company::new("contoso.example");
    contoso.name = "Contoso".to_owned();
    owners.insert(contoso.id.clone(), Arc::new(contoso));
    if with_source {
        let owner = wire().as_owner();
        owners.insert(owner.id.clone(), Arc::new(owner));
    }
    let parts = Parts::new(web.clone(), store, owners, clock.clone());
    let stop = std::future::pending();
    crawl::run(parts, Limits::default(), stop, &mut |_| {})
        .await
        .unwrap();
}

async fn seeded(now: Timestamp) -> MemoryStore {
    let mut store = MemoryStore::default();
    let owner = wire().as_owner();
    let feed = Discovery {
        url: Url::parse(FEED).unwrap(),
        company: owner.id.clone(),
        kind: TaskKind::Feed,
        due: now,
        depth: 0,
        from: None,
        at: now,
        updated: None,
    };
    let seed = Seed {
        company: owner,
        tasks: vec![feed],
    };
    store.seed(&[seed]).await.unwrap();
    store
}

fn tasks(store: &MemoryStore) -> Vec<Task> {
    store.tasks("").map(|task| task.unwrap()).collect()
}

fn told(web: &Web) {
    web.put(
        FEED,
        feed(&[
            ("Contoso raises $35M in Series B", "/contoso"),
            ("Adatum raises $90M in Series C", "/adatum"),
        ]),
    );
    web.put(
        "https://wire.example/contoso",
        article(
            "Contoso raises $35M in Series B",
            "Contoso has raised $35M in a Series B round, it said on Thursday.",
        ),
    );
}

#[tokio::test(start_paused = true)]
async fn a_wires_item_becomes_the_companys_signal_and_costs_one_fetch() {
    let clock = Clock::starting_at(Timestamp(1_780_000_000_000));
    let web = Web::new(&clock);
    told(&web);
    let mut store = seeded(clock.now()).await;
    run(&web, &mut store, &clock, true).await;
    assert_eq!(web.times("https://wire.example/contoso"), 1);
    assert_eq!(web.times("https://wire.example/adatum"), 0);
    // Neither the wire's own pages nor its sitemap are anybody's business.
    assert_eq!(web.times("https://wire.example/more"), 0);
    assert_eq!(web.times("https://wire.example/sitemap.xml"), 0);
    let urls: Vec<String> = tasks(&store).into_iter().map(|task| task.url).collect();
    assert_eq!(urls, ["https://wire.example/contoso", FEED]);
    let signals: Vec<Signal> = store.signals(None).map(|signal| signal.unwrap()).collect();
    assert_eq!(signals.len(), 1, "{signals:?}");
    assert_eq!(signals[0].company.0, "contoso.example");
    assert_eq!(signals[0].kind, SignalKind::Funding);
    let by = &signals[0].evidence[0].provenance;
    assert_eq!(by.source.as_deref(), Some("The Wire"));
    assert_eq!(by.standing, Standing::Wire);
    web.assert_polite(Duration::from_secs(3));
    web.assert_robots_first();
}

#[tokio::test(start_paused = true)]
async fn a_source_is_kept_and_is_no_company() {
    let clock = Clock::starting_at(Timestamp(1_780_000_000_000));
    let web = Web::new(&clock);
    told(&web);
    let mut store = seeded(clock.now()).await;
    run(&web, &mut store, &clock, true).await;
    assert_eq!(store.companies().count(), 0);
    assert_eq!(store.counts().unwrap().companies, 0);
    let kept = store.sources().next().unwrap().unwrap();
    assert_eq!(Source::of_owner(&kept), Some(wire()));
    assert_eq!(Records::profile(&store, &kept.id).unwrap(), None);
    // An item is read once; the feed comes back as its list says.
    let due: Vec<Option<Timestamp>> = tasks(&store).iter().map(|task| task.due).collect();
    assert_eq!(due[0], None);
    let wait = due[1].unwrap().since(clock.now());
    assert!(wait <= Duration::from_secs(3600), "{wait:?}");
}

#[tokio::test(start_paused = true)]
async fn what_a_run_is_not_given_waits() {
    let clock = Clock::starting_at(Timestamp(1_780_000_000_000));
    let web = Web::new(&clock);
    told(&web);
    let mut store = seeded(clock.now()).await;
    run(&web, &mut store, &clock, false).await;
    assert_eq!(web.times(FEED), 0);
    assert!(tasks(&store)[0].due.is_some());
}

#[test]
fn a_list_of_sources_with_mistakes_is_refused_before_anybody_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let list = dir.path().join("companies.csv");
    std::fs::write(&list, "domain\ncontoso.example\n").unwrap();
    let sources = dir.path().join("sources.toml");
    std::fs::write(
        &sources,
        "\n[[source]]\nid = 'w'\nname = 'W'\nkind = 'wires'\nurls = []\nwhy = 'x'\n",
    )
    .unwrap();
    assert_cmd::Command::cargo_bin("foresignal")
        .unwrap()
        .current_dir(dir.path())
        .env("FORESIGNAL_FETCH_CONTACT", "bot@contoso.example")
        .args(["crawl", "companies.csv", "--sources", "sources.toml"])
        .assert()
        .code(3)
        .stderr(predicates::str::contains("sources.toml"))
        .stderr(predicates::str::contains("line 2"))
        .stderr(predicates::str::contains("wire, press, forum, tenders"))
        .stderr(predicates::str::contains("urls is empty"));
    assert!(!dir.path().join("data").exists());
}
