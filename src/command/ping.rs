//! `foresignal ping`: what a company's domain reveals, and what has changed there.
//!
//! It is a crawl of few URLs: the domain's names, the front page and what that leads to. So robots
//! rules, rests and limits are the crawl's own, and what is learnt is kept as the crawl keeps it.

mod report;
pub(super) mod show;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{IsTerminal, Read, Write};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;

use super::crawl::{parts, ping_seed};
use super::interrupt::Interrupts;
use super::list::{List, Listed};
use super::progress::Progress;
use super::{Exit, Unusable, complain, configuration, crawl};
use crate::cli;
use crate::clock::Clock;
use crate::config::Config;
use crate::crawl::{Event, Limits, Tally};
use crate::model::company::CompanyId;
use crate::model::signal::Signal;
use crate::model::state::State;
use crate::model::task::{Discovery, Harvest, Seed, Task, TaskKind};
use crate::store::aside::Aside;
use crate::store::memory::MemoryStore;
use crate::store::sled::SledStore;
use crate::store::{Frontier, Records};
use report::Report;

/// The longest list of domains that is read from standard input, in bytes.
const LONGEST: u64 = 64 * 1024 * 1024;

/// How long a front page that is refused for now is waited for: a ping is a look, not a siege.
const PATIENCE: Duration = Duration::from_secs(15);

pub(super) async fn run(common: &cli::Common, args: cli::Ping) -> anyhow::Result<Exit> {
    let mut config = configuration(common)?;
    config.require_contact().map_err(Unusable)?;
    config.crawl.patience = config.crawl.patience.min(PATIENCE);
    super::technographics::install(&config.technographics)?;
    super::rules::install(&config.signals)?;
    let mut listed = crawl::read(&args.list, &config)?;
    let typed = typed(&args, &config)?;
    let look = |listed| Look {
        common,
        args: &args,
        config: &config,
        listed,
        clock: Clock::system(),
    };
    if args.no_store {
        join(&mut listed, typed)?;
        return look(listed).at(&mut MemoryStore::new()).await;
    }
    let dir = &common.data;
    std::fs::create_dir_all(dir)
        .with_context(|| format!("cannot make the data directory {}", dir.display()))?;
    let mut store = SledStore::open(dir, config.store.cache_bytes)?;
    let records = store.records();
    let known = |mut one: Listed| -> anyhow::Result<Listed> {
        // The store may know more of a company than the domain that was typed.
        one.company = records.company(&one.company.id)?.unwrap_or(one.company);
        Ok(one)
    };
    join(
        &mut listed,
        typed.into_iter().map(known).collect::<Result<_, _>>()?,
    )?;
    look(listed).at(&mut store).await
}

/// Adds those that are not listed yet; there must be one.
fn join(listed: &mut Vec<Listed>, typed: Vec<Listed>) -> anyhow::Result<()> {
    let mut known: HashSet<CompanyId> = listed.iter().map(|one| one.company.id.clone()).collect();
    listed.extend(
        typed
            .into_iter()
            .filter(|one| known.insert(one.company.id.clone())),
    );
    match listed.is_empty() {
        true => Err(Unusable(anyhow::anyhow!("no domain to look at is left")).into()),
        false => Ok(()),
    }
}

/// The domains that were typed, or came by standard input.
fn typed(args: &cli::Ping, config: &Config) -> anyhow::Result<Vec<Listed>> {
    let mut typed = String::new();
    for domain in &args.domains {
        if domain == "-" {
            std::io::stdin()
                .lock()
                .take(LONGEST)
                .read_to_string(&mut typed)?;
        } else {
            typed.push_str(domain);
        }
        typed.push('\n');
    }
    let list = List::of_domains(&typed, config.fetch.allow_loopback);
    for complaint in &list.complaints {
        complain(&format!("domain {}: {}", complaint.line, complaint.why));
    }
    Ok(list.companies)
}

struct Look<'a> {
    common: &'a cli::Common,
    args: &'a cli::Ping,
    config: &'a Config,
    listed: Vec<Listed>,
    clock: Clock,
}

impl Look<'_> {
    /// Looks, keeps what it finds in `store`, and shows it.
    async fn at(&self, store: &mut impl Frontier) -> anyhow::Result<Exit> {
        let now = self.clock.now();
        let seeds: Vec<Seed> = self.listed.iter().map(|one| ping_seed(one, now)).collect();
        let mut aside = Aside::new(store, wants);
        aside.seed(&seeds).await?;
        let companies = seeds.into_iter().map(|seed| seed.company);
        let companies: HashMap<_, _> = companies
            .map(|company| (company.id.clone(), Arc::new(company)))
            .collect();
        let mut changes: BTreeMap<CompanyId, Vec<Signal>> = BTreeMap::new();
        // Without the store's lock, the status there is a running crawl's.
        let kept = !self.args.no_store;
        let status = kept.then(|| self.common.data.join("status.json"));
        let mut progress = Progress::new(status, self.is_silent());
        let mut observe = |event: Event<'_>| match event {
            Event::Turn { task, signals, .. } => {
                let told = signals.iter().filter(|signal| is_change(signal));
                let known = changes.entry(task.company.clone()).or_default();
                known.extend(told.cloned());
            }
            Event::Tick(tally) => progress.tick(tally),
            Event::Judged { .. } => {}
        };
        let signals = Interrupts::new();
        let limits = Limits {
            time: self.args.time,
            pages: None,
        };
        let parts = parts(self.config, &mut aside, companies, &self.clock)?;
        let tally = crate::crawl::run(parts, limits, signals.stopped(), &mut observe).await?;
        progress.end();
        let looked = self.tell(&mut aside, &changes).await?;
        Ok(self.exit(&tally, looked, signals.exit()))
    }

    fn is_silent(&self) -> bool {
        self.args.json || self.listed.len() < 2 && !std::io::stderr().is_terminal()
    }

    /// Shows every company, in the order given; answers of how many anything could be seen.
    async fn tell(
        &self,
        aside: &mut Aside<'_, impl Frontier>,
        changes: &BTreeMap<CompanyId, Vec<Signal>>,
    ) -> anyhow::Result<usize> {
        let mut out = std::io::BufWriter::new(std::io::stdout().lock());
        let mut looked = 0;
        let mut asked: HashMap<CompanyId, Vec<Task>> = HashMap::new();
        for task in aside.queue().tasks("") {
            let task = task?;
            asked.entry(task.company.clone()).or_default().push(task);
        }
        for one in &self.listed {
            let id = &one.company.id;
            let profile = aside.profile(id).await?;
            let tasks = asked.remove(id).unwrap_or_default();
            let told = changes.get(id).map_or(&[][..], Vec::as_slice);
            let report = Report::new(&one.company, profile, tasks, told);
            looked += usize::from(report.saw_anything());
            if self.args.json {
                serde_json::to_writer(&mut out, &report)?;
                writeln!(out)?;
            } else {
                show::write(&mut out, &report)?;
            }
        }
        out.flush()?;
        Ok(looked)
    }

    fn exit(&self, tally: &Tally, looked: usize, by: Exit) -> Exit {
        match Exit::of_run(tally.ended, tally.next_turn.is_some(), by) {
            Exit::Done if looked == 0 => Exit::Failed,
            exit => exit,
        }
    }
}

/// What a ping follows: where the front page has moved to, and the site's security.txt.
fn wants(harvest: &Harvest, found: &Discovery) -> bool {
    let moved = harvest.now.as_ref().is_some_and(|task| {
        task.kind == TaskKind::Home && matches!(task.state, State::Moved { .. })
    });
    moved || found.url.path() == crate::technographics::SECURITY_TXT
}

fn is_change(signal: &Signal) -> bool {
    let mut detectors = signal
        .evidence
        .iter()
        .map(|evidence| evidence.detector.as_str());
    detectors.any(|detector| detector == crate::detect::change::NAME)
}
