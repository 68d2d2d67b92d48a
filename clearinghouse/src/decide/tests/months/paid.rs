//! Months that are paid: approved by two officers, ordered once for all cycles that were not, and final with all of them.

mod corrected;
mod properties;
mod supposed;

use huitong_core::ledger::AccountClass;
use huitong_core::payment::BankLine;
use huitong_core::vocabulary::{CorrectionReason, Direction, ParkReason};

use super::super::payments::{
    apply, approve_as, back, balance, digest, enter, line, open, progress, today,
};
use super::super::prefunds;
use super::*;
use crate::decide::month::Ordered;
use crate::payments::{Line, Progress};

pub(super) const IN: &str = "M202603-330000-resident_pool";
pub(super) const OUT: &str = "M202603-510100-resident_pool";

pub(super) const fn rules(moves: Moves) -> PaymentRules {
    PaymentRules {
        moves,
        due_days: 21,
        ..PaymentRules::STANDARD
    }
}

/// Orders a month's payment as an officer does, of what was looked at.
fn order_as(house: &House, (named, digest): (&str, Digest), moves: Moves) -> Result<(), Refusal> {
    let (named, by) = (of(named), officer_name("wang.fang"));
    house.ask(move |context| month::instruct(context, (&named, digest), rules(moves), by))
}

pub(super) fn by_month(house: &House, named: (&str, Digest)) -> Result<(), Refusal> {
    order_as(house, named, Moves::Monthly)
}

fn order_day(house: &House, on: u8, moves: Moves) -> Result<(), Refusal> {
    let by = officer_name("wang.fang");
    house.ask(move |context| instruct(context, day(on), rules(moves), by))
}

/// A cycle that two officers approved, ordered by the day.
fn by_day(house: &House, on: u8) {
    let plan = house.net(on).unwrap();
    for by in ["wang.fang", "zhao.min"] {
        approve_as(house, on, digest(&plan), by).unwrap();
    }
    order_day(house, on, Moves::Daily).unwrap();
}

/// A month that two officers approved when no region was waited for any more.
fn approved(house: &House, named: &'static str) -> (&'static str, Digest) {
    let drawn = draw_up(house, named).unwrap();
    let after = drawn.confirm_by.plus_days(1).unwrap();
    house.clock.put(&format!("{after}T04:00:00.000Z"));
    let looked_at = (named, drawn.digest);
    for by in ["wang.fang", "li.na"] {
        approve(house, looked_at, by).unwrap();
    }
    looked_at
}

fn ordered(house: &House, named: &str) -> Option<Ordered> {
    let named = [of(named)];
    let found = house.ask(move |context| month::ordered(context, &named));
    found.unwrap().pop()
}

fn is_final(house: &House, on: u8) -> bool {
    matches!(progress(house, on), CycleState::Netted(Progress::Final(_)))
}

fn pay(house: &House, bank: &str, (direction, fen): (Direction, i64), bears: &str) -> Line {
    let line = today(house, line(bank, direction, fen));
    enter(house, line, bears).unwrap()
}

fn net_position(house: &House, member: &str) -> i128 {
    balance(house, member, AccountClass::NetPosition)
}

const PAY_IN: Direction = Direction::PayIn;
const PAY_OUT: Direction = Direction::PayOut;

#[test]
fn a_month_is_ordered_once_it_is_approved_as_it_was_looked_at_and_said_again_changes_nothing() {
    let mut house = march();
    let looked_at = |digest| ("2026-03", digest);
    let other = looked_at(sha256(b""));
    assert_eq!(code(by_month(&house, other)), "month.unknown");
    let drawn = draw_up(&house, "2026-03").unwrap().digest;
    let refused = by_month(&house, looked_at(drawn)).unwrap_err();
    assert_eq!(
        (refused.code.code(), &*refused.detail),
        ("month.not_approved", "2026-03: 0 of 2")
    );
    house.clock.put("2026-04-26T04:00:00.000Z");
    approve(&house, looked_at(drawn), "wang.fang").unwrap();
    assert_eq!(
        code(by_month(&house, looked_at(drawn))),
        "month.not_approved"
    );
    approve(&house, looked_at(drawn), "li.na").unwrap();
    assert_eq!(code(by_month(&house, other)), "month.other");
    let refused = order_as(&house, looked_at(drawn), Moves::Daily).unwrap_err();
    assert_eq!(
        (refused.code.code(), &*refused.detail),
        ("payment.by_day", "2026-03")
    );
    assert!(open(&house).is_empty());

    by_month(&house, looked_at(drawn)).unwrap();
    let order = ordered(&house, "2026-03").unwrap().order;
    assert_eq!(order.due.to_string(), "2026-05-17");
    assert!(order.days.iter().eq(&[day(2), day(31)]));
    house.clock.put("2026-05-01T04:00:00.000Z");
    for how in [Return::PowerCut, Return::IndexLost] {
        // What is ordered may be said again, also when the parameter was changed.
        by_month(&house, looked_at(drawn)).unwrap();
        order_as(&house, looked_at(drawn), Moves::Daily).unwrap();
        order_day(&house, 2, Moves::Monthly).unwrap();
        let refused = order_day(&house, 32, Moves::Monthly).unwrap_err();
        assert_eq!(
            (refused.code.code(), &*refused.detail),
            ("payment.by_month", "2026-04")
        );
        assert_eq!(ordered(&house, "2026-03").unwrap().order, order);
        let sums = [(IN.to_owned(), 1_200), (OUT.to_owned(), 1_200)];
        assert_eq!(open(&house), sums);
        for on in [2, 31] {
            assert_eq!(
                progress(&house, on),
                CycleState::Netted(Progress::Instructed)
            );
        }
        assert_eq!(progress(&house, 32), CycleState::Netted(Progress::Netted));
        house.come_back(how);
    }
}

#[test]
fn all_cycles_of_a_month_are_final_when_all_of_it_moved_and_open_again_when_some_is_taken_back() {
    let mut house = march();
    prefunds::set(&house, prefunds::ZHEJIANG, 2026, 10_000).unwrap();
    let looked_at = approved(&house, "2026-03");
    by_month(&house, looked_at).unwrap();
    let used = |house: &House| prefunds::standing(house).used.get();
    assert_eq!(used(&house), 1_200);

    let early = pay(&house, "OUT-0", (PAY_OUT, 1_200), OUT);
    assert_eq!(early.why, Some(ParkReason::NotCovered));
    back(&house, "OUT-0", "OUT-0-BACK").unwrap();
    assert_eq!(pay(&house, "IN-1", (PAY_IN, 1_000), IN).why, None);
    let wrong = pay(&house, "IN-2", (PAY_IN, 201), IN);
    assert_eq!(wrong.why, Some(ParkReason::Exceeds));
    apply(&house, "IN-2", &[(IN, 200)]).unwrap();
    back(&house, "IN-2", "IN-2-BACK").unwrap();
    house.come_back(Return::IndexLost);
    assert!(!is_final(&house, 2) && !is_final(&house, 31));
    assert_eq!(used(&house), 1_200);
    let out = pay(&house, "OUT-1", (PAY_OUT, 1_200), OUT).line;

    for how in [Return::Stopped, Return::PowerCut, Return::IndexLost] {
        house.come_back(how);
        assert!(is_final(&house, 2) && is_final(&house, 31));
        assert_eq!(progress(&house, 2), progress(&house, 31));
        assert_eq!(progress(&house, 32), CycleState::Netted(Progress::Netted));
        assert!(ordered(&house, "2026-03").unwrap().paid.is_some());
        assert_eq!((open(&house), used(&house)), (Vec::new(), 0));
        // What is left is April's, which Chengdu owes.
        let left = ["330000", "510100"].map(|member| net_position(&house, member));
        assert_eq!(left, [500, -500]);
        assert!(house.trial_balance().values().all(|sum| *sum == 0));
    }

    let bounced = |line: BankLine| {
        house.ask(move |context| {
            let by = officer_name("zhao.min");
            correct(context, line, CorrectionReason::Bounced, by)
        })
    };
    let paid_in = today(&house, line("IN-1", PAY_IN, 1_000));
    assert_eq!(code(bounced(paid_in)), "payment.paid_out");
    bounced(out).unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        house.come_back(how);
        for on in [2, 31] {
            assert_eq!(
                progress(&house, on),
                CycleState::Netted(Progress::Instructed)
            );
        }
        assert_eq!(open(&house), [(OUT.to_owned(), 1_200)]);
        assert_eq!(
            (used(&house), ordered(&house, "2026-03").unwrap().paid),
            (1_200, None)
        );
        assert!(house.trial_balance().values().all(|sum| *sum == 0));
    }
    pay(&house, "OUT-2", (PAY_OUT, 1_200), OUT);
    assert!(is_final(&house, 2) && is_final(&house, 31));
    assert_eq!(used(&house), 0);
}

#[test]
fn each_days_statement_shows_what_was_ordered_with_it_and_who_has_not_paid() {
    let house = march();
    let looked_at = approved(&house, "2026-03");
    by_month(&house, looked_at).unwrap();
    for on in [2, 31] {
        let of = |member: &str| {
            let member = Member::new(member.parse().unwrap());
            house
                .ask(move |context| statement(context, day(on), member))
                .unwrap()
        };
        let chengdu = of("510100");
        let shown = |payments: &[crate::payments::Payment]| -> Vec<String> {
            let payments = payments.iter();
            payments
                .map(|payment| payment.instruction.reference.to_string())
                .collect()
        };
        assert_eq!(shown(&chengdu.payments), [OUT]);
        assert_eq!(shown(&chengdu.unpaid), [IN]);
        assert_eq!(shown(&of("330000").payments), [IN]);
        let wanted = |wanted: Wanted| {
            let page = house.ask(move |context| payments(context, wanted, None));
            shown(&page.unwrap().rows)
        };
        let of_day = Wanted {
            day: Some(day(on)),
            ..Wanted::default()
        };
        assert_eq!(wanted(of_day), [IN, OUT]);
        let of_month = |month| Wanted {
            month: Some(super::of(month)),
            ..Wanted::default()
        };
        assert_eq!(wanted(of_month("2026-03")), [IN, OUT]);
        assert!(wanted(of_month("2026-04")).is_empty());
    }
}

/// Three days on which Ningbo owes Chengdu: the second and the last of March, and the first of April.
fn three_days() -> House {
    let house = House::new(8);
    house.clock.put("2026-04-05T04:00:00.000Z");
    netted(&house, &leg(1, 2, 500), 2);
    netted(&house, &leg(2, 31, 700), 31);
    netted(&house, &leg(3, 32, 300), 32);
    house
}

#[test]
fn what_was_ordered_by_the_day_stays_and_is_left_out_when_money_moves_by_the_month_and_back() {
    let mut house = three_days();
    by_day(&house, 2);
    let looked_at = approved(&house, "2026-03");
    let last = house.net(32).unwrap();
    for by in ["wang.fang", "zhao.min"] {
        approve_as(&house, 32, digest(&last), by).unwrap();
    }
    let refused = order_day(&house, 32, Moves::Daily).unwrap_err();
    assert_eq!(
        (refused.code.code(), &*refused.detail),
        ("cycle.earlier_not_instructed", "2026-03-31")
    );
    by_month(&house, looked_at).unwrap();
    assert!(
        ordered(&house, "2026-03")
            .unwrap()
            .order
            .days
            .iter()
            .eq(&[day(31)])
    );
    order_day(&house, 32, Moves::Daily).unwrap();
    let (first, third) = ("1-330000-resident_pool", "3-330000-resident_pool");
    let owed = |house: &House| -> Vec<(String, i64)> {
        let open = open(house).into_iter();
        open.filter(|(of, _)| of.contains("-330000-")).collect()
    };
    let expected = [(first, 500), (third, 300), (IN, 700)];
    let expected = expected.map(|(of, fen)| (of.to_owned(), fen));
    assert_eq!(owed(&house), expected);

    // The oldest first, whole: the first cycle, then the month, then the cycle after it.
    let early = pay(&house, "IN-1", (PAY_IN, 300), third);
    assert_eq!(early.why, Some(ParkReason::EarlierOpen));
    let month_early = pay(&house, "IN-2", (PAY_IN, 700), IN);
    assert_eq!(month_early.why, Some(ParkReason::EarlierOpen));
    assert_eq!(pay(&house, "IN-3", (PAY_IN, 500), first).why, None);
    house.come_back(Return::IndexLost);
    let refused = apply(&house, "IN-1", &[(third, 300)]).unwrap_err();
    assert_eq!(
        (refused.code.code(), &*refused.detail),
        ("payment.earlier_open", IN)
    );
    assert_eq!(
        code(apply(&house, "IN-2", &[(IN, 600), (third, 100)])),
        "payment.earlier_open"
    );
    apply(&house, "IN-2", &[(IN, 700)]).unwrap();
    apply(&house, "IN-1", &[(third, 300)]).unwrap();
    assert!(owed(&house).is_empty());
    for (bank, of, fen) in [("OUT-1", 1, 500), ("OUT-3", 3, 300)] {
        let bears = format!("{of}-510100-resident_pool");
        pay(&house, bank, (PAY_OUT, fen), &bears);
    }
    assert!(is_final(&house, 2) && !is_final(&house, 31) && is_final(&house, 32));
    pay(&house, "OUT-2", (PAY_OUT, 700), OUT);
    assert!(is_final(&house, 31));
    let left = ["330000", "510100"].map(|member| net_position(&house, member));
    assert_eq!(left, [0, 0]);
}

#[test]
fn months_are_ordered_in_turn_and_one_whose_days_all_are_is_ordered_already() {
    let house = three_days();
    house.clock.put("2026-05-20T04:00:00.000Z");
    netted(&house, &leg(4, 61, 9), 61);
    let march = approved(&house, "2026-03");
    let april = approved(&house, "2026-04");
    let refused = by_month(&house, april).unwrap_err();
    assert_eq!(
        (refused.code.code(), &*refused.detail),
        ("cycle.earlier_not_instructed", "2026-03-02")
    );
    for on in [2, 31] {
        by_day(&house, on);
    }
    by_month(&house, march).unwrap();
    assert_eq!(ordered(&house, "2026-03"), None);
    by_month(&house, april).unwrap();
    let april = ordered(&house, "2026-04").unwrap().order;
    assert!(april.days.iter().eq(&[day(32), day(61)]));
    let sum = open(&house).into_iter();
    let sum: Vec<_> = sum.filter(|(of, _)| of.starts_with('M')).collect();
    let expected = [
        "M202604-330000-resident_pool",
        "M202604-510100-resident_pool",
    ];
    assert_eq!(sum, expected.map(|of| (of.to_owned(), 309)));
}

#[test]
fn a_month_whose_nets_come_to_nothing_is_final_when_it_is_ordered() {
    let mut house = House::new(9);
    house.clock.put("2026-04-05T04:00:00.000Z");
    netted(&house, &leg(1, 2, 500), 2);
    netted(&house, &reversed(&leg(1, 2, 500), 31), 31);
    let looked_at = approved(&house, "2026-03");
    assert!(!is_final(&house, 2));
    by_month(&house, looked_at).unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        assert!(is_final(&house, 2) && is_final(&house, 31));
        assert!(open(&house).is_empty());
        assert_eq!(net_position(&house, "330000"), 0);
        house.come_back(how);
    }
}

#[test]
fn after_a_restore_a_month_is_ordered_again_with_the_same_references_and_money_counts_once() {
    let mut house = march();
    let backup = house.disk.copy();
    let looked_at = approved(&house, "2026-03");
    by_month(&house, looked_at).unwrap();
    pay(&house, "IN-1", (PAY_IN, 1_200), IN);
    let of_order = |house: &House| {
        let order = ordered(house, "2026-03").unwrap().order;
        (order.days.clone(), order.references.clone())
    };
    let before = (open(&house), of_order(&house));

    house.put_back(&backup);
    assert_eq!(code(by_month(&house, looked_at)), "cycle.restored");
    house
        .ask(move |context| resume(context, Some(day(32)), officer()))
        .unwrap();
    assert_eq!(code(by_month(&house, looked_at)), "month.unknown");
    let early = pay(&house, "IN-1", (PAY_IN, 1_200), IN);
    assert_eq!(early.why, Some(ParkReason::UnknownReference));
    assert_eq!(approved(&house, "2026-03"), looked_at);
    by_month(&house, looked_at).unwrap();
    apply(&house, "IN-1", &[(IN, 1_200)]).unwrap();
    assert_eq!((open(&house), of_order(&house)), before);
    pay(&house, "OUT-1", (PAY_OUT, 1_200), OUT);
    assert!(is_final(&house, 2) && is_final(&house, 31));
    assert!(house.trial_balance().values().all(|sum| *sum == 0));
    assert_eq!(balance(&house, "330000", AccountClass::Suspense), 0);
}
