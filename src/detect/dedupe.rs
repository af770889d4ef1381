//! One event, one signal: which tellings in a document are the same event, and the key that makes
//! two pages' tellings meet.
//!
//! Invariant: a key is built from what every telling of the event has. A company announces a round
//! once a month at most, but buys two companies in a week: so an acquisition is named by its
//! counterpart, a round by its month.

use super::finding::Finding;
use super::names;
use crate::model::signal::SignalKind;
use crate::model::time::Day;

/// What tells two events of one kind apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Identity {
    Counterpart,
    Position,
    Place,
    Technology,
    Month,
}

fn identity(kind: SignalKind) -> Identity {
    match kind {
        SignalKind::Mna | SignalKind::Partnership | SignalKind::NewClient => Identity::Counterpart,
        SignalKind::LeadershipHire | SignalKind::LeadershipDeparture | SignalKind::JobPosting => {
            Identity::Position
        }
        SignalKind::Expansion | SignalKind::Closure => Identity::Place,
        SignalKind::EndOfSupport | SignalKind::Compliance => Identity::Technology,
        _ => Identity::Month,
    }
}

/// What a finding says of its event's identity; `None`: it leaves that open.
pub(crate) fn telling(finding: &Finding, counterpart: Option<&str>) -> Option<String> {
    match identity(finding.kind) {
        Identity::Counterpart => {
            let words = names::tokens(counterpart?);
            // "Contoso Cloud" and "Contoso" in two tellings are one counterpart.
            words.first().cloned()
        }
        Identity::Position => finding.position.as_deref().map(post),
        Identity::Place => Some(names::tokens(finding.place.as_deref()?).concat()),
        Identity::Technology => finding.technologies.first().map(|name| name.to_lowercase()),
        Identity::Month => None,
    }
}

/// The key of an event told on `published`; a page without a date has no month to lose.
pub(crate) fn key(kind: SignalKind, telling: Option<&str>, published: Option<Day>) -> String {
    let month =
        || published.map_or_else(String::new, |day| format!("{}-{}", day.year(), day.month()));
    match (identity(kind), telling) {
        (Identity::Counterpart | Identity::Technology, Some(who)) => who.to_owned(),
        (Identity::Position | Identity::Place, Some(what)) => {
            let year = published.map_or(0, Day::year);
            format!("{what} {year}")
        }
        _ => month(),
    }
}

/// A position's short name: the same for "Chief Information Officer" and "CIO".
pub(crate) fn post(position: &str) -> String {
    let words = names::tokens(position);
    let has = |cue: &str| words.iter().any(|word| word == cue);
    if has("chief") && has("officer") {
        let middle = words.iter().filter(|word| *word != "and");
        return middle.filter_map(|word| word.chars().next()).collect();
    }
    let equal = [
        ("consejero delegado", "ceo"),
        ("consejera delegada", "ceo"),
        ("director general", "ceo"),
    ];
    let joined = words.join(" ");
    for (long, short) in equal {
        if joined.starts_with(long) {
            return short.to_owned();
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn positions_have_one_name() {
        assert_eq!(post("Chief Information Officer"), post("CIO"));
        assert_eq!(post("Consejero delegado"), "ceo");
        assert_ne!(post("CFO"), post("CIO"));
    }

    #[test]
    fn an_acquisition_is_named_by_its_counterpart_and_a_round_by_its_month() {
        let (may, june) = (Some(date(2026, 5, 31)), Some(date(2026, 6, 1)));
        assert_eq!(
            key(SignalKind::Mna, Some("fabrikam"), may),
            key(SignalKind::Mna, Some("fabrikam"), june)
        );
        assert_ne!(
            key(SignalKind::Funding, None, may),
            key(SignalKind::Funding, None, june)
        );
    }
}
