//! `foresignal detect`: the detectors on anybody's text, JSON Lines in and out.

use std::io::{BufRead, Write};

use serde::Deserialize;
use serde_json::{Value, json};

use super::Exit;
use crate::cli;
use crate::clock::Clock;
use crate::detect;
use crate::extract;
use crate::model::company::Company;
use crate::model::document::{DateSource, Dated, Document};
use crate::model::time::{Day, Timestamp};

/// The longest line that is read, in bytes.
const MAX_LINE: u64 = 16 * 1024 * 1024;

/// One line of input.
#[derive(Deserialize)]
struct Input {
    #[serde(default)]
    id: Value,
    title: Option<String>,
    text: String,
    url: Option<String>,
    date: Option<String>,
    language: Option<String>,
    company: Option<String>,
}

pub(super) fn run(common: &cli::Common, args: &cli::Detect) -> anyhow::Result<Exit> {
    super::rules::install(&super::configuration(common)?.signals)?;
    let seen = Clock::system().now();
    let mut input = std::io::stdin().lock();
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let (mut line, mut exit) = (Vec::new(), Exit::Done);
    loop {
        line.clear();
        let read = std::io::Read::take(&mut input, MAX_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        let answer = answer(&line, args.min_confidence, seen).unwrap_or_else(|(id, error)| {
            exit = Exit::Failed;
            json!({ "id": id, "error": error })
        });
        serde_json::to_writer(&mut out, &answer)?;
        out.write_all(b"\n")?;
    }
    out.flush()?;
    Ok(exit)
}

fn answer(line: &[u8], min_confidence: f32, seen: Timestamp) -> Result<Value, (Value, String)> {
    let input: Value =
        serde_json::from_slice(line).map_err(|error| (Value::Null, format!("no JSON: {error}")))?;
    let id = input.get("id").cloned().unwrap_or_default();
    let input: Input =
        serde_json::from_value(input).map_err(|error| (id.clone(), error.to_string()))?;
    let published = match &input.date {
        Some(date) => Some(
            day(date)
                .ok_or_else(|| (id.clone(), format!("date {date:?} is no day (2026-11-22)")))?,
        ),
        None => None,
    };
    let company = company(input.company.as_deref());
    let language = input.language.or_else(|| extract::language_of(&input.text));
    let title = input.title.unwrap_or_default();
    let url = input.url.unwrap_or_default();
    let document = Document {
        url,
        title,
        text: input.text,
        published: published.map(|day| Dated {
            day,
            source: DateSource::Meta,
        }),
        language,
        complete: true,
        fetched: seen.day(),
        ..Document::default()
    };
    let signals: Vec<Value> = detect::detect(&document, &company, seen)
        .iter()
        .filter(|signal| signal.confidence >= min_confidence)
        .map(|signal| super::inspect::page::signal(signal, &company))
        .collect();
    Ok(json!({ "id": input.id, "signals": signals }))
}

/// The company that a line names; without one, whatever happens to whomever is reported.
pub(super) fn company(name: Option<&str>) -> Company {
    Company {
        name: name.unwrap_or_default().to_owned(),
        ..Company::new("")
    }
}

/// `2026-11-22`, with or without a time behind it.
fn day(text: &str) -> Option<Day> {
    text.get(..10)?.parse().ok()
}
