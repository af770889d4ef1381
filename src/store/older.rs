//! Shapes that earlier versions wrote, kept so that their records are still read.

mod host;
mod signal;
mod task;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::model::company::CompanyId;
use crate::model::host::{Held, HostRecord, RobotsState, TdmState, Trouble};
use crate::model::profile::{Fact, History, Memory, Place, Profile, Trace};
use crate::model::time::Timestamp;

pub(super) use host::HostRecord3;
pub(super) use signal::{Signal1, Signal2};
pub(super) use task::{Task1, Task2, Task3};

/// A host's record before its reservations were asked for.
#[derive(Serialize, Deserialize)]
pub(super) struct HostRecord1 {
    pub(super) rest_until: Timestamp,
    pub(super) robots: RobotsState,
    pub(super) refusals: u8,
    pub(super) millis: u32,
    pub(super) requests: u64,
    pub(super) address: Option<IpAddr>,
}

impl From<HostRecord1> for HostRecord {
    fn from(old: HostRecord1) -> HostRecord {
        HostRecord {
            rest_until: old.rest_until,
            robots: old.robots,
            refusals: old.refusals,
            millis: old.millis,
            requests: old.requests,
            address: old.address,
            ..HostRecord::default()
        }
    }
}

/// A profile before it remembered its looks.
#[derive(Serialize, Deserialize)]
pub(super) struct Profile1 {
    pub(super) company: CompanyId,
    pub(super) facts: Vec<Fact1>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Fact1 {
    pub(super) technology: String,
    pub(super) name: String,
    pub(super) category: String,
    pub(super) version: Option<String>,
    pub(super) confidence: f32,
    pub(super) evidence: String,
    pub(super) url: String,
    pub(super) first_seen: Timestamp,
    pub(super) last_seen: Timestamp,
}

impl From<Profile1> for Profile {
    /// What was known is the baseline. The pages were not remembered: their next read tells
    /// nothing new of them.
    fn from(old: Profile1) -> Profile {
        let began = old.facts.iter().map(|fact| fact.first_seen).min();
        Profile {
            facts: old.facts.into_iter().map(Fact::from).collect(),
            memory: Memory {
                began,
                ..Memory::default()
            },
            ..Profile::new(old.company)
        }
    }
}

impl From<Fact1> for Fact {
    /// All that was ever looked at were pages.
    fn from(old: Fact1) -> Fact {
        let trace = Trace {
            place: Place::Page,
            url: old.url.clone(),
            evidence: old.evidence.clone(),
            version: old.version.clone(),
            confidence: old.confidence,
            first: old.first_seen,
            seen: old.last_seen,
            absent: None,
            missed: None,
        };
        Fact {
            technology: old.technology,
            name: old.name,
            category: old.category,
            version: old.version,
            confidence: old.confidence,
            evidence: old.evidence,
            url: old.url,
            first_seen: old.first_seen,
            last_seen: old.last_seen,
            history: History {
                since: old.first_seen,
                told: true,
                traces: vec![trace],
                ..History::default()
            },
        }
    }
}

/// A host's record before parked domains were told.
#[derive(Serialize, Deserialize)]
pub(super) struct HostRecord2 {
    pub(super) rest_until: Timestamp,
    pub(super) robots: RobotsState,
    pub(super) refusals: u8,
    pub(super) millis: u32,
    pub(super) requests: u64,
    pub(super) address: Option<IpAddr>,
    pub(super) refused: Option<(Timestamp, Trouble)>,
    pub(super) tdm: TdmState,
    pub(super) held: Option<(Timestamp, Held)>,
    pub(super) mirrors: Option<String>,
}

impl From<HostRecord2> for HostRecord {
    fn from(old: HostRecord2) -> HostRecord {
        HostRecord {
            rest_until: old.rest_until,
            robots: old.robots,
            refusals: old.refusals,
            millis: old.millis,
            requests: old.requests,
            address: old.address,
            refused: old.refused,
            tdm: old.tdm,
            held: old.held,
            mirrors: old.mirrors.map(String::into_boxed_str),
            ..HostRecord::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::task::Visit1;
    use super::*;
    use crate::model::state::State;
    use crate::model::task::{Task, TaskKind, Validators, Yields};
    use crate::store::value::decode;

    #[test]
    fn a_profile_of_the_first_version_is_the_baseline() {
        let fact = Fact1 {
            technology: "hubspot".to_owned(),
            name: "HubSpot".to_owned(),
            category: "crm".to_owned(),
            version: None,
            confidence: 0.9,
            evidence: "script src https://js.hs-scripts.com/1.js".to_owned(),
            url: "https://a.example/".to_owned(),
            first_seen: Timestamp(3),
            last_seen: Timestamp(8),
        };
        let old = Profile1 {
            company: CompanyId("a.example".to_owned()),
            facts: vec![fact],
        };
        let bytes = postcard::to_extend(&old, vec![1]).expect("encodes");
        let read: Profile = decode(b"k", &bytes).expect("the first version is read");
        assert_eq!(read.company.0, "a.example");
        assert_eq!(read.memory.began, Some(Timestamp(3)));
        let fact = &read.facts[0];
        assert_eq!(
            (fact.first_seen, fact.last_seen),
            (Timestamp(3), Timestamp(8))
        );
        assert!(fact.history.told && fact.history.traces[0].url == fact.url);
    }

    #[test]
    fn what_the_first_version_wrote_is_read() {
        let visit = Visit1 {
            at: Timestamp(9),
            state: State::Done,
            millis: 5,
            bytes: 900,
        };
        let task = Task1 {
            url: "https://a.example/".to_owned(),
            company: CompanyId("a.example".to_owned()),
            kind: TaskKind::Home,
            due: Some(Timestamp(7)),
            depth: 0,
            from: None,
            found: Timestamp(1),
            state: State::Gone { status: 410 },
            validators: Validators::default(),
            content: None,
            failures: 1,
            unchanged: 2,
            visits: vec![visit],
        };
        let bytes = postcard::to_extend(&task, vec![1]).expect("encodes");
        let read: Task = decode(b"k", &bytes).expect("the first version is read");
        assert_eq!((read.due, read.unchanged), (Some(Timestamp(7)), 2));
        assert_eq!(read.state, State::Gone { status: 410 });
        assert_eq!(read.visits[0].bytes, 900);

        let host = HostRecord1 {
            rest_until: Timestamp(5),
            robots: RobotsState::Unknown,
            refusals: 3,
            millis: 40,
            requests: 12,
            address: None,
        };
        let bytes = postcard::to_extend(&host, vec![1]).expect("encodes");
        let read: HostRecord = decode(b"k", &bytes).expect("the first version is read");
        assert_eq!((read.refusals, read.requests), (3, 12));
    }

    #[test]
    fn a_task_of_the_second_version_is_read() {
        let old = Task2 {
            url: "https://a.example/jobs".to_owned(),
            company: CompanyId("a.example".to_owned()),
            kind: TaskKind::Careers,
            due: Some(Timestamp(7)),
            depth: 1,
            from: Some("https://a.example/".to_owned()),
            found: Timestamp(1),
            state: State::Done,
            validators: Validators::default(),
            content: None,
            failures: 0,
            unchanged: 3,
            watched: Some(Timestamp(2)),
            checks: 4,
            changes: 5,
            sketch: Some(6),
            says: Some(8),
            fresh: 9,
            entries: 10,
            barren: 1,
            yields: Yields::default(),
            closes: None,
            claimed: None,
            misled: 2,
            visits: Vec::new(),
        };
        let bytes = postcard::to_extend(&old, vec![2]).expect("encodes");
        let read: Task = decode(b"k", &bytes).expect("the second version is read");
        assert_eq!((read.entries, read.misled), (10, 2));
        assert_eq!((read.sketch, read.says), (Some(6), Some(8)));
        assert!(read.positions.is_empty());
    }

    #[test]
    fn a_host_of_the_second_version_is_read() {
        let host = HostRecord2 {
            rest_until: Timestamp(5),
            robots: RobotsState::Unknown,
            refusals: 3,
            millis: 40,
            requests: 12,
            address: Some(IpAddr::from([192, 0, 2, 7])),
            refused: Some((Timestamp(4), Trouble::Status(503))),
            tdm: TdmState::Unknown,
            held: Some((Timestamp(3), Held::HostBudget)),
            mirrors: Some("a.example".to_owned()),
        };
        let bytes = postcard::to_extend(&host, vec![2]).expect("encodes");
        let read: HostRecord = decode(b"k", &bytes).expect("the second version is read");
        assert_eq!((read.refusals, read.requests), (3, 12));
        assert_eq!(read.held, Some((Timestamp(3), Held::HostBudget)));
        assert_eq!(read.mirrors.as_deref(), Some("a.example"));
        assert_eq!(read.parked, None);
    }
}
