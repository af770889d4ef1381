//! Floor 3: the only room where things happen at once.
//!
//! One loop starts turns, one function is a turn, one commit ends it: `run` → `turn` → `commit`.
//! Queues wait, workers never do: a slot is taken only for a host that may be asked now.
//!
//! Invariants: the loop alone holds the frontier; a host is at work once at a time, and rests
//! between two turns; what a turn brought is committed before anybody hears of it; memory is
//! bounded by the turns in flight.

mod canonical;
pub mod config;
mod digest;
pub mod door;
mod editions;
mod feeds;
mod further;
mod holding;
pub mod hosts;
pub mod judge;
mod limits;
mod look;
pub mod manners;
mod maps;
mod mazes;
pub mod missing;
pub mod pace;
pub mod parked;
mod parts;
mod ping;
pub(crate) mod places;
pub mod policy;
pub mod quiet;
pub mod rank;
mod repeated;
mod reservation;
pub mod rest;
mod restart;
mod retract;
pub mod revisit;
mod rules;
pub mod scope;
mod shown;
pub mod sketch;
pub mod slots;
pub mod sources;
mod start;
pub mod tally;
mod traps;
mod turn;
mod twins;
mod words;
mod worth;

use std::collections::{HashMap, HashSet};
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::clock::Clock;
use crate::fetch::Fetch;
use crate::model::company::{Company, CompanyId};
use crate::model::host::Held;
use crate::model::suppress::Suppressed;
use crate::model::task::{Harvest, Task};
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::store::archive::Archive;
use crate::store::{self, Counts, Frontier};
pub use holding::Disk;
pub use limits::Limits;
pub use parts::{MIN_CONFIDENCE, Parts};
use rules::RulesBook;
pub use tally::{Ended, Event, Paused, Tally};
use turn::{Done, Shared};

/// How often the observer hears that time passes.
const TICK: Duration = Duration::from_secs(1);

/// How many tasks are judged without a request before somebody hears of them.
const JUDGED: usize = 64;

/// Crawls until a limit is reached, nothing is due, or `stop` is ready; then finishes what is in
/// flight. `observe` hears of every turn once it is committed.
///
/// # Errors
/// Only when the store or the archive fails: whatever a server does is data.
pub async fn run<F: Fetch, S: Frontier>(
    parts: Parts<'_, F, S>,
    limits: Limits,
    stop: impl Future<Output = ()>,
    observe: &mut (dyn FnMut(Event<'_>) + Send),
) -> store::Result<Tally> {
    let mut stop = pin!(stop);
    let mut crawl = Crawl::new(parts, limits);
    crawl.open().await?;
    let mut tick = tokio::time::interval(TICK);
    loop {
        let ready = crawl.start_turns().await?;
        for task in crawl.judged.drain(..) {
            observe(Event::Judged { task: &task });
        }
        if crawl.running.is_empty() && crawl.is_over(ready) {
            break;
        }
        tokio::select! {
            biased;
            () = &mut stop, if !crawl.stopping() => crawl.tally.ended = Some(Ended::Interrupted),
            Some(done) = crawl.running.join_next() => crawl.finish(done, observe).await?,
            _ = tick.tick() => {
                crawl.look_at_disk();
                observe(Event::Tick(&crawl.snapshot()));
            }
            () = crawl.clock.sleep_until(ready.unwrap_or_default()), if ready.is_some() && !crawl.stopping() => {}
        }
    }
    let tally = crawl.snapshot();
    observe(Event::Tick(&tally));
    Ok(tally)
}

struct Crawl<'a, F, S> {
    shared: Arc<Shared<F>>,
    frontier: &'a mut S,
    archive: Option<&'a mut Archive>,
    companies: HashMap<CompanyId, Arc<Company>>,
    suppressed: Arc<Suppressed>,
    clock: Clock,
    hosts: hosts::Hosts,
    pace: pace::Pace,
    rules: RulesBook,
    mazes: mazes::Mazes,
    limits: Limits,
    began: Timestamp,
    /// What the store held when the run began.
    before: Counts,
    /// Pages asked of a host in this run.
    visits: HashMap<Host, u32>,
    /// Pages asked of a company in this run.
    company_visits: HashMap<CompanyId, u32>,
    /// The marks of language editions that this run has met.
    marks: editions::Marks,
    /// The companies whose profiles this run has read.
    met: HashSet<CompanyId>,
    /// What this run leaves alone, and why.
    held: HashMap<Host, Held>,
    /// What the next commit shall keep beside what turns bring.
    notes: Vec<Harvest>,
    disk: Option<Disk>,
    disk_low_since: Option<Timestamp>,
    slots: slots::Slots,
    /// The pages that are open in the browser.
    shown: HashMap<Host, shown::Open>,
    running: JoinSet<Done>,
    /// Judged without a request; nobody has heard of them yet.
    judged: Vec<Task>,
    tally: Tally,
}

impl<'a, F: Fetch, S: Frontier> Crawl<'a, F, S> {
    fn new(parts: Parts<'a, F, S>, limits: Limits) -> Crawl<'a, F, S> {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let pace = pace::Pace::new(
            parts.config.per_second,
            parts.config.questions_per_second,
            parts.config.address_rest,
            &parts.clock,
        );
        let shared = Shared {
            fetch: parts.fetch,
            browser: parts.browser,
            manners: manners::Manners::new(&parts.config),
            config: parts.config,
            revisit: parts.revisit,
            policy: parts.policy,
            roster: sources::roster(&parts.companies, &parts.suppressed),
            min_confidence: parts.min_confidence,
            archive_as: parts
                .archive
                .as_ref()
                .map(|archive| archive.agent().to_owned()),
            cpu: Arc::new(Semaphore::new(cores)),
            clock: parts.clock.clone(),
        };
        Crawl {
            rules: RulesBook::new(shared.config.robots_fresh),
            mazes: mazes::Mazes::new(&shared.config),
            slots: slots::Slots::new(&shared.config),
            shared: Arc::new(shared),
            frontier: parts.frontier,
            archive: parts.archive,
            companies: parts.companies,
            suppressed: parts.suppressed,
            hosts: hosts::Hosts::default(),
            shown: HashMap::new(),
            pace,
            limits,
            began: parts.clock.now(),
            before: Counts::default(),
            clock: parts.clock,
            visits: HashMap::new(),
            company_visits: HashMap::new(),
            marks: editions::Marks::new(),
            met: HashSet::new(),
            held: HashMap::new(),
            notes: Vec::new(),
            disk: parts.disk,
            disk_low_since: None,
            running: JoinSet::new(),
            judged: Vec::new(),
            tally: Tally::default(),
        }
    }

    fn stopping(&self) -> bool {
        self.tally.ended.is_some()
    }

    /// Starts every turn that may start now. Answers when the next one may; `None`: only when a
    /// turn ends, or never.
    async fn start_turns(&mut self) -> store::Result<Option<Timestamp>> {
        let ready = self.start_ready().await?;
        self.keep_notes().await?;
        Ok(ready.map(|ready| self.limits.at_most(self.began, ready)))
    }

    async fn start_ready(&mut self) -> store::Result<Option<Timestamp>> {
        loop {
            let now = self.clock.now();
            if let Some(ended) = self.limits.reached(&self.tally, now.since(self.began)) {
                self.tally.ended.get_or_insert(ended);
            }
            let paused = self.pause(now);
            if self.stopping() {
                return Ok(None);
            }
            if paused.is_some() {
                return Ok(paused);
            }
            if let Err(slow_at) = self.slots.free(now) {
                return Ok(slow_at);
            }
            if self.judged.len() >= JUDGED {
                return Ok(Some(now));
            }
            if let Err(until) = self.pace.whole() {
                return Ok(Some(until));
            }
            let Some(host) = self.hosts.take_ready(now) else {
                return Ok(self.hosts.next_ready());
            };
            self.start(host, now).await?;
        }
    }

    /// Whether nothing is left to wait for.
    fn is_over(&mut self, ready: Option<Timestamp>) -> bool {
        if self.stopping() {
            return true;
        }
        let patience = self.clock.now().after(self.shared.config.patience);
        if ready.is_none_or(|ready| ready > patience) {
            self.tally.ended = Some(self.over());
        }
        self.stopping()
    }

    /// Commits this turn and every other that has ended meanwhile, and sends their hosts to rest.
    async fn finish(
        &mut self,
        first: Result<Done, tokio::task::JoinError>,
        observe: &mut (dyn FnMut(Event<'_>) + Send),
    ) -> store::Result<()> {
        let mut ended = vec![first];
        while let Some(done) = self.running.try_join_next() {
            ended.push(done);
        }
        let mut harvests = Vec::with_capacity(ended.len());
        let mut turns = Vec::with_capacity(ended.len());
        let mut profiles = look::Profiles::new();
        for done in ended {
            let mut done = done.expect("a turn does not panic: what may is on a CPU thread");
            self.compare(&mut done, &harvests).await?;
            repeated::count(&mut done);
            self.choose_edition(&mut done, &harvests).await?;
            self.look_further(&mut done).await?;
            retract::settle(&mut done);
            self.learn(&mut done, &mut profiles).await?;
            let Done {
                host,
                mut harvest,
                page,
                took,
                bytes,
                open,
                ..
            } = done;
            let asked_rules = harvest.now.is_none() && open.is_none();
            if let Some(open) = open {
                self.shown.insert(host.clone(), *open);
            }
            harvest.found.retain(|found| !self.mazes.is_full(found));
            if let (Some(page), Some(archive)) = (page, self.archive.as_deref_mut()) {
                harvest.page = Some(archive.append_packed(&page)?);
            }
            self.slots.end(&host);
            harvests.push(harvest);
            turns.push((host, took, bytes, asked_rules));
        }
        if let Some(archive) = self.archive.as_deref_mut() {
            archive.sync()?;
        }
        self.commit(&harvests).await?;
        for ((host, took, bytes, asked_rules), harvest) in turns.into_iter().zip(&harvests) {
            for (door, record) in &harvest.hosts {
                if *door == host {
                    self.hosts.rest(door, record.rest_until);
                } else {
                    self.hosts.sleep(door, record.rest_until);
                }
            }
            self.tally.bytes += bytes as u64;
            for (_, record) in harvest.hosts.iter().filter(|_| asked_rules) {
                self.tally.count_robots(&record.robots);
            }
            if let Some(task) = &harvest.now {
                self.watch(harvest.was.as_ref(), task);
                tracing::debug!(
                    url = task.url,
                    state = tally::name(&task.state),
                    ?took,
                    "turn"
                );
                self.tally.count(&task.state);
                observe(Event::Turn {
                    task,
                    took,
                    signals: &harvest.signals,
                });
            }
        }
        Ok(())
    }

    async fn commit(&mut self, harvests: &[Harvest]) -> store::Result<()> {
        let woken = self.frontier.commit(harvests).await?;
        let now = self.clock.now();
        for host in woken {
            self.hosts.wake(&host, now);
        }
        let counts = self.frontier.size()?;
        self.tally.new_signals = counts.signals - self.before.signals;
        self.tally.discovered = counts.urls - self.before.urls;
        Ok(())
    }
}
