//! What pages say of their companies: `golden/claims/CASE.html` beside `CASE.json`. Companies,
//! persons and numbers are made up; numbers with check digits were computed. A page whose file's
//! name begins with `no_` says nothing. `UPDATE_GOLDEN=1` writes the expectations anew.

use std::path::Path;

use foresignal::extract;
use foresignal::model::page::Page;
use foresignal::model::time::Timestamp;
use serde_json::{Value, json};

/// When the golden pages were fetched: 2026-04-01.
const FETCHED: Timestamp = Timestamp(1_775_001_600_000);

#[test]
fn pages_claim_what_is_expected_of_them() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/claims");
    let entries = std::fs::read_dir(&folder).expect("the folder is there");
    let mut wrong = Vec::new();
    let (mut saying, mut silent) = (0, 0);
    for entry in entries {
        let file = entry.expect("it is readable").path();
        if file.extension().is_none_or(|ending| ending != "html") {
            continue;
        }
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let found = claims(&file);
        let none = found.as_array().is_none_or(Vec::is_empty);
        *(if none { &mut silent } else { &mut saying }) += 1;
        if name.starts_with("no_") != none {
            wrong.push(format!("{name}: {found:#}"));
        }
        let text = found.to_string();
        for person in ["Roe", "@", "555", "Kwarcz"] {
            if text.contains(person) && !text.contains("youtube.com/@") {
                wrong.push(format!("{name} holds {person}: {found:#}"));
            }
        }
        let expectation = file.with_extension("json");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            let text = serde_json::to_string_pretty(&found).expect("a JSON value prints");
            std::fs::write(&expectation, text + "\n").expect("the expectation can be written");
        }
        let expected = std::fs::read_to_string(&expectation).unwrap_or_default();
        if serde_json::from_str::<Value>(&expected).ok().as_ref() != Some(&found) {
            wrong.push(format!("{name}: {found:#}"));
        }
    }
    assert!(
        saying >= 20 && silent >= 5,
        "{saying} pages speak, {silent} are silent"
    );
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn claims(file: &Path) -> Value {
    let body = std::fs::read_to_string(file).expect("a golden page is UTF-8");
    let url = body
        .split_once("url: ")
        .and_then(|(_, rest)| rest.split_whitespace().next());
    let page = Page {
        url: url.expect("a golden page names its address").to_owned(),
        status: 200,
        headers: vec![(
            "content-type".to_owned(),
            "text/html; charset=utf-8".to_owned(),
        )],
        body: body.into_bytes(),
        truncated: false,
        fetched: FETCHED,
        address: None,
    };
    let reading = extract::read(&page);
    let claims = reading.claims.iter().map(|claim| {
        json!({
            "attribute": claim.attribute,
            "value": claim.value,
            "basis": claim.basis,
            "evidence": claim.evidence,
        })
    });
    Value::Array(claims.collect())
}
