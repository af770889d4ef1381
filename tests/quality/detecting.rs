//! How well signals are detected in labelled text.

use std::collections::BTreeMap;
use std::path::Path;

use foresignal::detect::{self, Relation};
use foresignal::model::company::Company;
use foresignal::model::document::Document;
use foresignal::model::signal::{Modality, Role, Signal, SignalKind};
use foresignal::model::time::Timestamp;
use serde_json::{Map, Value, json};

type ReadCase = fn(&Value) -> Case;
type Part = fn(&[Value]) -> Value;

/// Measures every set below `data`; an absent one is skipped, and said so.
pub(crate) fn measure(data: &Path) -> Value {
    let start = cpu_seconds();
    detect::detect(
        &Document::default(),
        &Company::new(""),
        Timestamp::default(),
    );
    let load = cpu_seconds() - start;
    let mut all = Map::new();
    let mut signals = Map::new();
    let mut calibration = Calibration::default();
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
            tally.count(name, &case(line), &mut calibration);
        }
        signals.insert(name.to_owned(), tally.report());
    }
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
    all.insert(
        "load".to_owned(),
        json!({"cpu_s": load, "rss_mb": resident()}),
    );
    Value::Object(all)
}

/// Megabytes that this process holds, where the system tells.
fn resident() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
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
        SignalKind::Funding => "funding",
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
            for (tally, floor) in [(&mut self.likely, 0.5), (&mut self.confident, 0.8)] {
                let counts = tally.entry(name).or_default();
                match (best >= floor, holds) {
                    (true, true) => counts[0] += 1,
                    (true, false) => counts[1] += 1,
                    (false, true) => counts[2] += 1,
                    (false, false) => {}
                }
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

/// Parties and price of acquisitions; every stated one must be found, any of its spellings counts.
fn acq_slots(lines: &[Value]) -> Value {
    let mut tally: BTreeMap<&'static str, [u32; 3]> = BTreeMap::new();
    for line in lines {
        let document = Document {
            text: string(line, "text").trim().to_owned(),
            language: Some("en".to_owned()),
            ..Document::default()
        };
        let findings = detect::findings(&document);
        let slots = detect::parties(&findings);
        for (slot, found) in [
            ("PURCHASER", slots.name(Role::Buyer)),
            ("ACQUIRED", slots.name(Role::Target)),
            ("SELLER", slots.name(Role::Seller)),
            ("DLRAMT", slots.amount.as_deref()),
        ] {
            let gold: Vec<Vec<String>> =
                serde_json::from_value(line["slots"][slot].clone()).unwrap_or_default();
            let counts = tally.entry(slot).or_default();
            let right = |found: &str| {
                gold.iter().flatten().any(|name| {
                    let (name, found) = (plain(name), plain(found));
                    name.contains(&found) || found.contains(&name)
                })
            };
            match found {
                Some(found) if right(found) => counts[0] += 1,
                Some(found) => {
                    counts[1] += 1;
                    counts[2] += u32::from(!gold.is_empty());
                    trace("slot", slot, found, &format!("{gold:?}"));
                }
                None => counts[2] += u32::from(!gold.is_empty()),
            }
        }
    }
    Value::Object(table(&tally))
}

#[expect(clippy::print_stderr, reason = "for whoever works on the rules")]
fn trace(what: &str, which: &str, found: &str, gold: &str) {
    if std::env::var_os("FORESIGNAL_TRACE").is_some() {
        eprintln!("{what} {which}: {found} | {gold}");
    }
}

fn plain(name: &str) -> String {
    name.to_lowercase()
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// Who bought, serves or merged with whom, of two given names.
fn core(lines: &[Value]) -> Value {
    let (mut pairs, mut covered, mut right) = (0, 0, 0);
    for line in lines {
        let relation = match string(line, "relation").as_str() {
            "acquired_by" => Relation::Acquisition,
            "client_of" => Relation::Client,
            "merged_with" => Relation::Merger,
            _ => continue,
        };
        pairs += 1;
        let span = |key: &str| {
            let ends: Vec<usize> = serde_json::from_value(line[key].clone()).unwrap_or_default();
            (ends[0], ends[1])
        };
        let text = string(line, "text");
        let tokens: Vec<&str> = text.split(' ').collect();
        let (one, two) = (span("e1_span"), span("e2_span"));
        let (first, second) = if one.0 < two.0 {
            (one, two)
        } else {
            (two, one)
        };
        let join = |from: usize, to: usize| tokens.get(from..to).unwrap_or_default().join(" ");
        let between = format!(" {} ", join(first.1 + 1, second.0));
        let found = detect::direction(
            &format!("{} ", join(0, first.0)),
            &between,
            &format!(" {}", join(second.1 + 1, tokens.len())),
        );
        let Some(found) = found.filter(|found| found.relation == relation) else {
            trace("core", "none", &format!("{relation:?}"), &between);
            continue;
        };
        covered += 1;
        // e1 was acquired by, is client of, e2, unless inverted.
        let inverted = line["invert"].as_u64() == Some(1);
        let e1_acts = inverted;
        let e1_first = one.0 < two.0;
        if relation == Relation::Merger || found.first_acts == (e1_acts == e1_first) {
            right += 1;
        } else {
            trace(
                "core",
                "wrong",
                &format!("{relation:?} {inverted} {e1_first}"),
                &between,
            );
        }
    }
    json!({"pairs": pairs, "covered": covered, "right": right})
}

/// Technologies in job advertisements that touch a span which experts marked as knowledge.
fn skillspan(lines: &[Value]) -> Value {
    let (mut found, mut inside) = (0, 0);
    for line in lines {
        let tokens: Vec<String> =
            serde_json::from_value(line["tokens"].clone()).unwrap_or_default();
        let marks: Vec<String> =
            serde_json::from_value(line["knowledge"].clone()).unwrap_or_default();
        let text = tokens.join(" ");
        for (range, name, _) in detect::technologies(&text) {
            found += 1;
            let mut at = 0;
            let mut touched = false;
            for (token, mark) in tokens.iter().zip(&marks) {
                let end = at + token.len();
                touched |= at < range.end && range.start < end && mark != "O";
                at = end + 1;
            }
            inside += u32::from(touched);
            if !touched {
                trace("skill", name, &text[range], "");
            }
        }
    }
    json!({"found": found, "inside": inside})
}

fn page(line: &Value) -> Document {
    Document {
        url: string(line, "url"),
        title: string(line, "title"),
        text: string(line, "main_content"),
        fetched: jiff::civil::date(2025, 10, 1),
        ..Document::default()
    }
}

/// Pages with nothing to sell: how many carry a confident signal all the same.
fn noise(lines: &[Value]) -> Value {
    let (mut pages, mut confident) = (0, 0);
    for line in lines {
        let kind = string(line, "page_type");
        if !["product", "documentation", "listing"].contains(&kind.as_str()) {
            continue;
        }
        pages += 1;
        let document = page(line);
        let found = detect::detect(&document, &Company::new(""), Timestamp::default());
        let sure: Vec<&Signal> = found
            .iter()
            .filter(|signal| signal.confidence >= 0.8)
            .collect();
        for signal in &sure {
            let proof = &signal.evidence[0];
            trace(
                "noise",
                &proof.rule,
                &proof.quote,
                &format!("{} {}", document.url, document.title),
            );
        }
        confident += u32::from(!sure.is_empty());
    }
    json!({"pages": pages, "confident": confident})
}

/// How fast whole pages are detected in.
fn speed(lines: &[Value]) -> Value {
    let pages: Vec<Document> = lines.iter().map(page).collect();
    let nobody = Company::new("");
    let bytes: usize = pages.iter().map(|page| page.text.len()).sum();
    let start = cpu_seconds();
    for page in &pages {
        detect::detect(page, &nobody, Timestamp::default());
    }
    json!({"pages": pages.len(), "bytes": bytes, "cpu_s": cpu_seconds() - start})
}

/// CPU time of this thread, where the system tells: wall time lies on a shared machine.
fn cpu_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos: f64 = told
        .split(' ')
        .next()
        .and_then(|nanos| nanos.parse().ok())
        .unwrap_or(0.0);
    nanos / 1e9
}
