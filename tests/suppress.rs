//! Who is on the suppression list is not asked, not even for its rules, and `inspect` can say why.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

#[expect(
    dead_code,
    reason = "shared with the politeness tests, which need more of it"
)]
mod web;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::{Config, Revisit};
use foresignal::crawl::{self, Limits, Parts};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::state::State;
use foresignal::model::suppress::Suppressed;
use foresignal::model::task::{Discovery, Seed, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::{self, UrlKey};
use foresignal::store::memory::MemoryStore;
use foresignal::store::{Frontier, Records};
use web::{Answer, Web};

#[tokio::test(start_paused = true)]
async fn what_is_suppressed_is_never_asked() {
    let clock = Clock::starting_at(Timestamp(1_780_000_000_000));
    let (web, mut store) = (Web::new(&clock), MemoryStore::new());
    web.site("a.example", 3);
    web.site("b.example", 3);
    let moved = Answer::Moved("https://www.b.example/".to_owned());
    web.put("https://a.example/news/story-number-2", moved);
    // Its rules lie where nobody may ask, so they cannot be had.
    web.site("c.example", 3);
    let elsewhere = Answer::Moved("https://b.example/robots.txt".to_owned());
    web.put("https://c.example/robots.txt", elsewhere);
    let mut suppressed = Suppressed::default();
    suppressed.add("b.example\n*/news/*-1\n").unwrap();

    let mut companies = HashMap::new();
    for domain in ["a.example", "b.example", "c.example"] {
        let mut company = Company::new(domain);
        company.domains.push("b.example".to_owned());
        let home = Discovery {
            url: url::parse(&format!("https://{domain}/")).unwrap(),
            company: CompanyId(domain.to_owned()),
            kind: TaskKind::Home,
            due: clock.now(),
            depth: 0,
            from: None,
            at: clock.now(),
            updated: None,
        };
        let tasks = vec![home];
        let seed = Seed {
            company: company.clone(),
            tasks,
        };
        store.seed(&[seed]).await.unwrap();
        companies.insert(company.id.clone(), Arc::new(company));
    }
    let parts = Parts {
        fetch: web.clone(),
        frontier: &mut store,
        archive: None,
        suppressed: Arc::new(suppressed),
        companies,
        config: Config {
            patience: Duration::from_secs(600),
            ..Config::default()
        },
        revisit: Revisit::default(),
        min_confidence: 0.5,
        clock,
    };
    let never = std::future::pending();
    let tally = crawl::run(parts, Limits::default(), never, &mut |_| {})
        .await
        .unwrap();

    let asked: Vec<String> = web.log().into_iter().map(|asked| asked.url).collect();
    assert!(
        !asked.iter().any(|url| url.contains("b.example")),
        "{asked:?}"
    );
    assert!(!asked.iter().any(|url| url.ends_with("-1")), "{asked:?}");
    assert!(asked.contains(&"https://a.example/news/story-number-0".to_owned()));
    let state = |text: &str| {
        let key = UrlKey::of(&url::parse(text).unwrap()).unwrap();
        store.task(&key).unwrap().unwrap().state
    };
    let by = |entry: &str| State::Suppressed {
        entry: entry.to_owned(),
    };
    assert_eq!(state("https://b.example/"), by("b.example"));
    assert_eq!(state("https://www.b.example/"), by("b.example"));
    assert_eq!(
        state("https://a.example/news/story-number-1"),
        by("*/news/*-1")
    );
    assert_eq!(state("https://c.example/"), State::Waiting);
    assert_eq!(tally.states.get("suppressed"), Some(&3));
}
