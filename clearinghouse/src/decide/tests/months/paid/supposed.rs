//! What a month would come to: looked at as it stands, and nothing of it is written.

mod moved;

use std::collections::BTreeSet;

use huitong_core::vocabulary::PrefundLevel;
use huitong_netting::{MemberNet, Scenario};

use super::super::super::prefunds::{ZHEJIANG, enter as pay_in, line as prefund_line, set};
use super::*;
use crate::decide::month::{Found, Missing, Suppose, SupposeRules, suppose};
use crate::prefunds::Rules;

const RULES_OF: fn(Moves) -> SupposeRules = |moves| SupposeRules {
    paying: rules(moves),
    prefunds: Rules::STANDARD,
};

fn look(house: &House, named: &str, supposed: Suppose, moves: Moves) -> Result<Found, Refusal> {
    let (named, proofs) = (of(named), house.proofs());
    let grounds = house.ask(move |context| suppose(context, &named, supposed, RULES_OF(moves)))?;
    grounds.found(|on| Ok::<_, Refusal>(proofs.plan(on).unwrap().unwrap()))
}

fn monthly(house: &House, supposed: Suppose) -> Found {
    look(house, "2026-03", supposed, Moves::Monthly).unwrap()
}

fn members(code: &str) -> BTreeSet<Member> {
    [Member::new(code.parse().unwrap())].into()
}

fn unpaid(code: &str) -> Suppose {
    Suppose {
        scenario: Scenario {
            unpaid: members(code),
            ..Scenario::default()
        },
        ..Suppose::default()
    }
}

fn late(code: &str, days_late: u32) -> Suppose {
    Suppose {
        late: members(code),
        days_late,
        ..Suppose::default()
    }
}

fn add(on: u8) -> Suppose {
    Suppose {
        add: [day(on)].into(),
        ..Suppose::default()
    }
}

/// Of each fund of which something is missing: what is owed, what is missing when it is due, and in the end.
fn missing(found: &Found) -> Vec<[i64; 3]> {
    let row = |of: &Missing| [of.owed, of.on_due, of.in_the_end].map(|amount| amount.get());
    found.missing.iter().map(row).collect()
}

fn amounts(found: &Found) -> Vec<i64> {
    let payments = found.payments.iter();
    payments.map(|of| of.supposed.get()).collect()
}

fn fen(nets: &[MemberNet]) -> Vec<i64> {
    nets.iter().map(|net| net.amount.get()).collect()
}

/// Of the prefund of Zhejiang with Chengdu: now, as supposed, when it is due, and in the end.
fn uses(found: &Found) -> [(i64, PrefundLevel); 4] {
    assert_eq!(found.prefunds.len(), 1);
    let of = &found.prefunds[0];
    assert_eq!(of.prefund.to_string(), ZHEJIANG);
    [of.now, of.supposed, of.on_due, of.in_the_end].map(|(used, level)| (used.get(), level))
}

/// March, and what Zhejiang left with Chengdu.
fn prefunded() -> House {
    let house = march();
    set(&house, ZHEJIANG, 2026, 1_500).unwrap();
    pay_in(&house, prefund_line("P-1", Direction::PayIn, 1_500)).unwrap();
    house
}

const NONE: (i64, PrefundLevel) = (0, PrefundLevel::Normal);
const ALL: (i64, PrefundLevel) = (1_200, PrefundLevel::Yellow);

#[test]
fn a_month_with_nothing_supposed_is_what_its_order_would_be() {
    let house = prefunded();
    let found = monthly(&house, Suppose::default());
    assert_eq!(fen(&found.nets.planned), [-1_200, 1_200]);
    assert_eq!(found.nets.planned, found.nets.supposed);
    assert!(found.days.iter().eq(&[day(2), day(31)]));
    let paying = found.paying.as_ref().unwrap();
    assert_eq!(paying.due.to_string(), "2026-04-26");
    assert!(!paying.is_ordered);
    let payments: Vec<_> = found
        .payments
        .iter()
        .map(|of| (of.reference.to_string(), of.planned.get()))
        .collect();
    let expected = [(IN.to_owned(), -1_200), (OUT.to_owned(), 1_200)];
    assert_eq!(payments, expected);
    assert_eq!(uses(&found), [ALL, ALL, NONE, NONE]);
    assert_eq!(found.missing, []);
    // Once it is drawn up and ordered it is the order that there is.
    let looked_at = approved(&house, "2026-03");
    by_month(&house, looked_at).unwrap();
    let after = monthly(&house, Suppose::default());
    let order = ordered(&house, "2026-03").unwrap().order;
    let paying = after.paying.as_ref().unwrap();
    assert_eq!((paying.is_ordered, paying.due), (true, order.due));
    assert_eq!((after.payments, after.nets), (found.payments, found.nets));
}

#[test]
fn whoever_does_not_pay_leaves_prefunds_used_and_whoever_is_late_until_then() {
    let house = prefunded();
    let found = monthly(&house, unpaid("330000"));
    assert_eq!(missing(&found), [[1_200, 1_200, 1_200]]);
    assert_eq!(uses(&found), [ALL; 4]);
    let found = monthly(&house, late("330000", 5));
    assert_eq!(missing(&found), [[1_200, 1_200, 0]]);
    assert_eq!(uses(&found), [ALL, ALL, ALL, NONE]);
    let paying = found.paying.unwrap();
    assert_eq!(paying.late_until.unwrap().to_string(), "2026-05-01");
    // Who is owed pays nothing, so that it cannot be late.
    let found = monthly(&house, late("510100", 5));
    assert_eq!((missing(&found), uses(&found)[2]), (vec![], NONE));
}

#[test]
fn who_drops_out_and_which_days_are_paid_changes_the_order_and_not_what_is_owed_of_other_days() {
    let house = prefunded();
    let without = Suppose {
        scenario: Scenario {
            without: members("510100"),
            ..Scenario::default()
        },
        ..Suppose::default()
    };
    let found = monthly(&house, without);
    assert_eq!(fen(&found.nets.supposed), [0, 0]);
    assert_eq!(amounts(&found), [0, 0]);
    assert_eq!(uses(&found), [ALL, NONE, NONE, NONE]);
    let leave_out = |on| Suppose {
        leave_out: [day(on)].into(),
        ..Suppose::default()
    };
    let found = monthly(&house, leave_out(31));
    assert_eq!(amounts(&found), [-500, 500]);
    let rest = (700, PrefundLevel::Normal);
    assert_eq!(uses(&found), [ALL, ALL, rest, rest]);
    let found = monthly(&house, add(32));
    assert_eq!(amounts(&found), [-700, 700]);
    assert_eq!(fen(&found.nets.planned), [-1_200, 1_200]);
    let by_the_day = look(&house, "2026-03", leave_out(31), Moves::Daily).unwrap();
    assert_eq!(
        (by_the_day.paying.as_ref(), amounts(&by_the_day)),
        (None, vec![])
    );
    assert_eq!(uses(&by_the_day), [ALL, ALL, rest, rest]);
    let refused = |supposed| look(&house, "2026-03", supposed, Moves::Monthly);
    for supposed in [
        leave_out(32),
        add(31),
        late("330000", 0),
        late("330000", 251),
    ] {
        assert_eq!(code(refused(supposed)), "request.malformed");
    }
    assert_eq!(code(refused(add(33))), "cycle.not_netted");
    assert_eq!(code(refused(unpaid("440000"))), "cycle.unknown_member");
    for named in ["2026-02", "2026-05"] {
        let found = look(&house, named, Suppose::default(), Moves::Monthly);
        assert_eq!(code(found), "month.no_cycles");
    }
}

#[test]
fn what_is_not_drawn_up_is_looked_at_as_far_as_it_is_netted_and_nothing_changes() {
    let house = House::new(7);
    house.clock.put("2026-03-31T04:00:00.000Z");
    netted(&house, &leg(1, 2, 500), 2);
    house.cut_off(31, Condition::Deadline(0)).unwrap();
    let before = (house.trial_balance(), house.status(Some(2)).state);
    let found = monthly(&house, Suppose::default());
    assert!(found.days.iter().eq(&[day(2)]));
    assert_eq!(found.not_netted, [day(31)]);
    assert_eq!(fen(&found.nets.supposed), [-500, 500]);
    assert_eq!((house.trial_balance(), house.status(Some(2)).state), before);
    assert!(open(&house).is_empty());
}

const NOTHING: [[i64; 3]; 0] = [];

/// March: on one day Ningbo owes Chengdu, on another Chengdu owes Ningbo, and on the last Shanghai owes Chengdu.
fn opposite() -> House {
    let house = House::new(10);
    house.clock.put("2026-04-05T04:00:00.000Z");
    netted(&house, &leg(1, 2, 700), 2);
    let on = |on, leg: Leg| Leg {
        business_day: day(on),
        ..leg
    };
    netted(&house, &on(3, debt(2, CHENGDU, NINGBO, 200)), 3);
    netted(&house, &on(31, debt(3, 0, CHENGDU, 40)), 31);
    house
}

#[test]
fn by_the_day_each_day_is_counted_by_itself_also_one_that_lacks_nothing_until_it_is_final() {
    let house = opposite();
    let daily = |supposed| look(&house, "2026-03", supposed, Moves::Daily).unwrap();
    assert_eq!(missing(&daily(unpaid("330000"))), [[940, 700, 700]]);
    assert_eq!(missing(&daily(late("330000", 5))), [[940, 700, 0]]);
    assert_eq!(missing(&daily(unpaid("510100"))), [[940, 200, 200]]);
    assert_eq!(missing(&daily(Suppose::default())), NOTHING);
    // As one order they are held against each other, and Chengdu has nothing to pay.
    let as_one = monthly(&house, unpaid("330000"));
    assert_eq!(missing(&as_one), [[540, 500, 500]]);
    assert_eq!(missing(&monthly(&house, unpaid("510100"))), NOTHING);

    by_day(&house, 2);
    pay(&house, "IN-1", (PAY_IN, 700), "1-330000-resident_pool");
    pay(&house, "OUT-1", (PAY_OUT, 700), "1-510100-resident_pool");
    assert!(is_final(&house, 2) && !is_final(&house, 3));
    assert_eq!(missing(&daily(unpaid("330000"))), NOTHING);
    assert_eq!(missing(&daily(unpaid("510100"))), [[240, 200, 200]]);
}

#[test]
fn an_order_by_the_month_is_looked_at_as_one_by_the_day_too_and_lacks_nothing_once_it_is_paid() {
    let house = opposite();
    set(&house, ZHEJIANG, 2026, 1_500).unwrap();
    let looked_at = approved(&house, "2026-03");
    by_month(&house, looked_at).unwrap();
    let daily = || look(&house, "2026-03", unpaid("330000"), Moves::Daily).unwrap();
    let found = daily();
    assert_eq!(found, monthly(&house, unpaid("330000")));
    assert_eq!(missing(&found), [[540, 500, 500]]);
    let due = ordered(&house, "2026-03").unwrap().order.due;
    let paying = found.paying.as_ref().unwrap();
    assert_eq!((paying.is_ordered, paying.due), (true, due));
    assert_eq!(amounts(&found), [-40, -500, 540]);
    assert_eq!(uses(&found).map(|(used, _)| used), [700; 4]);

    pay(&house, "IN-1", (PAY_IN, 500), IN);
    let of_shanghai = BankLine {
        member: "310000".parse().unwrap(),
        ..line("IN-2", PAY_IN, 40)
    };
    enter(
        &house,
        today(&house, of_shanghai),
        "M202603-310000-resident_pool",
    )
    .unwrap();
    pay(&house, "OUT-1", (PAY_OUT, 540), OUT);
    assert!(is_final(&house, 2) && is_final(&house, 31));
    let found = daily();
    assert_eq!((missing(&found), found.prefunds), (vec![], vec![]));
}

#[test]
fn a_day_that_is_ordered_with_another_month_is_not_added_and_one_ordered_by_itself_is() {
    let house = three_days();
    by_day(&house, 2);
    let looked_at = approved(&house, "2026-03");
    by_month(&house, looked_at).unwrap();
    let april = |supposed| look(&house, "2026-04", supposed, Moves::Monthly);
    let refused = april(add(31)).unwrap_err();
    assert_eq!(
        (refused.code.code(), &*refused.detail),
        (
            "request.malformed",
            "add: 2026-03-31 is ordered with 2026-03"
        )
    );
    let found = april(add(2)).unwrap();
    assert!(found.days.iter().eq(&[day(2), day(32)]));
    assert_eq!(amounts(&found), [-300, 300]);
}

#[test]
fn a_day_added_to_a_month_drawn_up_is_the_next_months_and_makes_none_by_itself() {
    let house = with_a_day_added_to_march();
    let monthly = |house: &House, named| look(house, named, Suppose::default(), Moves::Monthly);
    for named in ["2026-04", "2026-05"] {
        assert_eq!(code(monthly(&house, named)), "month.no_cycles", "{named}");
    }
    netted(&house, &leg(3, 61, 9), 61);
    netted(&house, &leg(4, 62, 4), 62);
    let refused = drawing(&house, "2026-05").unwrap_err();
    assert_eq!(
        (refused.code.code(), &*refused.detail),
        ("month.earlier_open", "2026-04")
    );
    let days = |named| monthly(&house, named).unwrap().days;
    assert!(days("2026-04").iter().eq(&[day(30), day(61)]));
    assert!(days("2026-05").iter().eq(&[day(62)]));
}
