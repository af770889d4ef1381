//! `foresignal inspect host`: its rest, its rules, what waits there.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::json;

use super::{print_json, unknown};
use crate::command::Exit;
use crate::command::progress::counts;
use crate::command::reason::held;
use crate::command::table::{name, next_visit, plain, short, table};
use crate::crawl::manners::{Beyond, Manner, Manners};
use crate::crawl::tally;
use crate::fetch::robots::Robots;
use crate::fetch::tdmrep;
use crate::model::host::{HostRecord, RobotsState, TdmState};
use crate::model::task::Task;
use crate::model::url::Host;
use crate::store::Records;

/// How many waiting URLs are shown.
const WAITING: usize = 15;
/// How many lines of robots.txt and rules of tdmrep.json are shown to people.
const RULES: usize = 20;

pub(super) fn run(
    records: &impl Records,
    manners: &Manners,
    asked: &str,
    json: bool,
) -> anyhow::Result<Exit> {
    let bare = asked
        .trim_start_matches("https://")
        .trim_start_matches("http://")
        .trim_end_matches('/');
    let host = Host::of_domain(bare).ok_or_else(|| unknown(format!("{asked} is no host")))?;
    let record = records
        .host(&host)?
        .ok_or_else(|| unknown(format!("no host {host} is known{}", near(records, &host))))?;
    let prefix = format!("{})", host.as_str());
    let (mut states, mut waiting): (BTreeMap<&str, u64>, Vec<Task>) = (BTreeMap::new(), Vec::new());
    let mut due = 0usize;
    for task in records.tasks(&prefix) {
        let task = task?;
        *states.entry(tally::name(&task.state)).or_default() += 1;
        if task.due.is_none() {
            continue;
        }
        due += 1;
        waiting.push(task);
        if waiting.len() > 20 * WAITING {
            waiting.sort_by_key(|task| task.due);
            waiting.truncate(WAITING);
        }
    }
    waiting.sort_by_key(|task| task.due);
    waiting.truncate(WAITING);
    let more = due.saturating_sub(waiting.len());
    if json {
        let next: Vec<_> = waiting
            .iter()
            .map(|task| json!({ "url": task.url, "kind": task.kind, "due": task.due, "state": task.state }))
            .collect();
        return print_json(
            &json!({ "host": host.to_string(), "record": without_rules(&record), "robots": robots(&record.robots), "usage": usage(&record.robots), "treated": treated(manners.at(&host)), "urls": states, "next": next }),
        );
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{host}")?;
    writeln!(out, "  not before  {}", record.rest_until)?;
    writeln!(
        out,
        "  requests    {}, answers in {} ms",
        record.requests, record.millis
    )?;
    if let Some((until, why)) = record.refused {
        let count = record.refusals;
        writeln!(
            out,
            "  refusals    {count} count, the last kept us away until {until}: {why}"
        )?;
    }
    writeln!(out, "  treated     {}", treated(manners.at(&host)))?;
    if let Some((at, why)) = record.held {
        writeln!(out, "  held        since {at}: {}", held(why).1)?;
    }
    writeln!(
        out,
        "  address     {}",
        record
            .address
            .map_or("unknown".to_owned(), |address| address.to_string())
    )?;
    writeln!(out, "  robots.txt  {}", plain(&robots(&record.robots)))?;
    if let Some(original) = &record.mirrors {
        writeln!(
            out,
            "  mirrors     {}: its pages are read there",
            plain(original)
        )?;
    }
    let repeated = record.repeated.count();
    if repeated > 0 {
        writeln!(
            out,
            "  repeated    {repeated} lines stand on many of its pages: nothing is looked for in them"
        )?;
    }
    for line in usage(&record.robots).iter().take(RULES) {
        writeln!(out, "  usage       {}", plain(line))?;
    }
    writeln!(out, "  tdmrep.json {}", plain(&reservations(&record.tdm)))?;
    for rule in record.tdm.rules().iter().take(RULES) {
        writeln!(out, "              {}", plain(&tdmrep::text(rule)))?;
    }
    writeln!(out, "  urls        {}", counts(&states))?;
    let mut shown = table(&["due", "kind", "state", "url"]);
    for task in &waiting {
        let due = next_visit(task.due);
        shown.add_row([
            due,
            name(&task.kind),
            tally::name(&task.state).to_owned(),
            short(&task.url, 80),
        ]);
    }
    writeln!(out, "{shown}")?;
    if more > 0 {
        writeln!(out, "… {more} more are due later")?;
    }
    Ok(Exit::Done)
}

/// How it is treated, and what in the configuration says so.
fn treated(manner: &Manner) -> String {
    let by = match &manner.by {
        Some(names) => format!("by [[crawl.host]] match = \"{names}\""),
        None => "by [crawl]".to_owned(),
    };
    let beyond = match manner.crawl_delay_beyond {
        Beyond::Slow => "slowed to that",
        Beyond::Skip => "left alone",
    };
    let quiet = if manner.quiet.is_empty() {
        ""
    } else {
        ", with quiet hours of its own"
    };
    format!(
        "{by}: rests {} or {} times its answer, {} pages a run, Crawl-delay up to {}, beyond {beyond}{quiet}",
        humantime::format_duration(manner.rest),
        manner.rest_factor,
        manner.pages,
        humantime::format_duration(manner.crawl_delay_max),
    )
}

/// A host's record for scripts: its packed rules are for us alone.
pub(super) fn without_rules(record: &HostRecord) -> HostRecord {
    HostRecord {
        robots: RobotsState::Unknown,
        ..record.clone()
    }
}

/// The same name with a port, or names below it.
fn near(records: &impl Records, host: &Host) -> String {
    let name = host.as_str().split(':').next().unwrap_or_default();
    let mut known: Vec<String> = Vec::new();
    for task in records.tasks(name).take(200).flatten() {
        let host = task.key().host().to_string();
        if !known.contains(&host) {
            known.push(host);
        }
    }
    if known.is_empty() {
        String::new()
    } else {
        format!("; there is {}", known.join(", "))
    }
}

/// What robots.txt says of how content may be used, line by line.
fn usage(state: &RobotsState) -> Vec<String> {
    let rules = match state {
        RobotsState::Known { rules, .. } => rules,
        RobotsState::Unreachable {
            last: Some((_, rules)),
            ..
        } => rules,
        _ => return Vec::new(),
    };
    let robots = Robots::unpack(rules).unwrap_or_else(Robots::allow_all);
    robots.preferences().collect()
}

fn reservations(state: &TdmState) -> String {
    match state {
        TdmState::Unknown => "not asked yet".to_owned(),
        TdmState::Moved { to, hops } => format!("moved to {to}, redirect {hops}"),
        TdmState::Known { at, status, rules } => {
            format!("status {status} at {at}, {} rules", rules.len())
        }
        TdmState::Unreachable { at, why, rules } => format!(
            "could not be had at {at}: {why}; {} rules of an earlier copy stand",
            rules.len()
        ),
    }
}

fn robots(state: &RobotsState) -> String {
    match state {
        RobotsState::Unknown => "not asked yet".to_owned(),
        RobotsState::Moved { to, hops } => format!("moved to {to}, redirect {hops}"),
        RobotsState::Unreachable { at, why, last } => {
            let copy = last.as_ref().map_or(
                "no earlier copy: nothing may be asked".to_owned(),
                |(at, _)| format!("the copy of {at} stands"),
            );
            format!("could not be had at {at}: {why}; {copy}")
        }
        RobotsState::Known { at, status, rules } => {
            let robots = Robots::unpack(rules).unwrap_or_else(Robots::allow_all);
            let delay = robots
                .crawl_delay()
                .map_or("none".to_owned(), |delay| format!("{delay:?}"));
            format!(
                "status {status} at {at}, crawl-delay {delay}, {} sitemaps",
                robots.sitemaps().len()
            )
        }
    }
}
