//! Nets that are only looked at.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::fund::Fund;
use huitong_netting::{Scenario, Shortfall, WhatIf};
use proptest::prelude::*;

use super::payments::{netted, ordered};
use super::*;
use crate::payments::PaymentRules;

fn look(house: &House, days: &[u8], scenario: &Scenario) -> Result<WhatIf, Refusal> {
    let suppose = DaySuppose {
        scenario: scenario.clone(),
        ..DaySuppose::default()
    };
    suppose_of(house, days, suppose).map(|found| found.nets)
}

fn suppose_of(house: &House, days: &[u8], suppose: DaySuppose) -> Result<DaysFound, Refusal> {
    let days: BTreeSet<_> = days.iter().map(|on| day(*on)).collect();
    let rules = PaymentRules::STANDARD;
    let grounds = house.ask(move |context| what_if(context, &days, suppose, rules))?;
    let plans = house.proofs();
    // Whatever the writer does meanwhile: nothing more is asked of it.
    grounds.found(|day| Ok::<_, Refusal>(plans.plan(day).unwrap().unwrap()))
}

fn supposed(found: &WhatIf) -> Vec<(String, i64)> {
    let row = |net: &huitong_netting::MemberNet| (net.member.to_string(), net.amount.get());
    found.supposed.iter().map(row).collect()
}

#[test]
fn what_would_be_is_shown_before_and_after_netting_and_changes_nothing() {
    let house = House::new(60);
    one_debt(&house);
    let nothing = Scenario::default();
    // Not closed, closed, cut off and netted: it is the same money.
    let zhejiang = ("330000".to_owned(), -1_316_000);
    let expected = [zhejiang, ("510100".to_owned(), 1_316_000)];
    let now = |house: &House| supposed(&look(house, &[1], &nothing).unwrap());
    assert_eq!(now(&house), expected);
    close_all(&house, 1);
    assert_eq!(now(&house), expected);
    house.cut_off(1, Condition::AllClosed).unwrap();
    assert_eq!(now(&house), expected);
    assert_eq!(
        code(look(&house, &[2], &nothing)),
        "cycle.earlier_not_netted"
    );
    assert_eq!(house.status(Some(1)).state, CycleState::CutOff);
    house.net(1).unwrap();
    assert_eq!(now(&house), expected);
    assert_eq!(supposed(&look(&house, &[2], &nothing).unwrap()), []);
    assert_eq!(
        supposed(&look(&house, &[1, 2], &nothing).unwrap()),
        expected
    );
}

#[test]
fn only_the_earliest_open_day_is_taken_as_of_now_and_nothing_twice() {
    let house = House::new(62);
    let nothing = Scenario::default();
    one_debt(&house);
    for days in [&[1, 2][..], &[2]] {
        let refused = look(&house, days, &nothing).unwrap_err();
        assert_eq!(refused.code.code(), "cycle.earlier_open");
        assert_eq!(refused.detail, day(1).to_string());
    }
    assert_eq!(code(look(&house, &[32], &nothing)), "cycle.not_begun");
    assert_eq!(supposed(&look(&house, &[1], &nothing).unwrap()).len(), 2);
}

#[test]
fn who_is_supposed_to_do_something_must_take_part() {
    let house = House::new(61);
    one_debt(&house);
    let member = |code: &str| Member::new(code.parse().unwrap());
    let unpaid = |code| Scenario {
        unpaid: [member(code)].into(),
        ..Scenario::default()
    };
    let found = look(&house, &[1], &unpaid("330000")).unwrap();
    assert_eq!(found.shortfalls[0].missing.get(), 1_316_000);
    let stranger = look(&house, &[1], &unpaid("440000"));
    assert_eq!(code(stranger), "cycle.unknown_member");
    assert_eq!(
        code(look(&house, &[], &Scenario::default())),
        "request.malformed"
    );
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    house.net(2).unwrap();
    assert_eq!(
        code(look(&house, &[1], &Scenario::default())),
        "cycle.passed"
    );
}

fn member(code: &str) -> Member {
    Member::new(code.parse().unwrap())
}

fn late(codes: &[&str], days_late: u32) -> DaySuppose {
    DaySuppose {
        late: codes.iter().map(|code| member(code)).collect(),
        days_late,
        ..DaySuppose::default()
    }
}

#[test]
fn whoever_is_late_leaves_others_short_until_then_and_the_days_are_told() {
    let mut house = House::new(63);
    netted(&house, 1, 900);
    let found = suppose_of(&house, &[1], late(&["330000"], 5)).unwrap();
    // Ordered today, which is the 31st of March, it is due within fifteen days; every day is a business day here.
    let days = ["2026-04-15", "2026-04-20"].map(|day| day.parse().unwrap());
    assert_eq!(found.due, Some(days.into()));
    assert!(found.nets.shortfalls.is_empty());
    assert_eq!(
        (found.on_due[0].owed.get(), found.on_due[0].missing.get()),
        (900, 900)
    );
    let short = found.short[0];
    let told = [short.owed, short.on_due, short.in_the_end].map(|amount| amount.get());
    assert_eq!((short.member, told), (member("510100"), [900, 900, 0]));
    // Of an order that there is, its own day counts.
    let house_of_order = House::new(64);
    ordered(&house_of_order, 1, 900);
    let found = suppose_of(&house_of_order, &[1], late(&["330000"], 1)).unwrap();
    let days = ["2026-04-21", "2026-04-22"].map(|day| day.parse().unwrap());
    assert_eq!(found.due, Some(days.into()));
    assert_eq!(
        code(suppose_of(&house, &[1], late(&["440000"], 1))),
        "cycle.unknown_member"
    );
    for wrong in [late(&["330000"], 0), late(&[], 1), late(&["330000"], 251)] {
        assert_eq!(code(suppose_of(&house, &[1], wrong)), "request.malformed");
    }
    let days = BTreeSet::from([day(1)]);
    let monthly = PaymentRules {
        moves: crate::payments::Moves::Monthly,
        ..PaymentRules::STANDARD
    };
    let refused = house.ask(move |context| what_if(context, &days, late(&["330000"], 1), monthly));
    assert_eq!(code(refused), "payment.by_month");
    house.come_back(Return::Stopped);
}

/// What a day comes to for Chengdu, as it is and as it is supposed.
fn of_day(found: &DaysFound, on: u8) -> [i64; 2] {
    let nets = &found.days[&day(on)];
    let chengdu = |of: &[huitong_netting::MemberNet]| {
        let net = of.iter().find(|net| net.member == member("510100"));
        net.map_or(0, |net| net.amount.get())
    };
    [chengdu(&nets.planned), chengdu(&nets.supposed)]
}

#[test]
fn two_days_that_are_moved_to_the_same_are_netted_with_it_once() {
    let house = House::new(68);
    for (on, fen) in [(1, 900), (2, 50), (3, 7)] {
        netted(&house, on, fen);
    }
    let to = |on| DaySuppose {
        moves: [(day(1), day(on)), (day(2), day(on))].into(),
        ..late(&["330000"], 5)
    };
    let found = suppose_of(&house, &[1, 2], to(3)).unwrap();
    assert_eq!(of_day(&found, 3), [7, 957]);
    assert_eq!(supposed(&found.nets)[1].1, 957);
    let short = found.short[0];
    let told = [short.owed, short.on_due, found.on_due[0].missing];
    assert_eq!(told.map(Fen::get), [957; 3]);
    // To a day that is cut off and cannot be looked at yet.
    for on in [4, 5] {
        close_all(&house, on);
        house.cut_off(on, Condition::AllClosed).unwrap();
    }
    assert!(suppose_of(&house, &[1, 2], to(4)).is_ok());
    let refused = suppose_of(&house, &[1, 2], to(5)).unwrap_err();
    assert_eq!(
        (refused.code.code(), refused.detail),
        ("cycle.earlier_not_netted", day(4).to_string())
    );
}

#[test]
fn a_day_that_is_moved_is_netted_with_the_business_day_to_which_it_is_carried_over() {
    let house = House::new(65);
    netted(&house, 1, 900);
    netted(&house, 2, 50);
    let moves = |from, to| DaySuppose {
        moves: [(day(from), day(to))].into(),
        ..DaySuppose::default()
    };
    let found = suppose_of(&house, &[1], moves(1, 2)).unwrap();
    assert_eq!(
        [of_day(&found, 1), of_day(&found, 2)],
        [[900, 0], [50, 950]]
    );
    assert_eq!(
        supposed(&found.nets)[1].1,
        950,
        "together it is the same money"
    );
    // To where there is nothing yet.
    let found = suppose_of(&house, &[1, 2], moves(2, 3)).unwrap();
    assert_eq!([of_day(&found, 2), of_day(&found, 3)], [[50, 0], [0, 50]]);
    for wrong in [moves(3, 4), moves(1, 1), moves(2, 1)] {
        assert_eq!(
            code(suppose_of(&house, &[1, 2], wrong)),
            "request.malformed"
        );
    }
    let mut chain = moves(1, 2);
    chain.moves.insert(day(2), day(3));
    assert_eq!(
        code(suppose_of(&house, &[1, 2], chain)),
        "request.malformed"
    );
    assert!(look(&house, &[1], &Scenario::default()).is_ok());
}

#[test]
fn a_day_is_carried_over_past_what_is_no_business_day() {
    let mut house = House::new(66);
    house.calendar = Calendar::every_day().with_off([day(2), day(3)]);
    house.come_back(Return::Stopped);
    netted(&house, 1, 900);
    let suppose = DaySuppose {
        moves: [(day(1), day(2))].into(),
        ..DaySuppose::default()
    };
    let found = suppose_of(&house, &[1], suppose).unwrap();
    assert!(found.days.keys().eq(&[day(1), day(4)]));
}

fn by_fund(rows: impl Iterator<Item = (Fund, i64)>) -> BTreeMap<Fund, i64> {
    let mut sums = BTreeMap::new();
    for (fund, amount) in rows {
        *sums.entry(fund).or_insert(0) += amount;
    }
    sums.retain(|_, sum| *sum != 0);
    sums
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whoever does not pay or is late: what creditors are short of sums to what is missing of the fund, nobody is short of more than
    /// it is owed, and nothing is written.
    #[test]
    fn what_creditors_are_short_of_sums_to_what_is_missing(
        debts in prop::collection::vec((0_usize..4, 1_usize..4, 1_i64..1_000, 0_usize..2), 1..12),
        unpaid in prop::collection::btree_set(0_usize..3, 0..3),
        late in prop::collection::btree_set(0_usize..3, 1..3),
    ) {
        const MEMBERS: [&str; 3] = ["310000", "330000", "510100"];
        const FUNDS: [Fund; 2] = [Fund::ResidentPool, Fund::EmployeePool];
        let house = House::new(67);
        let mut streams = vec![Vec::new(); 4];
        for (id, (debtor, distance, fen, fund)) in (1_u8..).zip(&debts) {
            let creditor = (debtor + distance) % 4;
            let mut leg = debt(id, *debtor, creditor, *fen);
            leg.fund = FUNDS[*fund];
            for of in [*debtor, creditor] {
                let number = u64::try_from(streams[of].len()).unwrap() + 1;
                let is_debtor = of == *debtor;
                let side = if is_debtor { payable } else { receivable };
                streams[of].push(side(number, &leg));
            }
        }
        for (of, legs) in streams.iter().enumerate() {
            house.report(of, legs).unwrap();
        }
        // Each region may be named that took part: all have a window.
        let codes = |of: &BTreeSet<usize>| of.iter().map(|at| member(MEMBERS[*at])).collect();
        let suppose = DaySuppose {
            scenario: Scenario { unpaid: codes(&unpaid), ..Scenario::default() },
            late: codes(&late),
            days_late: 3,
            ..DaySuppose::default()
        };
        let before = house.tip();
        let found = suppose_of(&house, &[1], suppose).unwrap();
        prop_assert_eq!(house.tip(), before, "nothing is written");
        let missing = |rows: &[Shortfall]| by_fund(rows.iter().map(|row| (row.fund, row.missing.get())));
        let on_due = by_fund(found.short.iter().map(|of| (of.fund, of.on_due.get())));
        let in_the_end = by_fund(found.short.iter().map(|of| (of.fund, of.in_the_end.get())));
        prop_assert_eq!(on_due, missing(&found.on_due));
        prop_assert_eq!(in_the_end, missing(&found.nets.shortfalls));
        for of in &found.short {
            prop_assert!(of.on_due <= of.owed && of.in_the_end <= of.on_due);
        }
    }
}
