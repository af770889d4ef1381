//! Discovery → Task → Visit → Harvest: the life of one URL.

use serde::{Deserialize, Serialize};
use url::Url;

use super::company::{Company, CompanyId};
use super::host::HostRecord;
use super::page::{ContentHash, PageRef};
use super::profile::Profile;
use super::signal::{Signal, SignalId};
use super::state::State;
use super::telling::Withdrawn;
use super::time::{Day, Timestamp};
use super::url::{Host, UrlKey};
use super::wishes::Wishes;

/// What a URL is thought to be, from the link that led to it; decides how soon it is visited, how
/// soon again, and which of its links are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskKind {
    /// A company's home page: the ping.
    Home,
    /// RSS, Atom or JSON Feed.
    Feed,
    /// A sitemap or an index of sitemaps.
    Sitemap,
    /// The index of a newsroom, of press releases, of a blog.
    Listing,
    /// The page that lists open positions.
    Careers,
    /// One open position.
    Job,
    /// One dated text: a press release, a blog post.
    Article,
    /// A forum's index or thread.
    Forum,
    /// Anything else on the company's site.
    Page,
    /// What DNS says of the company's domain. No page: its URL is [`TaskKind::ping_url`].
    Ping,
    /// The company's job board at a platform: the answer that lists its open positions.
    Board,
    /// The company's account at a social network: what the network says whose it is.
    Account,
    /// What an account of the company posts.
    Stream,
}

impl TaskKind {
    /// The URL under which a domain's ping is known: `dns://contoso.example:53/`. Its door is the
    /// DNS, not the company's site, so both keep their own turns.
    pub fn ping_url(domain: &str) -> Option<Url> {
        Url::parse(&format!("dns://{domain}:53/")).ok()
    }

    /// Whether it is a place of the company on somebody else's host.
    pub fn is_place(self) -> bool {
        matches!(self, TaskKind::Board | TaskKind::Account | TaskKind::Stream)
    }
}

/// A URL somebody pointed at: a seed, a link, a feed's item, a redirect.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovery {
    /// The URL, canonical.
    pub url: Url,
    /// Whose page it is thought to be.
    pub company: CompanyId,
    /// What it is thought to be.
    pub kind: TaskKind,
    /// When it shall be visited. Earlier means more urgent: a point in the past ranks it before
    /// others that are due.
    pub due: Timestamp,
    /// How many links away from a seed.
    pub depth: u8,
    /// The page that pointed at it; `None` for a seed; itself where nobody did.
    pub from: Option<String>,
    /// When it was found.
    pub at: Timestamp,
    /// When the feed or sitemap that pointed at it says that it last changed.
    pub updated: Option<Timestamp>,
}

/// A known URL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// The URL, canonical.
    pub url: String,
    /// Whose page it is thought to be.
    pub company: CompanyId,
    /// What it is thought to be.
    pub kind: TaskKind,
    /// When it is to be visited; `None`: never again.
    pub due: Option<Timestamp>,
    /// How many links away from a seed.
    pub depth: u8,
    /// The page that pointed at it first; `None` for a seed; itself where nobody did, and it was
    /// looked for because such a thing usually lies there.
    pub from: Option<String>,
    /// When it was first found.
    pub found: Timestamp,
    /// Where it stands.
    pub state: State,
    /// What the server wants to hear next time.
    pub validators: Validators,
    /// The hash of the body last seen.
    pub content: Option<ContentHash>,
    /// Failures in a row.
    pub failures: u8,
    /// Visits that found the page as it was, in a row.
    pub unchanged: u8,
    /// When it was read for the first time: since then its changes are counted.
    pub watched: Option<Timestamp>,
    /// Visits since then that could tell whether it had changed.
    pub checks: u16,
    /// Of those, how many found it changed.
    pub changes: u16,
    /// The profile of its text, by which near copies are told.
    pub sketch: Option<u64>,
    /// What it said when it was last read, as a hash: of its documents and links, without the
    /// frame around them.
    pub says: Option<u64>,
    /// For how many seconds its server, or the feed itself, asked to be left alone when it was
    /// last read.
    pub fresh: u32,
    /// What it lists: how many articles and positions it led to when it last led to any.
    pub entries: u16,
    /// Visits in a row that found it leading to none.
    pub barren: u8,
    /// How regularly it brings something new.
    pub yields: Yields,
    /// The last day of the position that it states.
    pub closes: Option<Day>,
    /// The latest change of it that a feed or sitemap claimed.
    pub claimed: Option<Timestamp>,
    /// Such claims in a row that proved empty.
    pub misled: u8,
    /// The last visits, the newest last, at most [`Task::VISITS`].
    pub visits: Vec<Visit>,
    /// The positions that a board has listed, by key, at most [`Position::MOST`].
    pub positions: Vec<Position>,
    /// The signals that it was evidence for when it was last read, at most [`Task::TELLS`]; what it
    /// tells no more, or takes with it when it is gone, is withdrawn.
    pub tells: Vec<SignalId>,
}

/// A position that a board has listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The hash of its public address.
    pub key: u32,
    /// When the board listed it first.
    pub first_seen: Timestamp,
    /// When it last did.
    pub last_seen: Timestamp,
    /// Whether it was listed when the board was last read: one that is not any more is closed.
    pub open: bool,
}

impl Position {
    /// Positions of one board that are remembered: their record stays under what the store holds
    /// in one value.
    pub const MOST: usize = 2_000;
}

impl Task {
    /// How many visits a task remembers.
    pub const VISITS: usize = 5;
    /// Claims of a change that may prove empty before they are no longer believed.
    pub const MISLED: u8 = 2;
    /// How many signals a task remembers to have told: a page that tells more is a list.
    pub const TELLS: usize = 32;

    /// A task that was just discovered.
    pub fn new(found: &Discovery) -> Task {
        Task {
            url: found.url.to_string(),
            company: found.company.clone(),
            kind: found.kind,
            due: Some(found.due),
            depth: found.depth,
            from: found.from.clone(),
            found: found.at,
            state: State::Waiting,
            validators: Validators::default(),
            content: None,
            failures: 0,
            unchanged: 0,
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
            visits: Vec::new(),
            positions: Vec::new(),
            tells: Vec::new(),
        }
    }

    /// What its page leads to.
    pub fn leads_to(&self, url: Url, kind: TaskKind, due: Timestamp, at: Timestamp) -> Discovery {
        Discovery {
            url,
            company: self.company.clone(),
            kind,
            due,
            depth: self.depth.saturating_add(1),
            from: Some(self.url.clone()),
            at,
            updated: None,
        }
    }

    /// Takes in that it was found again: a plain page that is known better elsewhere is what that
    /// says, one that still waits is visited as soon as the more urgent of both wants, and one
    /// that is said to have changed since it was read comes back. Says whether anything changed.
    pub fn found_again(&mut self, found: &Discovery) -> bool {
        let before = (self.kind, self.due, self.claimed);
        if self.kind == TaskKind::Page {
            self.kind = found.kind;
        }
        if self.state == State::Waiting {
            self.due = self.due.map(|due| due.min(found.due));
        }
        if let Some(updated) = found
            .updated
            .filter(|updated| self.believes(*updated, found.at))
        {
            self.claimed = Some(updated);
            self.due = Some(self.due.map_or(found.due, |due| due.min(found.due)));
        }
        before != (self.kind, self.due, self.claimed)
    }

    /// Whether a feed or sitemap, read at `now`, is believed that the page changed at `updated`:
    /// each change once, and not where such claims proved empty before.
    fn believes(&self, updated: Timestamp, now: Timestamp) -> bool {
        let settled = matches!(self.state, State::Done | State::Unchanged);
        let unseen = self.last_visit().is_some_and(|seen| updated > seen);
        settled
            && unseen
            && updated <= now
            && self.misled < Task::MISLED
            && self.claimed.is_none_or(|known| updated > known)
    }

    /// Whether nobody pointed at it: it was looked for where such a thing usually lies, and that
    /// nothing lies there is no failure.
    pub fn is_guess(&self) -> bool {
        self.from.as_deref() == Some(self.url.as_str())
    }

    /// When it was last visited.
    pub fn last_visit(&self) -> Option<Timestamp> {
        self.visits.last().map(|visit| visit.at)
    }

    /// Whether the next visit is owed to a claim that it changed.
    pub fn is_claimed(&self) -> bool {
        let claimed = |claimed| self.last_visit().is_some_and(|seen| claimed > seen);
        self.claimed.is_some_and(claimed)
    }

    /// The URL, parsed; a task is only ever made from a parsed one.
    pub fn parsed(&self) -> Url {
        Url::parse(&self.url).expect("a task's URL was printed by Url")
    }

    /// Its key in the store.
    pub fn key(&self) -> UrlKey {
        UrlKey::of(&self.parsed()).expect("a task's URL has a host")
    }

    /// Whether it still shows the text of this sketch: nothing that came since says otherwise, and
    /// it is no copy itself.
    pub fn shows(&self, sketch: u64) -> bool {
        let stands = matches!(
            self.state,
            State::Done
                | State::Unchanged
                | State::Moved { .. }
                | State::Refused { .. }
                | State::Failed { .. }
        );
        stands && self.sketch == Some(sketch)
    }

    /// Remembers a visit, and forgets the oldest beyond [`Task::VISITS`].
    pub fn visited(&mut self, visit: Visit) {
        self.visits.push(visit);
        if self.visits.len() > Task::VISITS {
            self.visits.remove(0);
        }
    }
}

/// The page that showed a text first.
#[derive(Clone, Debug, PartialEq)]
pub struct Twin {
    /// The page.
    pub first: Box<Task>,
    /// How many other addresses have shown the same text.
    pub others: u32,
}

/// One visit, as `inspect` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Visit {
    /// When it ended.
    pub at: Timestamp,
    /// Where it left the task.
    pub state: State,
    /// How long the server took, in milliseconds.
    pub millis: u32,
    /// Bytes of the body.
    pub bytes: u32,
    /// What the page and its site asked of robots.
    pub wishes: Wishes,
}

/// How regularly a source brings something new: the mean of the gaps between, and how far they
/// stray from it, smoothed as round trips are (RFC 6298 §2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Yields {
    /// How often it did since it was read first.
    pub times: u16,
    /// When it last did, or was read first.
    pub last: Option<Timestamp>,
    /// The smoothed gap, in seconds.
    pub gap: u32,
    /// The smoothed deviation from it, in seconds.
    pub stray: u32,
}

/// What a conditional request carries (RFC 9110 §13.1).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The ETag field, as received.
    pub etag: Option<String>,
    /// The Last-Modified field, as received.
    pub last_modified: Option<String>,
}

impl Validators {
    /// Whether there is one.
    pub fn any(&self) -> bool {
        self.etag.is_some() || self.last_modified.is_some()
    }
}

/// What the store knows to do next at a host.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// This task is due.
    Task(Box<Task>, HostRecord),
    /// Nothing before this point in time.
    NotBefore(Timestamp),
    /// Nothing at all.
    Nothing,
}

/// What one turn brought: it goes into the store whole or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Harvest {
    /// The task before the turn; `None` when the turn was spent on robots.txt.
    pub was: Option<Task>,
    /// The task after the turn; present exactly when `was` is.
    pub now: Option<Task>,
    /// The hosts that were asked or whose rules changed, with their new records.
    pub hosts: Vec<(Host, HostRecord)>,
    /// What was found to visit.
    pub found: Vec<Discovery>,
    /// What was detected.
    pub signals: Vec<Signal>,
    /// The signals for which the page is no evidence any more, after those that were detected.
    pub withdrawn: Vec<Withdrawn>,
    /// The company's profile, where what was seen changed anything in it.
    pub profile: Option<Profile>,
    /// Where the page was archived.
    pub page: Option<PageRef>,
}

/// What a company's list gives the frontier to start from.
#[derive(Clone, Debug, PartialEq)]
pub struct Seed {
    /// The company.
    pub company: Company,
    /// Its home page and first URLs.
    pub tasks: Vec<Discovery>,
}
