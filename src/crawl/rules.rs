//! Which rules stand at a host, and when they are asked for again.
//!
//! Robots need no special case: a turn at a host whose rules are missing or stale is spent on
//! robots.txt, and the task stays due.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use crate::fetch::robots::Robots;
use crate::model::host::{HostRecord, RobotsState};
use crate::model::task::Task;
use crate::model::time::Timestamp;
use crate::model::url::Host;

/// How many hosts' rules are kept parsed.
const PARSED: usize = 10_000;
/// How long a last good copy stands in for rules that cannot be had (as Google keeps it).
const LAST_GOOD: Duration = Duration::from_secs(30 * 24 * 3600);
/// How long rules that could not be had are not asked for again, while a last good copy stands.
const ASK_AGAIN: Duration = Duration::from_secs(3600);

/// What a host's rules allow to do next.
pub(super) enum Rules {
    /// They stand.
    Known(Arc<Robots>),
    /// They are asked for first, here.
    Ask(Url),
    /// They could not be had, so nothing may be asked before this.
    Wait(Timestamp),
}

/// The parsed rules of the hosts lately at work.
pub(super) struct RulesBook {
    fresh: Duration,
    parsed: HashMap<Host, (Timestamp, Arc<Robots>)>,
}

impl RulesBook {
    /// With copies that are good for `fresh`.
    pub(super) fn new(fresh: Duration) -> RulesBook {
        RulesBook {
            fresh,
            parsed: HashMap::new(),
        }
    }

    /// What stands at `host` now.
    pub(super) fn at(
        &mut self,
        host: &Host,
        task: &Task,
        record: &HostRecord,
        now: Timestamp,
    ) -> Rules {
        let ask = || Rules::Ask(location(task));
        match &record.robots {
            RobotsState::Unknown => ask(),
            RobotsState::Moved { to, .. } => Url::parse(to).map_or_else(|_| ask(), Rules::Ask),
            RobotsState::Known { at, rules, .. } if now.since(*at) < self.fresh => {
                Rules::Known(self.parse(host, *at, rules))
            }
            RobotsState::Known { .. } => ask(),
            RobotsState::Unreachable {
                at,
                last: Some((had, rules)),
                ..
            } if now.since(*had) < LAST_GOOD && now.since(*at) < ASK_AGAIN => {
                Rules::Known(self.parse(host, *had, rules))
            }
            RobotsState::Unreachable { .. } if record.rest_until > now => {
                Rules::Wait(record.rest_until)
            }
            RobotsState::Unreachable { .. } => ask(),
        }
    }

    fn parse(&mut self, host: &Host, at: Timestamp, packed: &[u8]) -> Arc<Robots> {
        if let Some((known, robots)) = self.parsed.get(host)
            && *known == at
        {
            return Arc::clone(robots);
        }
        let robots = Arc::new(Robots::unpack(packed).unwrap_or_else(|| {
            // Unreadable rules forbid everything until they are asked for again.
            if packed.is_empty() {
                Robots::allow_all()
            } else {
                Robots::parse(b"User-agent: *\nDisallow: /", "*")
            }
        }));
        if self.parsed.len() >= PARSED {
            self.parsed.clear();
        }
        self.parsed.insert(host.clone(), (at, Arc::clone(&robots)));
        robots
    }
}

/// Where the rules of a task's authority are (RFC 9309 §2.3).
fn location(task: &Task) -> Url {
    let mut url = task.parsed();
    url.set_path("/robots.txt");
    url.set_query(None);
    url
}

/// What the rules are held against: path and query.
pub(super) fn path(task: &Task) -> String {
    path_of(&task.parsed())
}

/// The same of any URL.
pub(super) fn path_of(url: &Url) -> String {
    match url.query() {
        Some(query) => format!("{}?{query}", url.path()),
        None => url.path().to_owned(),
    }
}
