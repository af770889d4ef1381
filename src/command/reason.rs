//! Why a URL stands where it does, in words: one sentence for each state there is.

use crate::model::host::Held;
use crate::model::state::State;

/// What a state says, of this visit or any.
pub(in crate::command) fn reason(state: &State) -> String {
    match state {
        State::Waiting => "found but not visited yet".to_owned(),
        State::Done => "read; what it says is in the store".to_owned(),
        State::Unchanged => "found as it was".to_owned(),
        State::Moved { to } => format!("the server points to {to}"),
        State::Gone { status } => format!("the server answers {status}"),
        State::Refused { status } => format!("the server refuses for now, with {status}"),
        State::Failed { failure } => failure.to_string(),
        State::Disallowed { rule } => format!("robots.txt forbids it: {rule}"),
        State::Suppressed { entry } => format!("the suppression list forbids it: {entry}"),
        State::Reserved { by } => format!("its owner reserves its use: {by}"),
        State::Trapped { trap } => format!("it leads into a maze: {trap}"),
        State::Missing => "the server answers, but shows that it does not have it".to_owned(),
        State::Duplicate { of } => format!("its text is that of {of}"),
        State::Closed { status: ..400 } => {
            "the position is closed: its page says so, or its last day is over".to_owned()
        }
        State::Closed { status } => {
            format!("the position is closed: the server no longer has it ({status})")
        }
        State::Parked { shows } => format!("nobody's site is there: {shows}"),
        State::Scripted => {
            "it shows nothing without scripts, and no browser showed it ([browser])".to_owned()
        }
    }
}

/// Whether a URL in this state was left alone, by a rule or a judgement of ours, rather than
/// visited to an end.
pub(super) fn is_skipped(state: &State) -> bool {
    match state {
        State::Disallowed { .. }
        | State::Suppressed { .. }
        | State::Reserved { .. }
        | State::Trapped { .. }
        | State::Duplicate { .. }
        | State::Parked { .. }
        | State::Scripted => true,
        State::Waiting
        | State::Done
        | State::Unchanged
        | State::Moved { .. }
        | State::Gone { .. }
        | State::Refused { .. }
        | State::Failed { .. }
        | State::Missing
        | State::Closed { .. } => false,
    }
}

/// Name and words for why a run leaves alone what is due at a host.
pub(in crate::command) fn held(held: Held) -> (&'static str, &'static str) {
    match held {
        Held::HostBudget => (
            "over_budget",
            "a run asks no more pages of one host ([crawl] pages_per_host)",
        ),
        Held::CompanyBudget => (
            "over_budget",
            "a run asks no more pages of one company ([crawl] pages_per_company)",
        ),
        Held::Unlisted => ("unlisted", "waits for a run that lists its company"),
        Held::CrawlDelay => (
            "crawl_delay",
            "its Crawl-delay is longer than is waited for ([crawl] crawl_delay_max, crawl_delay_beyond)",
        ),
        Held::QuietHours => ("quiet_hours", "its quiet hours ([[crawl.host]] quiet)"),
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::crawl::tally;
    use crate::model::state::{Failure, Trap};

    /// One of each. A new state is missed by the compiler in `reason`, and here by the number.
    pub(crate) fn every_state() -> Vec<State> {
        let text = || "x".to_owned();
        vec![
            State::Waiting,
            State::Done,
            State::Unchanged,
            State::Moved { to: text() },
            State::Gone { status: 404 },
            State::Refused { status: 503 },
            State::Failed {
                failure: Failure::Tls,
            },
            State::Disallowed { rule: text() },
            State::Suppressed { entry: text() },
            State::Reserved { by: text() },
            State::Trapped {
                trap: Trap::Calendar,
            },
            State::Missing,
            State::Duplicate { of: text() },
            State::Closed { status: 410 },
            State::Parked { shows: text() },
            State::Scripted,
        ]
    }

    #[test]
    fn every_state_has_a_name_and_a_reason_of_its_own() {
        let states = every_state();
        let names: BTreeSet<&str> = states.iter().map(tally::name).collect();
        let reasons: BTreeSet<String> = states.iter().map(reason).collect();
        assert_eq!((names.len(), reasons.len()), (states.len(), states.len()));
        for state in &states {
            // Scripts that read the store's JSON and the figures see one name.
            let json = serde_json::to_value(state).expect("it has a JSON form");
            let name = match &json {
                serde_json::Value::String(name) => name.clone(),
                other => other
                    .as_object()
                    .expect("an object")
                    .keys()
                    .next()
                    .expect("one")
                    .clone(),
            };
            assert_eq!(tally::name(state), name);
            assert!(reason(state).len() > 8, "{state:?}");
        }
        // The last one's number, as the store writes it: states are numbered without a hole.
        let last = postcard::to_allocvec(states.last().expect("some")).expect("encodes");
        assert_eq!(usize::from(last[0]) + 1, states.len());
        let number = u8::try_from(states.len()).expect("few");
        assert!(
            postcard::from_bytes::<State>(&[number, 0, 0, 0]).is_err(),
            "a state is missing from this test"
        );
    }
}
