//! What many tellings of one event say together, in whatever order.

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
    signal.slots.amount = place.is_multiple_of(2).then(|| format!("${place}{later}M"));
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
