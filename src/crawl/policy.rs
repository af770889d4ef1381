//! What is done about the wishes of pages and sites: all are recorded, those that the operator
//! lists are obeyed. Pure.
//!
//! Obeying means: what shall not be indexed or has expired brings no signals, no facts and no
//! copy; what is reserved brings nothing at all, its links included, and where the site says so
//! beforehand it is not asked for; what shall not be quoted brings no signals, because a signal
//! without its quote is a claim without evidence.

use std::time::Duration;

use serde::Deserialize;

use crate::model::host::TdmState;
use crate::model::page::Page;
use crate::model::state::State;
use crate::model::task::{Task, TaskKind, Validators};
use crate::model::time::Timestamp;
use crate::model::wishes::{Heard, Wishes};

/// How long a `tdmrep.json` that could not be had is not asked for again.
const ASK_AGAIN: Duration = Duration::from_secs(3600);

/// The `[policy]` section.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The wishes that are obeyed; the others are only recorded.
    pub obey: Wishes,
    /// How long a copy of `tdmrep.json` is good.
    #[serde(with = "humantime_serde")]
    pub tdmrep_fresh: Duration,
}

impl Default for Policy {
    fn default() -> Policy {
        let only_recorded = [Wishes::NO_AI_INPUT, Wishes::NO_AI_TRAIN];
        let obeyed = Wishes::ALL.into_iter().map(|(wish, _)| wish);
        Policy {
            obey: obeyed
                .filter(|wish| !only_recorded.contains(wish))
                .collect(),
            tdmrep_fresh: Duration::from_secs(7 * 24 * 3600),
        }
    }
}

/// The wishes that reserve a use of the whole page.
fn reserving() -> Wishes {
    let uses = [
        Wishes::TDM_RESERVED,
        Wishes::NO_SEARCH,
        Wishes::NO_AI_INPUT,
        Wishes::NO_AI_TRAIN,
        Wishes::NO_BOTS,
    ];
    uses.into_iter().collect()
}

/// What may be done with one page.
#[derive(Clone, Debug, PartialEq)]
pub struct Ruling {
    /// Everything that was heard, obeyed or not.
    pub wishes: Wishes,
    /// Who reserves it, in their words: nothing is taken from it.
    pub reserved: Option<String>,
    /// Whether its links are followed.
    pub follow: bool,
    /// Whether its text may bring signals.
    pub tell: bool,
    /// Whether facts may be learnt from it.
    pub learn: bool,
    /// Whether a copy is kept.
    pub keep: bool,
    /// After this it is not visited again.
    until: Option<Timestamp>,
}

impl Policy {
    /// What may be done with a page of which this was heard.
    pub fn ruling(&self, heard: &Heard) -> Ruling {
        let wishes = heard.wishes();
        let obeyed = wishes.common(self.obey);
        let asked = |wish| obeyed.has(wish);
        let reserved = obeyed.common(reserving());
        let reserved = (!reserved.is_empty()).then(|| heard.by(reserved).unwrap_or_default());
        let open = reserved.is_none() && !asked(Wishes::NOINDEX) && !asked(Wishes::EXPIRED);
        Ruling {
            wishes,
            follow: reserved.is_none() && !asked(Wishes::NOFOLLOW),
            tell: open && !asked(Wishes::NOSNIPPET),
            learn: open,
            keep: open && !asked(Wishes::NOARCHIVE),
            until: heard.until.filter(|_| self.obey.has(Wishes::EXPIRED)),
            reserved: reserved.map(str::to_owned),
        }
    }

    /// Whether a host's `tdmrep.json` is to be asked for now, and where: `Some(None)` is where
    /// it lies at every host.
    pub fn asks<'a>(&self, tdm: &'a TdmState, now: Timestamp) -> Option<Option<&'a str>> {
        if !self.obey.has(Wishes::TDM_RESERVED) {
            return None;
        }
        match tdm {
            TdmState::Unknown => Some(None),
            TdmState::Moved { to, .. } => Some(Some(to)),
            TdmState::Known { at, .. } => (now.since(*at) >= self.tdmrep_fresh).then_some(None),
            TdmState::Unreachable { at, .. } => (now.since(*at) >= ASK_AGAIN).then_some(None),
        }
    }
}

impl Ruling {
    /// Leaves its mark on a task whose visit was just remembered: what it asks for, and where
    /// that leaves it.
    pub fn mark(self, task: &mut Task) {
        let answered = matches!(task.state, State::Done | State::Unchanged);
        if let (true, Some(by)) = (answered, self.reserved) {
            reserve(task, by);
        }
        // A front door that is said to have closed is looked at again, as one that is gone is.
        let over = task
            .due
            .zip(self.until)
            .is_some_and(|(due, until)| due > until);
        if over && task.kind != TaskKind::Home {
            task.due = None;
        }
        if let Some(visit) = task.visits.last_mut() {
            visit.wishes = self.wishes;
            visit.state = task.state.clone();
        }
    }
}

/// Nothing is kept of what is reserved, not even by what it could be told from its next version:
/// that one is read with fresh eyes.
pub(super) fn reserve(task: &mut Task, by: String) {
    task.state = State::Reserved { by };
    task.validators = Validators::default();
    task.content = None;
    task.sketch = None;
}

/// What was heard of a page that is not read, because it is as it was: what its site and its
/// header fields say now, and what it said when it was last read.
pub(super) fn as_before(was: &Task, site: &Heard, page: Option<&Page>) -> Heard {
    let mut heard = Heard::default();
    let read = |state: &State| {
        matches!(
            state,
            State::Done | State::Unchanged | State::Reserved { .. }
        )
    };
    if let Some(visit) = was.visits.iter().rev().find(|visit| read(&visit.state)) {
        heard.say(visit.wishes, "as it said when it was last read");
    }
    let now = page
        .map(crate::extract::heard_of_fields)
        .unwrap_or_default();
    heard.and(site.clone()).and(now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crawl::judge::tests::task;
    use crate::model::task::Visit;

    fn heard(wishes: &[Wishes]) -> Heard {
        let mut heard = Heard::default();
        for wish in wishes {
            heard.say(*wish, "somebody");
        }
        heard
    }

    /// What may be done, as letters: follow, tell, learn, keep.
    fn may(policy: &Policy, wish: Wishes) -> String {
        let ruling = policy.ruling(&heard(&[wish]));
        assert_eq!(ruling.wishes, wish, "it is recorded, obeyed or not");
        let letters = [
            (ruling.follow, 'f'),
            (ruling.tell, 't'),
            (ruling.learn, 'l'),
            (ruling.keep, 'k'),
            (ruling.reserved.is_some(), 'R'),
        ];
        letters
            .iter()
            .filter(|(may, _)| *may)
            .map(|(_, letter)| letter)
            .collect()
    }

    #[test]
    fn every_wish_has_its_consequence_and_none_where_it_is_not_obeyed() {
        let nothing = Policy {
            obey: Wishes::NONE,
            ..Policy::default()
        };
        let everything = Policy {
            obey: Wishes::ALL.into_iter().map(|(wish, _)| wish).collect(),
            ..Policy::default()
        };
        for (wish, by_default, obeyed) in [
            (Wishes::NONE, "ftlk", "ftlk"),
            (Wishes::NOINDEX, "f", "f"),
            (Wishes::NOFOLLOW, "tlk", "tlk"),
            (Wishes::NOARCHIVE, "ftl", "ftl"),
            (Wishes::NOSNIPPET, "flk", "flk"),
            (Wishes::EXPIRED, "f", "f"),
            (Wishes::TDM_RESERVED, "R", "R"),
            (Wishes::NO_SEARCH, "R", "R"),
            (Wishes::NO_AI_INPUT, "ftlk", "R"),
            (Wishes::NO_AI_TRAIN, "ftlk", "R"),
            (Wishes::NO_BOTS, "R", "R"),
        ] {
            assert_eq!(may(&Policy::default(), wish), by_default, "{wish:?}");
            assert_eq!(may(&everything, wish), obeyed, "{wish:?}");
            assert_eq!(may(&nothing, wish), "ftlk", "{wish:?}");
        }
    }

    #[test]
    fn the_names_that_may_be_obeyed_are_told() {
        let wrong = toml::from_str::<Policy>("obey = ['noindx']").expect_err("misspelt");
        for (_, name) in Wishes::ALL {
            assert!(wrong.to_string().contains(name), "{wrong}");
        }
        let none: Policy = toml::from_str("obey = []").expect("valid");
        assert_eq!(none.obey, Wishes::NONE);
    }

    #[test]
    fn a_page_is_not_visited_after_the_day_it_names() {
        let until = |kind, due, until| {
            let mut heard = heard(&[]);
            heard.until = Some(Timestamp(until));
            let mut task = task(kind);
            task.due = Some(Timestamp(due));
            Policy::default().ruling(&heard).mark(&mut task);
            task.due
        };
        assert_eq!(until(TaskKind::Page, 5, 9), Some(Timestamp(5)));
        assert_eq!(until(TaskKind::Page, 10, 9), None);
        assert_eq!(until(TaskKind::Home, 10, 9), Some(Timestamp(10)));
    }

    #[test]
    fn of_what_is_reserved_nothing_is_kept_and_a_failure_stays_one() {
        let ruling = Policy::default().ruling(&heard(&[Wishes::NO_BOTS]));
        let visit = |state: State| Visit {
            at: Timestamp(1),
            state,
            millis: 0,
            bytes: 1,
            wishes: Wishes::NONE,
        };
        let mut read = task(TaskKind::Page);
        read.state = State::Done;
        read.validators.etag = Some("x".to_owned());
        read.visited(visit(State::Done));
        ruling.clone().mark(&mut read);
        let reserved = State::Reserved {
            by: "somebody".to_owned(),
        };
        assert_eq!((&read.state, &read.visits[0].state), (&reserved, &reserved));
        assert!(!read.validators.any());
        let mut gone = task(TaskKind::Page);
        gone.state = State::Gone { status: 404 };
        gone.visited(visit(gone.state.clone()));
        ruling.mark(&mut gone);
        assert_eq!(gone.state, State::Gone { status: 404 });
        assert_eq!(
            gone.visits[0].wishes,
            Wishes::NO_BOTS,
            "recorded all the same"
        );
    }

    #[test]
    fn what_is_as_it_was_asks_what_it_asked() {
        let mut was = task(TaskKind::Page);
        was.visited(Visit {
            at: Timestamp(1),
            state: State::Done,
            millis: 0,
            bytes: 1,
            wishes: Wishes::NOARCHIVE,
        });
        let site = heard(&[Wishes::NO_AI_TRAIN]);
        let before = as_before(&was, &site, None);
        assert_eq!(before.wishes(), Wishes::NOARCHIVE.and(Wishes::NO_AI_TRAIN));
    }

    #[test]
    fn a_copy_is_asked_for_again_when_it_is_stale_and_trouble_sooner() {
        let policy = Policy::default();
        let (at, rules) = (Timestamp(0), Vec::new());
        let known = TdmState::Known {
            at,
            status: 404,
            rules: rules.clone(),
        };
        let trouble = TdmState::Unreachable {
            at,
            why: crate::model::host::Trouble::Status(503),
            rules,
        };
        let hours = |hours: u64| at.after(Duration::from_secs(hours * 3600));
        assert_eq!(policy.asks(&TdmState::Unknown, at), Some(None));
        assert_eq!(policy.asks(&known, hours(7 * 24 - 1)), None);
        assert_eq!(policy.asks(&known, hours(7 * 24)), Some(None));
        assert_eq!(policy.asks(&trouble, at), None);
        assert_eq!(policy.asks(&trouble, hours(1)), Some(None));
        let moved = TdmState::Moved {
            to: "x".to_owned(),
            hops: 1,
        };
        assert_eq!(policy.asks(&moved, at), Some(Some("x")));
        let deaf = Policy {
            obey: Wishes::NOINDEX,
            ..policy
        };
        assert_eq!(deaf.asks(&TdmState::Unknown, at), None);
    }
}
