//! What of the exceptions one region is told: its own, whoever told of them, and nothing of two others.

use std::sync::Arc;

use huitong_core::leg::Leg;

use super::*;
use crate::decide::exceptions::begin_at_most;

/// All pages of a region's list that keeps so many at most, found in steps of three legs; and how many it leaves off.
fn own(house: &House, of: usize, kept_at_most: usize) -> (Vec<Exception>, Exceptions, u64) {
    let begun = house.ask(move |context| begin_at_most(context, region(of), kept_at_most));
    let mut finding = begun.unwrap();
    loop {
        let looked = house.look(move |context| {
            let is_more = finding.go_on(context, 3);
            (finding, is_more)
        });
        let is_more;
        (finding, is_more) = looked.unwrap();
        if !is_more.unwrap() {
            break;
        }
    }
    let found = house.ask(move |context| own_exceptions(context, finding));
    let listing = Arc::new(found.unwrap().unwrap().ordered());
    assert_eq!(listing.region(), region(of));
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let of = Arc::clone(&listing);
        let page = house.ask(move |context| own_exceptions_page(context, &of, after));
        let mut page = page.unwrap().unwrap();
        rows.append(&mut page.rows);
        after = page.next;
        if after.is_none() {
            return (rows, page, listing.left_off());
        }
    }
}

type Row = (RegionCode, u64, WaitingReason, Option<RegionCode>);

fn rows(house: &House, of: usize) -> Vec<Row> {
    let (rows, _, left_off) = own(house, of, 100);
    assert_eq!(left_off, 0);
    let row = |row: &Exception| {
        let (told, number) = (row.leg.region, row.leg.numbered.number);
        // What a plan took is held no more.
        let other = row
            .other
            .as_ref()
            .filter(|_| row.leg.why != Waiting::Repeated);
        let other = other.map(|(other, _)| *other);
        (told, number, reason_of(row.leg.why), other)
    };
    rows.iter().map(row).collect()
}

#[test]
fn a_region_sees_its_own_debts_whoever_told_of_them_and_nothing_of_two_others() {
    let mut house = House::new(330);
    one_of_each(&house);
    // The missing side comes late; Hangzhou owes Shanghai, which says nothing; and Ningbo tells what Chengdu does not.
    let late = [
        payable(3, &debt(4, 2, 3, 40)),
        payable(4, &debt(5, 2, 3, 5)),
    ];
    house.report(2, &late).unwrap();
    house.report(1, &[payable(1, &debt(6, 1, 0, 9))]).unwrap();
    let (ningbo, chengdu) = (region(2), region(3));
    for how in [Return::Stopped, Return::IndexLost] {
        // Of the debt that differs the own word is the row; of what agrees, and is late, the creditor's is.
        let seen = [
            (ningbo, 2, WaitingReason::Differs, Some(chengdu)),
            (ningbo, 4, WaitingReason::CounterpartMissing, None),
            (chengdu, 3, WaitingReason::Repeated, None),
            (chengdu, 4, WaitingReason::Late, Some(ningbo)),
        ];
        let mut found = rows(&house, 2);
        found.sort_unstable_by_key(|row| (row.0, row.1));
        assert_eq!(found, seen);
        let mut found = rows(&house, 3);
        found.sort_unstable_by_key(|row| (row.0, row.1));
        let seen = [
            (ningbo, 4, WaitingReason::CounterpartMissing, None),
            (chengdu, 2, WaitingReason::Differs, Some(ningbo)),
            (chengdu, 3, WaitingReason::Repeated, None),
            (chengdu, 4, WaitingReason::Late, Some(ningbo)),
        ];
        assert_eq!(found, seen);
        // Shanghai told nothing, and sees what Hangzhou says of it; what is counted is of the two alone.
        let missing = (region(1), 1, WaitingReason::CounterpartMissing, None);
        assert_eq!(
            (rows(&house, 0), rows(&house, 1)),
            (vec![missing], vec![missing])
        );
        let (_, page, _) = own(&house, 0, 100);
        let counted: Vec<_> = page.ageing.into_iter().collect();
        let group = AgeGroup { legs: 1, amount: 9 };
        assert_eq!(counted.len(), 1);
        assert_eq!(counted[0].0, WaitingReason::CounterpartMissing);
        assert!(counted[0].1.contains(&group), "{counted:?}");
        house.come_back(how);
    }
    let stranger = house.ask(|context| begin_own_exceptions(context, "440100".parse().unwrap()));
    assert_eq!(code(stranger.map(|_| ())), "stream.unknown_region");
}

/// What the other region tells of the same id, of itself and a third, is no business of this one.
#[test]
fn what_the_other_tells_of_itself_and_a_third_is_not_told() {
    let house = House::new(331);
    let leg = debt(1, 2, 3, 700);
    let with_a_third = Leg {
        debtor: region(0),
        ..leg.clone()
    };
    house.report(2, &[payable(1, &leg)]).unwrap();
    // Chengdu says that Shanghai owes it what Ningbo says that it owes itself.
    house.report(3, &[receivable(1, &with_a_third)]).unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let officers = found(&house, Asked::default());
    let of_ningbo = officers.rows.iter().find(|row| row.leg.region == region(2));
    let (rows, _, _) = own(&house, 2, 100);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].leg.why, of_ningbo.unwrap().leg.why);
    for row in &rows {
        let mut legs = row.other.iter().map(|(_, other)| &other.leg);
        assert!(legs.all(|leg| leg.debtor == region(2)), "{rows:?}");
    }
    let (rows, _, _) = own(&house, 0, 100);
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].leg.numbered.leg, with_a_third);
    // Chengdu sees both: its own word names another debtor than Ningbo's, and does not stand beside it.
    let (rows, _, _) = own(&house, 3, 100);
    let mut told: Vec<_> = rows.iter().map(|row| row.leg.region).collect();
    told.sort_unstable();
    assert_eq!(told, [region(2), region(3)]);
}

#[test]
fn of_very_many_the_oldest_are_listed_and_all_are_counted() {
    let house = House::new(332);
    for number in 1..=20_u8 {
        house
            .clock
            .put(&format!("2026-03-{number:02}T02:00:00.000Z"));
        let leg = debt(number, 2, 3, 1);
        house
            .report(3, &[receivable(u64::from(number), &leg)])
            .unwrap();
    }
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    for (kept, left_off) in [(1, 19), (6, 14), (19, 1), (20, 0), (100, 0)] {
        let (rows, page, off) = own(&house, 2, kept);
        let numbers: Vec<_> = rows.iter().map(|row| row.leg.numbered.number).collect();
        let last = u64::try_from(kept).unwrap().min(20);
        assert_eq!((numbers, off), ((1..=last).collect(), left_off));
        let groups = page.ageing.values().flatten();
        assert_eq!(groups.map(|group| group.legs).sum::<u64>(), 20);
    }
}

/// What is too large is taken and never netted; what two of the largest come to is more than an amount may be.
#[test]
fn two_of_the_largest_debts_are_counted_for_what_they_come_to() {
    let house = House::new(333);
    let largest = huitong_core::money::Fen::MAX.get();
    for number in 1..=2_u8 {
        let leg = debt(number, 2, 3, largest);
        let number = u64::from(number);
        house.report(3, &[receivable(number, &leg)]).unwrap();
        house.report(2, &[payable(number, &leg)]).unwrap();
    }
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    for of in [2, 3] {
        let (rows, page, _) = own(&house, of, 100);
        assert_eq!(rows.len(), 2);
        let groups = page.ageing.get(&WaitingReason::TooLarge).unwrap();
        let amount = largest.saturating_mul(2);
        assert!(groups.contains(&AgeGroup { legs: 2, amount }), "{groups:?}");
    }
}
