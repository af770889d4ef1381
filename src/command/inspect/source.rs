//! `foresignal inspect source`: its pages, what it led to, and what it told of whom.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::json;

use super::company::signal_table;
use super::{print_json, unknown};
use crate::command::Exit;
use crate::command::progress::counts;
use crate::command::table::{next_visit, plain, short, table};
use crate::crawl::tally;
use crate::model::company::{Company, CompanyId};
use crate::model::signal::Signal;
use crate::model::source::Source;
use crate::model::task::Task;
use crate::model::url::{Host, parse};
use crate::store::Records;

pub(super) fn run(records: &impl Records, id: &str, json: bool) -> anyhow::Result<Exit> {
    let source = find(records, id)?;
    let tasks = tasks(records, &source)?;
    let (pages, items): (Vec<&Task>, Vec<&Task>) =
        tasks.iter().partition(|task| task.from.is_none());
    let mut states: BTreeMap<&'static str, u64> = BTreeMap::new();
    for item in &items {
        *states.entry(tally::name(&item.state)).or_default() += 1;
    }
    let mut told = Vec::new();
    for signal in records.signals(None) {
        let signal: Signal = signal?;
        let named = |by: &Option<String>| by.as_ref() == Some(&source.name);
        if signal
            .evidence
            .iter()
            .any(|piece| named(&piece.provenance.source))
        {
            told.push(signal);
        }
    }
    if json {
        let pages = pages.iter().map(|task| {
            json!({ "url": task.url, "kind": task.kind, "state": task.state, "items": task.entries,
                "last_visit": task.last_visit().map(|at| at.to_string()),
                "due": task.due.map(|due| due.to_string()) })
        });
        return print_json(&json!({
            "source": source, "pages": pages.collect::<Vec<_>>(), "matched": states, "signals": told,
        }));
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} · {}", plain(&source.name), source.kind)?;
    writeln!(out, "  why       {}", plain(&source.why))?;
    let matched = match states.is_empty() {
        true => "none was fetched".to_owned(),
        false => counts(&states),
    };
    writeln!(out, "  items     {matched}")?;
    let mut shown = table(&["state", "items seen", "last visit", "next visit", "url"]);
    for task in pages {
        let last = task
            .last_visit()
            .map_or("never".to_owned(), |at| at.to_string());
        shown.add_row([
            tally::name(&task.state).to_owned(),
            task.entries.to_string(),
            last,
            next_visit(task.due),
            short(&task.url, 80),
        ]);
    }
    writeln!(out, "\nIts pages\n{shown}")?;
    writeln!(out, "\nSignals that it told\n{}", signal_table(&told))?;
    Ok(Exit::Done)
}

fn find(records: &impl Records, id: &str) -> anyhow::Result<Source> {
    let kept = records.company(&CompanyId::of_source(id))?;
    if let Some(source) = kept.as_ref().and_then(Source::of_owner) {
        return Ok(source);
    }
    let known: Result<Vec<Company>, _> = records.sources().collect();
    let known: Vec<Source> = known?.iter().filter_map(Source::of_owner).collect();
    let ids: Vec<&str> = known.iter().map(|source| source.id.as_str()).collect();
    let hint = match ids.is_empty() {
        true => "none is: name a list, as in `foresignal crawl LIST --sources FILE`".to_owned(),
        false => format!("there is {}", ids.join(", ")),
    };
    Err(unknown(format!("no source {id} is known; {hint}")))
}

/// The tasks of a source at the hosts of its own pages; items that a feed has elsewhere are told by
/// the signals that they led to.
fn tasks(records: &impl Records, source: &Source) -> anyhow::Result<Vec<Task>> {
    let owner = source.as_owner();
    let mut hosts: Vec<Host> = source
        .urls
        .iter()
        .filter_map(|url| Host::of(&parse(url)?))
        .chain(
            owner
                .domains
                .iter()
                .filter_map(|domain| Host::of_domain(domain)),
        )
        .collect();
    hosts.sort_unstable();
    hosts.dedup();
    let mut tasks = Vec::new();
    for host in hosts {
        for task in records.tasks(&format!("{})", host.as_str())) {
            let task = task?;
            if task.company == owner.id {
                tasks.push(task);
            }
        }
    }
    Ok(tasks)
}
