//! What becomes of a host whose turn has come: a page, robots.txt, or back to rest.
//!
//! Invariants: a turn starts only where the host's rest, its network address and the whole crawl
//! allow it now; what robots.txt or the suppression list forbids is judged without a request.

use std::sync::Arc;

use url::Url;

use super::rules::{self, Rules};
use super::turn::Turn;
use super::{Crawl, TICK, judge};
use crate::fetch::Fetch;
use crate::model::company::Company;
use crate::model::host::HostRecord;
use crate::model::state::State;
use crate::model::task::{Discovery, Harvest, Next, Task};
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::store::{self, Frontier};

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
        let Some(company) = self.companies.get(&task.company).map(Arc::clone) else {
            // Of an earlier list: it stays due, for a run that is given its company.
            self.tally.unlisted += 1;
            self.hosts.sleep(&host, now);
            return Ok(());
        };
        if self
            .visits
            .get(&host)
            .is_some_and(|asked| *asked >= self.shared.config.pages_per_host)
        {
            self.tally.over_budget += 1;
            self.hosts.sleep(&host, now);
            return Ok(());
        }
        if let Some(entry) = self.suppressed.entry_for(&task.parsed()) {
            let entry = short(entry);
            return self
                .forbid(host, *task, State::Suppressed { entry }, now)
                .await;
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
        match self.rules.at(&host, &task, &record, now) {
            Rules::Known(robots) => {
                let verdict = robots.verdict(&rules::path(&task));
                if !verdict.allowed {
                    let rule = short(&verdict.rule.unwrap_or_default());
                    return self
                        .forbid(host, *task, State::Disallowed { rule }, now)
                        .await;
                }
                if let Err(until) = self.pace.ask(record.address) {
                    self.hosts.rest(&host, until);
                    return Ok(());
                }
                *self.visits.entry(host.clone()).or_default() += 1;
                self.tally.visits += 1;
                self.mazes.asked(&task);
                let turn = Turn::Visit {
                    task,
                    record,
                    crawl_delay: robots.crawl_delay(),
                };
                self.spawn(host, turn, company);
                Ok(())
            }
            Rules::Wait(until) => {
                self.hosts.rest(&host, until);
                Ok(())
            }
            Rules::Ask(url) => self.ask_rules(host, record, url, company, now).await,
        }
    }

    /// Spends the host's turn on robots.txt; where that has moved to another host, that one's
    /// turn is spent with it.
    async fn ask_rules(
        &mut self,
        host: Host,
        of: HostRecord,
        url: Url,
        company: Arc<Company>,
        now: Timestamp,
    ) -> store::Result<()> {
        if self.suppressed.entry_for(&url).is_some() {
            // Rules that lie where nobody may ask cannot be had.
            self.hosts
                .rest(&host, now.after(self.shared.config.robots_fresh));
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
            self.pace.ask(asked.address)
        };
        if let Err(until) = not_yet {
            self.hosts.rest(&host, until);
            if let Some((door, _)) = &elsewhere {
                self.hosts.sleep(door, until);
            }
            return Ok(());
        }
        self.tally.robots += 1;
        self.spawn(host, Turn::Robots { of, url, elsewhere }, company);
        Ok(())
    }

    fn spawn(&mut self, host: Host, turn: Turn, company: Arc<Company>) {
        self.running
            .spawn(Arc::clone(&self.shared).take(host, turn, company));
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
        self.commit(&[harvest]).await?;
        self.hosts.rest(&host, now);
        Ok(())
    }
}

/// A rule or an entry, at no greater length than a person reads.
fn short(text: &str) -> String {
    text.chars().take(200).collect()
}
