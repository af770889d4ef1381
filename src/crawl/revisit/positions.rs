//! The life of the positions that a board lists: when each was seen first and last, and which are
//! open no more. Pure.
//!
//! Invariants: a position closes only when an answer that was the whole board leaves it out; the
//! day of first sight never moves; at most [`Position::MOST`] are remembered, the open ones first.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::model::task::Position;
use crate::model::time::Timestamp;

/// How long a closed position is remembered, should it come back.
const REMEMBERED: Duration = Duration::from_secs(180 * 24 * 3600);

/// Takes in what a board lists; `whole`: it lists nothing else.
pub fn list(known: &mut Vec<Position>, listed: &[u32], whole: bool, now: Timestamp) {
    let mut new: BTreeSet<u32> = listed.iter().copied().collect();
    for position in known.iter_mut() {
        if new.remove(&position.key) {
            position.open = true;
            position.last_seen = now;
        } else if whole {
            position.open = false;
        }
    }
    known.extend(new.into_iter().map(|key| Position {
        key,
        first_seen: now,
        last_seen: now,
        open: true,
    }));
    known.retain(|position| position.open || now.since(position.last_seen) < REMEMBERED);
    if known.len() > Position::MOST {
        known.sort_by_key(|one| (!one.open, std::cmp::Reverse(one.last_seen), one.first_seen));
        known.truncate(Position::MOST);
    }
    known.sort_by_key(|position| position.key);
}

/// The board is as it was: it lists once more what it listed last.
pub fn again(known: &mut [Position], now: Timestamp) {
    let open = known.iter().filter(|position| position.open);
    let Some(last) = open.map(|position| position.last_seen).max() else {
        return;
    };
    for position in known.iter_mut() {
        if position.open && position.last_seen == last {
            position.last_seen = now;
        }
    }
}

/// The board is not there any more, and its positions with it.
pub fn close(known: &mut [Position]) {
    known.iter_mut().for_each(|position| position.open = false);
}

/// How many positions are open, and how many closed, on boards that answer in several pages too: a
/// position that moved from one page to another is open.
pub fn count<'a>(pages: impl Iterator<Item = &'a [Position]>) -> (usize, usize) {
    let (mut open, mut closed) = (BTreeSet::new(), BTreeSet::new());
    for position in pages.flatten() {
        let place = if position.open {
            &mut open
        } else {
            &mut closed
        };
        place.insert(position.key);
    }
    let closed = closed.difference(&open).count();
    (open.len(), closed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn open(known: &[Position]) -> Vec<u32> {
        let open = known.iter().filter(|position| position.open);
        open.map(|position| position.key).collect()
    }

    proptest! {
        #[test]
        fn positions_open_and_close_as_whole_answers_say(
            answers in prop::collection::vec(
                (prop::collection::btree_set(0u32..12, 0..8), any::<bool>(), any::<bool>()), 1..20),
        ) {
            let mut known = Vec::new();
            let mut first: std::collections::HashMap<u32, Timestamp> = Default::default();
            for (turn, (listed, whole, same)) in answers.iter().enumerate() {
                let now = Timestamp(1_000 * (turn as i64 + 1));
                let keys: Vec<u32> = listed.iter().copied().collect();
                let before = open(&known);
                list(&mut known, &keys, *whole, now);
                for key in &keys {
                    first.entry(*key).or_insert(now);
                }
                let after = open(&known);
                if *whole {
                    prop_assert_eq!(&after, &keys);
                } else {
                    prop_assert!(before.iter().chain(&keys).all(|key| after.contains(key)));
                }
                for position in &known {
                    prop_assert_eq!(position.first_seen, first[&position.key]);
                    prop_assert_eq!(position.last_seen == now, listed.contains(&position.key));
                }
                if *same {
                    let later = Timestamp(now.0 + 1);
                    let listed_open = open(&known);
                    again(&mut known, later);
                    prop_assert_eq!(open(&known), listed_open);
                    for key in &keys {
                        let seen = known.iter().find(|one| one.key == *key).map(|one| one.last_seen);
                        prop_assert_eq!(seen, Some(later));
                    }
                    list(&mut known, &keys, false, now);
                }
            }
        }
    }

    #[test]
    fn closed_positions_make_room_and_are_forgotten() {
        let mut known = Vec::new();
        let old: Vec<u32> = (0..1_500).collect();
        let new: Vec<u32> = (1_500..3_200).collect();
        list(&mut known, &old, true, Timestamp(0));
        list(&mut known, &new, true, Timestamp(1));
        assert_eq!((known.len(), open(&known).len()), (Position::MOST, 1_700));
        list(&mut known, &new, true, Timestamp(0).after(2 * REMEMBERED));
        assert_eq!(known.len(), 1_700);
        // What the store holds in one value at most.
        let bytes = postcard::to_stdvec(&vec![
            Position {
                key: u32::MAX,
                first_seen: Timestamp(1_780_000_000_000),
                last_seen: Timestamp(1_780_000_000_000),
                open: true,
            };
            Position::MOST
        ]);
        assert!(bytes.expect("it encodes").len() < 48 << 10);
    }

    #[test]
    fn pages_of_a_board_are_counted_together() {
        let (mut first, mut second) = (Vec::new(), Vec::new());
        list(&mut first, &[1, 2, 3], true, Timestamp(0));
        list(&mut second, &[4], true, Timestamp(0));
        // One is new at the top: the third moves to the next page; the fourth is gone.
        list(&mut first, &[9, 1, 2], true, Timestamp(1));
        list(&mut second, &[3], true, Timestamp(1));
        assert_eq!(count([&first[..], &second[..]].into_iter()), (4, 1));
        close(&mut second);
        assert_eq!(count([&first[..], &second[..]].into_iter()), (3, 2));
    }
}
