//! One event told by many pages: what they say together, and what is left of it when they do no more.
//!
//! Invariants: what a signal says follows from its evidence, so that neither the order in which
//! tellings come nor their repetition makes a difference (up to [`Signal::EVIDENCE`] places; beyond,
//! the least sure are forgotten); of a signal that nobody tells any more no belief is left.

use std::collections::BTreeSet;

use super::kind::ProductArea;
use super::provenance;
use super::signal::{Evidence, Signal, Slots};
use super::telling::{self, Stage, Status, Telling, Told, Withdrawal};

impl Signal {
    /// What is left of the belief in an event that was told and is called off.
    const DENIED: f32 = 0.25;

    /// Says of every piece of evidence that it tells what the signal says: for one that was just
    /// found in one document.
    #[must_use]
    pub fn as_told(mut self, stage: Stage) -> Signal {
        for piece in &mut self.evidence {
            piece.telling = Telling {
                role: self.role,
                modality: self.modality,
                stage,
                areas: self.areas.clone(),
                event: self.event,
                slots: self.slots.clone(),
                read: piece.seen,
                own: piece.telling.own,
                withdrawn: None,
            };
        }
        self
    }

    /// Takes another telling of the same event in. Says whether anything changed that a reader of
    /// exports must hear of; being seen again at the same place is no change.
    pub fn absorb(&mut self, other: Signal) -> bool {
        debug_assert_eq!(self.id, other.id, "only tellings of one event are merged");
        let before = self.shown();
        self.first_seen = self.first_seen.min(other.first_seen);
        self.last_seen = self.last_seen.max(other.last_seen);
        self.published = [self.published, other.published]
            .into_iter()
            .flatten()
            .min();
        for evidence in other.evidence {
            self.witness(evidence);
        }
        self.settle();
        self.shown() != before
    }

    /// Takes back what the page at `url` told. Says whether a reader of exports must hear of it.
    pub fn withdraw(&mut self, url: &str, withdrawal: Withdrawal) -> bool {
        let before = self.shown();
        for piece in self.evidence.iter_mut().filter(|piece| piece.url == url) {
            piece.telling.withdrawn = piece.telling.withdrawn.max(Some(withdrawal));
        }
        self.settle();
        self.shown() != before
    }

    /// On which days each stage of the event was told, the first told first.
    pub fn history(&self) -> Vec<Told> {
        telling::history(&self.evidence)
    }

    /// How far along the event is; of one that nobody tells any more, how far it was said to be.
    pub fn stage(&self) -> Stage {
        let of_first = || self.evidence.first().map(|piece| piece.telling.stage);
        telling::stage(&self.history())
            .or_else(of_first)
            .unwrap_or_default()
    }

    /// What became of it since it was first told.
    pub fn status(&self) -> Status {
        if !self.evidence.iter().any(Evidence::stands) {
            return Status::Retracted;
        }
        match self.stage() {
            Stage::CalledOff => Status::Superseded,
            _ if witnesses(self.for_it(), &self.evidence).len() > 1 => Status::Reinforced,
            _ => Status::New,
        }
    }

    /// What stands, and does not deny it.
    fn for_it(&self) -> impl Iterator<Item = &Evidence> {
        let tells = |piece: &&Evidence| piece.stands() && piece.telling.stage != Stage::CalledOff;
        self.evidence.iter().filter(tells)
    }

    /// What a reader of exports must hear of when it changes.
    fn shown(&self) -> impl PartialEq + use<> {
        // More digits are noise.
        let confidence = (f64::from(self.confidence) * 1e4).round();
        let stands: Vec<bool> = self.evidence.iter().map(Evidence::stands).collect();
        (
            (confidence, stands, self.event, self.published),
            (self.stage(), self.status(), self.role, self.modality),
            (self.areas.clone(), self.slots.clone()),
        )
    }

    /// Makes the signal say what its evidence does. Of a signal that nobody tells any more, what it
    /// last said stays, without belief.
    pub fn settle(&mut self) {
        provenance::order(&mut self.evidence);
        self.forget();
        self.evidence.sort_by_key(|piece| !piece.stands());
        self.confidence = self.belief();
        let stage = self.stage();
        let standing = || self.evidence.iter().filter(|piece| piece.stands());
        let leads = |piece: &&Evidence| piece.telling.stage == stage;
        let Some(lead) = standing().find(leads) else {
            return;
        };
        (self.role, self.modality) = (lead.telling.role, lead.telling.modality);
        let mut slots = lead.telling.slots.clone();
        standing().for_each(|piece| slots.fill(&piece.telling.slots));
        self.slots = slots;
        let events = standing().map(|piece| piece.telling.event);
        self.event = events.fold(None, telling::earlier);
        let areas = standing().flat_map(|piece| piece.telling.areas.iter().copied());
        let areas: BTreeSet<ProductArea> = areas.collect();
        self.areas = areas.into_iter().collect();
    }

    fn belief(&self) -> f32 {
        let joint = joint_confidence(self.for_it(), &self.evidence);
        match telling::stage(&self.history()) {
            Some(Stage::CalledOff) if self.for_it().next().is_some() => joint * Signal::DENIED,
            // A denial that nobody asked for: as sure as it was told.
            Some(Stage::CalledOff) => {
                let standing = self.evidence.iter().filter(|piece| piece.stands());
                joint_confidence(standing, &self.evidence)
            }
            _ => joint,
        }
    }

    fn witness(&mut self, new: Evidence) {
        // Of a change, the one place that was looked at before and after is two witnesses.
        let place = |one: &Evidence| (one.url.clone(), one.rule.ends_with(".before"));
        match self
            .evidence
            .iter_mut()
            .find(|known| place(known) == place(&new))
        {
            Some(known) => known.read_again(new),
            None => self.evidence.push(new),
        }
    }

    /// Forgets evidence beyond what is kept: first what was withdrawn, last what tells a stage that
    /// nobody else does.
    fn forget(&mut self) {
        if self.evidence.len() <= Signal::EVIDENCE {
            return;
        }
        let mut stages: Vec<Stage> = Vec::new();
        let rank = |piece: &Evidence| {
            let stage = piece.telling.stage;
            match piece.stands() {
                false => 2,
                true if stages.contains(&stage) => 1,
                true => {
                    stages.push(stage);
                    0
                }
            }
        };
        let ranks: Vec<u8> = self.evidence.iter().map(rank).collect();
        let mut places: Vec<usize> = (0..ranks.len()).collect();
        places.sort_by_key(|at| ranks[*at]);
        places.truncate(Signal::EVIDENCE);
        let mut at = 0;
        self.evidence.retain(|_| {
            at += 1;
            places.contains(&(at - 1))
        });
        // The first of some copies may be gone.
        provenance::order(&mut self.evidence);
    }
}

impl Slots {
    /// Takes from `other` what it does not know itself.
    pub(super) fn fill(&mut self, other: &Slots) {
        fn pick<T: Clone>(mine: &mut Option<T>, theirs: &Option<T>) {
            if mine.is_none() {
                mine.clone_from(theirs);
            }
        }
        pick(&mut self.counterpart, &other.counterpart);
        pick(&mut self.amount, &other.amount);
        pick(&mut self.position, &other.position);
        pick(&mut self.place, &other.place);
        pick(&mut self.count, &other.count);
        for technology in &other.technologies {
            if let Err(place) = self.technologies.binary_search(technology) {
                self.technologies.insert(place, technology.clone());
            }
        }
    }
}

/// Independent origins together: 1 − ∏(1 − cᵢ), where an origin counts once, with its surest page,
/// and a copy for the origin that it copies; `all` is where the first of some copies is found.
fn joint_confidence<'e>(pieces: impl Iterator<Item = &'e Evidence>, all: &'e [Evidence]) -> f32 {
    match witnesses(pieces, all)[..] {
        [] => 0.0,
        // To the last bit as it was told.
        [(_, alone)] => alone,
        ref several => {
            1.0 - several
                .iter()
                .map(|(_, confidence)| 1.0 - confidence)
                .product::<f32>()
        }
    }
}

/// Who witnesses, each with its surest page.
fn witnesses<'e>(
    pieces: impl Iterator<Item = &'e Evidence>,
    all: &'e [Evidence],
) -> Vec<(&'e str, f32)> {
    let mut best: Vec<(&str, f32)> = Vec::new();
    for piece in pieces {
        let witness = provenance::witness(piece, all);
        match best.iter_mut().find(|(origin, _)| *origin == witness) {
            Some((_, confidence)) => *confidence = confidence.max(piece.confidence),
            None => best.push((witness, piece.confidence)),
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::signal::tests::told;
    use super::super::telling::Why;
    use super::super::time::Timestamp;
    use super::*;

    #[test]
    fn being_seen_again_at_the_same_place_changes_nothing() {
        let mut signal = told("a.example", "k", "https://a.example/1", 0.8);
        let again = Signal {
            last_seen: Timestamp(9000),
            ..signal.clone()
        };
        assert!(!signal.absorb(again));
        assert_eq!(signal.last_seen, Timestamp(9000));
        assert_eq!(signal.evidence.len(), 1);
    }

    #[test]
    fn independent_origins_make_surer_and_copies_do_not() {
        let mut signal = told("a.example", "k", "https://a.example/1", 0.8);
        assert!(signal.absorb(told("a.example", "k", "https://a.example/2", 0.7)));
        assert!((signal.confidence - 0.8).abs() < 1e-6);
        assert!(signal.absorb(told("a.example", "k", "https://b.example/1", 0.5)));
        assert!((signal.confidence - 0.9).abs() < 1e-6);
    }

    #[test]
    fn the_order_of_tellings_does_not_matter() {
        let tellings = [
            told("a.example", "k", "https://a.example/1", 0.8),
            told("a.example", "k", "https://b.example/2", 0.6),
            told("a.example", "k", "https://c.example/3", 0.7),
        ];
        let merged = |order: [usize; 3]| {
            let mut signal = tellings[order[0]].clone();
            signal.absorb(tellings[order[1]].clone());
            signal.absorb(tellings[order[2]].clone());
            signal
        };
        assert_eq!(merged([0, 1, 2]), merged([2, 1, 0]));
        assert_eq!(merged([0, 1, 2]), merged([1, 2, 0]));
    }

    const DAY: i64 = 86_400_000;

    /// What page `place` tells on day `day` when it is read `later` days after.
    fn telling(place: u8, day: i64, later: i64, stage: Stage, own: bool) -> Signal {
        let url = format!(
            "https://{}.example/{place}",
            ["a", "b", "c"][usize::from(place) % 3]
        );
        let mut signal = told("a.example", "k", &url, 0.5 + f32::from(place) / 20.0);
        let read = Timestamp((day + later) * DAY);
        (signal.first_seen, signal.last_seen) = (read, read);
        signal.published = Some(Timestamp(day * DAY).day());
        signal.slots.amount = (place % 2 == 0).then(|| format!("${place}{later}M"));
        signal.evidence[0].seen = read;
        signal.evidence[0].published = signal.published;
        signal.evidence[0].quote = format!("{stage:?} as read on day {later}");
        let mut signal = signal.as_told(stage);
        signal.evidence[0].telling.own = own;
        signal
    }

    #[derive(Clone, Debug)]
    enum Step {
        Tell(u8, i64, i64, Stage, bool),
        Withdraw(u8, i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        use Stage::{Announced, CalledOff, Done, Rumoured};
        // One reading of a place says one thing.
        let stage = |place: u8, later: i64| {
            let at = (i64::from(place) * 7 + later * 3).rem_euclid(4);
            [Rumoured, Announced, Done, CalledOff][usize::try_from(at).unwrap_or_default()]
        };
        prop_oneof![
            4 => (0u8..6, 0i64..5, any::<bool>()).prop_map(move |(place, later, own)| {
                Step::Tell(place, i64::from(place), later, stage(place, later), own)
            }),
            1 => (0u8..6, 0i64..12).prop_map(|(place, at)| Step::Withdraw(place, at)),
        ]
    }

    fn after(steps: &[Step]) -> Signal {
        let mut signal = telling(0, 0, 0, Stage::Rumoured, false);
        // Every place is known, as the store only withdraws what it was told.
        for place in 1..6 {
            signal.absorb(telling(place, i64::from(place), 0, Stage::Rumoured, false));
        }
        for step in steps {
            match step {
                Step::Tell(place, day, later, stage, own) => {
                    signal.absorb(telling(*place, *day, *later + 1, *stage, *own));
                }
                Step::Withdraw(place, at) => {
                    let url = telling(*place, 0, 0, Stage::Done, true).evidence[0]
                        .url
                        .clone();
                    let (at, why) = (Timestamp(at * DAY), Why::Changed);
                    signal.withdraw(&url, Withdrawal { at, why });
                }
            }
        }
        signal
    }

    proptest! {
        #[test]
        fn any_order_and_repetition_of_the_same_tellings_give_the_same_signal(
            (steps, order) in prop::collection::vec(step(), 1..12).prop_flat_map(|steps| {
                let twice = [steps.clone(), steps.clone()].concat();
                (Just(steps), Just(twice).prop_shuffle())
            }),
        ) {
            let (once, shuffled) = (after(&steps), after(&order));
            prop_assert_eq!(&once, &shuffled);
            let mut again = once.clone();
            prop_assert!(!again.absorb(shuffled));
            prop_assert_eq!(again, once);
        }
    }

    #[test]
    fn an_event_that_is_called_off_loses_belief_and_one_that_closes_keeps_it() {
        let mut signal = telling(0, 1, 0, Stage::Rumoured, true);
        assert!(signal.absorb(telling(1, 5, 0, Stage::Announced, true)));
        let announced = signal.confidence;
        assert_eq!(
            (signal.stage(), signal.status()),
            (Stage::Announced, Status::Reinforced)
        );
        let mut closed = signal.clone();
        assert!(closed.absorb(telling(2, 9, 0, Stage::Done, true)));
        assert!(closed.confidence > announced && closed.stage() == Stage::Done);
        // A page from before the closing changes nothing of that.
        closed.absorb(telling(4, 2, 20, Stage::Announced, true));
        assert_eq!(closed.stage(), Stage::Done);
        let days: Vec<(Stage, i8)> = closed
            .history()
            .iter()
            .map(|told| (told.stage, told.first.day()))
            .collect();
        assert_eq!(
            days,
            [
                (Stage::Rumoured, 2),
                (Stage::Announced, 3),
                (Stage::Done, 10)
            ]
        );
        assert!(signal.absorb(telling(3, 12, 0, Stage::CalledOff, true)));
        assert_eq!(
            (signal.stage(), signal.status()),
            (Stage::CalledOff, Status::Superseded)
        );
        assert!(signal.confidence < announced / 2.0, "{}", signal.confidence);
    }

    #[test]
    fn what_is_withdrawn_counts_no_more_until_it_is_told_again() {
        let mut signal = telling(0, 1, 0, Stage::Done, true);
        signal.absorb(telling(1, 1, 0, Stage::Announced, true));
        let urls = ["https://a.example/0", "https://b.example/1"];
        let gone = |day| Withdrawal {
            at: Timestamp(day * DAY),
            why: Why::Gone,
        };
        assert!(signal.withdraw(urls[0], gone(3)));
        assert_eq!(
            (signal.stage(), signal.status()),
            (Stage::Announced, Status::New)
        );
        assert_eq!(signal.evidence[0].url, urls[1]);
        assert_eq!(signal.slots.amount, None, "it was only told there");
        assert!(!signal.withdraw(urls[0], gone(3)));
        assert!(signal.withdraw(urls[1], gone(4)));
        assert_eq!(
            (signal.status(), signal.confidence),
            (Status::Retracted, 0.0)
        );
        assert_eq!(signal.evidence.len(), 2, "what was withdrawn is kept");
        // A feed that still lists it is no page that tells it.
        assert!(!signal.absorb(telling(0, 1, 5, Stage::Done, false)));
        assert!(signal.absorb(telling(0, 1, 6, Stage::Done, true)));
        assert_eq!(
            (signal.stage(), signal.status()),
            (Stage::Done, Status::New)
        );
        assert!(signal.confidence > 0.4);
    }
}
