//! Tasks as earlier versions wrote them.

use serde::{Deserialize, Serialize};

use crate::model::company::CompanyId;
use crate::model::page::ContentHash;
use crate::model::state::State;
use crate::model::task::{Position, Task, TaskKind, Validators, Visit, Yields};
use crate::model::time::{Day, Timestamp};
use crate::model::wishes::Wishes;

/// A task before changes were counted and wishes recorded.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct Task1 {
    pub(in crate::store) url: String,
    pub(in crate::store) company: CompanyId,
    pub(in crate::store) kind: TaskKind,
    pub(in crate::store) due: Option<Timestamp>,
    pub(in crate::store) depth: u8,
    pub(in crate::store) from: Option<String>,
    pub(in crate::store) found: Timestamp,
    pub(in crate::store) state: State,
    pub(in crate::store) validators: Validators,
    pub(in crate::store) content: Option<ContentHash>,
    pub(in crate::store) failures: u8,
    pub(in crate::store) unchanged: u8,
    pub(in crate::store) visits: Vec<Visit1>,
}

#[derive(Serialize, Deserialize)]
pub(in crate::store) struct Visit1 {
    pub(in crate::store) at: Timestamp,
    pub(in crate::store) state: State,
    pub(in crate::store) millis: u32,
    pub(in crate::store) bytes: u32,
}

impl From<Task1> for Task {
    fn from(old: Task1) -> Task {
        let visits = old.visits.into_iter().map(|visit| Visit {
            at: visit.at,
            state: visit.state,
            millis: visit.millis,
            bytes: visit.bytes,
            wishes: Wishes::NONE,
        });
        Task {
            url: old.url,
            company: old.company,
            kind: old.kind,
            due: old.due,
            depth: old.depth,
            from: old.from,
            found: old.found,
            state: old.state,
            validators: old.validators,
            content: old.content,
            failures: old.failures,
            unchanged: old.unchanged,
            watched: None,
            checks: 0,
            changes: 0,
            sketch: None,
            says: None,
            fresh: 0,
            entries: 0,
            barren: 0,
            yields: Yields::default(),
            closes: None,
            claimed: None,
            misled: 0,
            visits: visits.collect(),
            positions: Vec::new(),
            tells: Vec::new(),
        }
    }
}

/// A task before boards were read.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct Task2 {
    pub(in crate::store) url: String,
    pub(in crate::store) company: CompanyId,
    pub(in crate::store) kind: TaskKind,
    pub(in crate::store) due: Option<Timestamp>,
    pub(in crate::store) depth: u8,
    pub(in crate::store) from: Option<String>,
    pub(in crate::store) found: Timestamp,
    pub(in crate::store) state: State,
    pub(in crate::store) validators: Validators,
    pub(in crate::store) content: Option<ContentHash>,
    pub(in crate::store) failures: u8,
    pub(in crate::store) unchanged: u8,
    pub(in crate::store) watched: Option<Timestamp>,
    pub(in crate::store) checks: u16,
    pub(in crate::store) changes: u16,
    pub(in crate::store) sketch: Option<u64>,
    pub(in crate::store) says: Option<u64>,
    pub(in crate::store) fresh: u32,
    pub(in crate::store) entries: u16,
    pub(in crate::store) barren: u8,
    pub(in crate::store) yields: Yields,
    pub(in crate::store) closes: Option<Day>,
    pub(in crate::store) claimed: Option<Timestamp>,
    pub(in crate::store) misled: u8,
    pub(in crate::store) visits: Vec<Visit>,
}

impl From<Task2> for Task {
    fn from(old: Task2) -> Task {
        Task {
            url: old.url,
            company: old.company,
            kind: old.kind,
            due: old.due,
            depth: old.depth,
            from: old.from,
            found: old.found,
            state: old.state,
            validators: old.validators,
            content: old.content,
            failures: old.failures,
            unchanged: old.unchanged,
            watched: old.watched,
            checks: old.checks,
            changes: old.changes,
            sketch: old.sketch,
            says: old.says,
            fresh: old.fresh,
            entries: old.entries,
            barren: old.barren,
            yields: old.yields,
            closes: old.closes,
            claimed: old.claimed,
            misled: old.misled,
            visits: old.visits,
            positions: Vec::new(),
            tells: Vec::new(),
        }
    }
}

/// A task before it remembered what it told. Postcard writes a part's fields where they stand, as if
/// they were the whole's.
#[derive(Serialize, Deserialize)]
pub(in crate::store) struct Task3 {
    pub(in crate::store) before: Task2,
    pub(in crate::store) positions: Vec<Position>,
}

impl From<Task3> for Task {
    fn from(old: Task3) -> Task {
        Task {
            positions: old.positions,
            ..Task::from(old.before)
        }
    }
}
