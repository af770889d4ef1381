//! Floor 2: the disk's edge. What is known (URLs, hosts, companies, signals, profiles) and what
//! is due, behind two traits that a store on disk and a model in memory both implement.
//!
//! Invariants: a harvest is committed whole or not at all, and on the disk when `commit` returns; a
//! task that is due has its entry in the queue, and nothing else has; every change to a signal has
//! a number in the log, without holes.

pub mod archive;
pub mod aside;
pub mod disk;
pub mod filter;
#[doc(hidden)]
pub mod fuzzing;
mod key;
pub mod memory;
mod older;
pub mod sled;
mod value;

use std::future::Future;

use serde::{Deserialize, Serialize};

use crate::model::company::{Company, CompanyId};
use crate::model::host::HostRecord;
use crate::model::page::{ContentHash, PageRef};
use crate::model::profile::Profile;
use crate::model::signal::{Signal, SignalId};
use crate::model::task::{Discovery, Harvest, Next, Seed, Task, Twin};
use crate::model::time::Timestamp;
use crate::model::url::{Host, UrlKey};

/// Why the store could not do it. These are our troubles, never the web's.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another process has it open.
    #[error("{path} is in use by another foresignal process{holder}")]
    Locked {
        /// Where it is.
        path: String,
        /// Who holds it, where that could be told: ` (pid 4711, …)`.
        holder: String,
    },
    /// Written by a layout that this program cannot read.
    #[error(
        "{path} has layout version {found}, this program reads {expected}: use the program that wrote it, or another --data directory"
    )]
    Version {
        /// Where it is.
        path: String,
        /// The version in the store.
        found: String,
        /// The version of this program.
        expected: u16,
    },
    /// A store or archive that is damaged, or not ours.
    #[error("{path} is damaged, or not foresignal's: {why}")]
    Unreadable {
        /// Where it is.
        path: String,
        /// What is wrong with it.
        why: String,
    },
    /// A record that cannot be decoded.
    #[error(
        "{tree}: the record {key:?} cannot be read: {why}; `foresignal store check` says how much is damaged"
    )]
    Corrupt {
        /// The tree it lies in.
        tree: &'static str,
        /// Its key, printable.
        key: String,
        /// What is wrong with it.
        why: String,
    },
    /// The database below.
    #[error("the store failed: {0}")]
    Database(String),
    /// There is something already where something was to be put.
    #[error("{path} is there already: {advice}")]
    Taken {
        /// What there is.
        path: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// Too little room for what was asked.
    #[error(
        "{path}: {needed} bytes are needed and {free} are free: make room; nothing was changed"
    )]
    Full {
        /// Where.
        path: String,
        /// Bytes that are needed.
        needed: u64,
        /// Bytes that are free.
        free: u64,
    },
    /// The disk.
    #[error("{path}: {source}")]
    Io {
        /// Where.
        path: String,
        /// What the system says.
        source: std::io::Error,
    },
}

impl Error {
    /// The disk's trouble with `path`.
    fn io(path: &std::path::Path) -> impl FnOnce(std::io::Error) -> Error {
        let path = path.display().to_string();
        move |source| Error::Io { path, source }
    }
}

/// The store's results.
pub type Result<T> = std::result::Result<T, Error>;

/// The `[store]` section.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Bytes of sled's cache; the process needs two to three times as much.
    pub cache_bytes: u64,
    /// Bytes that are left free on the disk: below, a crawl pauses.
    pub disk_floor: u64,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            cache_bytes: 128 << 20,
            disk_floor: 1 << 30,
        }
    }
}

/// How far long work on a store has come, for whoever waits for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// What is done: `reading`, `writing`, `copying`.
    pub doing: &'static str,
    /// To what: a tree's name, a file's name.
    pub what: &'a str,
    /// Entries or bytes done of that.
    pub done: u64,
}

/// How many there are of everything. Kept, not counted: asking costs one read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Known URLs.
    pub urls: u64,
    /// URLs in the queue.
    pub due: u64,
    /// Known hosts.
    pub hosts: u64,
    /// Companies.
    pub companies: u64,
    /// Signals.
    pub signals: u64,
    /// Archived pages with different bodies.
    pub pages: u64,
    /// Changes to signals: the number of the last one in the log.
    pub changes: u64,
}

/// The crawl's side of the store. Only the loop holds it, so it has one writer.
pub trait Frontier: Send {
    /// How many there are of everything, as [`Records::counts`] answers the readers.
    fn size(&self) -> Result<Counts>;

    /// Whether the last run was killed, so that hosts may have been asked of which nothing is
    /// known here.
    fn cut_off(&self) -> bool {
        false
    }

    /// A run has seen to it that they rest: what [`Frontier::cut_off`] told is over.
    fn settled(&mut self) {}

    /// What is known of `host`; the empty record where nothing is.
    fn host(&mut self, host: &Host) -> impl Future<Output = Result<HostRecord>> + Send;

    /// Every host with something due, with the time before which it is not asked: the later of
    /// its rest and its first task.
    fn hosts(&mut self) -> impl Future<Output = Result<Vec<(Host, Timestamp)>>> + Send;

    /// What to do next at `host`.
    fn next(&mut self, host: &Host, now: Timestamp) -> impl Future<Output = Result<Next>> + Send;

    /// What is known of a URL.
    fn known(&mut self, url: &UrlKey) -> impl Future<Output = Result<Option<Task>>> + Send;

    /// The page of `company` that showed the text of this sketch first, as long as it still shows
    /// it, and how many others did; `None`: no page does. What commits say of [`Task::sketch`] is
    /// all that this is told from.
    fn twin(
        &mut self,
        company: &CompanyId,
        sketch: u64,
    ) -> impl Future<Output = Result<Option<Twin>>> + Send;

    /// What is known of what `company` runs and is.
    fn profile(
        &mut self,
        company: &CompanyId,
    ) -> impl Future<Output = Result<Option<Profile>>> + Send;

    /// Takes companies and sources in, with their first URLs, as [`Frontier::discover`] does; a known company
    /// is replaced by what the list says now. Answers the hosts whose first due task changed.
    fn seed(&mut self, seeds: &[Seed]) -> impl Future<Output = Result<Vec<Host>>> + Send;

    /// Takes discoveries in; a known URL stays as it is, but is visited as soon as the more
    /// urgent of both says while it is still waiting. Their hosts are known from then on. Answers
    /// the hosts whose first due task changed.
    fn discover(&mut self, found: &[Discovery]) -> impl Future<Output = Result<Vec<Host>>> + Send;

    /// Commits what turns brought, each harvest whole or not at all, in order; all are on the
    /// disk when this returns. (Of a harvest with thousands of links, some may be there before
    /// it.) Committing a harvest again changes nothing. Answers the hosts whose first due task
    /// changed, those with none left included.
    fn commit(&mut self, harvests: &[Harvest]) -> impl Future<Output = Result<Vec<Host>>> + Send;
}

/// The readers' side: inspect, export, score, report, serve.
pub trait Records {
    /// How many there are of everything, and the number of the last change: the cursor that an
    /// export hands to the next one.
    fn counts(&self) -> Result<Counts>;
    /// All companies, in the order of their ids.
    fn companies(&self) -> impl Iterator<Item = Result<Company>>;
    /// The sources that are no company's own, in the order of their ids, as they own their tasks.
    fn sources(&self) -> impl Iterator<Item = Result<Company>>;
    /// One company, or source.
    fn company(&self, id: &CompanyId) -> Result<Option<Company>>;
    /// Signals of one company, or of all, in the order of company and id.
    fn signals(&self, company: Option<&CompanyId>) -> impl Iterator<Item = Result<Signal>>;
    /// One signal.
    fn signal(&self, id: &SignalId) -> Result<Option<Signal>>;
    /// What one company runs.
    fn profile(&self, company: &CompanyId) -> Result<Option<Profile>>;
    /// One URL.
    fn task(&self, key: &UrlKey) -> Result<Option<Task>>;
    /// The URLs whose key starts with `prefix` (`com,example`), in the order of their keys.
    fn tasks(&self, prefix: &str) -> impl Iterator<Item = Result<Task>>;
    /// The URLs in the queue that are due by then, host by host, the first due first.
    fn due(&self, until: Timestamp) -> impl Iterator<Item = Result<Task>>;
    /// One host.
    fn host(&self, host: &Host) -> Result<Option<HostRecord>>;
    /// Where a page is archived.
    fn page(&self, content: &ContentHash) -> Result<Option<PageRef>>;
    /// The changes to signals numbered `from` and above, in order, the first change ever being
    /// number 1: what an export since then must hand over.
    fn changes(&self, from: u64) -> impl Iterator<Item = Result<(u64, SignalId)>>;
}
