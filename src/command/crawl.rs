//! `foresignal crawl`: a list of companies in, signals in the store.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use ::url::Url;
use anyhow::Context;

use super::interrupt::Interrupts;
use super::list::{List, Listed, sources};
use super::progress::Progress;
use super::skipped::{self, Skipped};
use super::summary;
use super::{Exit, Unusable, complain, configuration, suppressed};
use crate::cli;
use crate::clock::Clock;
use crate::config::Config;
use crate::crawl::{Disk, Event, Limits, Parts, Tally};
use crate::fetch::{Browser, HttpFetcher, user_agent};
use crate::model::company::{Company, CompanyId};
use crate::model::domain;
use crate::model::task::{Discovery, Seed, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url;
use crate::store::archive::Archive;
use crate::store::sled::SledStore;
use crate::store::{Frontier, Records};

/// How far before everything else a seed is visited: further than any link is.
const SEED_URGENCY: Duration = Duration::from_secs(7 * 24 * 3600);

pub(super) async fn run(common: &cli::Common, args: cli::Crawl) -> anyhow::Result<Exit> {
    let mut config = configuration(common)?;
    config.require_contact().map_err(Unusable)?;
    if let Some(patience) = args.patience {
        config.crawl.patience = patience;
    }
    super::technographics::install(&config.technographics)?;
    super::rules::install(&config.signals)?;
    let listed = read(&args.companies, &config)?;
    let sources = config.crawl.sources.iter().chain(&args.sources);
    let sources = sources::read_all(sources, config.fetch.allow_loopback).map_err(Unusable)?;
    let mut session = Session::open(&common.data, config, Clock::system())?;
    let mut companies = session.take_in(&listed).await?;
    if companies.is_empty() {
        let advice = anyhow::anyhow!(
            "no company is known yet: name a list, as in `foresignal crawl seeds/companies.csv`"
        );
        return Err(Unusable(advice).into());
    }
    let go_on = listed.is_empty();
    companies.extend(sources::take_in(&mut session, &sources, go_on).await?);
    let mut progress = Progress::new(Some(common.data.join("status.json")), args.json);
    let limits = Limits {
        time: args.time,
        pages: args.max_pages,
    };
    let mut skipped = match &args.skipped {
        Some(path) => Some(Skipped::begin(path, session.as_run(&companies))?),
        None => None,
    };
    let mut observe = |event: Event<'_>| {
        if let Some(skipped) = &mut skipped {
            skipped.hear(&event);
        }
        if let Event::Tick(tally) = event {
            progress.tick(tally);
        }
    };
    let signals = Interrupts::new();
    let tally = session
        .crawl(companies, limits, signals.stopped(), &mut observe)
        .await?;
    progress.end();
    if let Some(skipped) = skipped {
        skipped.end(&session.store.records(), tally.ended, session.clock.now())?;
    }
    let mut out = std::io::stdout().lock();
    if args.json {
        serde_json::to_writer(&mut out, &tally)?;
        writeln!(out)?;
    } else {
        summary::write(&mut out, &tally, &common.data)?;
    }
    let more = tally.next_turn.is_some();
    Ok(Exit::of_run(tally.ended, more, signals.exit()))
}

/// Reads the lists, and reports every line that cannot be used, or is odd.
pub(super) fn read(paths: &[PathBuf], config: &Config) -> anyhow::Result<Vec<Listed>> {
    let mut listed: Vec<Listed> = Vec::new();
    for path in paths {
        let list = List::read(path, config.fetch.allow_loopback).map_err(Unusable)?;
        for complaint in list.complaints.iter().chain(&list.remarks) {
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
    pub(super) clock: Clock,
    dir: PathBuf,
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
            dir: dir.to_owned(),
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

    /// What a run of these companies, begun now, is for what it will leave alone.
    fn as_run(&self, companies: &HashMap<CompanyId, Arc<Company>>) -> skipped::Run {
        skipped::Run {
            companies: companies.keys().cloned().collect(),
            began: self.clock.now(),
        }
    }

    /// Crawls until a limit is reached, nothing is due, or `stop` is ready.
    pub(super) async fn crawl(
        &mut self,
        companies: HashMap<CompanyId, Arc<Company>>,
        limits: Limits,
        stop: impl Future<Output = ()>,
        observe: &mut (dyn FnMut(Event<'_>) + Send),
    ) -> anyhow::Result<Tally> {
        let disk = self.disk();
        let browser = self.browser().await?;
        let parts = Parts {
            browser,
            archive: self.archive.as_mut(),
            disk: Some(disk),
            ..parts(&self.config, &mut self.store, companies, &self.clock)?
        };
        Ok(crate::crawl::run(parts, limits, stop, observe).await?)
    }

    /// The browser, where the operator wants one.
    async fn browser(&self) -> anyhow::Result<Option<Browser>> {
        if !self.config.browser.is_on() {
            return Ok(None);
        }
        let agent = user_agent(&self.config.fetch.contact);
        let started = Browser::start(&self.config.browser, &agent, self.config.fetch.max_body);
        let browser = started.await.map_err(|error| Unusable(error.into()))?;
        Ok(Some(browser))
    }

    /// The disk of the data directory, as far as we may fill it.
    fn disk(&self) -> Disk {
        let dir = self.dir.clone();
        Disk {
            floor: self.config.store.disk_floor,
            free: Box::new(move || fs4::available_space(&dir)),
        }
    }
}

/// What every run works with, but for an archive and a bound of the disk.
pub(super) fn parts<'a, S: Frontier>(
    config: &Config,
    frontier: &'a mut S,
    companies: HashMap<CompanyId, Arc<Company>>,
    clock: &Clock,
) -> anyhow::Result<Parts<'a, HttpFetcher, S>> {
    let mut fetch = config.fetch.clone();
    // A port that the operator lists is one that the operator wants asked.
    fetch
        .extra_ports
        .extend(companies.values().flat_map(|company| ports(company)));
    let fetch = HttpFetcher::new(&fetch, clock.clone())?;
    Ok(Parts {
        suppressed: Arc::new(suppressed(config)?),
        config: config.crawl.clone(),
        revisit: config.revisit.clone(),
        policy: config.policy.clone(),
        min_confidence: config.signals.min_confidence,
        ..Parts::new(fetch, frontier, companies, clock.clone())
    })
}

/// The ports that a company's domains name.
fn ports(company: &Company) -> impl Iterator<Item = u16> {
    company
        .domains
        .iter()
        .filter_map(|domain| domain.rsplit_once(':')?.1.parse().ok())
}

fn seed(listed: &Listed, now: Timestamp) -> Seed {
    // A URL that an operator names is one that leads to news.
    let first = listed.company.first_urls.iter().filter_map(|first| {
        Some(discovery(
            listed,
            url::parse(first)?,
            TaskKind::Listing,
            now,
        ))
    });
    let mut seed = ping_seed(listed, now);
    seed.tasks.extend(first);
    seed
}

/// What a ping looks at: the domain's names, and the front page.
pub(super) fn ping_seed(listed: &Listed, now: Timestamp) -> Seed {
    let names = domain_of(&listed.company).and_then(|domain| TaskKind::ping_url(&domain));
    let names = names.map(|url| discovery(listed, url, TaskKind::Ping, now));
    let home = url::parse(&listed.home).map(|url| discovery(listed, url, TaskKind::Home, now));
    Seed {
        company: listed.company.clone(),
        tasks: names.into_iter().chain(home).collect(),
    }
}

fn discovery(listed: &Listed, url: Url, kind: TaskKind, now: Timestamp) -> Discovery {
    Discovery {
        url,
        company: listed.company.id.clone(),
        kind,
        due: now.before(SEED_URGENCY),
        depth: 0,
        from: None,
        at: now,
        updated: None,
    }
}

/// The domain of a company's names in DNS; an address has none.
fn domain_of(company: &Company) -> Option<String> {
    let listed = company.domains.first()?;
    let name = listed
        .rsplit_once(':')
        .map_or(listed.as_str(), |(name, _)| name);
    domain::site(name)
}
