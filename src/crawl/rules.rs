//! Which rules stand at a host, and when they are asked for again.
//!
//! Robots need no special case: a turn at a host whose rules are missing or stale is spent on
//! robots.txt, and the task stays due.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::turn::{Done, Shared};
use super::{door, judge, maps};
use crate::fetch::robots::Robots;
use crate::fetch::{Fetch, FetchOutcome, FetchRequest, PRODUCT, Purpose};
use crate::model::company::Company;
use crate::model::host::{HostRecord, RobotsState};
use crate::model::task::{Harvest, Task, Validators};
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

impl<F: Fetch> Shared<F> {
    /// One request for a host's rules, wherever they lie.
    pub(super) async fn robots(
        self: Arc<Self>,
        host: Host,
        of: HostRecord,
        url: Url,
        elsewhere: Option<(Host, HostRecord)>,
        task: Task,
        company: Arc<Company>,
    ) -> Done {
        let request = FetchRequest {
            url: url.clone(),
            validators: Validators::default(),
            purpose: Purpose::Robots,
        };
        // Wherever they lie, they are the rules of the host that was asked for them first.
        let whose = location(&task);
        let fetched = self.fetch.fetch(request).await;
        let now = self.clock.now();
        let (mut packed, mut found, mut delay, mut bytes) = (None, Vec::new(), None, 0);
        if let FetchOutcome::Page(page) = &fetched.outcome {
            let robots = Robots::parse(&page.body, PRODUCT);
            found.extend(
                robots
                    .sitemaps()
                    .iter()
                    .filter_map(|named| maps::of_robots(named, &company, &whose, false, now)),
            );
            delay = robots.crawl_delay();
            packed = Some(robots.pack());
            bytes = page.body.len();
        }
        let answered = !matches!(
            fetched.outcome,
            FetchOutcome::Moved { .. } | FetchOutcome::Failed(_)
        );
        if found.is_empty() && answered {
            // Most sites have one where everybody looks for it, whether they name it or not.
            let usual = whose.join("/sitemap.xml");
            found.extend(
                usual
                    .ok()
                    .and_then(|usual| maps::of_robots(usual.as_str(), &company, &whose, true, now)),
            );
        }
        let state = door::robots(&of.robots, url.as_str(), &fetched, packed, now);
        let asked = |host: &Host, record: &HostRecord, delay| {
            let manner = self.manners.at(host);
            door::host(record, &fetched, Purpose::Robots, delay, manner, now)
        };
        let asked_there = elsewhere.is_some();
        let hosts = match elsewhere {
            Some((door, record)) => {
                let rested = door::as_if_asked(&of, &fetched, self.manners.at(&host), now);
                let record = asked(&door, &record, None);
                vec![
                    (
                        host.clone(),
                        HostRecord {
                            robots: state,
                            ..rested
                        },
                    ),
                    (door, record),
                ]
            }
            None => {
                let (record, manner) = (asked(&host, &of, delay), self.manners.at(&host));
                let record = door::ruled(&of, record, state, &fetched, manner, now);
                vec![(host.clone(), record)]
            }
        };
        let after = match hosts.as_slice() {
            [(_, record)] if !asked_there => judge::out_of_reach(&task, record, &fetched, now),
            _ => None,
        };
        let harvest = Harvest {
            was: after.is_some().then_some(task),
            now: after,
            hosts,
            found,
            signals: Vec::new(),
            withdrawn: Vec::new(),
            profile: None,
            page: None,
        };
        Done::of(host, harvest, fetched.took, bytes)
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
