//! Slots beside a map of the same.

use proptest::prelude::*;

use super::super::held::Number;
use super::*;
use crate::testing::{debt, receivable};

/// What can be done with slots.
#[derive(Debug, Clone)]
enum Step {
    Follow(u16),
    Put(u64, u16),
    /// Marks what is a multiple of this.
    Mark(u64),
    /// Keeps what is no multiple of this.
    Sieve(u64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..40_u16).prop_map(Step::Follow),
        (1..3_000_u16).prop_map(Step::Follow),
        (1..12_000_u64, prop_oneof![Just(1), 1..300_u16])
            .prop_map(|(from, count)| Step::Put(from, count)),
        (1..6_u64).prop_map(Step::Mark),
        (1..6_u64).prop_map(Step::Sieve),
    ]
}

/// What is known of a leg: its amount, with whom it agrees, when it came.
type Known = (i64, Option<u64>, Timestamp);

fn known(held: Held<'_>) -> (u64, Known) {
    let known = (
        held.leg.amount.get(),
        held.marks.partner.get(),
        held.since(),
    );
    (held.number(), known)
}

fn legs(from: u64, count: u16, fen: i64) -> Vec<NumberedLeg> {
    let numbers = from..from + u64::from(count);
    numbers
        .map(|number| receivable(number, &debt(1, 2, 3, fen)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn they_hold_what_a_map_would(steps in proptest::collection::vec(step(), 1..16)) {
        let (mut slots, mut map) = (Slots::new(), BTreeMap::<u64, Known>::new());
        for (step, round) in steps.into_iter().zip(1_i64..) {
            let since = Timestamp::from_millis(round * 1_000).unwrap();
            let last = map.last_key_value().map_or(0, |(number, _)| *number);
            match step {
                Step::Follow(count) => {
                    slots.put(legs(last + 1, count, round), since);
                    map.extend((last + 1..=last + u64::from(count)).map(|number| (number, (round, None, since))));
                }
                Step::Put(from, count) => {
                    slots.put(legs(from, count, round), since);
                    map.extend((from..from + u64::from(count)).map(|number| (number, (round, None, since))));
                }
                Step::Mark(by) => {
                    for (numbered, marks) in slots.iter_mut() {
                        if numbered.number % by == 0 {
                            marks.partner = Number::new(numbered.number + 1);
                        }
                    }
                    for (number, known) in &mut map {
                        if number % by == 0 {
                            known.1 = Some(number + 1);
                        }
                    }
                }
                Step::Sieve(by) => {
                    slots.retain(|held| held.number() % by != 0);
                    map.retain(|number, _| number % by != 0);
                }
            }
            prop_assert_eq!(slots.is_empty(), map.is_empty());
            prop_assert_eq!(slots.end(), map.last_key_value().map_or(0, |(number, _)| number + 1));
            let all: Vec<_> = slots.iter().map(known).collect();
            let expected: Vec<_> = map.iter().map(|(number, known)| (*number, *known)).collect();
            prop_assert_eq!(all, expected);
        }
        for number in [0, 1, 511, 700, 1_024, 1_025, 5_000, 40_000] {
            let all: Vec<_> = slots.after(number).map(known).collect();
            let expected = map.range(number..).map(|(number, known)| (*number, *known));
            prop_assert_eq!(all, expected.collect::<Vec<_>>());
        }
        for number in 0..20_000 {
            prop_assert_eq!(slots.get(number).map(|held| known(held).1), map.get(&number).copied());
            let run = slots.run(number).first().map(|numbered| numbered.number);
            prop_assert_eq!(run, map.get(&number).map(|_| number));
            let marks = slots.marks_mut(number).map(|marks| marks.partner.get());
            prop_assert_eq!(marks, map.get(&number).map(|known| known.1));
        }
    }
}

/// The legs of a large report are not copied, nor is memory kept for more than there are.
#[test]
fn a_large_report_stays_where_it_came_to_lie() {
    let mut slots = Slots::new();
    let since = Timestamp::EPOCH;
    slots.put(legs(1, 3, 1), since);
    let large = legs(4, 600, 1);
    let lies = large.as_ptr();
    slots.put(large, since);
    assert_eq!(slots.run(4).as_ptr(), lies);
    assert_eq!(slots.run(4).len(), 600);
    let first = slots.pieces.front().unwrap();
    assert_eq!((first.legs.capacity(), first.marks.capacity()), (3, 3));

    let mut roomy = legs(604, 600, 1);
    roomy.reserve_exact(10_000);
    slots.put(roomy, since);
    assert!(slots.pieces.back().unwrap().legs.capacity() < 700);
    slots.put(legs(1_204, 1, 1), since);
    assert_eq!(slots.run(1_204).len(), 1);
    assert_eq!(slots.end(), 1_205);
}
