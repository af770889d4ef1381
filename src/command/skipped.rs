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
use crate::model::host::{Held, HostRecord, RobotsState};
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::host::Trouble;
    use crate::model::state::State;
    use crate::model::task::{Discovery, Harvest, TaskKind, Visit};
    use crate::model::url;
    use crate::model::wishes::Wishes;
    use crate::store::Frontier;
    use crate::store::memory::MemoryStore;

    const BEGAN: Timestamp = Timestamp(1000);
    const NOW: Timestamp = Timestamp(2000);
    const LATER: Timestamp = Timestamp(3000);

    fn task(name: &str) -> Task {
        Task::new(&Discovery {
            url: url::parse(&format!("https://{name}.example/")).expect("valid"),
            company: CompanyId(if name == "unlisted" { "b" } else { "a" }.to_owned()),
            kind: TaskKind::Page,
            due: Timestamp(500),
            depth: 0,
            from: None,
            at: Timestamp(1),
            updated: None,
        })
    }

    fn visited(name: &str, at: Timestamp, state: State) -> Task {
        let mut task = task(name);
        task.state = state.clone();
        task.visited(Visit {
            at,
            state,
            millis: 1,
            bytes: 0,
            wishes: Wishes::NONE,
        });
        task
    }

    fn resting(refusals: u8) -> HostRecord {
        HostRecord {
            rest_until: LATER,
            refusals,
            ..HostRecord::default()
        }
    }

    /// A store in which something is due for each reason there is.
    async fn frontier() -> MemoryStore {
        let held = |at, why| HostRecord {
            held: Some((at, why)),
            ..HostRecord::default()
        };
        let unreachable = HostRecord {
            robots: RobotsState::Unreachable {
                at: NOW,
                why: Trouble::Status(503),
                last: None,
            },
            ..resting(1)
        };
        let refused = State::Refused { status: 503 };
        let mut later = task("later");
        later.due = Some(LATER);
        let mut store = MemoryStore::new();
        let tasks = [
            (task("unlisted"), HostRecord::default()),
            (task("slow"), held(BEGAN, Held::CrawlDelay)),
            (task("company"), held(NOW, Held::CompanyBudget)),
            (task("yesterday"), held(Timestamp(999), Held::QuietHours)),
            (task("busy"), held(NOW, Held::HostBudget)),
            (task("mute"), unreachable),
            (task("backing"), resting(3)),
            (task("resting"), resting(0)),
            (
                visited("before", Timestamp(900), State::Done),
                HostRecord::default(),
            ),
            (visited("asked", BEGAN, refused), HostRecord::default()),
            (later, HostRecord::default()),
        ];
        let harvests = tasks.map(|(task, record)| Harvest {
            hosts: vec![(task.key().host(), record)],
            now: Some(task),
            ..Harvest::default()
        });
        store.commit(&harvests).await.expect("a model");
        store
    }

    #[tokio::test]
    async fn each_reason_for_leaving_a_url_alone_is_told_once() {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let path = dir.path().join("skipped.jsonl");
        let run = Run {
            companies: HashSet::from([CompanyId("a".to_owned())]),
            began: BEGAN,
        };
        let mut skipped = Skipped::begin(&path, run).expect("begins");
        let done = visited("busy", NOW, State::Done);
        let rule = "Disallow: /".to_owned();
        let forbidden = visited("forbidden", NOW, State::Disallowed { rule });
        let of = "https://a.example/1".to_owned();
        let copy = visited("copy", NOW, State::Duplicate { of });
        let turn = |task| Event::Turn {
            task,
            took: std::time::Duration::ZERO,
            signals: &[],
        };
        for event in [
            turn(&done),
            turn(&done),
            turn(&copy),
            Event::Judged { task: &forbidden },
            Event::Tick(&crate::crawl::Tally::default()),
        ] {
            skipped.hear(&event);
        }
        assert!(!path.exists(), "it is not complete");
        let early = fs::read_to_string(dir.path().join("skipped.jsonl.part")).expect("reads");
        assert_eq!(early.lines().count(), 2, "a tick flushes");
        let store = frontier().await;
        let lines = skipped.end(&store, Some(Ended::Pages), NOW).expect("ends");
        let text = fs::read_to_string(&path).expect("it is complete");
        let mut told = Vec::new();
        for line in text.lines() {
            let line: serde_json::Value = serde_json::from_str(line).expect("JSON");
            let text = |field: &str| line[field].as_str().unwrap_or("-").to_owned();
            told.push((text("url"), text("state"), text("until") != "-"));
        }
        assert_eq!(told.len() as u64, lines);
        told.sort();
        let told: Vec<(&str, &str, bool)> = told
            .iter()
            .map(|(url, state, until)| (&url[8..url.len() - 9], state.as_str(), *until))
            .collect();
        let expected = [
            ("backing", "backing_off", true),
            ("before", "not_reached", false),
            ("busy", "over_budget", false),
            ("company", "over_budget", false),
            ("copy", "duplicate", false),
            ("forbidden", "disallowed", false),
            ("mute", "robots_unreachable", true),
            ("resting", "resting", true),
            ("slow", "crawl_delay", false),
            ("unlisted", "unlisted", false),
            ("yesterday", "not_reached", false),
        ];
        assert_eq!(told, expected);
        assert!(text.contains("page limit") && text.contains("Disallow: /"));
    }
}
