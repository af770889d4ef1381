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
mod tests;
