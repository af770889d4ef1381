//! What a reading tells the schedule. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use super::{closed, is_source};
use crate::model::document::Reading;
use crate::model::task::{Discovery, Task, TaskKind};
use crate::model::time::{Day, Timestamp};
use crate::model::url::{self, UrlKey};

/// The reader of boards, as readings name it.
const BOARDS: &str = "boards";

/// What a reading tells the schedule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The hash of what it says; `None`: nothing that could be compared.
    pub says: Option<u64>,
    /// How long the source itself asks to be left alone.
    pub ttl: Option<Duration>,
    /// Articles and positions that it leads to; of an account, what it posts, where it is the
    /// company's.
    pub entries: u16,
    /// Whether it is a position that is open no more.
    pub closed: bool,
    /// The last day of the position.
    pub closes: Option<Day>,
    /// The positions that a board lists, by the hashes of their addresses; `None`: it is none, or
    /// nothing in it could be read.
    pub listed: Option<Vec<u32>>,
    /// Whether it lists nothing else.
    pub whole: bool,
}

impl Seen {
    /// What the reading of `task` at `now` tells; `found`: what followed from it.
    pub fn of(reading: &Reading, found: &[Discovery], task: &Task, now: Timestamp) -> Seen {
        let entries: BTreeSet<UrlKey> = found
            .iter()
            .filter(|link| {
                matches!(
                    link.kind,
                    TaskKind::Article | TaskKind::Job | TaskKind::Stream
                )
            })
            .filter_map(|link| UrlKey::of(&link.url))
            .collect();
        let mut seen = Seen {
            says: says(reading, found, task, &entries),
            ttl: reading.ttl.map(Duration::from_secs),
            entries: u16::try_from(entries.len()).unwrap_or(u16::MAX),
            whole: reading.whole,
            ..Seen::default()
        };
        if reading.reader == BOARDS && (reading.whole || !reading.documents.is_empty()) {
            let documents = reading.documents.iter();
            let keys: Vec<u32> = documents.map(|document| key(&document.url)).collect();
            seen.entries = u16::try_from(keys.len()).unwrap_or(u16::MAX);
            seen.listed = Some(keys);
        }
        if let (TaskKind::Job, [document]) = (task.kind, reading.documents.as_slice()) {
            let stated = document.job.as_ref();
            seen.closes = stated.and_then(|job| job.closes);
            seen.closed = closed::says_so(&document.title, &document.text)
                || seen.closes.is_some_and(|last| last < now.day());
        }
        seen
    }
}

/// By what a board's position is known.
fn key(url: &str) -> u32 {
    // The upper half of the hash is as good as the whole for a few thousand.
    (xxh3_64(url.as_bytes()) >> 32) as u32
}

/// A sitemap says what changed, another source what it leads to; any other page, its text and its
/// links. The frame around them,
/// with its clocks and tokens, says nothing.
fn says(
    reading: &Reading,
    found: &[Discovery],
    task: &Task,
    entries: &BTreeSet<UrlKey>,
) -> Option<u64> {
    let mut hash = Xxh3::new();
    let mut put = |text: &str| {
        hash.update(text.as_bytes());
        hash.update(b"\0");
    };
    if task.kind == TaskKind::Sitemap && !found.is_empty() {
        let said: BTreeSet<(&str, Option<Timestamp>)> = found
            .iter()
            .map(|link| (link.url.as_str(), link.updated))
            .collect();
        for (url, updated) in said {
            put(url);
            put(&updated.unwrap_or_default().0.to_string());
        }
        return Some(hash.digest());
    }
    if is_source(task.kind) && !entries.is_empty() {
        entries.iter().for_each(|key| put(key.as_str()));
        return Some(hash.digest());
    }
    if reading.documents.is_empty() && reading.links.is_empty() {
        return None;
    }
    for document in &reading.documents {
        put(&document.url);
        put(&document.title);
        put(&document.text);
    }
    let links: BTreeSet<UrlKey> = reading
        .links
        .iter()
        .filter(|link| !link.frame)
        .filter_map(|link| UrlKey::of(&url::parse(&link.url)?))
        .collect();
    links.iter().for_each(|key| put(key.as_str()));
    Some(hash.digest())
}
