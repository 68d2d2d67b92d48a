//! The days on which money of a prefund moved: nothing goes out before it came.

use huitong_core::prefund::PrefundLine;
use huitong_core::vocabulary::{CorrectionReason, Direction};

use super::payments::name;
use super::prefunds::{ZHEJIANG, enter, line, set, standing};
use super::*;
use crate::decide::prefund;

fn on(day: &str, bank_reference: &str, direction: Direction, amount: i64) -> PrefundLine {
    PrefundLine {
        on: day.parse().unwrap(),
        ..line(bank_reference, direction, amount)
    }
}

fn refused(answer: Result<(), Refusal>) -> (&'static str, String) {
    let refusal = answer.unwrap_err();
    (refusal.code.code(), refusal.detail)
}

fn not_yet(detail: &str) -> (&'static str, String) {
    ("prefund.not_yet_held", detail.to_owned())
}

#[test]
fn no_money_goes_out_on_a_day_on_which_it_had_not_come_or_that_it_was_needed_after() {
    let mut house = House::new(330);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    let later = on("2026-03-31", "B-1", Direction::PayIn, 1_000);
    enter(&house, later).unwrap();
    let out = |day: &str, amount| on(day, "B-2", Direction::PayOut, amount);
    let before = enter(&house, out("2026-03-30", 400));
    assert_eq!(refused(before), not_yet("2026-03-30: 0.00"));
    // On the day itself it may.
    enter(&house, out("2026-03-31", 400)).unwrap();
    let earlier = on("2026-03-20", "B-3", Direction::PayIn, 500);
    enter(&house, earlier).unwrap();
    let between = |amount| on("2026-03-25", "B-4", Direction::PayOut, amount);
    for how in [Return::Stopped, Return::IndexLost] {
        assert_eq!(
            refused(enter(&house, between(501))),
            not_yet("2026-03-25: 5.00")
        );
        house.come_back(how);
    }
    enter(&house, between(500)).unwrap();
    // What was there then went out since.
    let needed = on("2026-03-21", "B-5", Direction::PayOut, 1);
    assert_eq!(refused(enter(&house, needed)), not_yet("2026-03-25: 0.00"));
    let correct = |line: PrefundLine| {
        let why = CorrectionReason::WrongAmount;
        house.ask(move |context| prefund::correct(context, line, why, name("zhao.min")))
    };
    // Nor is what came taken out from under what went, though as much came later.
    assert_eq!(refused(correct(earlier)), not_yet("2026-03-25: 0.00"));
    correct(between(500)).unwrap();
    correct(earlier).unwrap();
    assert_eq!(standing(&house).held.get(), 600);
}
