//! What a site says of a path before it is asked for, and the turn that is spent on hearing it.
//!
//! robots.txt is known by then. `tdmrep.json` is a turn of its own, as robots.txt is: asked for
//! once where robots.txt allows it, good for days, and never a reason to stay away: who has none,
//! or none that can be had, reserves nothing by it.

use std::sync::Arc;
use std::time::Duration;

use url::Url;

use super::door::ROBOTS_REDIRECTS;
use super::turn::{Done, Shared, Turn};
use super::{Crawl, door, judge, policy, rules};
use crate::fetch::robots::Robots;
use crate::fetch::{Fetch, FetchOutcome, FetchRequest, Fetched, Purpose, tdmrep};
use crate::model::company::Company;
use crate::model::host::{HostRecord, TdmState, Trouble};
use crate::model::state::Failure;
use crate::model::task::{Harvest, Task, Validators};
use crate::model::time::Timestamp;
use crate::model::url::Host;
use crate::model::wishes::Heard;
use crate::store::{self, Frontier};

/// What is to be done about a site's own word.
pub(super) enum Site {
    /// It is to be heard first, here.
    Ask(Url),
    /// It reserves the path, in these words, and is obeyed.
    Reserves(String, Heard),
    /// It leaves the path to those who ask.
    Says(Heard),
}

impl<F: Fetch, S: Frontier> Crawl<'_, F, S> {
    /// What the site of a task says of its path.
    pub(super) fn site(
        &self,
        task: &Task,
        record: &HostRecord,
        robots: &Robots,
        now: Timestamp,
    ) -> Site {
        let path = rules::path(task);
        let policy = &self.shared.policy;
        let heard = robots.wishes(&path);
        if let Some(by) = policy.ruling(&heard).reserved {
            return Site::Reserves(by, heard);
        }
        let asks = policy.asks(&record.tdm, now);
        let url = asks.and_then(|at| match at {
            Some(moved) => Url::parse(moved).ok(),
            None => task.parsed().join(tdmrep::PATH).ok(),
        });
        let may = |url: &Url| {
            let allowed = robots.verdict(&rules::path_of(url)).allowed;
            allowed && self.suppressed.entry_for(url).is_none()
        };
        if let Some(url) = url.filter(may) {
            return Site::Ask(url);
        }
        let heard = heard.and(tdmrep::at(record.tdm.rules(), &path));
        match policy.ruling(&heard).reserved {
            Some(by) => Site::Reserves(by, heard),
            None => Site::Says(heard),
        }
    }

    /// Spends the host's turn on its `tdmrep.json`.
    pub(super) fn ask_reservation(
        &mut self,
        host: Host,
        of: HostRecord,
        url: Url,
        crawl_delay: Option<Duration>,
        company: Arc<Company>,
    ) {
        let now = self.clock.now();
        let address = of.address;
        if let Err(until) = self.may_ask(address, now) {
            self.hosts.rest(&host, until);
            return;
        }
        self.tally.reservations += 1;
        let turn = Turn::Reservation {
            of,
            url,
            crawl_delay,
        };
        self.spawn(host, address, turn, company);
    }

    /// Judges a task that its site reserves, without a request.
    pub(super) async fn reserve(
        &mut self,
        host: Host,
        was: Task,
        by: String,
        heard: &Heard,
        now: Timestamp,
    ) -> store::Result<()> {
        let mut task = was.clone();
        policy::reserve(&mut task, by);
        let state = task.state.clone();
        let mut task = judge::forbidden(&task, state, &self.shared.config, now);
        if let Some(visit) = task.visits.last_mut() {
            visit.wishes = heard.wishes();
        }
        self.tally.count(&task.state);
        let harvest = Harvest {
            was: Some(was),
            now: Some(task),
            ..Harvest::default()
        };
        self.commit(std::slice::from_ref(&harvest)).await?;
        self.judged.extend(harvest.now);
        self.hosts.rest(&host, now);
        Ok(())
    }
}

impl<F: Fetch> Shared<F> {
    /// One request for a `tdmrep.json`.
    pub(super) async fn reservation(
        self: Arc<Self>,
        host: Host,
        of: HostRecord,
        url: Url,
        crawl_delay: Option<Duration>,
    ) -> Done {
        let request = FetchRequest {
            url: url.clone(),
            validators: Validators::default(),
            purpose: Purpose::Reservation,
        };
        let fetched = self.fetch.fetch(request).await;
        let now = self.clock.now();
        let purpose = Purpose::Reservation;
        let manner = self.manners.at(&host);
        let record = HostRecord {
            tdm: after(&of.tdm, &url, &fetched, now),
            ..door::host(&of, &fetched, purpose, crawl_delay, manner, now)
        };
        let bytes = match &fetched.outcome {
            FetchOutcome::Page(page) => page.body.len(),
            _ => 0,
        };
        let harvest = Harvest {
            hosts: vec![(host.clone(), record)],
            ..Harvest::default()
        };
        Done::of(host, harvest, fetched.took, bytes)
    }
}

/// What is known of a host's reservations after a request for them.
fn after(was: &TdmState, asked: &Url, fetched: &Fetched, now: Timestamp) -> TdmState {
    let hops = match was {
        TdmState::Moved { hops, .. } => *hops,
        _ => 0,
    };
    let known = |status, rules| TdmState::Known {
        at: now,
        status,
        rules,
    };
    let unreachable = |why| TdmState::Unreachable {
        at: now,
        why,
        rules: was.rules().to_vec(),
    };
    match &fetched.outcome {
        FetchOutcome::Page(page) => known(page.status, tdmrep::parse(&page.body)),
        // Another host has rules and reservations of its own, and a redirect to no JSON is how
        // many sites say that there is nothing here.
        FetchOutcome::Moved { to, .. }
            if hops < ROBOTS_REDIRECTS
                && Host::of(to) == Host::of(asked)
                && to.path().ends_with(".json") =>
        {
            TdmState::Moved {
                to: to.to_string(),
                hops: hops + 1,
            }
        }
        FetchOutcome::Moved { permanent, .. } => {
            known(if *permanent { 301 } else { 302 }, Vec::new())
        }
        FetchOutcome::Gone(status)
        | FetchOutcome::Refused {
            status: status @ (401 | 403 | 407),
            ..
        } => known(*status, Vec::new()),
        FetchOutcome::Failed(Failure::Connect | Failure::Tls)
            if hops == 0 && asked.scheme() == "https" =>
        {
            // A site without TLS has it where it has its pages.
            TdmState::Moved {
                to: asked.as_str().replacen("https://", "http://", 1),
                hops: 1,
            }
        }
        FetchOutcome::Refused { status, .. } => unreachable(Trouble::Status(*status)),
        FetchOutcome::Failed(failure) => unreachable(Trouble::Failure(*failure)),
        // Nothing was asked conditionally.
        FetchOutcome::NotModified => unreachable(Trouble::Status(304)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::host::TdmRule;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn answered(was: &TdmState, outcome: FetchOutcome) -> TdmState {
        let asked = Url::parse("https://a.example/.well-known/tdmrep.json").expect("a URL");
        let fetched = Fetched {
            outcome,
            took: Duration::ZERO,
            address: None,
            allowance: None,
            certificate: None,
        };
        after(was, &asked, &fetched, NOW)
    }

    fn moved(to: &str) -> FetchOutcome {
        FetchOutcome::Moved {
            to: Url::parse(to).expect("a URL"),
            permanent: false,
        }
    }

    #[test]
    fn who_has_none_reserves_nothing_and_trouble_leaves_the_last_copy() {
        let rule = TdmRule {
            location: "/".to_owned(),
            reserved: true,
            policy: None,
        };
        let had = TdmState::Known {
            at: Timestamp(1),
            status: 200,
            rules: vec![rule.clone()],
        };
        let refused = |status| FetchOutcome::Refused {
            status,
            retry_after: None,
        };
        for outcome in [
            FetchOutcome::Gone(404),
            refused(403),
            moved("https://a.example/"),
        ] {
            let now = answered(&had, outcome.clone());
            let none = matches!(&now, TdmState::Known { at: NOW, rules, .. } if rules.is_empty());
            assert!(none, "{outcome:?}: {now:?}");
        }
        let broken = FetchOutcome::Failed(Failure::Protocol);
        for outcome in [
            refused(429),
            refused(503),
            broken,
            FetchOutcome::NotModified,
        ] {
            let now = answered(&had, outcome.clone());
            assert!(
                matches!(now, TdmState::Unreachable { at: NOW, .. }),
                "{outcome:?}"
            );
            assert_eq!(now.rules(), std::slice::from_ref(&rule), "{outcome:?}");
        }
    }

    #[test]
    fn redirects_are_followed_within_the_host_and_not_for_ever() {
        let mut state = TdmState::Unknown;
        for hop in 1..=ROBOTS_REDIRECTS {
            state = answered(&state, moved("https://a.example/tdm.json"));
            assert!(matches!(state, TdmState::Moved { hops, .. } if hops == hop));
        }
        state = answered(&state, moved("https://a.example/tdm.json"));
        assert!(matches!(state, TdmState::Known { status: 302, .. }));
        let away = answered(&TdmState::Unknown, moved("https://b.example/tdmrep.json"));
        assert!(matches!(away, TdmState::Known { .. }));
        let plain = answered(&TdmState::Unknown, FetchOutcome::Failed(Failure::Tls));
        let TdmState::Moved { to, .. } = plain else {
            panic!("{plain:?}")
        };
        assert_eq!(to, "http://a.example/.well-known/tdmrep.json");
    }
}
