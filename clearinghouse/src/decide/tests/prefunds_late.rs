//! Who is late with a prefund, and who is not: a member that paid is not red because of a third one; nothing is asked for twice.

mod asked;

use huitong_core::date::BusinessDay;
use huitong_core::vocabulary::{CorrectionReason, Direction, PrefundLevel};

use super::payments::{approve_as, digest, enter as pay, line as bank_line, name};
use super::prefunds::{
    RULES, ZHEJIANG, enter, fen, levels, line, of, set, standing, top_up, top_up_as,
};
use super::*;
use crate::decide::prefund::{self, PrefundRow};
use crate::payments::PaymentRules;
use crate::prefunds::Rules;

const SHANGHAI: &str = "310000-510100-resident_pool";

fn row(house: &House, text: &str) -> PrefundRow {
    let prefund = of(text);
    let row = house.ask(move |context| prefund::standing(context, prefund, &RULES));
    row.unwrap().unwrap()
}

fn used(house: &House) -> [i64; 2] {
    [ZHEJIANG, SHANGHAI].map(|text| row(house, text).used.get())
}

/// Zhejiang owes Chengdu 900 and Shanghai owes it 500; payment is ordered. Each left 1,000 and 500 with it.
fn two_payers() -> House {
    let house = House::new(320);
    for (text, amount) in [(ZHEJIANG, 1_000), (SHANGHAI, 500)] {
        set(&house, text, 2026, amount).unwrap();
        let mut left = line(text, Direction::PayIn, amount);
        (left.prefund, left.bank_reference) = (of(text), format!("H-{amount}").parse().unwrap());
        enter(&house, left).unwrap();
    }
    let (one, two) = (debt(1, 2, 3, 900), debt(2, 0, 3, 500));
    house.report(2, &[payable(1, &one)]).unwrap();
    house.report(0, &[payable(1, &two)]).unwrap();
    house
        .report(3, &[receivable(1, &one), receivable(2, &two)])
        .unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let plan = house.net(1).unwrap();
    for by in ["wang.fang", "zhao.min"] {
        approve_as(&house, 1, digest(&plan), by).unwrap();
    }
    let rules = PaymentRules::STANDARD;
    house
        .ask(move |context| instruct(context, day(1), rules, name("wang.fang")))
        .unwrap();
    house
}

fn moves(house: &House, reference: &str, direction: Direction, member: &str, fen: i64) {
    let mut line = bank_line(reference, direction, fen);
    line.member = member.parse().unwrap();
    pay(house, line, &format!("1-{member}-resident_pool")).unwrap();
}

#[test]
fn a_member_that_paid_is_not_red_because_of_a_third_one() {
    let mut house = two_payers();
    assert_eq!(used(&house), [900, 500]);
    assert_eq!(levels(&house).len(), 2, "both are red");
    moves(&house, "B-1", Direction::PayIn, "330000", 899);
    assert_eq!(used(&house), [900, 500], "not all of it is paid");
    moves(&house, "B-2", Direction::PayIn, "330000", 1);
    for how in [Return::Stopped, Return::IndexLost] {
        house.come_back(how);
        assert_eq!(used(&house), [0, 500], "Shanghai alone has not paid");
    }
    let changed = levels(&house);
    assert_eq!(
        (changed[0].prefund, changed[0].level),
        (of(ZHEJIANG), PrefundLevel::Normal)
    );
    assert_eq!(changed.len(), 1);
    assert_eq!(code(top_up(&house, 100)), "prefund.not_red");
    // What the bank took back is owed again.
    let mut line = bank_line("B-2", Direction::PayIn, 1);
    line.member = "330000".parse().unwrap();
    let why = CorrectionReason::Bounced;
    house
        .ask(move |context| correct(context, line, why, name("zhao.min")))
        .unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        assert_eq!(used(&house), [900, 500]);
        house.come_back(how);
    }
    moves(&house, "B-3", Direction::PayIn, "330000", 1);
    assert_eq!(used(&house), [0, 500]);
    // All have paid, and Chengdu has it not yet.
    moves(&house, "B-4", Direction::PayIn, "310000", 500);
    assert_eq!(used(&house), [900, 500]);
    moves(&house, "B-5", Direction::PayOut, "510100", 1_400);
    for how in [Return::Stopped, Return::IndexLost] {
        assert_eq!(used(&house), [0, 0]);
        house.come_back(how);
    }
}

/// Of the second fund Zhejiang owes as much as it is owed, so nobody pays any of it.
#[test]
fn of_a_fund_that_comes_to_nothing_no_prefund_is_used_before_and_after_a_restart() {
    const EVEN: &str = "330000-510100-employee_pool";
    let used = |house: &House| [ZHEJIANG, EVEN].map(|text| row(house, text).used.get());
    let mut house = House::new(323);
    for text in [ZHEJIANG, EVEN] {
        set(&house, text, 2026, 1_000).unwrap();
    }
    let of_fund = |leg| huitong_core::leg::Leg {
        fund: huitong_core::fund::Fund::EmployeePool,
        ..leg
    };
    let owed = debt(1, 2, 3, 900);
    let (there, back) = (of_fund(debt(2, 2, 3, 300)), of_fund(debt(3, 3, 2, 300)));
    let of_debtor = [payable(1, &owed), payable(2, &there), receivable(3, &back)];
    let of_creditor = [
        receivable(1, &owed),
        receivable(2, &there),
        payable(3, &back),
    ];
    house.report(2, &of_debtor).unwrap();
    house.report(3, &of_creditor).unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let plan = house.net(1).unwrap();
    assert_eq!(used(&house), [900, 300], "nothing is ordered yet");
    for by in ["wang.fang", "zhao.min"] {
        approve_as(&house, 1, digest(&plan), by).unwrap();
    }
    let rules = PaymentRules::STANDARD;
    house
        .ask(move |context| instruct(context, day(1), rules, name("wang.fang")))
        .unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        assert_eq!(used(&house), [900, 0], "{how:?}");
        house.come_back(how);
    }
    moves(&house, "B-1", Direction::PayIn, "330000", 900);
    moves(&house, "B-2", Direction::PayOut, "510100", 900);
    assert_eq!(used(&house), [0, 0], "all of it is paid");
    // The order is open again for one fund, and not for the other.
    let mut line = bank_line("B-2", Direction::PayOut, 900);
    line.member = "510100".parse().unwrap();
    let why = CorrectionReason::Bounced;
    house
        .ask(move |context| correct(context, line, why, name("zhao.min")))
        .unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        assert_eq!(used(&house), [900, 0], "{how:?}");
        house.come_back(how);
    }
    assert_eq!(used(&house), [900, 0]);
}

/// Those with whom somebody is late, when that was said on a day.
fn late(house: &House, said: Option<BusinessDay>) -> Option<Vec<PrefundRow>> {
    let found = house.ask(move |context| prefund::late(context, said, &RULES));
    found.unwrap().map(|(_, rows)| rows)
}

#[test]
fn a_holder_that_does_not_ask_in_time_is_late_and_that_is_said_once_a_day() {
    let house = two_payers();
    levels(&house);
    assert_eq!(
        (row(&house, ZHEJIANG).ask_days_late, late(&house, None)),
        (0, Some(vec![]))
    );
    house.clock.put("2026-04-06T04:00:00.000Z");
    let found = row(&house, ZHEJIANG);
    assert_eq!(found.ask_by, Some("2026-04-03".parse().unwrap()));
    assert_eq!((found.ask_days_late, found.is_late()), (3, true));
    assert_eq!(late(&house, None).unwrap().len(), 2);
    let today = "2026-04-06".parse().unwrap();
    assert_eq!(late(&house, Some(today)), None);
    top_up(&house, 100).unwrap();
    let found = row(&house, ZHEJIANG);
    assert_eq!(
        (found.ask_days_late, found.is_late()),
        (0, false),
        "it is asked for"
    );
    let yesterday = "2026-04-05".parse().unwrap();
    assert_eq!(late(&house, Some(yesterday)).unwrap().len(), 1);
}

#[test]
fn a_prefund_of_an_earlier_year_is_to_be_set_anew_by_the_end_of_january() {
    let house = House::new(321);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    enter(&house, line("B-1", Direction::PayIn, 1_000)).unwrap();
    assert_eq!(standing(&house).set_by, None);
    house.clock.put("2027-01-31T04:00:00.000Z");
    let found = standing(&house);
    let january = Some("2027-01-31".parse().unwrap());
    assert_eq!((found.set_by, found.set_days_late), (january, 0));
    house.clock.put("2027-02-03T04:00:00.000Z");
    let found = standing(&house);
    assert_eq!(
        (found.set_by, found.set_days_late, found.is_late()),
        (january, 3, true)
    );
    assert_eq!(late(&house, None).unwrap().len(), 1);
    let december = Rules {
        set_by_month: 12,
        ..RULES
    };
    let found = house.ask(move |context| prefund::standing(context, of(ZHEJIANG), &december));
    let found = found.unwrap().unwrap().set_by;
    assert_eq!(found, Some("2027-12-31".parse().unwrap()));
    set(&house, ZHEJIANG, 2027, 1_000).unwrap();
    assert!(!standing(&house).is_late());
    // One that ended is not set anew.
    set(&house, ZHEJIANG, 2027, 0).unwrap();
    house.clock.put("2028-02-03T04:00:00.000Z");
    assert_eq!(standing(&house).set_by, None);
}

#[test]
fn a_top_up_that_is_said_again_after_it_was_paid_is_not_asked_for_twice() {
    let mut house = House::new(322);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    enter(&house, line("B-1", Direction::PayIn, 1_000)).unwrap();
    payments::netted(&house, 1, 1_000);
    levels(&house);
    top_up(&house, 100).unwrap();
    enter(&house, line("B-2", Direction::PayIn, 100)).unwrap();
    for how in [Return::Stopped, Return::IndexLost] {
        // 1,000 of 1,100 is red still.
        assert_eq!(standing(&house).level, PrefundLevel::Red);
        top_up(&house, 100).unwrap();
        let found = standing(&house);
        assert_eq!((found.topped_up, found.missing), (fen(100), fen(0)));
        assert_eq!(code(top_up(&house, 101)), "prefund.top_up_taken");
        house.come_back(how);
    }
    top_up_as(&house, "T-2", 100).unwrap();
    assert_eq!(standing(&house).missing, fen(100));
}
