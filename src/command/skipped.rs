//! `crawl --skipped`: every URL that a run left alone, and why, as JSON Lines.
//!
//! Invariants: what is judged without a request is written as it is judged; what is due when the
//! run ends and was never asked follows then, straight from the queue, so memory does not grow
//! with it. The file is written beside its place and renamed once it is complete.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::Serialize;

use super::reason::{held, is_skipped, reason};
use crate::crawl::{Ended, Event, tally};
use crate::model::company::CompanyId;
use crate::model::host::{HostRecord, RobotsState};
use crate::model::task::Task;
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::store::Records;

/// One line.
#[derive(Debug, Serialize)]
struct Line<'a> {
    url: &'a str,
    company: &'a str,
    state: &'a str,
    reason: &'a str,
    /// When it was judged, or the run ended.
    at: Timestamp,
    /// When its host may be asked again, where that is what it waits for.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

/// What a run was, for what it left.
pub(super) struct Run {
    /// The companies on its list.
    pub(super) companies: HashSet<CompanyId>,
    /// When it began.
    pub(super) began: Timestamp,
}

/// The file on the way to being complete.
pub(super) struct Skipped {
    run: Run,
    path: PathBuf,
    part: PathBuf,
    out: BufWriter<File>,
    /// What went wrong first: a crawl does not end for it.
    trouble: Option<std::io::Error>,
    lines: u64,
}

impl Skipped {
    pub(super) fn begin(path: &Path, run: Run) -> anyhow::Result<Skipped> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(".part");
        let part = path.with_file_name(name);
        let file = File::create(&part);
        let file = file.with_context(|| format!("cannot write {}", part.display()))?;
        Ok(Skipped {
            run,
            path: path.to_owned(),
            part,
            out: BufWriter::new(file),
            trouble: None,
            lines: 0,
        })
    }

    /// Writes what the event says was left alone.
    pub(super) fn hear(&mut self, event: &Event<'_>) {
        let task = match event {
            Event::Turn { task, .. } | Event::Judged { task } => *task,
            Event::Tick(_) => {
                if let Err(why) = self.out.flush() {
                    self.trouble.get_or_insert(why);
                }
                return;
            }
        };
        if is_skipped(&task.state) {
            let at = task.visits.last().map_or(task.found, |visit| visit.at);
            let (state, reason) = (tally::name(&task.state), reason(&task.state));
            self.write(task, state, &reason, at, None);
        }
    }

    /// Writes what is due by `now` and was not asked, and completes the file. Answers how many
    /// lines it has.
    pub(super) fn end(
        mut self,
        records: &impl Records,
        ended: Option<Ended>,
        now: Timestamp,
    ) -> anyhow::Result<u64> {
        let mut host: Option<(Host, HostRecord)> = None;
        for task in records.due(now) {
            let task = task?;
            let asked = task.visits.last().is_some_and(|v| v.at >= self.run.began);
            if asked {
                continue;
            }
            let door = task.key().host();
            // The queue goes host by host.
            let record = match host.take_if(|(known, _)| *known == door) {
                Some((_, record)) => record,
                None => records.host(&door)?.unwrap_or_default(),
            };
            let (state, reason, until) = self.left(&task, &record, ended, now);
            self.write(&task, state, &reason, now, until);
            host = Some((door, record));
        }
        self.complete()
            .with_context(|| format!("cannot write {}", self.path.display()))?;
        Ok(self.lines)
    }

    /// Why something that is due was not asked.
    fn left(
        &self,
        task: &Task,
        host: &HostRecord,
        ended: Option<Ended>,
        now: Timestamp,
    ) -> (&'static str, String, Option<Timestamp>) {
        use crate::model::host::Held;
        let rests = Some(host.rest_until).filter(|until| *until > now);
        let over = |held_by| {
            let (state, reason) = held(held_by);
            (state, reason.to_owned(), rests)
        };
        if !self.run.companies.contains(&task.company) {
            return over(Held::Unlisted);
        }
        if let Some((_, why)) = host.held.filter(|(at, _)| *at >= self.run.began) {
            return over(why);
        }
        match (&host.robots, rests) {
            (
                RobotsState::Unreachable {
                    why,
                    at,
                    last: None,
                },
                _,
            ) => {
                let why = format!("its host's robots.txt could not be had at {at} ({why})");
                ("robots_unreachable", why, rests)
            }
            (_, Some(_)) if host.refusals > 0 => {
                let why = format!("its host refused {} times in a row", host.refusals);
                ("backing_off", why, rests)
            }
            (_, Some(_)) => ("resting", "its host is at rest".to_owned(), rests),
            (_, None) => ("not_reached", not_reached(ended).to_owned(), None),
        }
    }

    fn write(
        &mut self,
        task: &Task,
        state: &str,
        reason: &str,
        at: Timestamp,
        until: Option<Timestamp>,
    ) {
        let line = Line {
            url: &task.url,
            company: &task.company.0,
            state,
            reason,
            at,
            until,
        };
        let written = serde_json::to_writer(&mut self.out, &line)
            .map_err(std::io::Error::from)
            .and_then(|()| self.out.write_all(b"\n"));
        match written {
            Ok(()) => self.lines += 1,
            Err(why) => drop(self.trouble.get_or_insert(why)),
        }
    }

    fn complete(&mut self) -> std::io::Result<()> {
        if let Some(why) = self.trouble.take() {
            return Err(why);
        }
        self.out.flush()?;
        self.out.get_ref().sync_all()?;
        fs::rename(&self.part, &self.path)
    }
}

fn not_reached(ended: Option<Ended>) -> &'static str {
    match ended {
        Some(Ended::Time) => "the run's time was over first",
        Some(Ended::Pages) => "the run's page limit was reached first",
        Some(Ended::Interrupted) => "the run was stopped first",
        Some(Ended::QuietHours) => "the operator's quiet hours came first ([crawl] quiet)",
        Some(Ended::Disk) => "the disk had no room ([store] disk_floor)",
        Some(Ended::NothingDue) | None => "the run ended first",
    }
}
