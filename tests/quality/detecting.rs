//! How well signals are detected in labelled text.

use std::collections::BTreeMap;
use std::path::Path;

use foresignal::detect;
use foresignal::detect::ablate::Safeguard;
use foresignal::model::company::Company;
use foresignal::model::document::Document;
use foresignal::model::signal::{Modality, Signal, SignalKind};
use foresignal::model::time::Timestamp;
use serde_json::{Map, Value, json};

mod calibrate;
mod gating;
mod initiatives;
mod sets;
mod spanish;

use calibrate::Counts;
use gating::Gates;
use sets::{acq_slots, core, cpu_seconds, noise, resident, skillspan, speed};

type ReadCase = fn(&Value) -> Case;
type Part = fn(&[Value]) -> Value;

/// Tries the rule files that `FORESIGNAL_RULES` names (as [`std::env::split_paths`] takes them) over
/// ours; false: it names none.
pub(crate) fn install() -> bool {
    let Some(named) = std::env::var_os("FORESIGNAL_RULES") else {
        return false;
    };
    let read = |path: std::path::PathBuf| {
        let text = std::fs::read_to_string(&path).expect("the rule file can be read");
        (path.display().to_string(), text)
    };
    let settings = detect::Settings {
        rules: std::env::split_paths(&named).map(read).collect(),
        ..detect::Settings::default()
    };
    detect::install(&settings).expect("the rule files can be used");
    true
}

/// Measures every set below `data`; an absent one is skipped, and said so.
pub(crate) fn measure(data: &Path) -> Value {
    ablate();
    let start = cpu_seconds();
    detect::detect(
        &Document::default(),
        &Company::new(""),
        Timestamp::default(),
    );
    let load = json!({"cpu_s": cpu_seconds() - start, "rss_mb": resident()});
    let mut all = Map::new();
    let mut signals = Map::new();
    let mut calibration = Calibration::default();
    let mut counts = Counts::default();
    let mut gates = Gates::default();
    let sets: [(&str, ReadCase); 5] = [
        ("sentivent", sentivent),
        ("knowledgator", knowledgator),
        ("reuters_acq", reuters),
        ("casie", casie),
        ("es_news", es_news),
    ];
    for (name, case) in sets {
        let Some(lines) = read(data, &format!("signals/{name}.jsonl")) else {
            continue;
        };
        let mut tally = Tally::default();
        for line in &lines {
            let case = case(line);
            tally.count(name, &case, &mut calibration);
            if !is_training(&case.id) {
                continue;
            }
            if Counts::wanted() {
                recount(&mut counts, &case);
            }
            if Gates::wanted().is_some() {
                gates.add(name, &case.document, case.truth.iter().any(|truth| truth.1));
            }
        }
        signals.insert(name.to_owned(), tally.report());
        if name == "es_news" {
            signals.insert("spanish".to_owned(), spanish::measure(&lines));
        }
    }
    counts.write();
    gates.write();
    let plans = initiatives::measure(&mut signals);
    all.insert("initiatives".to_owned(), plans);
    all.insert("signals".to_owned(), Value::Object(signals));
    all.insert("calibration".to_owned(), calibration.report());
    let parts: [(&str, &str, Part); 5] = [
        ("acq_slots", "signals/acq_slots.jsonl", acq_slots),
        ("core", "signals/core.jsonl", core),
        ("skillspan", "signals/skillspan.jsonl", skillspan),
        ("noise", "wcxb/gold.jsonl", noise),
        ("speed", "wcxb/gold.jsonl", speed),
    ];
    for (key, file, part) in parts {
        if let Some(lines) = read(data, file) {
            all.insert(key.to_owned(), part(&lines));
        }
    }
    all.insert("load".to_owned(), load);
    Value::Object(all)
}

/// Measures without the safeguards that `FORESIGNAL_ABLATE` lists: what each of them is worth.
fn ablate() {
    let listed = std::env::var("FORESIGNAL_ABLATE").unwrap_or_default();
    let off = listed.split(',').filter(|name| !name.is_empty());
    let off = off.map(|name| Safeguard::named(name).expect("a safeguard has that name"));
    let off = off.chain(Gates::wanted()).collect();
    assert!(detect::ablate::without(off), "it is decided once");
}

#[expect(clippy::print_stderr, reason = "a skipped set must be seen")]
fn read(data: &Path, file: &str) -> Option<Vec<Value>> {
    let Ok(text) = std::fs::read_to_string(data.join(file)) else {
        eprintln!("skipped: {file} is absent");
        return None;
    };
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    Some(
        lines
            .map(|line| serde_json::from_str(line).expect("the sets are JSON lines"))
            .collect(),
    )
}

/// One labelled text.
struct Case {
    id: String,
    document: Document,
    company: Company,
    /// The classes that are judged in this set, and whether each holds.
    truth: Vec<(&'static str, bool)>,
}

fn string(line: &Value, key: &str) -> String {
    line[key].as_str().unwrap_or_default().to_owned()
}

fn labels(line: &Value) -> Vec<String> {
    let listed = line["labels"].as_array().cloned().unwrap_or_default();
    listed
        .iter()
        .filter_map(|label| label.as_str().map(str::to_owned))
        .collect()
}

fn case(line: &Value, company: &str, classes: &[&'static str]) -> Case {
    let held = labels(line);
    Case {
        id: string(line, "id"),
        document: Document {
            url: string(line, "url"),
            title: string(line, "title"),
            text: string(line, "text"),
            language: Some(string(line, "lang")),
            complete: true,
            fetched: day(line),
            ..Document::default()
        },
        company: Company {
            name: company.to_owned(),
            ..Company::new("")
        },
        truth: classes
            .iter()
            .map(|class| (*class, held.iter().any(|label| label == class)))
            .collect(),
    }
}

/// The day a set's line states, or one that makes no year of these corpora look long past.
fn day(line: &Value) -> jiff::civil::Date {
    let stated = string(line, "date");
    let digits: Vec<i16> = stated
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|part| part.parse().ok())
        .collect();
    match digits.as_slice() {
        [year @ 1900..=2100, month, day, ..] => jiff::civil::Date::new(
            *year,
            i8::try_from(*month).unwrap_or(1),
            i8::try_from(*day).unwrap_or(1),
        )
        .unwrap_or_default(),
        [_, year @ 1900..=2100, ..] => jiff::civil::Date::new(*year, 6, 1).unwrap_or_default(),
        _ => jiff::civil::date(2016, 6, 1),
    }
}

const SENTIVENT: &[&str] = &[
    "mna",
    "funding",
    "deal",
    "employment",
    "facility",
    "product",
    "investment",
];

fn sentivent(line: &Value) -> Case {
    case(line, "", SENTIVENT)
}

fn knowledgator(line: &Value) -> Case {
    let target = string(line, "target_org");
    let mut case = case(
        line,
        &target,
        &[
            "mna",
            "funding",
            "deal",
            "employment",
            "facility",
            "product",
        ],
    );
    case.document.fetched = jiff::civil::date(2022, 6, 1);
    case
}

fn reuters(line: &Value) -> Case {
    case(line, "", &["mna"])
}

fn casie(line: &Value) -> Case {
    case(line, "", &["security_incident"])
}

fn es_news(line: &Value) -> Case {
    let mut case = case(line, "", &["deal"]);
    case.document.fetched = jiff::civil::date(2021, 6, 1);
    case
}

/// The class under which a set files one of our kinds.
fn class(kind: SignalKind) -> &'static str {
    match kind {
        SignalKind::Funding | SignalKind::Ipo => "funding",
        SignalKind::Mna => "mna",
        SignalKind::Partnership | SignalKind::NewClient => "deal",
        SignalKind::LeadershipHire
        | SignalKind::LeadershipDeparture
        | SignalKind::Hiring
        | SignalKind::Layoffs => "employment",
        SignalKind::Expansion | SignalKind::Closure => "facility",
        SignalKind::ProductLaunch => "product",
        SignalKind::Investment => "investment",
        SignalKind::SecurityIncident => "security_incident",
        other => other.id(),
    }
}

/// Takes what the rules say of a text into the counts, class by class.
fn recount(counts: &mut Counts, case: &Case) {
    let told = detect::findings(&case.document);
    for (name, holds) in &case.truth {
        let judged = told.iter().filter(|finding| class(finding.kind) == *name);
        counts.add(judged, *holds);
    }
}

fn detected(case: &Case) -> Vec<Signal> {
    detect::detect(&case.document, &case.company, Timestamp::default())
}

/// Per class: true positives, false positives, false negatives.
#[derive(Default)]
struct Tally {
    likely: BTreeMap<&'static str, [u32; 3]>,
    confident: BTreeMap<&'static str, [u32; 3]>,
}

impl Tally {
    fn count(&mut self, set: &str, case: &Case, calibration: &mut Calibration) {
        let found = detected(case);
        for (name, holds) in &case.truth {
            let best = found
                .iter()
                .filter(|signal| class(signal.kind) == *name)
                .map(|signal| signal.confidence)
                .fold(0.0, f32::max);
            dump(set, case, name, *holds, best, &found);
            if best > 0.0 {
                calibration.add(&case.id, best, *holds);
            }
            self.judge(name, *holds, best);
        }
    }

    /// One text's judgement of one class, with the confidence of its surest signal.
    fn judge(&mut self, class: &'static str, holds: bool, best: f32) {
        for (tally, floor) in [(&mut self.likely, 0.5), (&mut self.confident, 0.8)] {
            let counts = tally.entry(class).or_default();
            match (best >= floor, holds) {
                (true, true) => counts[0] += 1,
                (true, false) => counts[1] += 1,
                (false, true) => counts[2] += 1,
                (false, false) => {}
            }
        }
    }

    fn report(&self) -> Value {
        let mut all = table(&self.likely);
        all.insert(
            "confident".to_owned(),
            Value::Object(table(&self.confident)),
        );
        Value::Object(all)
    }
}

fn table(tally: &BTreeMap<&'static str, [u32; 3]>) -> Map<String, Value> {
    tally
        .iter()
        .map(|(class, [tp, fp, fn_])| ((*class).to_owned(), json!({"tp": tp, "fp": fp, "fn": fn_})))
        .collect()
}

/// For whoever works on the rules: every judgement, one JSON a line, where `FORESIGNAL_DUMP` says.
fn dump(set: &str, case: &Case, class_name: &str, holds: bool, best: f32, found: &[Signal]) {
    use std::io::Write;
    let Ok(place) = std::env::var("FORESIGNAL_DUMP") else {
        return;
    };
    let tellings: Vec<Value> = detect::findings(&case.document)
        .iter()
        .filter(|finding| class(finding.kind) == class_name)
        .map(|finding| {
            json!({
                "rule": finding.rule, "position": finding.stands(), "confidence": finding.confidence,
                "asserted": matches!(finding.modality, Modality::Asserted | Modality::Planned),
            })
        })
        .collect();
    if !holds && tellings.is_empty() {
        return;
    }
    let told: Vec<Value> = found
        .iter()
        .filter(|signal| class(signal.kind) == class_name)
        .map(|signal| {
            json!({
                "rule": signal.evidence[0].rule, "confidence": signal.confidence,
                "quote": signal.evidence[0].quote, "modality": format!("{:?}", signal.modality),
                "marks": signal.evidence[0].marks,
            })
        })
        .collect();
    let line = json!({
        "set": set, "id": case.id, "class": class_name, "holds": holds, "best": best,
        "company": case.company.name, "title": case.document.title,
        "tellings": tellings, "told": told,
    });
    let mut file = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(place)
        .expect("the dump can be written");
    writeln!(file, "{line}").expect("the dump can be written");
}

/// Confidence against truth, on the half of the texts from which no counts were taken.
#[derive(Default)]
struct Calibration {
    bins: [(u32, u32, f32); 10],
}

impl Calibration {
    fn add(&mut self, id: &str, confidence: f32, holds: bool) {
        if is_training(id) {
            return;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a confidence lies between 0 and 1"
        )]
        let bin = ((confidence * 10.0) as usize).min(9);
        let (all, right, sum) = &mut self.bins[bin];
        *all += 1;
        *right += u32::from(holds);
        *sum += confidence;
    }

    #[expect(clippy::cast_precision_loss, reason = "some thousands of texts")]
    fn report(&self) -> Value {
        let total: u32 = self.bins.iter().map(|bin| bin.0).sum();
        let mut error = 0.0;
        let bins: Vec<Value> = self
            .bins
            .iter()
            .map(|(all, right, sum)| {
                error += (sum - *right as f32).abs();
                json!({"all": all, "right": right, "mean": sum / (*all).max(1) as f32})
            })
            .collect();
        json!({"bins": bins, "ece": error / total.max(1) as f32})
    }
}

/// Half of the texts, by their id: counts were taken from these.
fn is_training(id: &str) -> bool {
    let sum: u32 = id.bytes().map(u32::from).sum();
    sum.is_multiple_of(2)
}
