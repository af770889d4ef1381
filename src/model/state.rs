//! Where a URL stands, and why an answer could not be read.

use serde::{Deserialize, Serialize};

/// Where a URL stands: every known URL is in exactly one of these, and `inspect url` says which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Known, not yet visited.
    Waiting,
    /// Read; what it said is in the store.
    Done,
    /// The server said that nothing changed, or sent what says the same as before.
    Unchanged,
    /// The server points elsewhere; that URL is a task of its own.
    Moved {
        /// Where to.
        to: String,
    },
    /// The server says it does not have it (404, 410 and other client errors).
    Gone {
        /// The status code.
        status: u16,
    },
    /// The server refuses for now (401, 403, 429, 5xx); it is tried again later.
    Refused {
        /// The status code.
        status: u16,
    },
    /// No answer that could be read.
    Failed {
        /// Why.
        failure: Failure,
    },
    /// robots.txt forbids it; no request was sent.
    Disallowed {
        /// The rule that matched, as it stands in the file.
        rule: String,
    },
    /// The operator's suppression list forbids it; no request was sent.
    Suppressed {
        /// The entry that matched, as it stands in the list.
        entry: String,
    },
    /// Its owner reserves its use (TDM reservation, Content-Usage, Content-Signal), and the
    /// policy obeys: nothing was taken from it.
    Reserved {
        /// What said so, as it stands there.
        by: String,
    },
    /// It belongs to a maze of generated pages; no request was sent.
    Trapped {
        /// Which kind of maze.
        trap: Trap,
    },
    /// The server answers, but what it shows says that it does not have the page (a soft 404).
    Missing,
    /// Its text is that of a page of the same company that was read before; it was not read
    /// again.
    Duplicate {
        /// The page that was read.
        of: String,
    },
    /// It was an open position, and is none any more: the server no longer has it, or the page
    /// says so.
    Closed {
        /// The status code that came.
        status: u16,
    },
    /// Nobody's site is there: its host's front page is that of a parked domain, of one for sale,
    /// or as a hoster left it. Nothing was taken from it.
    Parked {
        /// What shows it.
        shows: String,
    },
    /// What the server sends shows no text without scripts, and no browser showed it: only its links
    /// were followed, and what it states for machines was read.
    Scripted,
}

/// A maze of pages that a server makes up without end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trap {
    /// A calendar that turns for ever.
    Calendar,
    /// Filters of a listing that combine without end.
    Facets,
    /// Segments of the path that repeat.
    Repetition,
    /// A session's mark within the address.
    Session,
    /// Pages of a listing that never end.
    Pagination,
    /// A query that comes back within the page's own links.
    Reflection,
    /// Many addresses, one text.
    Sameness,
}

impl std::fmt::Display for Trap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Trap::Calendar => "a calendar without end",
            Trap::Facets => "filters that combine without end",
            Trap::Repetition => "a path that repeats itself",
            Trap::Session => "a session's mark in the address",
            Trap::Pagination => "a listing without end",
            Trap::Reflection => "a query that links to itself",
            Trap::Sameness => "many addresses with one text",
        })
    }
}

/// Why no answer could be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// The name could not be resolved.
    Dns,
    /// The address is not a public one.
    Private,
    /// No connection.
    Connect,
    /// No secure connection: certificate or protocol.
    Tls,
    /// The server was too slow.
    Timeout,
    /// Header or body beyond every limit.
    TooLarge,
    /// What came was not HTTP, or broke off.
    Protocol,
    /// A reader or detector panicked on it; the page is kept in the archive.
    Panicked,
    /// A redirect without a target, or to one that is not for us.
    BadRedirect,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Failure::Dns => "name not resolved",
            Failure::Private => "not a public address",
            Failure::Connect => "no connection",
            Failure::Tls => "no secure connection",
            Failure::Timeout => "timed out",
            Failure::TooLarge => "too large",
            Failure::Protocol => "broken answer",
            Failure::Panicked => "unreadable: a reader panicked",
            Failure::BadRedirect => "redirect to nowhere",
        })
    }
}
