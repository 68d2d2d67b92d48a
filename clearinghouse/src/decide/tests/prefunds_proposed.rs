//! What a year's prefunds come to by the spending of the year before, and over how many of its months that is averaged.

use super::payments::netted;
use super::prefunds::{RULES, ZHEJIANG, fen, of, set};
use super::*;
use crate::decide::prefund::{self, ProposalRow};

/// Nov 1, as [`day`] counts.
const NOVEMBER: u8 = 246;

pub(super) fn proposals(house: &House, year: u16) -> Vec<ProposalRow> {
    let found = house.ask(move |context| prefund::proposal(context, year, None, &RULES));
    found.unwrap().0
}

/// Spent, over how many months, and what is proposed.
fn told_of(house: &House, text: &str) -> (i64, u32, i64) {
    let found = proposals(house, 2027);
    let row = found.iter().find(|row| row.prefund == of(text)).unwrap();
    (row.spent.get(), row.months, row.proposed.get())
}

#[test]
fn a_years_prefund_is_of_the_months_there_were_and_not_of_twelve() {
    let mut house = House::new(75);
    for (on, fen) in [(1, 1_000), (2, 2_003)] {
        netted(&house, on, fen);
    }
    house.come_back(Return::IndexLost);
    netted(&house, 3, 1);
    house.come_back(Return::Stopped);
    assert!(
        proposals(&house, 2026).is_empty(),
        "of 2025 there is nothing"
    );
    let expected = ProposalRow {
        prefund: of(ZHEJIANG),
        spent: fen(3_004),
        months: 1,
        // Two months of one: 6,008 fen, in whole yuan upwards.
        proposed: fen(6_100),
        set: fen(0),
    };
    assert_eq!(proposals(&house, 2027), [expected], "March is not over");
    house.clock.put("2026-04-30T04:00:00.000Z");
    assert_eq!(told_of(&house, ZHEJIANG), (3_004, 2, 3_100));
    // The whole year is over: March to December.
    house.clock.put("2027-01-04T04:00:00.000Z");
    for how in [Return::Stopped, Return::IndexLost] {
        house.come_back(how);
        assert_eq!(told_of(&house, ZHEJIANG), (3_004, 10, 700));
    }
}

#[test]
fn who_joined_late_is_averaged_over_its_own_months_and_a_seldom_pair_over_all_of_both() {
    let house = House::new(321);
    netted(&house, 1, 1_000);
    house.clock.put("2026-11-09T04:00:00.000Z");
    // Shanghai (0) owes for the first time; Chengdu (3) owes Zhejiang (2) for the first time, and both are there since March.
    let (late, seldom) = (debt(8, 0, 3, 6_000), debt(9, 3, 2, 6_000));
    house.report(0, &[payable(1, &late)]).unwrap();
    house.report(2, &[receivable(2, &seldom)]).unwrap();
    house
        .report(3, &[receivable(2, &late), payable(3, &seldom)])
        .unwrap();
    close_all(&house, NOVEMBER);
    house.cut_off(NOVEMBER, Condition::AllClosed).unwrap();
    house.net(NOVEMBER).unwrap();
    house.clock.put("2027-01-04T04:00:00.000Z");
    let shanghai = "310000-510100-resident_pool";
    assert_eq!(told_of(&house, shanghai), (6_000, 2, 6_000));
    let seldom = "510100-330000-resident_pool";
    assert_eq!(told_of(&house, seldom), (6_000, 10, 1_200));
    assert_eq!(told_of(&house, ZHEJIANG), (1_000, 10, 200));
    // Of the year after all of it is counted, whoever joined when.
    house.clock.put("2027-03-02T04:00:00.000Z");
    let found = house.ask(|context| prefund::proposal(context, 2028, None, &RULES));
    assert!(found.unwrap().0.is_empty(), "of 2027 there is nothing yet");
}

#[test]
fn a_prefund_of_an_earlier_year_is_proposed_anew_also_when_nothing_was_spent() {
    let house = House::new(322);
    let idle = "510100-310000-resident_pool";
    let ended = "310000-330000-resident_pool";
    for (text, amount) in [(ZHEJIANG, 1_000), (idle, 500), (ended, 0)] {
        set(&house, text, 2026, amount).unwrap();
    }
    netted(&house, 1, 1_000);
    house.clock.put("2027-02-03T04:00:00.000Z");
    let row = |text: &str| {
        let found = proposals(&house, 2027);
        let found = found.into_iter().find(|row| row.prefund == of(text));
        found.map(|row| (row.spent.get(), row.proposed.get(), row.set.get()))
    };
    assert_eq!(row(ZHEJIANG), Some((1_000, 200, 1_000)));
    assert_eq!(row(idle), Some((0, 0, 500)), "it is late until it is set");
    assert_eq!(row(ended), None, "it ended");
    // A page begins behind it, too.
    let first = proposals(&house, 2027)[0].prefund;
    let rest = house.ask(move |context| prefund::proposal(context, 2027, Some(first), &RULES));
    assert_eq!(rest.unwrap().0.len(), 1);
    // What is set for this year is not proposed to be ended.
    set(&house, idle, 2027, 700).unwrap();
    assert_eq!(row(idle), None);
}
