//! What becomes of a host whose turn has come: a page, robots.txt, or back to rest.
//!
//! Invariants: a turn starts only where the host's rest, its network address and the whole crawl
//! allow it now; what robots.txt or the suppression list forbids is judged without a request.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::reservation::Site;
use super::rules::{self, Rules};
use super::turn::Turn;
use super::{Crawl, TICK, further, judge, parked, places, quiet};
use crate::fetch::Fetch;
use crate::model::company::Company;
use crate::model::host::{Held, HostRecord, RobotsState, Trouble};
use crate::model::state::{Failure, State};
use crate::model::task::{Discovery, Harvest, Next, Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::store::{self, Frontier};

/// For how long a place is put off that this run does not ask.
const PUT_OFF: Duration = Duration::from_secs(24 * 3600);

impl<F: Fetch, S: Frontier> Crawl<'_, F, S> {
    /// Gives `host`, which was just taken, its turn, or sends it back to rest.
    pub(super) async fn start(&mut self, host: Host, now: Timestamp) -> store::Result<()> {
        let (task, record) = match self.frontier.next(&host, now).await? {
            Next::Nothing => {
                self.hosts.sleep(&host, now);
                return Ok(());
            }
            Next::NotBefore(at) => {
                self.hosts.rest(&host, at);
                return Ok(());
            }
            Next::Task(_, record) if record.rest_until > now => {
                self.hosts.rest(&host, record.rest_until);
                return Ok(());
            }
            Next::Task(task, record) => (task, record),
        };
        if self.go_on_showing(&host, &record, now).await? {
            return Ok(());
        }
        let Some(company) = self.company(&task.company).await? else {
            if task.kind.is_place() {
                return self.put_off(host, *task, Held::Unlisted, now).await;
            }
            // Of an earlier list: it stays due, for a run that is given its company.
            self.hold(host, record, Held::Unlisted, None, now);
            return Ok(());
        };
        if let Some((why, until)) = self.left_alone(&host, &company, now) {
            if why == Held::CompanyBudget && task.kind.is_place() {
                return self.put_off(host, *task, why, now).await;
            }
            self.hold(host, record, why, until, now);
            return Ok(());
        }
        if let Some(entry) = self.suppression(&task, &company) {
            let entry = short(entry);
            return self
                .forbid(host, *task, State::Suppressed { entry }, now)
                .await;
        }
        if task.kind == TaskKind::Ping {
            self.start_ping(host, task, record, company, now);
            return Ok(());
        }
        if let Some(shows) = parked::leaves_alone(&task, &record) {
            return self.forbid(host, *task, State::Parked { shows }, now).await;
        }
        if let Some(there) = self.elsewhere(&task, &record) {
            let state = State::Duplicate {
                of: there.url.to_string(),
            };
            return self.set_aside(host, *task, state, vec![there], now).await;
        }
        if let Some(trap) = self.mazes.judge(&task, now) {
            return self.forbid(host, *task, State::Trapped { trap }, now).await;
        }
        if let Some(of) = self.told_elsewhere(&task).await? {
            return self.forbid(host, *task, State::Duplicate { of }, now).await;
        }
        match self.rules.at(&host, &task, &record, now) {
            Rules::Known(robots) => {
                let verdict = robots.verdict(&rules::path(&task));
                if !verdict.allowed {
                    let rule = short(&verdict.rule.unwrap_or_default());
                    let instead = further::page_instead(&task, now).into_iter().collect();
                    return self
                        .set_aside(host, *task, State::Disallowed { rule }, instead, now)
                        .await;
                }
                let crawl_delay = robots.crawl_delay();
                if self.shared.manners.at(&host).skips(crawl_delay) {
                    self.hold(host, record, Held::CrawlDelay, None, now);
                    return Ok(());
                }
                let site = match self.site(&task, &record, &robots, now) {
                    Site::Says(heard) => heard,
                    Site::Reserves(by, heard) => {
                        return self.reserve(host, *task, by, &heard, now).await;
                    }
                    Site::Ask(url) => {
                        self.ask_reservation(host, record, url, crawl_delay, company);
                        return Ok(());
                    }
                };
                let address = record.address;
                if let Err(until) = self.may_ask(address, now) {
                    self.hosts.rest(&host, until);
                    return Ok(());
                }
                *self.visits.entry(host.clone()).or_default() += 1;
                *self.company_visits.entry(company.id.clone()).or_default() += 1;
                self.tally.visits += 1;
                self.mazes.asked(&task);
                self.note_mark(&task);
                let turn = Turn::Visit {
                    task,
                    record,
                    crawl_delay,
                    site,
                };
                self.spawn(host, address, turn, company);
                Ok(())
            }
            Rules::Wait(until) => {
                self.hosts.rest(&host, until);
                Ok(())
            }
            Rules::Ask(url) => self.ask_rules(host, record, url, task, company).await,
        }
    }

    /// What forbids asking for a task: of whom nobody asks, nobody asks elsewhere either.
    fn suppression(&self, task: &Task, company: &Company) -> Option<&str> {
        let own = company
            .domains
            .iter()
            .filter(|_| places::is_elsewhere(task, company));
        let mut own = own.filter_map(|domain| self.suppressed.entry_for_text(domain));
        self.suppressed
            .entry_for(&task.parsed())
            .or_else(|| own.next())
    }

    /// Why nothing may be asked of `host` in this run, or until when.
    pub(super) fn left_alone(
        &self,
        host: &Host,
        company: &Company,
        now: Timestamp,
    ) -> Option<(Held, Option<Timestamp>)> {
        let manner = self.shared.manners.at(host);
        let of_host = self.visits.get(host).copied().unwrap_or_default();
        if of_host >= manner.pages {
            return Some((Held::HostBudget, None));
        }
        let of_company = self.company_visits.get(&company.id).copied();
        if of_company.unwrap_or_default() >= self.shared.config.pages_per_company {
            return Some((Held::CompanyBudget, None));
        }
        let until = quiet::until(&manner.quiet, now)?;
        Some((Held::QuietHours, Some(until)))
    }

    /// Spends the host's turn on robots.txt; where that has moved to another host, that one's
    /// turn is spent with it.
    async fn ask_rules(
        &mut self,
        host: Host,
        of: HostRecord,
        url: Url,
        task: Box<Task>,
        company: Arc<Company>,
    ) -> store::Result<()> {
        let now = self.clock.now();
        if self.suppressed.entry_for(&url).is_some() {
            self.rules_out_of_bounds(host, of, now);
            return Ok(());
        }
        let door = Host::of(&url).filter(|door| *door != host);
        let elsewhere = match door {
            None => None,
            Some(door) => {
                if let Err(free) = self.hosts.take(&door, now) {
                    self.hosts.rest(&host, free.unwrap_or(now.after(TICK)));
                    return Ok(());
                }
                let record = self.frontier.host(&door).await?;
                Some((door, record))
            }
        };
        let asked = elsewhere.as_ref().map_or(&of, |(_, record)| record);
        let not_yet = if asked.rest_until > now {
            Err(asked.rest_until)
        } else {
            self.may_ask(asked.address, now)
        };
        if let Err(until) = not_yet {
            self.hosts.rest(&host, until);
            if let Some((door, _)) = &elsewhere {
                self.hosts.sleep(door, until);
            }
            return Ok(());
        }
        self.tally.robots += 1;
        let address = asked.address;
        let turn = Turn::Robots {
            of: Box::new(of),
            url,
            elsewhere,
            task,
        };
        self.spawn(host, address, turn, company);
        Ok(())
    }

    /// Rules that lie where nobody may ask cannot be had: nothing may be asked of their host, and
    /// it is asked anew where they are when an ordinary copy would have aged.
    fn rules_out_of_bounds(&mut self, host: Host, of: HostRecord, now: Timestamp) {
        let rest_until = now.after(self.shared.config.robots_fresh);
        let robots = RobotsState::Unreachable {
            at: now,
            why: Trouble::Failure(Failure::BadRedirect),
            last: None,
        };
        self.hosts.rest(&host, rest_until);
        self.tally.count_robots(&robots);
        let record = HostRecord {
            rest_until,
            robots,
            ..of
        };
        self.note(host, record);
    }

    pub(super) fn spawn(
        &mut self,
        host: Host,
        address: Option<IpAddr>,
        turn: Turn,
        company: Arc<Company>,
    ) {
        self.held.remove(&host);
        self.slots.begin(&host, address, self.clock.now());
        self.running
            .spawn(Arc::clone(&self.shared).take(host, turn, company));
    }

    /// Leaves one company's place alone for a day: others that have theirs at the same host wait
    /// behind it, and are not to be held with it.
    async fn put_off(
        &mut self,
        host: Host,
        was: Task,
        why: Held,
        now: Timestamp,
    ) -> store::Result<()> {
        *self.tally.held.entry(why).or_default() += 1;
        let task = Task {
            due: Some(now.after(PUT_OFF)),
            ..was.clone()
        };
        let harvest = Harvest {
            was: Some(was),
            now: Some(task),
            ..Harvest::default()
        };
        self.commit(std::slice::from_ref(&harvest)).await?;
        self.hosts.rest(&host, now);
        Ok(())
    }

    /// Judges a task without a request.
    async fn forbid(
        &mut self,
        host: Host,
        was: Task,
        state: State,
        now: Timestamp,
    ) -> store::Result<()> {
        self.set_aside(host, was, state, Vec::new(), now).await
    }

    /// Judges a task without a request; `found` is to be visited instead.
    async fn set_aside(
        &mut self,
        host: Host,
        was: Task,
        state: State,
        found: Vec<Discovery>,
        now: Timestamp,
    ) -> store::Result<()> {
        let task = judge::forbidden(&was, state, &self.shared.config, now);
        self.tally.count(&task.state);
        let harvest = Harvest {
            was: Some(was),
            now: Some(task),
            found,
            ..Harvest::default()
        };
        self.commit(std::slice::from_ref(&harvest)).await?;
        self.judged.extend(harvest.now);
        self.hosts.rest(&host, now);
        Ok(())
    }
}

/// A rule or an entry, at no greater length than a person reads.
fn short(text: &str) -> String {
    text.chars().take(200).collect()
}
