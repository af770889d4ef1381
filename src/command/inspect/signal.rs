//! `foresignal inspect signal`: its evidence, dates and confidence.

use std::io::{IsTerminal, Write};

use super::{print_json, unknown};
use crate::command::Exit;
use crate::command::table::{name, plain};
use crate::detect::deadlines::deadline_of;
use crate::detect::taxonomy::class_of;
use crate::model::signal::{Evidence, Signal, SignalId, Stage, Why};
use crate::store::Records;

pub(super) fn run(records: &impl Records, id: &str, json: bool) -> anyhow::Result<Exit> {
    let signal = find(records, id)?;
    if json {
        return print_json(&signal);
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} {} at {}", signal.id, signal.kind, signal.company)?;
    let class = class_of(&signal);
    writeln!(out, "  class       {}: {}", class.id, class.about)?;
    if let Some(deadline) = deadline_of(&signal) {
        let (product, ends) = (&deadline.product, deadline.ends);
        writeln!(out, "  deadline    {ends}, {product} ({})", deadline.source)?;
    }
    let areas: Vec<&str> = signal.areas.iter().map(|area| area.id()).collect();
    writeln!(
        out,
        "  role        {}, {}",
        name(&signal.role),
        name(&signal.modality)
    )?;
    writeln!(out, "  areas       {}", areas.join(", "))?;
    match signal.event {
        Some(when) => writeln!(
            out,
            "  event       {} (to the {}, from {})",
            when.day,
            name(&when.precision),
            name(&when.basis)
        )?,
        None => writeln!(out, "  event       unknown")?,
    }
    writeln!(
        out,
        "  published   {}",
        signal
            .published
            .map_or("unknown".to_owned(), |day| day.to_string())
    )?;
    writeln!(
        out,
        "  seen        first {}, last {}",
        signal.first_seen, signal.last_seen
    )?;
    writeln!(
        out,
        "  stage       {}, {}",
        name(&signal.stage()),
        name(&signal.status())
    )?;
    for told in signal.history() {
        let (stage, first, last) = (name(&told.stage), told.first, told.last);
        match first == last {
            true => writeln!(out, "              {stage}: told {first}")?,
            false => writeln!(out, "              {stage}: told {first} to {last}")?,
        }
    }
    let slots = &signal.slots;
    let count = slots.count.map(|count| count.to_string());
    for (label, value) in [
        ("with", &slots.counterpart),
        ("amount", &slots.amount),
        ("position", &slots.position),
        ("place", &slots.place),
        ("count", &count),
    ] {
        if let Some(value) = value {
            writeln!(out, "  {label:<11} {}", plain(value))?;
        }
    }
    if !slots.technologies.is_empty() {
        writeln!(out, "  technology  {}", slots.technologies.join(", "))?;
    }
    writeln!(
        out,
        "  confidence  {:.2} = 1 − ∏(1 − c) over its independent origins{}:",
        signal.confidence,
        match signal.stage() {
            Stage::CalledOff => ", less for being called off",
            _ => "",
        }
    )?;
    let colour = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for evidence in &signal.evidence {
        writeln!(
            out,
            "\n  {:.2}  {}",
            evidence.confidence,
            plain(&evidence.url)
        )?;
        writeln!(out, "        {}", plain(&evidence.title))?;
        writeln!(out, "        “{}”", marked(evidence, colour))?;
        let published = evidence
            .published
            .map_or("undated".to_owned(), |day| format!("published {day}"));
        writeln!(
            out,
            "        {} {} v{}, {published}, read {}",
            evidence.detector, evidence.rule, evidence.version, evidence.seen
        )?;
        if !evidence.because.is_empty() {
            writeln!(out, "        {}", reckoned(evidence))?;
        }
        if let Some(gone) = evidence.withdrawn() {
            let why = match gone.why {
                Why::Changed => "its page was read again and tells it no more",
                Why::Gone => "its page is gone",
                Why::Closed => "the position is open no more",
            };
            writeln!(out, "        withdrawn {}: {why}", gone.at)?;
        }
        let by = &evidence.provenance;
        if let Some(source) = &by.source {
            writeln!(out, "        told by {}, not by the company", plain(source))?;
        }
        if let Some(first) = &by.copy_of {
            writeln!(out, "        a copy of {}: one witness", plain(first))?;
        }
    }
    Ok(Exit::Done)
}

/// The confidence as the product that it is: `0.93 = 0.95 rule × 0.98 page`.
fn reckoned(evidence: &Evidence) -> String {
    let factors = evidence.because.iter();
    let factors: Vec<String> = factors
        .map(|(cause, factor)| format!("{factor:.2} {}", name(cause)))
        .collect();
    format!("{:.2} = {}", evidence.confidence, factors.join(" × "))
}

/// The quote with the deciding words marked: bold in a terminal, `[…]` elsewhere.
fn marked(evidence: &Evidence, colour: bool) -> String {
    let (open, close) = if colour {
        ("\u{1b}[1m", "\u{1b}[0m")
    } else {
        ("[", "]")
    };
    let (mut text, mut from) = (String::new(), 0);
    for (start, end) in &evidence.marks {
        let (start, end) = (usize::from(*start), usize::from(*end));
        let (Some(before), Some(words)) = (
            evidence.quote.get(from..start),
            evidence.quote.get(start..end),
        ) else {
            continue;
        };
        text.push_str(&plain(before));
        text.push_str(open);
        text.push_str(&plain(words));
        text.push_str(close);
        from = end;
    }
    text.push_str(&plain(evidence.quote.get(from..).unwrap_or_default()));
    text
}

fn find(records: &impl Records, id: &str) -> anyhow::Result<Signal> {
    if let Some(whole) = SignalId::parse(id)
        && let Some(signal) = records.signal(&whole)?
    {
        return Ok(signal);
    }
    let wanted = id.to_ascii_lowercase();
    let mut found = None;
    for signal in records.signals(None) {
        let signal = signal?;
        if !wanted.is_empty() && signal.id.to_string().starts_with(&wanted) {
            if found.is_some() {
                return Err(unknown(format!(
                    "several signals begin with {id}: give more of it"
                )));
            }
            found = Some(signal);
        }
    }
    found.ok_or_else(|| unknown(format!("no signal {id} is known")))
}
