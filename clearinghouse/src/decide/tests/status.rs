//! Where a cycle stands while many legs come in: counted in steps, between which legs are taken, and of which little is kept.

use huitong_core::id::SettlementId;
use huitong_core::leg::NumberedLeg;

use super::*;
use crate::state::Waiting;

/// Counts, with something done between two steps; how many steps it took.
pub(super) fn counted(
    house: &House,
    at_most: usize,
    mut between: impl FnMut(usize),
) -> (Option<Status>, usize) {
    let mut counting = house
        .ask(|context| begin_status(context, Some(day(1))))
        .unwrap();
    let mut step = 0;
    loop {
        step += 1;
        let looked = house.look(move |context| {
            let is_more = counting.go_on(context, at_most);
            (counting, is_more)
        });
        let is_more;
        (counting, is_more) = looked.unwrap();
        if !is_more {
            let found = house.ask(move |context| status(context, counting));
            return (found.unwrap(), step);
        }
        between(step);
    }
}

/// A leg of which there is one side only.
fn alone(number: u64) -> NumberedLeg {
    let mut leg = debt(1, 2, 3, 100);
    leg.settlement = SettlementId::from_parts(i64::try_from(number).unwrap(), [7; 10]);
    receivable(number, &leg)
}

#[test]
fn legs_are_taken_while_a_status_is_counted_and_only_those_that_wait_longest_are_kept() {
    let house = House::new(310);
    let first: Vec<_> = (1..=1_000).map(alone).collect();
    house.report(3, &first).unwrap();
    let (mut taken, mut other) = (1_000_u64, 0_u64);
    let (found, steps) = counted(&house, 100, |step| {
        // One more of the same stream after each step, until it is long enough, and some of another region's.
        if taken < 1_050 {
            taken += 1;
            house.clock.put("2026-03-31T04:00:01.000Z");
            house.report(3, &[alone(taken)]).unwrap();
        }
        if step % 2 == 0 {
            other += 1;
            let leg = debt(u8::try_from(other).unwrap(), 0, 1, 5);
            house.report(1, &[receivable(other, &leg)]).unwrap();
        }
    });
    let found = found.unwrap();
    assert!(steps > 10, "a step looks at no more than it may: {steps}");
    assert!(other > 3 && taken > 1_009, "legs were taken meanwhile");
    assert!(
        (1_000..=taken + other).contains(&found.waiting),
        "{}",
        found.waiting
    );
    assert_eq!(found.oldest.len(), 100);
    let oldest: Vec<_> = found.oldest.iter().map(|leg| leg.numbered.number).collect();
    assert_eq!(
        oldest,
        (1..=100).collect::<Vec<_>>(),
        "the oldest, in order"
    );
    // Once nothing comes any more it is exact, whatever the steps.
    for at_most in [1, 7, 999, usize::MAX] {
        let (found, _) = counted(&house, at_most, |_| {});
        assert_eq!(found.unwrap().waiting, taken + other, "{at_most}");
    }
}

#[test]
fn what_was_cut_off_while_it_was_counted_is_counted_anew() {
    let house = House::new(311);
    let leg = debt(1, 2, 3, 100);
    house.report(2, &[payable(1, &leg)]).unwrap();
    house.report(3, &[receivable(1, &leg), alone(2)]).unwrap();
    let (found, steps) = counted(&house, 1, |step| {
        if step == 1 {
            house.cut_off(1, Condition::Deadline(0)).unwrap();
        }
    });
    assert!(found.is_none());
    assert_eq!(steps, 2, "it is counted no further");
    let (found, _) = counted(&house, 1, |_| {});
    let found = found.unwrap();
    assert_eq!(
        (found.state, found.agreed, found.waiting),
        (CycleState::CutOff, 1, 1)
    );
    assert_eq!(found.oldest[0].why, Waiting::CounterpartMissing);
}
