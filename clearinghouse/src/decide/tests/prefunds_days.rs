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
    // What is wrong is taken out in any order: on that day there is less than nothing then, and nothing goes out.
    let wrong = CorrectionReason::WrongAmount;
    correct(&house, earlier, wrong).unwrap();
    assert_eq!(refused(enter(&house, needed)), not_yet("2026-03-25: 0.00"));
    enter(&house, on("2026-03-31", "B-6", Direction::PayOut, 100)).unwrap();
    correct(&house, between(500), wrong).unwrap();
    assert_eq!(standing(&house).held.get(), 500);
}

fn correct(house: &House, line: PrefundLine, why: CorrectionReason) -> Result<(), Refusal> {
    house.ask(move |context| prefund::correct(context, line, why, name("zhao.min")))
}

#[test]
fn what_the_bank_took_back_was_there_until_it_did() {
    let mut house = House::new(331);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    let came = on("2026-03-20", "B-1", Direction::PayIn, 500);
    let went = on("2026-03-21", "B-2", Direction::PayOut, 500);
    let anew = on("2026-03-23", "B-3", Direction::PayIn, 700);
    for line in [came, went, anew] {
        enter(&house, line).unwrap();
    }
    // What came first was used, and what came since is there.
    correct(&house, came, CorrectionReason::Bounced).unwrap();
    assert_eq!(standing(&house).held.get(), 200);
    for how in [Return::Stopped, Return::IndexLost] {
        house.come_back(how);
        // Of it all but what was taken back today is left on the days before, and until the end.
        let out = |day: &str, amount| on(day, "B-4", Direction::PayOut, amount);
        let on_the_way = enter(&house, out("2026-03-22", 1));
        assert_eq!(refused(on_the_way), not_yet("2026-03-22: 0.00"));
        let today = enter(&house, out("2026-03-24", 201));
        assert_eq!(refused(today).0, "prefund.exceeds");
    }
    enter(&house, on("2026-03-23", "B-4", Direction::PayOut, 200)).unwrap();
    // What went out, came back and went out again: it may have done so on one day, before anybody entered that.
    correct(&house, went, CorrectionReason::Bounced).unwrap();
    enter(&house, on("2026-03-23", "B-5", Direction::PayOut, 500)).unwrap();
    assert_eq!(standing(&house).held.get(), 0);
}

#[test]
fn what_the_bank_took_back_does_not_go_out_on_a_day_before() {
    let house = House::new(332);
    set(&house, ZHEJIANG, 2026, 1_000).unwrap();
    let came = on("2026-03-20", "B-1", Direction::PayIn, 500);
    enter(&house, came).unwrap();
    enter(&house, on("2026-03-22", "B-2", Direction::PayIn, 300)).unwrap();
    enter(&house, on("2026-03-21", "B-3", Direction::PayOut, 400)).unwrap();
    correct(&house, came, CorrectionReason::Bounced).unwrap_err();
    enter(&house, on("2026-03-23", "B-4", Direction::PayIn, 200)).unwrap();
    correct(&house, came, CorrectionReason::Bounced).unwrap();
    // On the day it was there still; of what is left no more than that goes out.
    let out = |amount| on("2026-03-21", "B-5", Direction::PayOut, amount);
    assert_eq!(refused(enter(&house, out(101))).0, "prefund.exceeds");
    enter(&house, out(100)).unwrap();
}
