//! `foresignal inspect company`: its pages by state, technologies, signals.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::json;

use super::how::how;
use super::{places, print_json, unknown};
use crate::clock::Clock;
use crate::command::Exit;
use crate::command::ping::show;
use crate::command::progress::counts;
use crate::command::table::{name, next_visit, plain, short, table};
use crate::crawl::config::Revisit;
use crate::crawl::revisit::{alarm, positions};
use crate::crawl::tally;
use crate::export::profile::nested;
use crate::model::company::{Company, CompanyId};
use crate::model::profile::Profile;
use crate::model::signal::Signal;
use crate::model::state::State;
use crate::model::task::{Task, TaskKind};
use crate::model::url::Host;
use crate::store::Records;

pub(super) fn run(
    records: &impl Records,
    config: &Revisit,
    domain: &str,
    json: bool,
) -> anyhow::Result<Exit> {
    let company = find(records, domain)?;
    let signals = records
        .signals(Some(&company.id))
        .collect::<Result<Vec<Signal>, _>>()?;
    let profile = records.profile(&company.id)?;
    let tasks = tasks(records, &company)?;
    let profile = profile.unwrap_or_else(|| Profile::new(company.id.clone()));
    let now = Clock::system().now();
    let places = places::of(records, &company, &profile)?;
    let (mut open, mut closed) = positions(&tasks);
    // Boards stand at the company's own domain, too.
    let own = positions::count(tasks.iter().map(|task| task.positions.as_slice()));
    (open, closed) = (open + own.0, closed + own.1);
    for place in &places {
        let pages = place.tasks.iter().map(|page| page.positions.as_slice());
        let (listed, gone) = positions::count(pages);
        let (paged, over) = self::positions(&place.tasks);
        (open, closed) = (open + listed + paged, closed + gone + over);
    }
    if json {
        return print_json(&json!({
            "company": company, "signals": signals, "profile": nested(&profile, &company), "urls": by_state(&tasks), "positions": { "open": open, "closed": closed }, "places": places,
            "sources": sources(&tasks).map(|task| json!({ "kind": task.kind, "url": task.url, "state": task.state, "found": how(records, task).ok(), "alarm": alarm::of(task, config, now), "due": task.due.map(|due| due.to_string()) })).collect::<Vec<_>>(),
        }));
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", show::headline(&company, &profile))?;
    for (label, value) in [
        ("country", &company.country),
        ("industry", &company.industry),
        ("crm id", &company.crm_id),
        ("notes", &company.notes),
    ] {
        if let Some(value) = value {
            writeln!(out, "  {label:<10}{}", plain(value))?;
        }
    }
    // A ping leaves no URL behind.
    let urls = match tasks.is_empty() {
        true => "none".to_owned(),
        false => counts(&by_state(&tasks)),
    };
    writeln!(out, "  urls      {urls}")?;
    if open + closed > 0 {
        writeln!(out, "  positions {open} open, {closed} closed")?;
    }
    let mut shown = table(&["kind", "state", "found by", "next visit", "url"]);
    for task in sources(&tasks) {
        let due = next_visit(task.due);
        shown.add_row([
            name(&task.kind),
            tally::name(&task.state).to_owned(),
            short(&how(records, task)?, 40),
            due,
            short(&task.url, 90),
        ]);
    }
    if !shown.is_empty() {
        writeln!(out, "\nWhere it speaks\n{shown}")?;
    }
    if !places.is_empty() {
        writeln!(out, "\nIts places elsewhere\n{}", places::shown(&places))?;
    }
    for task in sources(&tasks) {
        if let Some(alarm) = alarm::of(task, config, now) {
            writeln!(out, "ALARM  {}: {alarm}", short(&task.url, 90))?;
        }
    }
    if !profile.facts.is_empty() {
        writeln!(out, "\nWhat it runs\n{}", show::technologies(&profile))?;
    }
    if !profile.claims.is_empty() || !profile.related.is_empty() {
        writeln!(out, "\nWhat it is")?;
        show::others(&mut out, &profile)?;
    }
    writeln!(out, "\nSignals")?;
    writeln!(out, "{}", signal_table(&signals))?;
    Ok(Exit::Done)
}

/// Signals, the newest first.
pub(super) fn signal_table(signals: &[Signal]) -> comfy_table::Table {
    let mut shown = table(&["day", "kind", "sure", "told by", "evidence", "id"]);
    let mut signals: Vec<&Signal> = signals.iter().collect();
    signals.sort_by_key(|signal| std::cmp::Reverse((day(signal), signal.id)));
    for signal in signals {
        let quote = signal
            .evidence
            .first()
            .map_or("", |evidence| &evidence.quote);
        shown.add_row([
            day(signal),
            signal.kind.to_string(),
            format!("{:.2}", signal.confidence),
            teller(signal),
            short(quote, 90),
            signal.id.to_string()[..8].to_owned(),
        ]);
    }
    shown
}

/// Who tells a signal: the company itself where it does, else the source whose page is the surest.
fn teller(signal: &Signal) -> String {
    let sources = signal.evidence.iter().map(|piece| &piece.provenance.source);
    let others: Option<Vec<&str>> = sources.map(|source| source.as_deref()).collect();
    match others.as_deref() {
        Some([first, ..]) => short(first, 20),
        _ => "itself".to_owned(),
    }
}

fn day(signal: &Signal) -> String {
    let event = signal.event.map(|when| when.day).or(signal.published);
    event.map_or_else(
        || signal.first_seen.day().to_string(),
        |day| day.to_string(),
    )
}

fn find(records: &impl Records, domain: &str) -> anyhow::Result<Company> {
    let bare = domain
        .trim()
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let bare = bare.strip_prefix("www.").unwrap_or(bare).to_lowercase();
    if let Some(company) = records.company(&CompanyId(bare.clone()))? {
        return Ok(company);
    }
    // People know names better than domains.
    let mut near = Vec::new();
    for company in records.companies() {
        let company = company?;
        let names = std::iter::once(&company.name).chain(&company.aliases);
        if names.into_iter().any(|name| name.to_lowercase() == bare) {
            return Ok(company);
        }
        if near.len() < 5
            && (company.id.0.contains(&bare) || company.name.to_lowercase().contains(&bare))
        {
            near.push(company.id.0);
        }
    }
    let hint = if near.is_empty() {
        String::new()
    } else {
        format!("; there is {}", near.join(", "))
    };
    Err(unknown(format!("no company {domain} is known{hint}")))
}

fn tasks(records: &impl Records, company: &Company) -> anyhow::Result<Vec<Task>> {
    let mut tasks = Vec::new();
    for domain in &company.domains {
        let Some(host) = Host::of_domain(domain) else {
            continue;
        };
        // A company's hosts are neighbours: its domain, the names below it, and its ping, which is
        // the name's, whatever port the site has.
        let host = host.as_str();
        let name = host.split_once(':').map_or(host, |(name, _)| name);
        for prefix in [
            format!("{host})"),
            format!("{host},"),
            format!("{name}:53)"),
        ] {
            for task in records.tasks(&prefix) {
                tasks.push(task?);
            }
        }
    }
    Ok(tasks)
}

fn by_state(tasks: &[Task]) -> BTreeMap<&'static str, u64> {
    let mut states = BTreeMap::new();
    for task in tasks {
        *states.entry(tally::name(&task.state)).or_default() += 1;
    }
    states
}

/// Pages of positions that were read: how many are open, and how many closed.
fn positions(tasks: &[Task]) -> (usize, usize) {
    let read = |task: &&Task| task.kind == TaskKind::Job && task.watched.is_some();
    let (closed, open): (Vec<&Task>, Vec<&Task>) = tasks
        .iter()
        .filter(read)
        .partition(|task| matches!(task.state, State::Closed { .. } | State::Gone { .. }));
    (open.len(), closed.len())
}

/// What is asked again and again, as opposed to what is read once.
fn sources(tasks: &[Task]) -> impl Iterator<Item = &Task> {
    use crate::model::task::TaskKind::{Careers, Feed, Home, Listing, Ping, Sitemap};
    tasks
        .iter()
        .filter(|task| matches!(task.kind, Ping | Home | Feed | Sitemap | Listing | Careers))
}
