//! Exceptions as they are found while clearing goes on: in steps, between which legs are taken and cycles go on.

use huitong_core::id::SettlementId;
use huitong_core::leg::NumberedLeg;

use super::*;
use crate::decide::Listing;

/// A leg of which there is one side only.
fn alone(number: u64) -> NumberedLeg {
    let mut leg = debt(1, 2, 3, 100);
    leg.settlement = SettlementId::from_parts(i64::try_from(number).unwrap(), [7; 10]);
    receivable(number, &leg)
}

/// All pages of a list, and what is counted beside it.
fn all(house: &House, listing: Listing) -> (Vec<(RegionCode, u64, WaitingReason)>, u64) {
    let listing = std::sync::Arc::new(listing);
    let (mut rows, mut after) = (Vec::new(), None);
    loop {
        let of = std::sync::Arc::clone(&listing);
        let page = house.ask(move |context| exceptions_page(context, &of, after));
        let page = page.unwrap().unwrap();
        rows.extend(page.rows.iter().map(|row| {
            let (region, number) = (row.leg.region, row.leg.numbered.number);
            (region, number, reason_of(row.leg.why))
        }));
        after = page.next;
        if after.is_none() {
            let groups = page.ageing.values().flatten();
            return (rows, groups.map(|group| group.legs).sum());
        }
    }
}

/// Two hundred one-sided legs of the first day, which is cut off and netted.
fn many(seed: u64) -> House {
    let house = House::new(seed);
    let legs: Vec<_> = (1..=200).map(alone).collect();
    house.report(3, &legs).unwrap();
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    house.net(1).unwrap();
    house
}

#[test]
fn a_list_is_the_same_in_steps_of_any_size() {
    let house = House::new(320);
    one_of_each(&house);
    let whole = all(
        &house,
        house
            .listed(Asked::default(), usize::MAX, |_| {})
            .0
            .unwrap(),
    );
    assert_eq!((whole.0.len(), whole.1), (4, 4));
    for at_most in 1..6 {
        let found = house.listed(Asked::default(), at_most, |_| {}).0.unwrap();
        assert_eq!(all(&house, found), whole, "{at_most}");
    }
}

#[test]
fn a_list_is_of_what_was_held_when_it_was_begun_however_much_comes_meanwhile() {
    let house = many(321);
    let mut last = 200;
    let (found, steps) = house.listed(Asked::default(), 16, |step| {
        // More of the same stream in each step than is looked at, and a region that had reported nothing.
        let more: Vec<_> = (last + 1..=last + 32).map(alone).collect();
        last += 32;
        house.report(3, &more).unwrap();
        let number = u64::try_from(step).unwrap();
        let leg = debt(u8::try_from(step).unwrap(), 0, 1, 5);
        house.report(1, &[receivable(number, &leg)]).unwrap();
    });
    assert_eq!(steps, 13, "it comes to an end, and looks at 16 in a step");
    let (rows, counted) = all(&house, found.unwrap());
    let numbers: Vec<_> = rows.iter().map(|row| (row.0, row.1)).collect();
    let expected: Vec<_> = (1..=200).map(|number| (region(3), number)).collect();
    assert_eq!((numbers, counted), (expected, 200));
    // What came meanwhile is in the next one.
    let next = house.listing(Asked::default());
    assert_eq!(all(&house, next).1, last + 12);
}

#[test]
fn what_agrees_while_a_list_is_found_is_left_out_of_its_pages() {
    let house = many(322);
    let (found, _) = house.listed(Asked::default(), 16, |step| {
        if step == 1 {
            // The other side of one that was looked at, and of one that was not.
            for (at, number) in [(1, 3), (2, 150)] {
                let leg = alone(number).leg;
                house.report(2, &[payable(at, &leg)]).unwrap();
            }
        }
    });
    let (rows, counted) = all(&house, found.unwrap());
    assert_eq!((rows.len(), counted), (200, 200));
    let late: Vec<_> = rows
        .iter()
        .filter(|row| row.2 == WaitingReason::Late)
        .collect();
    assert_eq!(
        late,
        [
            &(region(3), 3, WaitingReason::Late),
            &(region(3), 150, WaitingReason::Late)
        ]
    );
}

#[test]
fn when_a_cycle_goes_on_meanwhile_a_list_is_found_anew() {
    let house = many(323);
    let close = |on: u8| {
        close_all(&house, on);
        house.cut_off(on, Condition::AllClosed).unwrap();
    };
    let (found, steps) = house.listed(Asked::default(), 16, |step| {
        if step == 2 {
            close(2);
        }
    });
    assert!(
        found.is_none() && steps == 3,
        "it looks no further: {steps}"
    );
    let (found, _) = house.listed(Asked::default(), 16, |step| {
        if step == 12 {
            drop(house.net(2).unwrap());
        }
    });
    assert!(found.is_none());
    let (rows, _) = all(&house, house.listing(Asked::default()));
    assert_eq!(rows.len(), 200);
}
