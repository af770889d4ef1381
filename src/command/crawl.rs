//! `foresignal crawl`: a list of companies in, signals in the store.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::url::Url;
use anyhow::Context;

use super::list::{List, Listed};
use super::progress::{Progress, clock, counts};
use super::{Exit, Unusable, complain, configuration, suppressed};
use crate::cli;
use crate::clock::Clock;
use crate::config::Config;
use crate::crawl::{Ended, Event, Limits, Parts, Tally};
use crate::fetch::{HttpFetcher, user_agent};
use crate::model::company::{Company, CompanyId};
use crate::model::task::{Discovery, Seed, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url;
use crate::store::archive::Archive;
use crate::store::sled::SledStore;
use crate::store::{Frontier, Records};

/// How far before everything else a seed is visited.
const SEED_URGENCY: Duration = Duration::from_secs(24 * 3600);

pub(super) async fn run(common: &cli::Common, args: cli::Crawl) -> anyhow::Result<Exit> {
    let mut config = configuration(common)?;
    config.require_contact().map_err(Unusable)?;
    if let Some(patience) = args.patience {
        config.crawl.patience = patience;
    }
    super::technographics::install(&config.technographics)?;
    let listed = read(&args.companies, &config)?;
    let mut session = Session::open(&common.data, config, Clock::system())?;
    let companies = session.take_in(&listed).await?;
    if companies.is_empty() {
        let advice = anyhow::anyhow!(
            "no company is known yet: name a list, as in `foresignal crawl seeds/companies.csv`"
        );
        return Err(Unusable(advice).into());
    }
    let mut progress = Progress::new(common.data.join("status.json"), args.json);
    let limits = Limits {
        time: args.time,
        pages: args.max_pages,
    };
    let mut observe = |event: Event<'_>| {
        if let Event::Tick(tally) = event {
            progress.tick(tally);
        }
    };
    let tally = session.crawl(companies, limits, &mut observe).await?;
    progress.end();
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &tally)?;
        writeln!(out)?;
    } else {
        summary(&mut out, &tally, &common.data)?;
    }
    Ok(if tally.ended == Some(Ended::Interrupted) {
        Exit::Interrupted
    } else {
        Exit::Done
    })
}

/// Reads the lists, and reports every line that cannot be used.
fn read(paths: &[PathBuf], config: &Config) -> anyhow::Result<Vec<Listed>> {
    let mut listed: Vec<Listed> = Vec::new();
    for path in paths {
        let list = List::read(path, config.fetch.allow_loopback).map_err(Unusable)?;
        for complaint in &list.complaints {
            complain(&format!(
                "{}: line {}: {}",
                path.display(),
                complaint.line,
                complaint.why
            ));
        }
        if !list.complaints.is_empty() {
            let (left, kept) = (list.complaints.len(), list.companies.len());
            complain(&format!(
                "{}: {left} lines left out, {kept} companies taken",
                path.display()
            ));
        }
        for company in list.companies {
            if !listed
                .iter()
                .any(|known| known.company.id == company.company.id)
            {
                listed.push(company);
            }
        }
    }
    Ok(listed)
}

/// A crawl's store, archive and settings, opened.
pub(super) struct Session {
    config: Config,
    clock: Clock,
    pub(super) store: SledStore,
    archive: Option<Archive>,
}

impl Session {
    /// Opens the data directory `dir`, creating it where missing.
    pub(super) fn open(dir: &Path, config: Config, clock: Clock) -> anyhow::Result<Session> {
        std::fs::create_dir_all(dir)
            .with_context(|| format!("cannot make the data directory {}", dir.display()))?;
        let store = SledStore::open(dir, config.store.cache_bytes)?;
        let agent = user_agent(&config.fetch.contact);
        let archive = match config.archive.keep {
            true => Some(Archive::open(dir, &config.archive, &agent, clock.now())?),
            false => None,
        };
        Ok(Session {
            config,
            clock,
            store,
            archive,
        })
    }

    /// Takes the listed companies into the store; answers those of this run: the listed ones, or
    /// all that are known where none is listed.
    pub(super) async fn take_in(
        &mut self,
        listed: &[Listed],
    ) -> anyhow::Result<HashMap<CompanyId, Arc<Company>>> {
        let now = self.clock.now();
        let seeds: Vec<Seed> = listed.iter().map(|listed| seed(listed, now)).collect();
        self.store.seed(&seeds).await?;
        let by_id = |company: Company| (company.id.clone(), Arc::new(company));
        if !listed.is_empty() {
            return Ok(seeds.into_iter().map(|seed| by_id(seed.company)).collect());
        }
        let known: Result<Vec<Company>, _> = self.store.records().companies().collect();
        Ok(known?.into_iter().map(by_id).collect())
    }

    /// Crawls until a limit is reached, nothing is due, or somebody presses Ctrl-C.
    pub(super) async fn crawl(
        &mut self,
        companies: HashMap<CompanyId, Arc<Company>>,
        limits: Limits,
        observe: &mut (dyn FnMut(Event<'_>) + Send),
    ) -> anyhow::Result<Tally> {
        let mut fetch = self.config.fetch.clone();
        // A port that the operator lists is one that the operator wants asked.
        fetch
            .extra_ports
            .extend(companies.values().flat_map(|company| ports(company)));
        let parts = Parts {
            fetch: HttpFetcher::new(&fetch, self.clock.clone())?,
            frontier: &mut self.store,
            archive: self.archive.as_mut(),
            companies,
            suppressed: Arc::new(suppressed(&self.config)?),
            config: self.config.crawl.clone(),
            revisit: self.config.revisit.clone(),
            min_confidence: self.config.signals.min_confidence,
            clock: self.clock.clone(),
        };
        Ok(crate::crawl::run(parts, limits, stopped(), observe).await?)
    }
}

/// The ports that a company's domains name.
fn ports(company: &Company) -> impl Iterator<Item = u16> {
    company
        .domains
        .iter()
        .filter_map(|domain| domain.rsplit_once(':')?.1.parse().ok())
}

fn seed(listed: &Listed, now: Timestamp) -> Seed {
    let discovery = |address: &str, kind| -> Option<Discovery> {
        let url: Url = url::parse(address)?;
        let company = listed.company.id.clone();
        Some(Discovery {
            url,
            company,
            kind,
            due: now.before(SEED_URGENCY),
            depth: 0,
            from: None,
            at: now,
        })
    };
    let home = discovery(&listed.home, TaskKind::Home);
    // A URL that an operator names is one that leads to news.
    let first = listed
        .company
        .first_urls
        .iter()
        .filter_map(|first| discovery(first, TaskKind::Listing));
    Seed {
        company: listed.company.clone(),
        tasks: home.into_iter().chain(first).collect(),
    }
}

/// Ready when the operator stops the run; a second signal ends the process at once.
async fn stopped() {
    wait_for_signal().await;
    complain("stopping: what is in flight is finished and kept; once more ends at once");
    tokio::spawn(async {
        wait_for_signal().await;
        std::process::exit(Exit::Interrupted as i32);
    });
}

async fn wait_for_signal() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = interrupt.await;
}

/// What the run came to, and how to go on.
fn summary(out: &mut impl Write, tally: &Tally, data: &Path) -> std::io::Result<()> {
    let why = match tally.ended {
        Some(Ended::Time) => "the time is over",
        Some(Ended::Pages) => "the page limit is reached",
        Some(Ended::Interrupted) => "stopped by you",
        Some(Ended::NothingDue) | None => "nothing more is due for now",
    };
    writeln!(out, "{why} after {}", clock(tally.elapsed))?;
    writeln!(
        out,
        "  pages     {} asked for, {} bytes, robots.txt {}",
        tally.visits, tally.bytes, tally.robots
    )?;
    if !tally.states.is_empty() {
        writeln!(out, "  ended as  {}", counts(&tally.states))?;
    }
    if !tally.errors.is_empty() {
        writeln!(out, "  errors    {}", counts(&tally.errors))?;
    }
    writeln!(
        out,
        "  new       {} signals, {} URLs",
        tally.new_signals, tally.discovered
    )?;
    if tally.over_budget > 0 {
        writeln!(
            out,
            "  budget    {} hosts have more than [crawl] pages_per_host allows in one run",
            tally.over_budget
        )?;
    }
    if tally.unlisted > 0 {
        writeln!(
            out,
            "  unlisted  {} hosts wait for a run that lists their company",
            tally.unlisted
        )?;
    }
    if let Some(next) = tally.next_turn {
        let hosts = number(tally.hosts_waiting, "host");
        writeln!(
            out,
            "  later     {hosts} to go on with, from {next} on: run the same command again"
        )?;
    }
    let shown = if data == Path::new("data") {
        String::new()
    } else {
        format!(" --data {}", data.display())
    };
    writeln!(
        out,
        "next: foresignal export --format csv --out signals.csv{shown}"
    )
}

/// `1 host`, `2 hosts`
fn number(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
