//! What one place tells of an event, how far along the event is by it, and whether it still says so.
//!
//! Invariants: whether a telling stands, and which of two readings of one place counts, is told from
//! the readings themselves, in whatever order they came; an older page never takes an event back.

use serde::{Deserialize, Serialize};

use super::kind::{Modality, ProductArea, Role};
use super::signal::{Evidence, SignalId, Slots, When};
use super::time::{Day, Timestamp};

/// How far along an event is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Somebody supposes it.
    Rumoured,
    /// It is agreed or planned.
    Announced,
    /// It has happened.
    #[default]
    Done,
    /// It is denied, or will not happen.
    CalledOff,
}

impl Stage {
    /// The stage of an event that is told so, where the words say no more.
    pub fn of(modality: Modality) -> Stage {
        match modality {
            Modality::Hypothetical => Stage::Rumoured,
            Modality::Planned => Stage::Announced,
            Modality::Asserted | Modality::Historical => Stage::Done,
            Modality::Negated => Stage::CalledOff,
        }
    }
}

/// A stage, and on which days it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// The stage.
    pub stage: Stage,
    /// The first day on which a page told it.
    pub first: Day,
    /// The last day on which a page told it.
    pub last: Day,
}

/// What became of a signal since it was first told, as far as its evidence says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// One witness tells it.
    New,
    /// Independent witnesses tell it.
    Reinforced,
    /// It was told, and a later telling calls it off.
    Superseded,
    /// Nobody tells it any more.
    Retracted,
}

/// Why a page is no evidence any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Why {
    /// It was read again, and tells the event no more.
    Changed,
    /// It is gone for good.
    Gone,
    /// It was an open position, and is none any more.
    Closed,
}

/// That a page is no evidence any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Withdrawal {
    /// When that was found.
    pub at: Timestamp,
    /// Why.
    pub why: Why,
}

/// That a page is no evidence for a signal any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Withdrawn {
    /// The signal.
    pub signal: SignalId,
    /// The page, as evidence names it.
    pub url: String,
    /// When that was found, and why it is none.
    pub withdrawal: Withdrawal,
}

/// What one place tells of the event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Telling {
    /// The part that the company plays.
    pub role: Role,
    /// How it speaks of the event.
    pub modality: Modality,
    /// How far along the event is.
    pub stage: Stage,
    /// What the company might buy for it, sorted.
    pub areas: Vec<ProductArea>,
    /// When it happened or will.
    pub event: Option<When>,
    /// What else it knows.
    pub slots: Slots,
    /// When it was last read.
    pub read: Timestamp,
    /// Whether the page itself was read, not a feed or list that quotes it: only then can it take
    /// back what it told.
    pub own: bool,
    /// When and why it was found to tell the event no more; reading it again may refute that.
    pub withdrawn: Option<Withdrawal>,
}

impl Evidence {
    /// Whether it still tells the event, as far as is known.
    pub fn stands(&self) -> bool {
        self.withdrawn().is_none()
    }

    /// When and why it was found to tell the event no more; `None`: it tells it.
    pub fn withdrawn(&self) -> Option<Withdrawal> {
        let told_since = |at| self.telling.own && self.telling.read > at;
        self.telling.withdrawn.filter(|gone| !told_since(gone.at))
    }

    /// The day on which it told the event.
    pub fn day(&self) -> Day {
        self.published.unwrap_or(self.seen.day())
    }

    /// Takes in another reading of the same place: the page itself before whoever quotes it, the
    /// later before the earlier. What one reading tells twice is joined.
    pub(super) fn read_again(&mut self, mut new: Evidence) {
        let seen = self.seen.min(new.seen);
        // A feed may state the day of its making where the page states its own.
        let published = [self.published, new.published].into_iter().flatten().min();
        let withdrawn = self.telling.withdrawn.max(new.telling.withdrawn);
        let reading = |piece: &Evidence| (piece.telling.own, piece.telling.read);
        let same_reading = reading(self) == reading(&new);
        let wins = reading(&new)
            .cmp(&reading(self))
            .then_with(|| new.confidence.total_cmp(&self.confidence))
            .then_with(|| new.version.cmp(&self.version))
            .then_with(|| (&new.rule, &new.quote).cmp(&(&self.rule, &self.quote)))
            .is_gt();
        if wins {
            std::mem::swap(self, &mut new);
        }
        if same_reading {
            self.telling.join(new.telling);
        }
        self.seen = seen;
        self.published = published;
        self.telling.withdrawn = withdrawn;
    }
}

impl Telling {
    /// Takes in what a less sure sentence of the same reading knows more.
    fn join(&mut self, other: Telling) {
        self.slots.fill(&other.slots);
        self.event = earlier(self.event, other.event);
        for area in other.areas {
            if let Err(place) = self.areas.binary_search(&area) {
                self.areas.insert(place, area);
            }
        }
    }
}

/// Of two dates of one event the better founded, then the more exact, then the earlier.
pub(super) fn earlier(one: Option<When>, other: Option<When>) -> Option<When> {
    let rank = |when: &When| (when.basis, when.precision, when.day);
    [one, other].into_iter().flatten().min_by_key(rank)
}

/// On which days each stage was told by what stands, the first told first.
pub(super) fn history(evidence: &[Evidence]) -> Vec<Told> {
    let mut history: Vec<Told> = Vec::new();
    for piece in evidence.iter().filter(|piece| piece.stands()) {
        let (stage, day) = (piece.telling.stage, piece.day());
        match history.iter_mut().find(|told| told.stage == stage) {
            Some(told) => {
                told.first = told.first.min(day);
                told.last = told.last.max(day);
            }
            None => history.push(Told {
                stage,
                first: day,
                last: day,
            }),
        }
    }
    history.sort_by_key(|told| (told.first, told.stage));
    history
}

/// How far along the event is: as far as anybody tells, unless it was called off since (or on the
/// same day: it is the rumour that is denied). `None`: nobody tells it.
///
/// A later page that recalls the announcement does not undo the closing, and a denial does not
/// outlive the announcement that comes after it.
pub(super) fn stage(history: &[Told]) -> Option<Stage> {
    let off = history.iter().find(|told| told.stage == Stage::CalledOff);
    let on = || history.iter().filter(|told| told.stage != Stage::CalledOff);
    let furthest = on().map(|told| told.stage).max();
    match (off, on().map(|told| told.last).max()) {
        (Some(off), Some(last)) if off.last >= last => Some(Stage::CalledOff),
        (Some(_), None) => Some(Stage::CalledOff),
        _ => furthest,
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn told(stage: Stage, day: i8) -> Told {
        let day = date(2026, 3, day);
        Told {
            stage,
            first: day,
            last: day,
        }
    }

    #[test]
    fn an_event_goes_forward_and_a_denial_counts_until_it_is_overtaken() {
        use Stage::{Announced, CalledOff, Done, Rumoured};
        let after = |told: &[(Stage, i8)]| {
            let history: Vec<Told> = told.iter().map(|(s, day)| self::told(*s, *day)).collect();
            stage(&history)
        };
        assert_eq!(after(&[]), None);
        assert_eq!(after(&[(Rumoured, 1), (Announced, 9)]), Some(Announced));
        // An older page that is found later, and a later one that only recalls.
        assert_eq!(after(&[(Done, 5), (Rumoured, 1)]), Some(Done));
        assert_eq!(after(&[(Done, 5), (Announced, 9)]), Some(Done));
        assert_eq!(after(&[(Rumoured, 1), (CalledOff, 2)]), Some(CalledOff));
        assert_eq!(after(&[(Rumoured, 2), (CalledOff, 2)]), Some(CalledOff));
        assert_eq!(
            after(&[(CalledOff, 2), (Announced, 3), (Rumoured, 1)]),
            Some(Announced)
        );
    }
}
