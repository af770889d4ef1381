//! The demo end to end, as a newcomer runs it: the real binary crawls the demo's web, and what it
//! finds is held against what a careful reader finds there.

#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde::Deserialize;
use serde_json::Value;

/// Of the signals that a careful reader finds, at least this share is found. Raise it, never
/// lower it without a reason in the commit.
const RECALL: f64 = 0.85;
/// Pages without news that carry a signal all the same, at most.
const FALSE_ALARMS: usize = 4;
/// … and of those, with a confidence of .8 and more.
const CONFIDENT_FALSE_ALARMS: usize = 1;

#[derive(Deserialize)]
struct Expected {
    company: Vec<Company>,
}

#[derive(Deserialize)]
struct Company {
    slug: String,
    signals: Vec<Told>,
    quiet: Vec<Quiet>,
}

#[derive(Deserialize)]
struct Told {
    kind: String,
    page: String,
    published: Option<String>,
}

#[derive(Deserialize)]
struct Quiet {
    page: String,
}

/// What the export says of one signal, as far as this test cares.
struct Found {
    slug: String,
    kind: String,
    confidence: f64,
    /// Path of each page that tells it, and the day it was published.
    pages: BTreeMap<String, Option<String>>,
}

#[test]
#[expect(
    clippy::print_stderr,
    reason = "the figures are worth seeing with --nocapture"
)]
fn the_demo_finds_what_a_careful_reader_finds() {
    let dir = tempfile::tempdir().unwrap();
    let done = Command::new(env!("CARGO_BIN_EXE_foresignal"))
        .args(["demo", "--tell", "result", "--data"])
        .arg(dir.path())
        .output()
        .unwrap();
    let shown = String::from_utf8_lossy(&done.stdout);
    assert!(
        done.status.success(),
        "{shown}\n{}",
        String::from_utf8_lossy(&done.stderr)
    );
    assert!(shown.contains("at most 1 at once at a host"), "{shown}");
    assert!(shown.contains("Now try:"), "{shown}");

    let found = export(&dir.path().join("demo/signals.jsonl"));
    let expected: Expected = toml::from_str(include_str!("../seeds/demo/expected.toml")).unwrap();
    let has = |slug: &str, kind: Option<&str>, page: &str| {
        found
            .iter()
            .filter(|signal| signal.slug == slug && kind.is_none_or(|kind| signal.kind == kind))
            .find(|signal| signal.pages.keys().any(|path| same(path, page)))
    };
    let (mut hits, mut missed, mut dated, mut days) = (0, Vec::new(), 0, 0);
    let (mut alarms, mut confident) = (Vec::new(), 0);
    for company in &expected.company {
        for told in &company.signals {
            match has(&company.slug, Some(&told.kind), &told.page) {
                None => missed.push(format!("{} {}{}", told.kind, company.slug, told.page)),
                Some(signal) => {
                    hits += 1;
                    if let Some(day) = &told.published {
                        days += 1;
                        let right = |(path, said): (&String, &Option<String>)| {
                            same(path, &told.page) && said.as_ref() == Some(day)
                        };
                        dated += usize::from(signal.pages.iter().any(right));
                    }
                }
            }
        }
        for quiet in &company.quiet {
            if let Some(signal) = has(&company.slug, None, &quiet.page) {
                alarms.push(format!(
                    "{} ({:.2}) {}{}",
                    signal.kind, signal.confidence, company.slug, quiet.page
                ));
                confident += usize::from(signal.confidence >= 0.8);
            }
        }
    }
    let all = hits + missed.len();
    let report = format!(
        "found {hits} of {all}; days right {dated} of {days}; missed {missed:#?}; false alarms {alarms:#?}"
    );
    eprintln!("{report}");
    assert!(hits as f64 >= RECALL * all as f64, "{report}");
    assert!(dated * 10 >= days * 9, "{report}");
    assert!(
        alarms.len() <= FALSE_ALARMS && confident <= CONFIDENT_FALSE_ALARMS,
        "{report}"
    );
    let pages: BTreeSet<&String> = found
        .iter()
        .flat_map(|signal| signal.pages.keys())
        .collect();
    assert!(
        !pages.iter().any(|page| page.contains("/embargo/")),
        "robots.txt forbids it"
    );
}

fn export(path: &Path) -> Vec<Found> {
    let lines = std::fs::read_to_string(path).unwrap();
    let mut ids = BTreeSet::new();
    lines
        .lines()
        .map(|line| {
            let row: Value = serde_json::from_str(line).unwrap();
            assert!(
                ids.insert(row["id"].as_str().unwrap().to_owned()),
                "a signal is exported once"
            );
            let evidence = row["evidence"].as_array().unwrap();
            assert!(!evidence.is_empty(), "{line}");
            let pages = evidence.iter().map(|piece| {
                assert!(!piece["quote"].as_str().unwrap().is_empty(), "{line}");
                let path = url::Url::parse(piece["url"].as_str().unwrap())
                    .unwrap()
                    .path()
                    .to_owned();
                (path, piece["published"].as_str().map(str::to_owned))
            });
            Found {
                slug: row["company"]["crm_id"].as_str().unwrap().to_owned(),
                kind: row["kind"].as_str().unwrap().to_owned(),
                confidence: row["confidence"].as_f64().unwrap(),
                pages: pages.collect(),
            }
        })
        .collect()
}

fn same(path: &str, page: &str) -> bool {
    path.trim_end_matches('/') == page.trim_end_matches('/')
}
