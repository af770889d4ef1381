//! `foresignal store` and `crawl --skipped` as a person uses them: what they say, and the code
//! they end with.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use foresignal::model::company::{Company, CompanyId};
use foresignal::model::host::{Held, HostRecord};
use foresignal::model::task::{Discovery, Harvest, Seed, TaskKind};
use foresignal::model::time::Timestamp;
use foresignal::model::url::Host;
use foresignal::store::Frontier;
use foresignal::store::sled::SledStore;
use predicates::prelude::*;
use predicates::str::contains;
use tempfile::TempDir;

/// The binary, in a directory where it finds no configuration but what the test put there.
fn foresignal(dir: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foresignal"));
    let names = std::env::vars_os().map(|(name, _)| name);
    for name in names.filter(|name| name.to_string_lossy().starts_with("FORESIGNAL_")) {
        command.env_remove(name);
    }
    command.env_remove("RUST_LOG").current_dir(dir);
    command
}

fn discovery(url: &str, company: &str) -> Discovery {
    Discovery {
        url: foresignal::model::url::parse(url).expect("valid"),
        company: CompanyId(company.to_owned()),
        kind: TaskKind::Article,
        due: Timestamp(5),
        depth: 1,
        from: None,
        at: Timestamp(5),
        updated: None,
    }
}

/// A directory with a store of two companies that nobody can be asked for.
async fn scratch() -> TempDir {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut store = SledStore::open(&dir.path().join("data"), 4 << 20).expect("opens");
    for domain in ["contoso.example", "fabrikam.example"] {
        let seed = Seed {
            company: Company::new(domain),
            tasks: vec![discovery(&format!("https://{domain}/news/a"), domain)],
        };
        store.seed(&[seed]).await.expect("seeds");
    }
    dir
}

fn json(output: &[u8]) -> serde_json::Value {
    serde_json::from_slice(output).expect("it is JSON")
}

#[tokio::test]
async fn a_store_is_checked_copied_compacted_and_put_back() {
    let dir = scratch().await;
    let run = |arguments: &[&str]| foresignal(dir.path()).args(arguments).assert();
    run(&["store", "check"])
        .success()
        .stdout(contains("all is well"));
    let checked = run(&["store", "check", "--deep", "--json"]).success();
    let checked = json(&checked.get_output().stdout);
    assert_eq!(checked["whole"], true);
    assert_eq!(checked["checked"]["entries"]["urls"], 2);
    run(&["store", "backup", "monday", "--archive"])
        .success()
        .stdout(contains("2 URLs"));
    run(&["store", "backup", "monday"])
        .failure()
        .code(3)
        .stderr(contains("monday is there already: name another place"));
    let came = run(&["store", "compact", "--json"]).success();
    assert!(json(&came.get_output().stdout)["after"].as_u64() > Some(0));
    run(&["store", "restore", "monday"])
        .code(3)
        .stderr(contains("--replace"));
    run(&["store", "restore", "monday", "--replace"])
        .success()
        .stdout(contains("2 URLs"));
    run(&["store", "restore", "monday", "--data", "elsewhere"]).success();
    run(&[
        "inspect",
        "company",
        "contoso.example",
        "--data",
        "elsewhere",
    ])
    .success();
    run(&["store", "check", "--data", "elsewhere"]).success();
}

#[tokio::test]
async fn what_is_damaged_is_told_with_what_helps_and_a_code_of_its_own() {
    let dir = scratch().await;
    let data = dir.path().join("data");
    let run = |arguments: &[&str]| foresignal(dir.path()).args(arguments).assert();
    let spoil = |key: &str, tree: &str, value: Option<&[u8]>| {
        let db = sled::open(data.join("store")).expect("opens");
        let tree = db.open_tree(tree).expect("opens");
        let done = match value {
            Some(value) => tree.insert(key, value).map(drop),
            None => tree.clear(),
        };
        done.expect("writes");
    };
    spoil("", "due", None);
    run(&["store", "check"])
        .code(5)
        .stdout(contains("--repair").and(contains("3 things are wrong")));
    run(&["store", "check", "--repair"])
        .success()
        .stdout(contains("all is well now"));
    run(&["store", "check"]).success();
    spoil("example,contoso)/news/a", "urls", Some(&[2, 1]));
    run(&["store", "check"])
        .code(5)
        .stdout(contains("store restore"));
    let checked = run(&["store", "check", "--json"]).code(5);
    let checked = json(&checked.get_output().stdout);
    assert_eq!(checked["findings"][0]["tree"], "urls");
    assert_eq!(checked["findings"][0]["cure"], "restore");
    run(&["inspect", "host", "contoso.example"])
        .code(5)
        .stderr(contains("store check"));
    fs::write(data.join("store").join("conf"), "rubbish and more").expect("writes");
    for command in [["store", "check"], ["store", "compact"]] {
        run(&command).code(5).stderr(contains("store restore"));
    }
    run(&["store", "restore", "nowhere"])
        .code(5)
        .stderr(contains("it is no backup"));
    run(&["store", "check", "--data", "nowhere"]).code(3);
}

#[tokio::test]
async fn a_store_in_use_is_left_to_who_uses_it() {
    let dir = scratch().await;
    let store = SledStore::open(&dir.path().join("data"), 4 << 20).expect("opens");
    for command in [
        &["store", "check"][..],
        &["store", "compact"],
        &["store", "backup", "monday"],
    ] {
        let said = foresignal(dir.path()).args(command).assert();
        said.code(4).stderr(contains("pid"));
    }
    assert!(!dir.path().join("monday").exists());
    drop(store);
}

/// What a run that may ask nobody says of what it left.
#[tokio::test]
async fn what_a_run_left_alone_is_told_with_its_reason() {
    let dir = scratch().await;
    let mut store = SledStore::open(&dir.path().join("data"), 4 << 20).expect("opens");
    let far = Timestamp(4_000_000_000_000);
    let resting = HostRecord {
        rest_until: far,
        refusals: 2,
        ..HostRecord::default()
    };
    let held = HostRecord {
        rest_until: far,
        held: Some((far, Held::QuietHours)),
        ..HostRecord::default()
    };
    let host = |name: &str| Host::of_domain(name).expect("a name");
    let harvest = Harvest {
        hosts: vec![
            (host("contoso.example"), resting),
            (host("news.contoso.example"), held),
        ],
        found: vec![
            discovery("https://news.contoso.example/b", "contoso.example"),
            discovery("https://contoso.example/news/c", "contoso.example"),
        ],
        ..Harvest::default()
    };
    store.commit(&[harvest]).await.expect("commits");
    drop(store);
    let config = "[fetch]\ncontact = 'https://foresignal.example/test'\ndns = ['127.0.0.1:1']\n[crawl]\nsuppress = ['leave.txt']\nrest = '10ms'\npatience = '100ms'\n";
    fs::write(dir.path().join("config.toml"), config).expect("writes");
    fs::write(dir.path().join("leave.txt"), "tailspin.example\n").expect("writes");
    let list = "domain\ncontoso.example\ntailspin.example\n";
    fs::write(dir.path().join("list.csv"), list).expect("writes");
    foresignal(dir.path())
        .args(["crawl", "list.csv", "--skipped", "skipped.jsonl"])
        .assert()
        .success();
    let text = fs::read_to_string(dir.path().join("skipped.jsonl")).expect("it was written");
    let mut told: Vec<(String, String, bool)> = Vec::new();
    for line in text.lines() {
        let line = json(line.as_bytes());
        let [url, state] = ["url", "state"].map(|key| line[key].as_str().expect("text"));
        assert!(line["reason"].is_string() && line["company"].is_string());
        assert!(line["at"].as_str().is_some_and(|at| at.ends_with('Z')));
        told.push((url.to_owned(), state.to_owned(), line["until"].is_string()));
    }
    told.sort();
    let told: Vec<(&str, &str, bool)> = told
        .iter()
        .map(|(url, state, until)| (url.as_str(), state.as_str(), *until))
        .collect();
    assert_eq!(
        told,
        [
            ("dns://tailspin.example:53/", "suppressed", false),
            ("https://contoso.example/", "backing_off", true),
            ("https://contoso.example/news/a", "backing_off", true),
            ("https://contoso.example/news/c", "backing_off", true),
            ("https://fabrikam.example/news/a", "unlisted", false),
            ("https://news.contoso.example/b", "quiet_hours", true),
            ("https://tailspin.example/", "suppressed", false),
        ]
    );
    assert!(!dir.path().join("skipped.jsonl.part").exists());
}
