//! The sets that are not judged by class: parties, directions, technologies, noise, speed.

use std::collections::BTreeMap;

use foresignal::detect::{self, Relation};
use foresignal::model::company::Company;
use foresignal::model::document::Document;
use foresignal::model::signal::{Role, Signal};
use foresignal::model::time::Timestamp;
use serde_json::{Value, json};

use super::{string, table};

/// Parties and price of acquisitions; every stated one must be found, any of its spellings counts.
pub(super) fn acq_slots(lines: &[Value]) -> Value {
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
pub(super) fn core(lines: &[Value]) -> Value {
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
pub(super) fn skillspan(lines: &[Value]) -> Value {
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
pub(super) fn noise(lines: &[Value]) -> Value {
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
pub(super) fn speed(lines: &[Value]) -> Value {
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
pub(super) fn cpu_seconds() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos: f64 = told
        .split(' ')
        .next()
        .and_then(|nanos| nanos.parse().ok())
        .unwrap_or(0.0);
    nanos / 1e9
}

/// Megabytes that this process holds, where the system tells.
pub(super) fn resident() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = told.lines().find(|line| line.starts_with("VmRSS:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}
