//! Pages beside what must be read from them: `golden/extract/READER/CASE.html` (or `.xml`, or `.txt`
//! for JSON) and `CASE.json`. A case whose reading carries its folder's name is a positive one, any other a
//! negative one; every reader has both. `UPDATE_GOLDEN=1` writes the expectations anew.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use foresignal::extract;
use foresignal::model::document::{Document, Link, Reading};
use foresignal::model::page::Page;
use foresignal::model::time::Timestamp;
use serde_json::{Value, json};

/// When the golden pages were fetched: 2026-04-01.
const FETCHED: Timestamp = Timestamp(1_775_001_600_000);

#[test]
fn every_reader_reads_its_pages_as_expected() {
    let mut wrong = Vec::new();
    for name in extract::NAMES {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden/extract")
            .join(name);
        let (mut positive, mut negative) = (0, 0);
        for case in cases(&folder) {
            let reading = extract::read(&page(&case));
            *(if reading.reader == *name {
                &mut positive
            } else {
                &mut negative
            }) += 1;
            let found = as_json(&reading);
            let file = case.with_extension("json");
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                let text = serde_json::to_string_pretty(&found).expect("a JSON value prints");
                std::fs::write(&file, text + "\n").expect("the expectation can be written");
            }
            let expected = std::fs::read_to_string(&file).unwrap_or_default();
            if serde_json::from_str::<Value>(&expected).ok().as_ref() != Some(&found) {
                wrong.push(format!("{}: {found:#}", file.display()));
            }
        }
        assert!(positive > 0, "{name} has no page that it reads");
        assert!(negative > 0, "{name} has no page that it leaves alone");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn cases(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut cases: Vec<PathBuf> = entries
        .map(|entry| entry.expect("a folder's entry").path())
        .filter(|path| {
            path.extension()
                .is_some_and(|extension| extension != "json")
        })
        .collect();
    cases.sort();
    cases
}

/// The page in a file, at the address that the file's first comment names.
fn page(file: &Path) -> Page {
    let body = std::fs::read_to_string(file).expect("a golden page is UTF-8");
    let url = body
        .split_once("url: ")
        .and_then(|(_, rest)| rest.split_whitespace().next())
        .expect("a golden page names its address");
    let (media, body) = match file.extension().and_then(std::ffi::OsStr::to_str) {
        Some("xml") => ("application/xml", body.as_str()),
        // What programs answer has no comments: the address stands in a line before it.
        Some("txt") => (
            "application/json",
            body.split_once('\n').unwrap_or_default().1,
        ),
        _ => ("text/html", body.as_str()),
    };
    Page {
        url: url.to_owned(),
        status: 200,
        headers: vec![("content-type".to_owned(), format!("{media}; charset=utf-8"))],
        body: body.as_bytes().to_vec(),
        truncated: false,
        fetched: FETCHED,
        address: None,
    }
}

fn as_json(reading: &Reading) -> Value {
    json!({
        "reader": reading.reader,
        "canonical": reading.canonical,
        "ttl": reading.ttl,
        "wishes": reading.heard.wishes(),
        "documents": reading.documents.iter().map(document).collect::<Vec<_>>(),
        "links": reading.links.iter().map(link).collect::<Vec<_>>(),
    })
}

fn document(document: &Document) -> Value {
    let job = document.job.as_ref().map(|job| {
        json!({
            "title": job.title,
            "organization": job.organization,
            "location": job.location,
            "posted": job.posted,
            "closes": job.closes,
        })
    });
    json!({
        "url": document.url,
        "title": document.title,
        "text": document.text.lines().collect::<Vec<_>>(),
        "published": document.published,
        "updated": document.updated,
        "language": document.language,
        "genre": document.genre,
        "publisher": document.publisher,
        "complete": document.complete,
        "job": job,
    })
}

fn link(link: &Link) -> Value {
    let mut said = BTreeMap::from([("url", json!(link.url))]);
    if !link.text.is_empty() {
        said.insert("text", json!(link.text));
    }
    if let Some(kind) = link.kind {
        said.insert("kind", json!(kind));
    }
    for (name, on) in [("nofollow", link.nofollow), ("frame", link.frame)] {
        if on {
            said.insert(name, json!(true));
        }
    }
    if let Some(dated) = link.dated {
        said.insert("dated", json!(dated.to_string()));
    }
    json!(said)
}
