//! Where a cycle stands while many legs come in: counted in steps, between which legs are taken, and of which little is kept.

use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, NumberedLeg};
use huitong_core::money::MoneyError;
use huitong_netting::{Inputs, NettingPlan, PlanError};

use super::payments::{approve_as, digest, name};
use super::*;
use crate::clock::Clock;
use crate::payments::{Moves, PaymentRules, Progress};
use crate::state::Waiting;

/// Counts, with something done between two steps; how many steps it took.
pub(super) fn counted(
    house: &House,
    at_most: usize,
    mut between: impl FnMut(usize),
) -> (Option<Status>, usize) {
    let mut counting = house
        .ask(|context| begin_status(context, WhichCycle::Of(day(1))))
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

fn rules(moves: Moves) -> PaymentRules {
    PaymentRules {
        moves,
        ..PaymentRules::STANDARD
    }
}

/// What is shown to who asks without a day.
fn shown(house: &House, moves: Moves) -> (BusinessDay, CycleState) {
    let which = WhichCycle::Earliest(rules(moves));
    let mut counting = house
        .ask(move |context| begin_status(context, which))
        .unwrap();
    counting = house
        .look(move |context| {
            counting.go_on(context, usize::MAX);
            counting
        })
        .unwrap();
    let found = house.ask(move |context| status(context, counting));
    let found = found.unwrap().unwrap();
    (found.day, found.state)
}

/// The cycles that are not final: day, what it waits for, by when, and how late that is.
fn open(house: &House, moves: Moves) -> Vec<(u32, WaitsFor, Option<BusinessDay>, u32)> {
    let rules = rules(moves);
    let (rows, next) = house
        .ask(move |context| cycles(context, rules, None))
        .unwrap();
    assert_eq!(next, None);
    let first = day(1);
    let row = |of: OpenCycle| {
        let on = u32::try_from(first.days_until(of.day)).unwrap() + 1;
        (on, of.waits_for, of.due, of.days_late)
    };
    rows.into_iter().map(row).collect()
}

fn approved(house: &House, on: u8) {
    let plan = house.net(on).unwrap();
    for by in ["wang.fang", "zhao.min"] {
        approve_as(house, on, digest(&plan), by).unwrap();
    }
}

fn ordered(house: &House, on: u8) -> Result<(), Refusal> {
    let rules = PaymentRules::STANDARD;
    house.ask(move |context| instruct(context, day(on), rules, name("wang.fang")))
}

fn too_much(_: &Inputs<'_>) -> Result<NettingPlan, PlanError> {
    Err(PlanError::Sum {
        region: region(2),
        fund: Fund::ResidentPool,
        error: MoneyError::OutOfRange,
    })
}

/// A debt of a day, which both reported.
fn owed(house: &House, id: u8, on: u8) {
    let leg = Leg {
        business_day: day(on),
        ..debt(id, 2, 3, 100)
    };
    let next = u64::from(id);
    house.report(3, &[receivable(next, &leg)]).unwrap();
    house.report(2, &[payable(next, &leg)]).unwrap();
}

#[test]
fn a_cycle_that_waits_for_officers_is_not_walked_past() {
    let house = House::new(312);
    owed(&house, 1, 1);
    let taking = |on| (on, WaitsFor::CutOff, None, 0);
    assert_eq!(
        shown(&house, Moves::Daily),
        (day(1), CycleState::Open),
        "nothing is cut off"
    );
    assert_eq!(open(&house, Moves::Daily), [taking(1)]);
    house.cut_off(1, Condition::Deadline(0)).unwrap();
    owed(&house, 2, 2);
    // The second has legs, and the first is only cut off.
    let today = house.clock.now().business_day_shanghai();
    let next = today.plus_days(1).unwrap();
    let by = Some(next);
    for moves in [Moves::Daily, Moves::Monthly] {
        assert_eq!(shown(&house, moves), (day(1), CycleState::CutOff));
        let waits = (1, WaitsFor::Netting, by, 0);
        assert_eq!(open(&house, moves), [waits, taking(2)]);
    }
    house.clock.put("2026-04-07T04:00:00.000Z");
    let late = next.days_until(day(38));
    let late = u32::try_from(late).unwrap();
    assert!(late > 3);
    assert_eq!(
        open(&house, Moves::Daily)[0],
        (1, WaitsFor::Netting, by, late)
    );
    house.net(1).unwrap();
    // By the month nothing is left to be done for a cycle that is netted; by the day two approve it and it is ordered.
    assert_eq!(shown(&house, Moves::Monthly).0, day(2));
    let of_month = (1, WaitsFor::Month, None, 0);
    assert_eq!(open(&house, Moves::Monthly), [of_month, taking(2)]);
    let netted = CycleState::Netted(Progress::Netted);
    assert_eq!(shown(&house, Moves::Daily), (day(1), netted));
    let waits = (1, WaitsFor::Approval, by, late);
    assert_eq!(open(&house, Moves::Daily), [waits, taking(2)]);
    approved(&house, 1);
    assert_eq!(
        shown(&house, Moves::Daily),
        (day(1), CycleState::Netted(Progress::Approved))
    );
    let waits = (1, WaitsFor::Order, by, late);
    assert_eq!(open(&house, Moves::Daily)[0], waits);
    ordered(&house, 1).unwrap();
    // Money moves by itself; the next is the one that officers are to look at.
    assert_eq!(shown(&house, Moves::Daily), (day(2), CycleState::Open));
    for moves in [Moves::Daily, Moves::Monthly] {
        let (on, waits, due, late) = open(&house, moves)[0];
        assert_eq!((on, waits, late), (1, WaitsFor::Money, 0));
        assert!(due > by);
    }
}

#[test]
fn a_final_cycle_is_listed_no_more_and_a_list_comes_in_pages() {
    let house = House::new(313);
    // Cycles without a leg: they are final as soon as they are ordered.
    for on in 1..=3 {
        house.cut_off(on, Condition::Deadline(0)).unwrap();
        house.net(on).unwrap();
    }
    approved(&house, 1);
    ordered(&house, 1).unwrap();
    let days: Vec<_> = open(&house, Moves::Daily).iter().map(|of| of.0).collect();
    assert_eq!(days, [2, 3]);
    let rules = rules(Moves::Daily);
    let after = Some(day(2));
    let (rest, next) = house
        .ask(move |context| cycles(context, rules, after))
        .unwrap();
    assert_eq!((rest[0].day, rest.len(), next), (day(3), 1, None));
}

#[test]
fn a_cycle_that_failed_is_shown_and_is_late_at_once() {
    let house = House::new(314);
    owed(&house, 1, 1);
    house.cut_off(1, Condition::Deadline(0)).unwrap();
    owed(&house, 2, 2);
    let failed = house
        .ask(move |context| net_by(context, too_much, (day(1), Expected::Unknown), 0, officer()));
    assert_eq!(code(failed), "cycle.cannot_net");
    for moves in [Moves::Daily, Moves::Monthly] {
        assert_eq!(shown(&house, moves), (day(1), CycleState::Failed));
        let rules = rules(moves);
        let listed = house.ask(move |context| cycles(context, rules, None));
        let rows = listed.unwrap().0;
        assert_eq!(rows[0].waits_for, WaitsFor::Reopening);
        assert_eq!((rows[0].days_late, rows[0].is_late()), (0, true));
        assert!(!rows[1].is_late());
    }
}
