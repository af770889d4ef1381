//! What a profile remembers of the looks behind it: where each technology was seen, what was looked
//! at without a find, and what has been told.
//!
//! Invariant: all of it is bounded, whatever a company shows.

use serde::{Deserialize, Serialize};

use super::time::{Day, Timestamp};

/// Where a technology was seen, and what has been told of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// When its presence began, as far as was seen: later than first seen, where it went and came
    /// back.
    pub since: Timestamp,
    /// When it was known to be gone.
    pub retired: Option<Timestamp>,
    /// Whether its coming is no news: it was told, or was there from the first.
    pub told: bool,
    /// Whether its going is no news: the move away from it was told.
    pub left: bool,
    /// Whether what it shows is beyond its maker's support, or soon will be.
    pub legacy: Option<Legacy>,
    /// What shows it.
    pub traces: Vec<Trace>,
}

/// A technology at one place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// What kind of place.
    pub place: Place,
    /// The page, the host or the question to DNS.
    pub url: String,
    /// What gives it away there.
    pub evidence: String,
    /// The version it shows.
    pub version: Option<String>,
    /// How sure this place alone makes, 0–1.
    pub confidence: f32,
    /// When it was first seen there.
    pub first: Timestamp,
    /// When it was last seen there, to the day.
    pub seen: Timestamp,
    /// When the place was last looked at without finding it, as long as a second look has not
    /// confirmed that it is there. None: it was there at the first look, or is confirmed.
    pub absent: Option<Timestamp>,
    /// When it was first missing there since it was last seen.
    pub missed: Option<Timestamp>,
}

/// A kind of place that shows technologies. What one kind shows does not depend on the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The domain's names.
    Names,
    /// The domain's names too, but for mailboxes that are not where its mail goes: what is left of
    /// those it had, or made ready for those it will have.
    Beside,
    /// A page.
    Page,
    /// The certificate that a host shows, or the connection it makes.
    Certificate,
}

/// A version whose support has ended or soon will.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Legacy {
    /// The last day of support.
    pub ends: Day,
    /// When it was first seen.
    pub seen: Timestamp,
    /// Whether it has been told.
    pub told: bool,
}

/// What was looked at before.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// When the company was first looked at: what is seen on that day was there before.
    pub began: Option<Timestamp>,
    /// When its names were last asked, to the day.
    pub pinged: Option<Timestamp>,
    /// The questions to DNS that were answered, and the hosts that showed a certificate, by hash.
    pub questions: Vec<Looked>,
    /// The pages that were read, by hash.
    pub pages: Vec<Looked>,
    /// What its names say of the domain's standing.
    pub names: Sign,
    /// What its front page says of it.
    pub front: Sign,
    /// When the domain was first said not to exist, as long as that is not confirmed.
    pub missing: Option<Timestamp>,
    /// The certificates that were seen beyond their end.
    pub expired: Vec<Expiry>,
    /// The domain that its front page has moved to.
    pub moving: Option<Moving>,
}

/// A place, and when it was last looked at, to the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Looked {
    /// The hash of its URL.
    pub place: u64,
    /// When.
    pub at: Timestamp,
}

/// What one kind of place says of a domain's standing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Nothing.
    #[default]
    None,
    /// Somebody's site or mail is there.
    Live,
    /// It is offered for sale, or lies idle.
    Parked {
        /// Since when.
        since: Timestamp,
        /// What shows it.
        evidence: String,
    },
    /// It is not registered.
    Gone {
        /// Since when.
        since: Timestamp,
    },
}

/// A certificate that was seen beyond its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    /// The last moment at which it was good: it tells one certificate from another.
    pub ended: Timestamp,
    /// When it was first seen so.
    pub seen: Timestamp,
    /// The host that showed it.
    pub url: String,
    /// Whether it has been told.
    pub told: bool,
}

/// A move of the front page to another domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moving {
    /// Where to.
    pub to: String,
    /// When the front page was last read without it; none: it was so from the first.
    pub before: Option<Timestamp>,
    /// When it was first seen.
    pub seen: Timestamp,
    /// Whether it has been told.
    pub told: bool,
}
