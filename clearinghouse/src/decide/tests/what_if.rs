//! Nets that are only looked at.

use std::collections::BTreeSet;

use huitong_netting::{Scenario, WhatIf};

use super::*;

fn look(house: &House, days: &[u8], scenario: &Scenario) -> Result<WhatIf, Refusal> {
    let days: BTreeSet<_> = days.iter().map(|on| day(*on)).collect();
    let scenario = scenario.clone();
    let grounds = house.ask(move |context| what_if(context, &days, scenario))?;
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
