//! Small worlds for the store's tests: few URLs, hosts, companies and events, so that random
//! operations meet each other.

use foresignal::model::company::{Company, CompanyId};
use foresignal::model::host::{HostRecord, RobotsState};
use foresignal::model::page::{ContentHash, PageRef};
use foresignal::model::profile::{Fact, Profile};
use foresignal::model::signal::{
    Evidence, Modality, ProductArea, Provenance, Role, Signal, SignalId, SignalKind, Slots, Stage,
    Telling,
};
use foresignal::model::state::State;
use foresignal::model::task::{Discovery, Harvest, Seed, Task, TaskKind, Visit};
use foresignal::model::telling::{Why, Withdrawal, Withdrawn};
use foresignal::model::time::Timestamp;
use foresignal::model::url::Host;
use foresignal::model::wishes::Wishes;
use url::Url;

pub(crate) const HOSTS: [&str; 4] = [
    "a.example",
    "www.a.example",
    "a.example:8443",
    "b-c.example",
];

pub(crate) fn url(number: u8) -> Url {
    let host = HOSTS[usize::from(number) % HOSTS.len()];
    let path = ["", "news?id=7", "é/)(", "a"][usize::from(number) / HOSTS.len() % 4];
    let url = format!("https://{host}/{path}");
    foresignal::model::url::parse(&url).expect("a valid URL")
}

pub(crate) fn host(number: u8) -> Host {
    Host::of(&url(number)).expect("it has a host")
}

pub(crate) fn company(number: u8) -> CompanyId {
    CompanyId(
        ["a.example", "a.example2", "b-c.example", "source:wire"][usize::from(number) % 4]
            .to_owned(),
    )
}

pub(crate) fn discovery(number: u8, due: i64) -> Discovery {
    Discovery {
        url: url(number),
        company: company(number),
        kind: TaskKind::Page,
        due: Timestamp(due),
        depth: number,
        from: (number > 4).then(|| url(0).to_string()),
        at: Timestamp(7),
        updated: None,
    }
}

pub(crate) fn seed(number: u8, note: u8, dues: &[i64]) -> Seed {
    let mut seeded = Company::new(&company(number).0);
    seeded.notes = Some(note.to_string());
    seeded.extra.insert("Región".to_owned(), "süd".to_owned());
    Seed {
        company: seeded,
        tasks: (number..)
            .zip(dues)
            .map(|(number, due)| discovery(number, *due))
            .collect(),
    }
}

/// A host's record; a large one does not fit into one value.
pub(crate) fn record(number: u8, rest: i64, large: bool) -> HostRecord {
    let rules = vec![number; if large { 150_000 } else { 3 }];
    HostRecord {
        rest_until: Timestamp(rest),
        robots: RobotsState::Known {
            at: Timestamp(1),
            status: 200,
            rules,
        },
        requests: u64::from(number),
        ..HostRecord::default()
    }
}

pub(crate) fn visited(task: &Task, due: Option<i64>, at: i64) -> Task {
    let mut task = task.clone();
    task.due = due.map(Timestamp);
    task.state = State::Done;
    task.visited(Visit {
        at: Timestamp(at),
        state: State::Done,
        millis: 5,
        bytes: 900,
        wishes: Wishes::NONE,
    });
    task
}

pub(crate) fn signal(number: u8, event: u8, told_at: u8, confidence: u8) -> Signal {
    let company = company(number);
    let kind = SignalKind::ALL[usize::from(event) % SignalKind::ALL.len()];
    let seen = Timestamp(i64::from(told_at) + i64::from(confidence));
    let confidence = f32::from(confidence) / 256.0;
    Signal {
        id: SignalId::new(&company, kind, &event.to_string()),
        company,
        kind,
        role: Role::Subject,
        areas: vec![ProductArea::Azure],
        modality: Modality::Asserted,
        event: None,
        published: None,
        slots: Slots::default(),
        confidence,
        evidence: vec![Evidence {
            url: url(told_at).to_string(),
            origin: HOSTS[usize::from(told_at) % HOSTS.len()].to_owned(),
            quote: "raised $35M".to_owned(),
            marks: vec![(0, 6)],
            title: "News".to_owned(),
            language: Some("en".to_owned()),
            published: None,
            seen,
            detector: "rules".to_owned(),
            version: 1,
            rule: "funding.raise".to_owned(),
            confidence,
            provenance: Provenance::default(),
            because: Vec::new(),
            telling: Telling::default(),
        }],
        first_seen: seen,
        last_seen: seen,
    }
    .as_told(Stage::Done)
}

pub(crate) fn withdrawn(number: u8, event: u8, told_at: u8, at: u8) -> Withdrawn {
    Withdrawn {
        signal: signal(number, event, told_at, 0).id,
        url: url(told_at).to_string(),
        withdrawal: Withdrawal {
            at: Timestamp(i64::from(at)),
            why: Why::Gone,
        },
    }
}

pub(crate) fn fact(technology: u8, at: i64) -> Fact {
    Fact {
        technology: format!("technology-{technology}"),
        name: "HubSpot".to_owned(),
        category: "crm".to_owned(),
        version: (technology > 1).then(|| at.to_string()),
        confidence: 0.9,
        evidence: "script src https://js.hs-scripts.com/".to_owned(),
        url: url(technology).to_string(),
        first_seen: Timestamp(at),
        last_seen: Timestamp(at),
        history: Default::default(),
    }
}

pub(crate) fn profile(number: u8, technology: u8, at: i64) -> Profile {
    let mut profile = Profile::new(company(number));
    profile.facts.push(fact(technology, at));
    profile
}

pub(crate) fn page(body: u8, offset: u64) -> PageRef {
    PageRef {
        content: ContentHash::of(&[body]),
        segment: 1,
        offset,
        length: 99,
    }
}

pub(crate) fn empty_harvest() -> Harvest {
    Harvest {
        was: None,
        now: None,
        hosts: Vec::new(),
        found: Vec::new(),
        signals: Vec::new(),
        withdrawn: Vec::new(),
        profile: None,
        page: None,
    }
}
