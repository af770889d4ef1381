//! The places of a company on others' hosts, as `inspect company` shows them: how each was found,
//! and whether it is the company's.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};

use crate::command::table::{name, next_visit, short, table};
use crate::crawl::places;
use crate::crawl::tally;
use crate::model::company::{Company, CompanyId};
use crate::model::profile::{Attribute, Claim, Profile};
use crate::model::state::State;
use crate::model::task::{Task, TaskKind};
use crate::model::time::Timestamp;
use crate::model::url::{Host, UrlKey};
use crate::store::Records;

/// How many pages of a board's answer are looked for.
const PAGES: usize = 40;
/// How many tasks of a board's host are looked through.
const PAGED: usize = 2_000;

/// One place.
#[derive(Debug, Serialize)]
pub(super) struct Place {
    /// The page that people open.
    pub(super) url: String,
    kind: Attribute,
    /// The company's page that leads there.
    found_on: String,
    /// What speaks for its being the company's.
    verified: &'static str,
    state: Option<State>,
    #[serde(serialize_with = "readable")]
    due: Option<Timestamp>,
    /// What is asked there.
    #[serde(skip)]
    pub(super) tasks: Vec<Task>,
}

/// The places that the profile names, with what is asked there.
pub(super) fn of(
    records: &impl Records,
    company: &Company,
    profile: &Profile,
) -> anyhow::Result<Vec<Place>> {
    let mut places = Vec::new();
    let stated = profile.claims.iter();
    for claim in
        stated.filter(|claim| matches!(claim.attribute, Attribute::Board | Attribute::Social))
    {
        places.push(place(records, &company.id, claim)?);
    }
    Ok(places)
}

fn place(records: &impl Records, company: &CompanyId, claim: &Claim) -> anyhow::Result<Place> {
    let asked = places::asked(claim.attribute, &claim.value);
    let mut tasks = Vec::new();
    let mut seen = BTreeSet::new();
    // Further pages of a board's answer have the same address but for the query.
    if let Some(key) = asked.as_ref().and_then(|(_, ask)| UrlKey::of(ask)) {
        let stem = key
            .as_str()
            .split('?')
            .next()
            .unwrap_or_default()
            .to_owned();
        for task in records.tasks(&stem).take(PAGES) {
            let task = task?;
            let same =
                task.url.split('?').next() == asked.as_ref().map(|(_, ask)| bare(ask.as_str()));
            if task.company == *company && same && seen.insert(task.url.clone()) {
                tasks.push(task);
            }
        }
    }
    // Where positions have pages, each is a task of its own.
    if let Some((TaskKind::Board, ask)) = &asked
        && let Some(host) = Host::of(ask)
    {
        for task in records.tasks(&format!("{})", host.as_str())).take(PAGED) {
            let task = task?;
            if task.company == *company && task.kind == TaskKind::Job {
                tasks.push(task);
            }
        }
    }
    let key = asked.as_ref().and_then(|(_, ask)| UrlKey::of(ask));
    let exact = |task: &&Task| Some(task.key()) == key;
    let first = tasks.iter().find(exact).or(tasks.first());
    let verified = match (&asked, first) {
        (None, _) => "left alone: only members may read there",
        (Some((TaskKind::Board, _)), _) => "its own pages lead there",
        (Some(_), Some(task)) if task.entries > 0 && task.barren == 0 => {
            "both ways: it names the company's domain"
        }
        (Some(_), Some(task)) if task.content.is_some() => {
            "one way: it does not name the company's domain, so it is not read"
        }
        (Some(_), _) => "not asked yet",
    };
    Ok(Place {
        url: claim.value.clone(),
        kind: claim.attribute,
        found_on: claim.url.clone(),
        verified,
        state: first.map(|task| task.state.clone()),
        due: first.and_then(|task| task.due),
        tasks,
    })
}

fn readable<S: Serializer>(due: &Option<Timestamp>, to: S) -> Result<S::Ok, S::Error> {
    due.map(|due| due.to_string()).serialize(to)
}

fn bare(url: &str) -> &str {
    url.split('?').next().unwrap_or(url)
}

/// Places as a table.
pub(super) fn shown(places: &[Place]) -> comfy_table::Table {
    let mut shown = table(&["kind", "place", "whose", "state", "next visit", "found on"]);
    for place in places {
        let state = place.state.as_ref();
        shown.add_row([
            name(&place.kind),
            short(&place.url, 60),
            place.verified.to_owned(),
            state.map_or_else(String::new, |state| tally::name(state).to_owned()),
            place
                .due
                .map_or_else(String::new, |due| next_visit(Some(due))),
            short(&place.found_on, 60),
        ]);
    }
    shown
}
