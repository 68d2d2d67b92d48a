//! The legs that no plan took: each with its reason, its clock and what the other side said.

mod own;
mod stepped;

use std::collections::BTreeMap;

use huitong_core::region::RegionCode;

use super::*;
use crate::testing::reversed;

fn found(house: &House, asked: Asked) -> Exceptions {
    excepted(house, asked, None)
}

fn reasons(found: &Exceptions) -> Vec<(RegionCode, u64, WaitingReason, i64)> {
    let row = |row: &Exception| {
        let (region, number) = (row.leg.region, row.leg.numbered.number);
        (region, number, reason_of(row.leg.why), row.days)
    };
    found.rows.iter().map(row).collect()
}

/// One leg for each reason, all of the first day, which is cut off and netted.
fn one_of_each(house: &House) {
    house.clock.put("2026-03-01T02:00:00.000Z");
    one_debt(house);
    house
        .report(3, &[receivable(2, &debt(2, 2, 3, 700))])
        .unwrap();
    house.clock.put("2026-03-05T02:00:00.000Z");
    house.report(2, &[payable(2, &debt(2, 2, 3, 701))]).unwrap();
    let repeated = receivable(3, &debt(1, 2, 3, 1_316_000));
    house.report(3, &[repeated]).unwrap();
    house
        .report(3, &[receivable(4, &debt(4, 2, 3, 40))])
        .unwrap();
    close_all(house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    house.net(1).unwrap();
}

#[test]
fn what_no_plan_took_is_told_with_reason_clock_and_the_other_sides_word() {
    let mut house = House::new(50);
    assert!(found(&house, Asked::default()).rows.is_empty());
    one_of_each(&house);
    // The missing side comes after the day was cut off: it agrees, and is late.
    house
        .report(
            2,
            &[
                payable(3, &debt(4, 2, 3, 40)),
                payable(4, &debt(5, 2, 3, 5)),
            ],
        )
        .unwrap();
    house.clock.put("2026-04-10T01:59:59.999Z");
    let expected = [
        (region(3), 2, WaitingReason::Differs, 39),
        (region(2), 2, WaitingReason::Differs, 35),
        (region(2), 4, WaitingReason::CounterpartMissing, 35),
        (region(3), 3, WaitingReason::Repeated, 35),
        (region(3), 4, WaitingReason::Late, 35),
    ];
    for how in [Return::Stopped, Return::IndexLost] {
        let all = found(&house, Asked::default());
        assert_eq!(reasons(&all), expected);
        let other = |at: usize| {
            let (region, numbered) = all.rows[at].other.as_ref().unwrap();
            (*region, numbered.number, numbered.leg.amount.get())
        };
        assert_eq!(other(0), (region(2), 2, 701));
        assert_eq!(other(1), (region(3), 2, 700));
        assert!(all.rows[2].other.is_none());
        assert_eq!(other(4), (region(2), 3, 40));
        house.come_back(how);
    }
}

#[test]
fn what_goes_with_the_cycle_that_is_yet_to_be_netted_is_not_late() {
    let house = House::new(53);
    one_debt(&house);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    // Two pairs come after the marks.
    for (number, id) in [(2, 7), (3, 8)] {
        house
            .report(3, &[receivable(number, &debt(id, 2, 3, 5))])
            .unwrap();
        house
            .report(2, &[payable(number, &debt(id, 2, 3, 5))])
            .unwrap();
    }
    let expected = [
        (region(3), 2, WaitingReason::Late, 0),
        (region(3), 3, WaitingReason::Late, 0),
    ];
    assert_eq!(reasons(&found(&house, Asked::default())), expected);
    house.net(1).unwrap();
    assert_eq!(reasons(&found(&house, Asked::default())), expected);
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    assert!(found(&house, Asked::default()).rows.is_empty());
}

#[test]
fn a_debt_that_a_plan_took_is_repeated_whatever_the_index_lost() {
    let mut house = House::new(53);
    one_debt(&house);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    house.net(1).unwrap();
    let again = debt(1, 2, 3, 1_316_000);
    for (number, format) in (2..).zip([None, Some(2), Some(3)]) {
        house.come_back_on_format(format).unwrap();
        house.report(3, &[receivable(number, &again)]).unwrap();
        house.report(2, &[payable(number, &again)]).unwrap();
        let found = reasons(&found(&house, Asked::default()));
        assert!(found.iter().all(|found| found.2 == WaitingReason::Repeated));
        assert_eq!(u64::try_from(found.len()), Ok(2 * (number - 1)));
    }
}

/// What two others report under the id of a debt that a plan took is told from what its own two repeat: theirs is owed.
#[test]
fn what_two_others_call_a_netted_debt_is_told_from_a_repetition() {
    for how in [None, Some(Return::Stopped), Some(Return::IndexLost)] {
        let mut house = House::new(54);
        let theirs = huitong_core::leg::Leg {
            debtor: region(0),
            creditor: region(1),
            ..debt(1, 2, 3, 1_316_000)
        };
        one_debt(&house);
        close_all(&house, 1);
        house.cut_off(1, Condition::AllClosed).unwrap();
        house.net(1).unwrap();
        if let Some(how) = how {
            house.come_back(how);
        }
        house.report(1, &[receivable(1, &theirs)]).unwrap();
        house.report(0, &[payable(1, &theirs)]).unwrap();
        house.report(1, &[receivable(2, &theirs)]).unwrap();
        let again = debt(1, 2, 3, 1_316_000);
        house.report(3, &[receivable(2, &again)]).unwrap();
        let listed = found(&house, Asked::default());
        let told = listed.rows.iter().map(|row| {
            assert_eq!(row.leg.why, Waiting::Repeated);
            (row.leg.region, row.leg.numbered.number, row.id_taken)
        });
        let mut told: Vec<_> = told.collect();
        told.sort_unstable();
        let mut expected = [
            (region(1), 1, true),
            (region(0), 1, true),
            (region(1), 2, false),
            (region(3), 2, false),
        ];
        expected.sort_unstable();
        assert_eq!(told, expected, "{how:?}");
        // When it is reversed the reversal waits as well: what was not paid is not paid back, and no more is to be done.
        let back = reversed(&theirs, 2);
        house.report(1, &[payable(3, &back)]).unwrap();
        house.report(0, &[receivable(2, &back)]).unwrap();
        close_all(&house, 2);
        house.cut_off(2, Condition::AllClosed).unwrap();
        assert_eq!(house.net(2).unwrap().legs(), 0, "{how:?}");
        let listed = found(&house, Asked::default());
        let over = listed
            .rows
            .iter()
            .filter(|row| row.leg.why == Waiting::TakenBack);
        let mut over: Vec<_> = over
            .map(|row| (row.leg.region, row.leg.numbered.number))
            .collect();
        over.sort_unstable();
        assert_eq!(
            over,
            [(region(0), 1), (region(0), 2), (region(1), 1)],
            "{how:?}"
        );
    }
}

#[test]
fn exceptions_are_asked_for_by_region_reason_and_age_and_all_are_counted() {
    let house = House::new(51);
    one_of_each(&house);
    house.clock.put("2026-03-08T02:00:00.000Z");
    let asked = |asked| reasons(&found(&house, asked));
    let of_ningbo = Asked {
        region: Some(region(2)),
        ..Asked::default()
    };
    assert_eq!(
        asked(of_ningbo),
        [(region(2), 2, WaitingReason::Differs, 3)]
    );
    let missing = Asked {
        reason: Some(WaitingReason::CounterpartMissing),
        ..Asked::default()
    };
    assert_eq!(
        asked(missing),
        [(region(3), 4, WaitingReason::CounterpartMissing, 3)]
    );
    // Of a region that is none it is not said that nothing waits.
    let stranger = Asked {
        region: Some("440100".parse().unwrap()),
        ..Asked::default()
    };
    let none = house.ask(move |context| begin_exceptions(context, stranger));
    assert_eq!(code(none), "stream.unknown_region");
    let old = Asked {
        at_least_days: 4,
        ..Asked::default()
    };
    assert_eq!(asked(old), [(region(3), 2, WaitingReason::Differs, 7)]);
    let ageing = found(&house, old).ageing;
    let group = |legs, amount| [AgeGroup::default(), AgeGroup { legs, amount }].to_vec();
    let counted: BTreeMap<_, _> = ageing
        .into_iter()
        .map(|(reason, groups)| (reason, groups[..2].to_vec()))
        .collect();
    let expected = [
        (WaitingReason::CounterpartMissing, group(1, 40)),
        (WaitingReason::Differs, group(2, 1_401)),
        (WaitingReason::Repeated, group(1, 1_316_000)),
    ];
    assert_eq!(counted, expected.into());
}

#[test]
fn a_long_list_is_told_a_page_at_a_time_and_nothing_twice() {
    let house = House::new(52);
    let legs = |numbers: std::ops::RangeInclusive<u64>| -> Vec<_> {
        let leg = |number| {
            let mut leg = debt(1, 2, 3, 1);
            let bytes = u16::try_from(number).unwrap().to_be_bytes();
            let mut id = [0; 10];
            id[..2].copy_from_slice(&bytes);
            leg.settlement = huitong_core::id::SettlementId::from_parts(1, id);
            receivable(number, &leg)
        };
        numbers.map(leg).collect()
    };
    for first in [1, 1_001, 2_001] {
        let last = 2_500.min(first + 999);
        house.report(3, &legs(first..=last)).unwrap();
    }
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let listing = std::sync::Arc::new(house.listing(Asked::default()));
    let page = |after| {
        let listing = std::sync::Arc::clone(&listing);
        house.ask(move |context| exceptions_page(context, &listing, after))
    };
    let (mut after, mut seen) = (None, Vec::new());
    loop {
        let page = page(after).unwrap().unwrap();
        seen.extend(page.rows.iter().map(|row| row.leg.numbered.number));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seen, (1..=2_500).collect::<Vec<_>>());
    // What went with a plan meanwhile is left out of the page, which goes on after it all the same.
    let mut first = debt(1, 2, 3, 1);
    first.settlement = legs(1..=1)[0].leg.settlement;
    house.report(2, &[payable(1, &first)]).unwrap();
    house.net(1).unwrap();
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    house.net(2).unwrap();
    let again = page(None).unwrap().unwrap();
    assert_eq!(again.rows.len(), 999);
    assert_eq!(again.rows[0].leg.numbered.number, 2);
    let (_, _, last) = again.next.unwrap();
    assert_eq!(last, 1_000);
    // A list that is too old is not read on.
    house.clock.put("2026-03-31T04:10:00.000Z");
    assert!(page(None).unwrap().is_some());
    house.clock.put("2026-03-31T04:10:00.001Z");
    assert!(page(None).unwrap().is_none());
}
