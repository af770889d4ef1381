//! `foresignal inspect url`: where a URL stands and why.

use std::io::Write;
use std::time::Duration;

use serde_json::json;

use super::{print_json, unknown};
use crate::clock::Clock;
use crate::command::Exit;
use crate::command::reason::{held, reason};
use crate::command::table::{name, next_visit, plain, short, table};
use crate::crawl::config::Revisit;
use crate::crawl::revisit::{self, alarm};
use crate::crawl::tally;
use crate::fetch::robots::Robots;
use crate::model::host::{HostRecord, RobotsState};
use crate::model::signal::Signal;
use crate::model::state::State;
use crate::model::task::Task;
use crate::model::url::{self, UrlKey};
use crate::store::Records;

pub(super) fn run(
    records: &impl Records,
    config: &Revisit,
    given: &str,
    json: bool,
) -> anyhow::Result<Exit> {
    let spelt = if given.contains("://") {
        given.to_owned()
    } else {
        format!("https://{given}")
    };
    let key = url::parse(&spelt)
        .as_ref()
        .and_then(UrlKey::of)
        .ok_or_else(|| unknown(format!("{given} is no web address")))?;
    let host = records.host(&key.host())?.unwrap_or_default();
    let robots = robots(&host, key.path());
    let Some(task) = records.task(&key)? else {
        let known = if host.requests > 0 {
            "its host is known"
        } else {
            "nor is its host"
        };
        return Err(unknown(format!(
            "{given} is not known: no page that was read links to it as worth a visit ({known}; robots.txt: {robots})"
        )));
    };
    let mut why = why(&task, &host);
    if let Some((at, by)) = host.held.filter(|_| task.due.is_some()) {
        let (_, held) = held(by);
        why = format!("{why}; the run of {at} left its host alone: {held}");
    }
    let alarm = alarm::of(&task, config, Clock::system().now());
    let signals = records.signals(Some(&task.company)).filter(|signal| {
        signal.as_ref().map_or(true, |signal| {
            signal
                .evidence
                .iter()
                .any(|evidence| evidence.url == task.url)
        })
    });
    let signals = signals.collect::<Result<Vec<Signal>, _>>()?;
    let page = match &task.content {
        Some(content) => records.page(content)?,
        None => None,
    };
    if json {
        return print_json(
            &json!({ "task": task, "why": why, "alarm": alarm, "robots": robots, "host": super::host::without_rules(&host), "archived": page, "signals": signals }),
        );
    }
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", plain(&task.url))?;
    writeln!(
        out,
        "  state       {}: {}",
        tally::name(&task.state),
        plain(&why)
    )?;
    writeln!(out, "  company     {}", task.company)?;
    writeln!(
        out,
        "  thought     {}, {} links from a seed",
        name(&task.kind),
        task.depth
    )?;
    writeln!(
        out,
        "  found       {} {}",
        task.found,
        match &task.from {
            None => "on the list (a seed)".to_owned(),
            Some(_) if task.is_guess() => "by a guess: nobody pointed at it".to_owned(),
            Some(from) => format!("on {}", plain(from)),
        }
    )?;
    writeln!(out, "  next visit  {}", next_visit(task.due))?;
    writeln!(out, "  changes     {}", changes(&task))?;
    if let Some(alarm) = alarm {
        writeln!(out, "  ALARM       {alarm}")?;
    }
    writeln!(out, "  robots.txt  {}", plain(&robots))?;
    writeln!(
        out,
        "  validators  etag {}, last-modified {}",
        shown(task.validators.etag.as_ref()),
        shown(task.validators.last_modified.as_ref())
    )?;
    if let Some(page) = &page {
        writeln!(
            out,
            "  archived    segment {} at byte {}, {}",
            page.segment, page.offset, page.content
        )?;
    }
    if !task.visits.is_empty() {
        let mut visits = table(&["visit", "ended as", "ms", "bytes", "why", "asked of robots"]);
        for visit in task.visits.iter().rev() {
            visits.add_row([
                visit.at.to_string(),
                tally::name(&visit.state).to_owned(),
                visit.millis.to_string(),
                visit.bytes.to_string(),
                short(&reason(&visit.state), 60),
                visit.wishes.names().collect::<Vec<_>>().join(", "),
            ]);
        }
        writeln!(out, "{visits}")?;
    }
    if !signals.is_empty() {
        writeln!(out, "{}", super::company::signal_table(&signals))?;
    }
    Ok(Exit::Done)
}

fn shown(validator: Option<&String>) -> String {
    validator.map_or("none".to_owned(), |value| plain(value))
}

/// How often it was found changed, and what else its next visit follows from.
fn changes(task: &Task) -> String {
    let Some(since) = task.watched else {
        return "not read yet".to_owned();
    };
    let mut text = format!(
        "{} of {} visits since {since} found one",
        task.changes, task.checks
    );
    if task.fresh > 0 {
        let asked = Duration::from_secs(task.fresh.into());
        let asked = humantime::format_duration(asked);
        text.push_str(&format!("; asks to be left alone for {asked}"));
    }
    if task.misled >= Task::MISLED {
        text.push_str("; what sitemaps claim of its changes proved empty");
    }
    text
}

/// Why a URL stands where it does.
fn why(task: &Task, host: &HostRecord) -> String {
    match &task.state {
        State::Waiting => match (&host.robots, task.due) {
            (RobotsState::Unreachable { at, why, .. }, _) => format!(
                "its host's robots.txt could not be had at {at} ({why}), so nothing may be asked; the host is tried again after {}",
                host.rest_until
            ),
            (_, Some(due)) => format!(
                "found but not visited yet; its host is not asked before {}",
                host.rest_until.max(due)
            ),
            (_, None) => "found but not to be visited".to_owned(),
        },
        State::Done | State::Unchanged if revisit::is_retired(task) => format!(
            "retired: looked at again {} times, {} of which found a change; it comes back when what leads to it says that it changed",
            task.checks, task.changes
        ),
        State::Unchanged => format!("the last {} visits found it as it was", task.unchanged),
        State::Failed { failure } if task.failures == 0 => format!(
            "{failure}: its host's robots.txt could not be asked for; it is tried again after {}",
            host.rest_until
        ),
        State::Refused { .. } | State::Failed { .. } => {
            format!(
                "{}; {} failures in a row",
                reason(&task.state),
                task.failures
            )
        }
        State::Gone { .. } | State::Missing if task.is_guess() => format!(
            "nothing lies where such a thing often does, which is no failure: {}",
            reason(&task.state)
        ),
        other => reason(other),
    }
}

fn robots(host: &HostRecord, path: &str) -> String {
    match &host.robots {
        RobotsState::Unknown => "not asked yet".to_owned(),
        RobotsState::Moved { to, hops } => format!("being followed to {to} (redirect {hops})"),
        RobotsState::Unreachable { at, why, .. } => format!("could not be had at {at}: {why}"),
        RobotsState::Known { at, status, rules } => {
            let verdict = Robots::unpack(rules)
                .unwrap_or_else(Robots::allow_all)
                .verdict(path);
            let word = if verdict.allowed {
                "allowed"
            } else {
                "disallowed"
            };
            let rule = verdict
                .rule
                .map_or("no rule matches".to_owned(), |rule| format!("by {rule}"));
            format!("{word}, {rule} (asked {at}, status {status})")
        }
    }
}
