//! `foresignal demo`: a small web of fictitious companies on loopback, crawled as politely as the
//! real one, before the reader's eyes.

mod log;
mod manners;
mod site;
pub mod web;

use std::collections::{BTreeMap, HashMap};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;

use super::crawl::Session;
use super::interrupt::Interrupts;
use super::list::Listed;
use super::progress::{clock, counts};
use super::table::{short, table};
use super::{Exit, complain};
use crate::cli;
use crate::clock::Clock;
use crate::config::Config;
use crate::crawl::{Event, Limits, Tally, tally};
use crate::export;
use crate::model::company::{Company, CompanyId};
use crate::model::signal::Signal;
use crate::model::state::State;
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::store::filter::{Filter, select};
use crate::store::{Records, sled::SledRecords};
use web::DemoWeb;

/// The demo is over by then, finished or not.
const TIME: Duration = Duration::from_secs(50);
/// Signals shown of each company.
const SHOWN: usize = 4;

pub(super) async fn run(common: &cli::Common, args: &cli::Demo) -> anyhow::Result<Exit> {
    let dir = fresh(&common.data)?;
    let web = DemoWeb::start()?;
    let companies = web.companies();
    complain(&format!(
        "{} fictitious companies are on the air at {} to {}; foresignal knows nothing but their addresses.\n",
        companies.len(),
        companies.first().map_or("", |company| &company.id.0),
        companies.last().map_or("", |company| &company.id.0),
    ));
    let config = config();
    let mut session = Session::open(&dir, config.clone(), Clock::starting_at(today()))?;
    let listed: Vec<Listed> = companies.iter().map(listed).collect();
    let known = session.take_in(&listed).await?;
    let names: HashMap<Host, String> = companies
        .iter()
        .filter_map(|company| Some((Host::of_domain(&company.id.0)?, company.name.clone())))
        .collect();
    let tell = args.tell == cli::Telling::Pages;
    let mut observe = |event: Event<'_>| {
        if let Event::Turn {
            task,
            took,
            signals,
        } = event
            && tell
        {
            complain(&turn(task, took, signals, &names));
        }
    };
    let limits = Limits {
        time: Some(TIME),
        pages: None,
    };
    let stop = Interrupts::new().stopped();
    let tally = session.crawl(known, limits, stop, &mut observe).await?;
    let records = session.store.records();
    let mut out = std::io::stdout().lock();
    found(&mut out, &records, &companies)?;
    came_to(&mut out, &tally)?;
    manners::show(&mut out, &web.log(), config.crawl.rest)?;
    let files = write_exports(&records, &dir)?;
    next(&mut out, &records, &companies, &dir, &files)?;
    Ok(Exit::Done)
}

/// The day on which the demo's pages were last edited: its web stands still, and news that is told
/// there must not grow old.
fn today() -> Timestamp {
    Timestamp::of_day(jiff::civil::date(2026, 11, 22))
}

/// The demo begins anew each time, in a directory of its own.
fn fresh(data: &Path) -> anyhow::Result<PathBuf> {
    let dir = data.join("demo");
    match std::fs::remove_dir_all(&dir) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot clear {} of the last demo", dir.display()))
        }
        _ => Ok(dir),
    }
}

/// Polite, but in a hurry: the whole web is this machine's own.
fn config() -> Config {
    let mut config = Config::default();
    config.fetch.contact = "https://foresignal.example/demo".to_owned();
    config.fetch.allow_loopback = true;
    config.crawl.rest = Duration::from_millis(200);
    config.crawl.rest_factor = 0.5;
    config.crawl.address_rest = Duration::from_millis(100);
    config.crawl.back_off = Duration::from_secs(1);
    config.crawl.patience = Duration::from_secs(4);
    config.crawl.pages_per_host = 60;
    // What it keeps is small.
    config.store.disk_floor = 0;
    config
}

fn listed(company: &Company) -> Listed {
    Listed {
        home: format!("http://{}/", company.id),
        company: company.clone(),
    }
}

/// One line a page, as it is read.
fn turn(
    task: &crate::model::task::Task,
    took: Duration,
    signals: &[Signal],
    names: &HashMap<Host, String>,
) -> String {
    let key = task.key();
    let name = names.get(&key.host()).map_or("", String::as_str);
    let mut kinds: Vec<&str> = signals.iter().map(|signal| signal.kind.id()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let told = if kinds.is_empty() {
        String::new()
    } else {
        format!("  → {}", kinds.join(", "))
    };
    let state = match &task.state {
        State::Gone { status } | State::Refused { status } => {
            format!("{} {status}", tally::name(&task.state))
        }
        state => tally::name(state).to_owned(),
    };
    format!(
        "{:<24} {state:<12} {:>5} ms  {}{told}",
        short(name, 24),
        took.as_millis(),
        short(key.path(), 60)
    )
}

/// What was found, by company and kind.
fn found(out: &mut impl Write, records: &SledRecords, companies: &[Company]) -> anyhow::Result<()> {
    let mut shown = table(&["company", "kind", "day", "sure", "evidence"]);
    let mut kinds: BTreeMap<&str, u64> = BTreeMap::new();
    let mut total = 0;
    for company in companies {
        let mut signals = records
            .signals(Some(&company.id))
            .collect::<Result<Vec<Signal>, _>>()?;
        total += signals.len();
        for signal in &signals {
            *kinds.entry(signal.kind.id()).or_default() += 1;
        }
        signals.sort_by(|a, b| b.confidence.total_cmp(&a.confidence).then(a.id.cmp(&b.id)));
        let more = signals.len().saturating_sub(SHOWN);
        for (place, signal) in signals.iter().take(SHOWN).enumerate() {
            let name = if place == 0 {
                short(&company.name, 22)
            } else {
                String::new()
            };
            let day = signal
                .event
                .map(|when| when.day)
                .or(signal.published)
                .map_or(String::new(), |day| day.to_string());
            let quote = signal
                .evidence
                .first()
                .map_or("", |evidence| &evidence.quote);
            shown.add_row([
                name,
                signal.kind.to_string(),
                day,
                format!("{:.2}", signal.confidence),
                short(quote, 110),
            ]);
        }
        if more > 0 {
            shown.add_row([
                String::new(),
                format!("… {more} more"),
                String::new(),
                String::new(),
                String::new(),
            ]);
        }
        if signals.is_empty() {
            shown.add_row([
                short(&company.name, 22),
                "nothing".to_owned(),
                String::new(),
                String::new(),
                String::new(),
            ]);
        }
    }
    writeln!(out, "\n{shown}")?;
    writeln!(
        out,
        "\n{total} signals at {} companies: {}",
        companies.len(),
        counts(&kinds)
    )?;
    Ok(())
}

fn came_to(out: &mut impl Write, tally: &Tally) -> std::io::Result<()> {
    writeln!(
        out,
        "{} pages in {}: {}; robots.txt asked for {} times, tdmrep.json {} times",
        tally.visits,
        clock(tally.elapsed),
        counts(&tally.states),
        tally.robots,
        tally.reservations
    )?;
    if tally.hosts_waiting > 0 {
        writeln!(
            out,
            "{} hosts have more to give later; nobody was hurried",
            tally.hosts_waiting
        )?;
    }
    Ok(())
}

fn write_exports(records: &SledRecords, dir: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let companies = records.companies().collect::<Result<Vec<Company>, _>>()?;
    let columns = export::extra_columns(&companies);
    let filter = Filter::default();
    let mut files = Vec::new();
    for format in export::FORMATS {
        let path = dir.join("signals").with_extension(format.name);
        export::export_to_file(format.write, select(records, &filter), &columns, &path)?;
        files.push(path);
    }
    Ok(files)
}

/// What to type next.
fn next(
    out: &mut impl Write,
    records: &SledRecords,
    companies: &[Company],
    dir: &Path,
    files: &[PathBuf],
) -> anyhow::Result<()> {
    let files: Vec<String> = files
        .iter()
        .map(|file| file.display().to_string())
        .collect();
    writeln!(out, "written: {}", files.join(", "))?;
    let program = program();
    let data = dir.display();
    writeln!(out, "\nNow try:")?;
    if let Some((company, signal)) = best(records, companies)? {
        let (name, id) = (&company.name, &signal.id.to_string()[..8]);
        writeln!(out, "  {program} inspect company \"{name}\" --data {data}")?;
        writeln!(out, "  {program} inspect signal {id} --data {data}")?;
    }
    writeln!(
        out,
        "  {program} export --format csv --min-confidence 0.8 --data {data}"
    )?;
    writeln!(
        out,
        "For real: put a contact into config.toml, your companies into a CSV like seeds/companies.csv, and"
    )?;
    writeln!(out, "  {program} crawl seeds/companies.csv --for 10m")?;
    Ok(())
}

/// The signal with the most evidence, and the surest of those.
fn best(records: &SledRecords, companies: &[Company]) -> anyhow::Result<Option<(Company, Signal)>> {
    let signals = records.signals(None).collect::<Result<Vec<Signal>, _>>()?;
    let most = signals.into_iter().max_by(|a, b| {
        a.evidence
            .len()
            .cmp(&b.evidence.len())
            .then(a.confidence.total_cmp(&b.confidence))
    });
    Ok(most.and_then(|signal| {
        let of = |id: &CompanyId| companies.iter().find(|company| company.id == *id).cloned();
        Some((of(&signal.company)?, signal))
    }))
}

/// How the reader called us, so that what we say can be typed.
fn program() -> &'static str {
    let by_cargo = std::env::var_os("CARGO").is_some();
    if by_cargo {
        "cargo run --release --"
    } else {
        "foresignal"
    }
}
