//! A month stays late until it is done: nobody approves it, nobody orders it, or what was ordered does not move.

use huitong_core::vocabulary::Direction;

use super::paid::{IN, OUT, by_month, rules};
use super::*;
use crate::decide::month::{MonthDue, dues};
use crate::decide::tests::late::late;
use crate::decide::tests::payments::{enter, line, today};

fn due(house: &House, moves: Moves) -> MonthDue {
    let named = [of("2026-03")];
    let found = house.ask(move |context| dues(context, &named, (RULES, rules(moves))));
    found.unwrap().pop().unwrap()
}

/// By when it is approved and ordered and how late that is, and the same of all of it having moved.
fn told(house: &House, moves: Moves) -> [Option<(String, u32)>; 2] {
    let due = due(house, moves);
    let order = due.order_by.map(|by| (by.to_string(), due.order_days_late));
    let clear = due.clear_by.map(|by| (by.to_string(), due.clear_days_late));
    [order, clear]
}

fn by(day: &str, days_late: u32) -> Option<(String, u32)> {
    Some((day.to_owned(), days_late))
}

/// How late months are, as the log says.
fn months_late(house: &House, moves: Moves) -> Option<(u64, String, u32)> {
    let late = late(house, (RULES, rules(moves))).into_iter();
    let mut of = late.filter(|of| of.0 == "months");
    of.next()
        .map(|(_, count, latest, days)| (count, latest, days))
}

const BOTH: [Moves; 2] = [Moves::Daily, Moves::Monthly];

#[test]
fn a_month_that_all_answered_is_late_until_it_is_approved_ordered_and_cleared() {
    let house = march();
    let drawn = draw_up(&house, "2026-03").unwrap();
    for region in [NINGBO, CHENGDU] {
        let at = "2026-04-05T03:30:00.000Z";
        say(&house, &word(region, "2026-03", drawn.digest, vec![], at)).unwrap();
    }
    for moves in BOTH {
        let told = told(&house, moves);
        assert_eq!(told, [by("2026-04-30", 0), by("2026-06-30", 0)]);
        assert_eq!(months_late(&house, moves), None);
    }
    house.clock.put("2026-05-03T04:00:00.000Z");
    let answered = seen(&house, "2026-03").unwrap();
    assert_eq!(
        (answered.stage, answered.days_late),
        (MonthStage::Answered, 0),
        "no region is late"
    );
    for moves in BOTH {
        assert_eq!(told(&house, moves)[0], by("2026-04-30", 3));
        let late = (1, "2026-03".to_owned(), 3);
        assert_eq!(months_late(&house, moves), Some(late));
    }
    let named = ("2026-03", drawn.digest);
    for officer in ["wang.fang", "li.na"] {
        approve(&house, named, officer).unwrap();
    }
    // By the day it is done; by the month it is to be ordered yet.
    assert_eq!(told(&house, Moves::Daily)[0], None);
    assert_eq!(months_late(&house, Moves::Daily), None);
    assert_eq!(told(&house, Moves::Monthly)[0], by("2026-04-30", 3));
    by_month(&house, named).unwrap();
    assert_eq!(told(&house, Moves::Monthly), [None, by("2026-06-30", 0)]);
    assert_eq!(months_late(&house, Moves::Monthly), None);
    let paid_in = line("B-1", Direction::PayIn, 1_200);
    enter(&house, today(&house, paid_in), IN).unwrap();
    house.clock.put("2026-07-02T04:00:00.000Z");
    assert_eq!(told(&house, Moves::Monthly), [None, by("2026-06-30", 2)]);
    // April has begun, and is to be drawn up.
    let late = months_late(&house, Moves::Monthly).unwrap();
    assert_eq!(late.0, 2);
    let paid_out = line("B-2", Direction::PayOut, 1_200);
    enter(&house, today(&house, paid_out), OUT).unwrap();
    assert_eq!(told(&house, Moves::Monthly), [None, None]);
    assert_eq!(months_late(&house, Moves::Monthly).unwrap().0, 1);
}

#[test]
fn whoever_is_silent_is_waited_for_before_officers_are_late() {
    let house = march();
    house.clock.put("2026-05-20T04:00:00.000Z");
    // Late itself: it is confirmed within three days of its signing, and approved on the day after.
    draw_up(&house, "2026-03").unwrap();
    assert_eq!(told(&house, Moves::Daily)[0], by("2026-05-24", 0));
    house.clock.put("2026-05-24T04:00:00.000Z");
    let late = months_late(&house, Moves::Daily).unwrap();
    assert_eq!(
        (late.1, late.2),
        ("2026-04".to_owned(), 3),
        "April is later"
    );
}
