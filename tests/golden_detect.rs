//! Golden documents: what each detector makes of texts written for the purpose.
//!
//! `tests/golden/detect/DETECTOR/NAME.json` holds a document, the company asked about and the
//! signals expected. `UPDATE_GOLDEN=1 cargo test --test golden_detect` writes the expectations
//! anew; read the difference before it is committed.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use foresignal::detect::{DETECTORS, detect};
use foresignal::model::company::Company;
use foresignal::model::document::{DateSource, Dated, Document, Genre, JobPosting, TenderNotice};
use foresignal::model::signal::Signal;
use foresignal::model::time::Timestamp;
use serde_json::{Value, json};

#[test]
fn golden_documents_yield_the_signals_they_should() {
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    for path in cases() {
        let text = fs::read_to_string(&path).expect("golden files are readable");
        let mut case: Value = serde_json::from_str(&text).expect("golden files are JSON");
        let found = detected(&case);
        let persons = case["persons"].as_array().cloned().unwrap_or_default();
        for person in persons.iter().filter_map(Value::as_str) {
            if found.to_string().contains(person) {
                wrong.push(format!("{}: {person} is named", path.display()));
            }
        }
        if update {
            case["expected"] = found;
            let text = serde_json::to_string_pretty(&case).expect("JSON serialises");
            fs::write(&path, text + "\n").expect("golden files are writable");
        } else if found != case["expected"] {
            wrong.push(format!(
                "{}:\nexpected {:#}\nfound {found:#}",
                path.display(),
                case["expected"]
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_detector_has_a_positive_and_a_negative_case() {
    let mut known: BTreeMap<String, [usize; 2]> = BTreeMap::new();
    for path in cases() {
        let text = fs::read_to_string(&path).expect("golden files are readable");
        let case: Value = serde_json::from_str(&text).expect("golden files are JSON");
        let sure = case["expected"]
            .as_array()
            .is_some_and(|signals| signals.iter().any(|signal| signal["belief"] != "weak"));
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default();
        let counts = known
            .entry(folder.to_string_lossy().into_owned())
            .or_default();
        counts[usize::from(!sure)] += 1;
    }
    for detector in DETECTORS {
        let [positive, negative] = known.get(detector.name).copied().unwrap_or_default();
        assert!(positive > 0, "{} has no positive case", detector.name);
        assert!(negative > 0, "{} has no negative case", detector.name);
    }
}

fn cases() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for detector in fs::read_dir("tests/golden/detect").expect("there are golden cases") {
        let folder = detector.expect("readable").path();
        for case in fs::read_dir(folder).expect("readable") {
            found.push(case.expect("readable").path());
        }
    }
    found.sort();
    found
}

fn detected(case: &Value) -> Value {
    let mut company = Company::new(case["company"]["domain"].as_str().unwrap_or_default());
    if let Some(name) = case["company"]["name"].as_str() {
        name.clone_into(&mut company.name);
    }
    let signals = detect(&document(&case["document"]), &company, Timestamp(0));
    Value::Array(signals.iter().map(summary).collect())
}

fn document(stated: &Value) -> Document {
    let string = |key: &str| stated[key].as_str().unwrap_or_default().to_owned();
    let day = |text: &Value| text.as_str().and_then(|day| day.parse().ok());
    let lines = stated["text"].as_array().cloned().unwrap_or_default();
    let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
    let job = &stated["job"];
    Document {
        url: string("url"),
        title: string("title"),
        text: lines.join("\n"),
        published: day(&stated["published"]).map(|day| Dated {
            day,
            source: DateSource::Meta,
        }),
        language: stated["language"].as_str().map(str::to_owned),
        genre: serde_json::from_value::<Genre>(stated["genre"].clone()).unwrap_or_default(),
        job: job.as_object().map(|_| JobPosting {
            title: job["title"].as_str().unwrap_or_default().to_owned(),
            organization: job["organization"].as_str().map(str::to_owned),
            location: job["location"].as_str().map(str::to_owned),
            posted: day(&job["posted"]),
            closes: None,
        }),
        tender: stated["tender"].as_object().map(|tender| TenderNotice {
            awarded: tender["awarded"] == true,
            buyers: strings(&stated["tender"]["buyers"]),
            winners: strings(&stated["tender"]["winners"]),
            cpv: strings(&stated["tender"]["cpv"]),
            value: stated["tender"]["value"].as_str().map(str::to_owned),
            ..TenderNotice::default()
        }),
        complete: true,
        fetched: jiff::civil::date(2026, 6, 20),
        ..Document::default()
    }
}

fn strings(all: &Value) -> Vec<String> {
    let all = all.as_array().into_iter().flatten();
    all.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// What of a signal is worth fixing: its belief as a band, because confidence is recalibrated.
fn summary(signal: &Signal) -> Value {
    let belief = match signal.confidence {
        sure if sure >= 0.8 => "sure",
        likely if likely >= 0.5 => "likely",
        _ => "weak",
    };
    let slots: BTreeMap<&str, Value> = [
        ("counterpart", json!(signal.slots.counterpart)),
        ("amount", json!(signal.slots.amount)),
        ("position", json!(signal.slots.position)),
        ("place", json!(signal.slots.place)),
        ("count", json!(signal.slots.count)),
        ("technologies", json!(signal.slots.technologies)),
    ]
    .into_iter()
    .filter(|(_, value)| !value.is_null() && *value != json!([]))
    .collect();
    json!({
        "kind": signal.kind, "role": signal.role, "modality": signal.modality,
        "belief": belief, "areas": signal.areas, "event": signal.event, "slots": slots,
        "detector": signal.evidence[0].detector, "quote": signal.evidence[0].quote,
    })
}
