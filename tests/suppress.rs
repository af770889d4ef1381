//! Who is on the suppression list is not asked, not even for its rules, and `inspect` can say why;
//! and nothing of it is handed on.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

#[expect(
    dead_code,
    reason = "shared with the politeness tests, which need more of it"
)]
mod web;

use std::collections::HashMap;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use foresignal::clock::Clock;
use foresignal::crawl::config::Config;
use foresignal::crawl::{self, Limits, Parts};
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::signal::{
    Evidence, Modality, Provenance, Role, Signal, SignalId, SignalKind, Slots, Stage, Telling,
};
use foresignal::model::state::State;
use foresignal::model::suppress::Suppressed;
use foresignal::model::task::{Discovery, Harvest, Seed, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::{self, UrlKey};
use foresignal::store::memory::MemoryStore;
use foresignal::store::sled::SledStore;
use foresignal::store::{Frontier, Records};
use web::{Answer, Web};

/// A company with a signal that these pages tell.
fn told(domain: &str, pages: &[&str]) -> (Seed, Signal) {
    let company = Company::new(domain);
    let evidence = |url: &&str| Evidence {
        url: (*url).to_owned(),
        origin: domain.to_owned(),
        quote: "We raised $35M".to_owned(),
        marks: vec![(10, 14)],
        title: String::new(),
        language: None,
        published: None,
        seen: Timestamp(0),
        detector: "rules".to_owned(),
        version: 1,
        rule: "funding.round".to_owned(),
        confidence: 0.8,
        provenance: Provenance::default(),
        because: Vec::new(),
        telling: Telling::default(),
    };
    let signal = Signal {
        id: SignalId::new(&company.id, SignalKind::Funding, domain),
        company: company.id.clone(),
        kind: SignalKind::Funding,
        role: Role::Subject,
        areas: Vec::new(),
        modality: Modality::Asserted,
        event: None,
        published: None,
        slots: Slots::default(),
        confidence: 0.8,
        evidence: pages.iter().map(evidence).collect(),
        first_seen: Timestamp(0),
        last_seen: Timestamp(0),
    }
    .as_told(Stage::Done);
    let tasks = Vec::new();
    (Seed { company, tasks }, signal)
}

#[tokio::test]
async fn what_is_suppressed_is_never_exported() {
    let dir = tempfile::tempdir().unwrap();
    let mut store = SledStore::open(&dir.path().join("data"), 4 << 20).unwrap();
    for (domain, pages) in [
        (
            "a.example",
            &["https://a.example/1", "https://a.example/people/jane"][..],
        ),
        ("b.example", &["https://b.example/1"]),
        (
            "c.example",
            &[
                "https://c.example/people/jane",
                "https://x.example/private/1",
            ],
        ),
    ] {
        let (seed, signal) = told(domain, pages);
        store.seed(&[seed]).await.unwrap();
        let signals = vec![signal];
        let harvest = Harvest {
            signals,
            ..Harvest::default()
        };
        store.commit(&[harvest]).await.unwrap();
    }
    drop(store);
    let list = "b.example\na.example/people/\nc.example/people/\n*/private/*\n";
    std::fs::write(dir.path().join("list.txt"), list).unwrap();
    let config = "[crawl]\nsuppress = ['list.txt']\n";
    std::fs::write(dir.path().join("config.toml"), config).unwrap();
    for format in ["jsonl", "csv"] {
        let mut export = Command::new(env!("CARGO_BIN_EXE_foresignal"));
        let names = std::env::vars_os().map(|(name, _)| name);
        for name in names.filter(|name| name.to_string_lossy().starts_with("FORESIGNAL_")) {
            export.env_remove(name);
        }
        export
            .args(["export", "--format", format])
            .current_dir(dir.path());
        let output = export.output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(text.contains("https://a.example/1"), "{text}");
        for gone in ["b.example", "people", "c.example", "private"] {
            assert!(!text.contains(gone), "{gone}: {text}");
        }
    }
}

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
        suppressed: Arc::new(suppressed),
        config: Config {
            patience: Duration::from_secs(600),
            ..Config::default()
        },
        ..Parts::new(web.clone(), &mut store, companies, clock)
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
