//! Spanish text labelled before the rules were read (`spanish.tsv`, which says how it was made):
//! every kind of signal by itself, and the half that nobody looks at while writing rules apart.

use std::collections::BTreeMap;

use foresignal::detect;
use foresignal::model::company::Company;
use foresignal::model::document::Document;
use foresignal::model::signal::SignalKind;
use foresignal::model::time::Timestamp;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::{string, table};

/// The kinds that the set is labelled for.
const KINDS: &[SignalKind] = &[
    SignalKind::Funding,
    SignalKind::Mna,
    SignalKind::Investment,
    SignalKind::LeadershipHire,
    SignalKind::LeadershipDeparture,
    SignalKind::Hiring,
    SignalKind::Layoffs,
    SignalKind::Expansion,
    SignalKind::Closure,
    SignalKind::Partnership,
    SignalKind::NewClient,
    SignalKind::ProductLaunch,
    SignalKind::CloudMigration,
    SignalKind::DatacenterExit,
    SignalKind::ErpChange,
    SignalKind::CrmChange,
    SignalKind::CollaborationChange,
    SignalKind::DeviceRefresh,
    SignalKind::EndOfSupport,
    SignalKind::AiAdoption,
    SignalKind::SecurityIncident,
    SignalKind::Compliance,
    SignalKind::Tender,
];

type Counts = BTreeMap<&'static str, [u32; 3]>;

/// Per kind: over all items, those that rules may be written after, those held back, and by origin.
pub(super) fn measure(news: &[Value]) -> Value {
    let texts: BTreeMap<String, String> = news
        .iter()
        .map(|line| (string(line, "id"), string(line, "text")))
        .collect();
    let mut tallies: BTreeMap<(&str, bool), Counts> = BTreeMap::new();
    for line in include_str!("spanish.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
    {
        let item = Item::of(line, &texts);
        let found = detect::detect(&item.document, &Company::new(""), Timestamp::default());
        for kind in KINDS {
            let holds = item.labels.contains(&kind.id());
            let best = found
                .iter()
                .filter(|signal| signal.kind == *kind)
                .map(|signal| signal.confidence)
                .fold(0.0, f32::max);
            let told = found.iter().find(|signal| signal.kind == *kind);
            if item.half == "dev" && (holds || told.is_some()) {
                let rule = told.map_or("", |signal| signal.evidence[0].rule.as_str());
                dump(&item, kind.id(), holds, best, rule);
            }
            for (confident, floor) in [(false, 0.5), (true, 0.8)] {
                let place = match (best >= floor, holds) {
                    (true, true) => 0,
                    (true, false) => 1,
                    (false, true) => 2,
                    (false, false) => continue,
                };
                for part in ["", item.half, item.origin] {
                    let tally = tallies.entry((part, confident)).or_default();
                    tally.entry(kind.id()).or_default()[place] += 1;
                }
            }
        }
    }
    let of = |part: &str| -> Map<String, Value> {
        let counts = |confident| tallies.get(&(part, confident)).map(table);
        let mut report = counts(false).unwrap_or_default();
        report.insert("confident".to_owned(), json!(counts(true)));
        report
    };
    let mut all = of("");
    for part in ["dev", "held", "news", "written"] {
        all.insert(part.to_owned(), Value::Object(of(part)));
    }
    Value::Object(all)
}

/// One labelled text.
struct Item<'a> {
    id: &'a str,
    half: &'a str,
    /// Who wrote it: strangers, or whoever labelled it.
    origin: &'static str,
    labels: Vec<&'a str>,
    document: Document,
}

impl<'a> Item<'a> {
    fn of(line: &'a str, news: &BTreeMap<String, String>) -> Item<'a> {
        let fields: Vec<&str> = line.split('\t').collect();
        let [id, half, _, labels, _, title, text] = fields[..] else {
            panic!("seven fields a line: {line}");
        };
        let (origin, text, year) = if id.starts_with('n') {
            ("news", placed(text, news), 2021)
        } else {
            ("written", text.to_owned(), 2025)
        };
        Item {
            id,
            half,
            origin,
            labels: labels.split(',').collect(),
            document: Document {
                title: title.to_owned(),
                text,
                language: Some("es".to_owned()),
                complete: true,
                fetched: jiff::civil::date(year, 6, 1),
                ..Document::default()
            },
        }
    }
}

/// The words at a place `id:from-to:hash` of the news, which must be those that were labelled.
fn placed(place: &str, news: &BTreeMap<String, String>) -> String {
    let parts: Vec<&str> = place.split([':', '-']).collect();
    let [name, number, from, to, hash] = parts[..] else {
        panic!("a place is id:from-to:hash: {place}");
    };
    let at = |bound: &str| bound.parse::<usize>().expect("a bound is a number");
    let text = &news[&format!("{name}-{number}")][at(from)..at(to)];
    let digest = Sha256::digest(text.as_bytes());
    let told: String = digest[..4]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(told, hash, "another text stands at {place}");
    text.trim().to_owned()
}

/// For whoever works on the rules, who sees this half only: what was right and what was not.
#[expect(clippy::print_stderr, reason = "for whoever works on the rules")]
fn dump(item: &Item, kind: &str, holds: bool, best: f32, rule: &str) {
    if std::env::var_os("FORESIGNAL_TRACE").is_some() {
        let told = match (holds, best >= 0.5) {
            (true, true) => "hit",
            (true, false) => "miss",
            (false, true) => "false",
            (false, false) => return,
        };
        let text: String = item.document.text.chars().take(300).collect();
        eprintln!(
            "spanish {told} {kind} {best:.2} {rule} {}: {} | {text}",
            item.id, item.document.title
        );
    }
}
