//! Mazes that only show while they are crawled: listings, calendars and filters without end, one
//! text under many addresses. Pure.
//!
//! Invariants: what is counted is what was asked for, in this run; a page whose address has no
//! number, date, filter or repetition in it, and a text of its own, is never held back.

use std::collections::{BTreeSet, HashMap, HashSet};

use ::url::Url;
use xxhash_rust::xxh3::xxh3_64;

use super::config::Config;
use super::traps;
use crate::model::state::{State, Trap};
use crate::model::task::{Discovery, Task};
use crate::model::time::Timestamp;

/// Orders in which the same segments make a path: beyond, they are links that are relative where
/// they should not be.
const ORDERS: usize = 3;
/// How many times more often filters combine than the one with the most values has values. The
/// addresses of articles have one parameter that tells them apart, and the others follow it.
const COMBINED: usize = 3;
/// What may be combined before that is looked at.
const FEW: usize = 10;
/// A site has so many times more listings than pages of one listing.
const LISTINGS: u32 = 3;

/// What a run has asked of the mazes it met; names of hosts, paths and queries are kept as hashes.
#[derive(Debug)]
pub(super) struct Mazes {
    pages: u32,
    same_text: u32,
    asked: HashMap<u64, u32>,
    orders: HashMap<u64, HashSet<u64>>,
    filters: HashMap<u64, Filters>,
    told: HashMap<u64, Told>,
}

/// The queries asked of one path.
#[derive(Debug, Default)]
struct Filters {
    queries: HashSet<u64>,
    values: HashMap<u64, HashSet<u64>>,
}

/// What the pages of one shape of address had to tell.
#[derive(Debug, Default)]
struct Told {
    pages: u32,
    same: u32,
}

impl Mazes {
    pub(super) fn new(config: &Config) -> Mazes {
        Mazes {
            pages: config.maze_pages,
            same_text: config.same_text,
            asked: HashMap::new(),
            orders: HashMap::new(),
            filters: HashMap::new(),
            told: HashMap::new(),
        }
    }

    /// The maze that a task waits in, where it is one that has been asked enough; a seed is what
    /// the operator wants, and the address of a place at a platform is of our own making.
    pub(super) fn judge(&self, task: &Task, now: Timestamp) -> Option<Trap> {
        if task.depth == 0 || task.kind.is_place() {
            return None;
        }
        let url = task.parsed();
        traps::in_address(&url, now).or_else(|| self.full(&url))
    }

    /// Whether a link leads into a maze that has been asked enough.
    pub(super) fn is_full(&self, found: &Discovery) -> bool {
        !found.kind.is_place() && self.full(&found.url).is_some()
    }

    /// Counts a page that is asked for.
    pub(super) fn asked(&mut self, task: &Task) {
        if task.kind.is_place() {
            return;
        }
        let url = task.parsed();
        for (_, mark, _) in marks(&url) {
            *self.asked.entry(mark).or_default() += 1;
        }
        if let Some((set, path)) = order(&url) {
            self.orders.entry(set).or_default().insert(path);
        }
        if let Some((path, query, pairs)) = filters(&url) {
            let filters = self.filters.entry(path).or_default();
            filters.queries.insert(query);
            for (name, value) in pairs {
                filters.values.entry(name).or_default().insert(value);
            }
        }
    }

    /// Counts whether a page that was read told anything new.
    pub(super) fn told(&mut self, task: &Task) {
        if task.kind.is_place() {
            return;
        }
        let told = self.told.entry(shape(&task.parsed())).or_default();
        told.pages += 1;
        let same = match task.state {
            State::Duplicate { .. } => true,
            State::Missing => task.sketch.is_some(),
            _ => false,
        };
        told.same += u32::from(same);
    }

    fn full(&self, url: &Url) -> Option<Trap> {
        let asked = |mark: &u64| self.asked.get(mark).copied().unwrap_or_default();
        let mark = marks(url)
            .into_iter()
            .find(|(_, mark, times)| asked(mark) >= self.pages.saturating_mul(*times));
        if let Some((trap, _, _)) = mark {
            return Some(trap);
        }
        if let Some((set, path)) = order(url)
            && let Some(orders) = self.orders.get(&set)
            && orders.len() >= ORDERS
            && !orders.contains(&path)
        {
            return Some(Trap::Repetition);
        }
        if let Some((path, query, _)) = filters(url)
            && let Some(filters) = self.filters.get(&path)
            && filters.without_end()
            && !filters.queries.contains(&query)
        {
            return Some(Trap::Facets);
        }
        let told = self.told.get(&shape(url))?;
        (told.same >= self.same_text && told.same * 2 > told.pages).then_some(Trap::Sameness)
    }
}

impl Filters {
    fn without_end(&self) -> bool {
        let most = self
            .values
            .values()
            .map(HashSet::len)
            .max()
            .unwrap_or_default();
        self.queries.len() > COMBINED * most + FEW
    }
}

/// The mazes that an address may belong to, and how many times the allowance each has.
fn marks(url: &Url) -> Vec<(Trap, u64, u32)> {
    let segments = traps::segments(url);
    let pairs = traps::parameters(url);
    let names: BTreeSet<&str> = pairs.iter().map(|(name, _)| name.as_str()).collect();
    let mut marks = Vec::new();
    if traps::page_number(url).is_some() {
        let path = numbered(&segments);
        let others: BTreeSet<String> = pairs
            .iter()
            .filter(|(name, value)| !traps::is_page(url, name, value))
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let one = hash("listing", url, &format!("{path}?{others:?}"));
        let all = hash("listings", url, &format!("{path}?{names:?}"));
        marks.push((Trap::Pagination, one, 1));
        marks.push((Trap::Pagination, all, LISTINGS));
    }
    let archive = traps::date_in(&segments)
        .is_some_and(|(at, _, month)| at + 1 >= segments.len() && month.is_some());
    if archive || pairs.iter().any(|(_, value)| traps::is_date(value)) {
        let calendar = hash(
            "calendar",
            url,
            &format!("{}?{names:?}", numbered(&segments)),
        );
        marks.push((Trap::Calendar, calendar, 1));
    }
    marks
}

/// The segments of a path as a set, and the path.
fn order(url: &Url) -> Option<(u64, u64)> {
    let segments = traps::segments(url);
    let numbers = segments
        .iter()
        .any(|segment| segment.contains(|c: char| c.is_ascii_digit()));
    if segments.len() < 3 || numbers {
        return None;
    }
    let set: BTreeSet<&String> = segments.iter().collect();
    let set = hash("set", url, &format!("{set:?}"));
    Some((set, hash("path", url, &segments.join("/"))))
}

/// The path, the query and its parameters, where several combine; the number of a page is none of
/// them.
type Combined = (u64, u64, Vec<(u64, u64)>);

fn filters(url: &Url) -> Option<Combined> {
    let mut pairs = traps::parameters(url);
    pairs.retain(|(name, value)| !traps::is_page(url, name, value));
    if pairs.len() < 2 {
        return None;
    }
    pairs.sort_unstable();
    let query = hash("query", url, &format!("{}?{pairs:?}", url.path()));
    let of =
        |(name, value): &(String, String)| (hash("name", url, name), hash("value", url, value));
    Some((
        hash("filters", url, url.path()),
        query,
        pairs.iter().map(of).collect(),
    ))
}

/// An address without what numbers it.
fn shape(url: &Url) -> u64 {
    let names: BTreeSet<String> = traps::parameters(url)
        .into_iter()
        .map(|(name, _)| name)
        .collect();
    hash(
        "shape",
        url,
        &format!("{}?{names:?}", numbered(&traps::segments(url))),
    )
}

/// A path whose segments with digits are all alike.
fn numbered(segments: &[String]) -> String {
    let alike = |segment: &String| match segment.contains(|c: char| c.is_ascii_digit()) {
        true => "#".to_owned(),
        false => segment.clone(),
    };
    segments.iter().map(alike).collect::<Vec<_>>().join("/")
}

fn hash(kind: &str, url: &Url, text: &str) -> u64 {
    let (host, port) = (url.host_str().unwrap_or_default(), url.port());
    xxh3_64(format!("{kind}\0{host}\0{port:?}\0{text}").as_bytes())
}
