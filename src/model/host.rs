//! What is known about a host, whatever pages it has.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::repeated::Repeated;
use super::state::Failure;
use super::time::Timestamp;

/// What is known about a host: kept in the store, so that a restart is as polite as a pause.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct HostRecord {
    /// Not asked before this point in time.
    pub rest_until: Timestamp,
    /// Its robots.txt.
    pub robots: RobotsState,
    /// Refusals (429, 5xx, no answer) that still count; each doubles the back-off.
    pub refusals: u8,
    /// Response time, smoothed, in milliseconds.
    pub millis: u32,
    /// Requests ever sent to it.
    pub requests: u64,
    /// The address that answered last.
    pub address: Option<IpAddr>,
    /// Its last refusal: until when that kept us away, and what it was.
    pub refused: Option<(Timestamp, Trouble)>,
    /// What its `/.well-known/tdmrep.json` reserves.
    pub tdm: TdmState,
    /// Why a run left alone what was due here, and when.
    pub held: Option<(Timestamp, Held)>,
    /// The host whose pages it shows under its own name.
    pub mirrors: Option<Box<str>>,
    /// What its front page shows where nobody's site is behind it: its other pages are left alone.
    pub parked: Option<Box<str>>,
    /// Whether it has shown a feed, so that none need be guessed at.
    pub feed: bool,
    /// The lines that stand on many of its pages.
    pub repeated: Box<Repeated>,
}

/// Why a run leaves alone what is due at a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Held {
    /// The run asked as many pages of it as one run may.
    HostBudget,
    /// The run asked as many pages of its company as one run may.
    CompanyBudget,
    /// Its company is not on the run's list.
    Unlisted,
    /// Its robots.txt asks for a longer rest than the operator waits for.
    CrawlDelay,
    /// The operator's quiet hours.
    QuietHours,
}

/// What is known about a host's TDM reservations (TDM Reservation Protocol, W3C community group
/// report of 10 May 2024).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum TdmState {
    /// Never asked.
    #[default]
    Unknown,
    /// Being followed through a redirect within the host.
    Moved {
        /// Where it is said to be.
        to: String,
        /// Redirects so far.
        hops: u8,
    },
    /// As asked at `at`.
    Known {
        /// When it was asked.
        at: Timestamp,
        /// The status code it came with: 200, or why there are no rules.
        status: u16,
        /// The rules, in the file's order.
        rules: Vec<TdmRule>,
    },
    /// It could not be had; the rules last had stand.
    Unreachable {
        /// When it was asked.
        at: Timestamp,
        /// What came instead.
        why: Trouble,
        /// The rules last had.
        rules: Vec<TdmRule>,
    },
}

impl TdmState {
    /// The rules that stand.
    pub fn rules(&self) -> &[TdmRule] {
        match self {
            TdmState::Known { rules, .. } | TdmState::Unreachable { rules, .. } => rules,
            TdmState::Unknown | TdmState::Moved { .. } => &[],
        }
    }
}

/// One rule of a `tdmrep.json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TdmRule {
    /// The pattern of paths it is for (`*` and `$` as in robots.txt).
    pub location: String,
    /// Whether it reserves the rights.
    pub reserved: bool,
    /// Where the licence is offered.
    pub policy: Option<String>,
}

/// What is known about a host's robots.txt.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum RobotsState {
    /// Never asked.
    #[default]
    Unknown,
    /// Being followed through a redirect (RFC 9309 §2.3.1.2).
    Moved {
        /// Where it is said to be.
        to: String,
        /// Redirects so far.
        hops: u8,
    },
    /// The rules, as asked at `at`.
    Known {
        /// When it was asked.
        at: Timestamp,
        /// The status code it came with.
        status: u16,
        /// The file reduced to what concerns us (`fetch::robots` packs and reads it); empty:
        /// everything is allowed.
        rules: Vec<u8>,
    },
    /// 5xx or no answer: nothing may be asked, unless an older copy stands.
    Unreachable {
        /// When it was asked.
        at: Timestamp,
        /// What came instead.
        why: Trouble,
        /// The rules last had, with the time of asking.
        last: Option<(Timestamp, Vec<u8>)>,
    },
}

/// Why a file could not be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trouble {
    /// The server answered so.
    Status(u16),
    /// No answer that could be read.
    Failure(Failure),
}

impl std::fmt::Display for Trouble {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Trouble::Status(status) => write!(f, "{status}"),
            Trouble::Failure(failure) => write!(f, "{failure}"),
        }
    }
}
