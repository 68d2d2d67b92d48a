//! The region's own legs for its officers: under which numbers a closed day lies, and a page of them.
//!
//! What was given back after a restore is journaled twice, as it came back and with its receipt: it is told once.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use huitong_core::date::BusinessDay;
use huitong_core::leg::NumberedLeg;

use super::stream::legs_from;
use crate::ledger::Ledger;
use crate::store::{Key, Row, StoreError, Table};

/// Legs of one page.
pub const PAGE: usize = 4_096;
/// Closed days that are looked through: fifteen years.
const DAYS_AT_MOST: usize = 4_096;

/// The numbers that were closed with a day; none when it is not closed.
///
/// # Errors
/// [`StoreError`] when the days cannot be read.
pub fn numbers_of(
    ledger: &Ledger,
    day: BusinessDay,
) -> Result<Option<RangeInclusive<u64>>, StoreError> {
    let mut before = 0_u64;
    for (key, row) in ledger.scan(Table::ClosedDay, DAYS_AT_MOST)? {
        let (Key::ClosedDay(of), Row::ClosedDay(closed)) = (key, row) else {
            continue;
        };
        if of == day {
            return Ok(Some(before.saturating_add(1)..=closed.up_to));
        }
        before = closed.up_to;
    }
    Ok(None)
}

/// The highest number of the own legs in days that were closed up to this one; 0 when there is none.
///
/// # Errors
/// [`StoreError`] when the days cannot be read.
pub fn closed_by(ledger: &Ledger, day: BusinessDay) -> Result<u64, StoreError> {
    let mut up_to = 0_u64;
    for (key, row) in ledger.scan(Table::ClosedDay, DAYS_AT_MOST)? {
        if let (Key::ClosedDay(of), Row::ClosedDay(closed)) = (key, row)
            && of <= day
        {
            up_to = up_to.max(closed.up_to);
        }
    }
    Ok(up_to)
}

/// The legs under the first of these numbers, consecutive, as far as they are on disk.
///
/// # Errors
/// [`StoreError`] when they cannot be read.
pub fn page(ledger: &Ledger, numbers: RangeInclusive<u64>) -> Result<Vec<NumberedLeg>, StoreError> {
    if numbers.is_empty() {
        return Ok(Vec::new());
    }
    Ok(consecutive(
        legs_from(ledger, *numbers.start(), PAGE)?,
        numbers,
    ))
}

/// The legs under these numbers from the first on, each once, up to the first number that is missing.
fn consecutive(found: Vec<NumberedLeg>, numbers: RangeInclusive<u64>) -> Vec<NumberedLeg> {
    let mut legs = BTreeMap::new();
    for numbered in found {
        legs.entry(numbered.number).or_insert(numbered);
    }
    numbers.map_while(|number| legs.remove(&number)).collect()
}

#[cfg(test)]
mod tests {
    use huitong_core::digest::sha256;
    use huitong_core::fund::Fund;
    use huitong_core::id::SettlementId;
    use huitong_core::leg::{Leg, LegKind, Side};
    use huitong_core::money::Fen;

    use super::*;

    fn leg(number: u64) -> NumberedLeg {
        let leg = Leg {
            settlement: SettlementId::from_parts(1, [1; 10]),
            kind: LegKind::Settlement,
            debtor: "330200".parse().unwrap(),
            creditor: "510100".parse().unwrap(),
            fund: Fund::ResidentPool,
            amount: Fen::new(1_000).unwrap(),
            business_day: "2026-03-01".parse().unwrap(),
            receipt: sha256(b"receipt"),
        };
        NumberedLeg {
            number,
            side: Side::Payable,
            leg,
        }
    }

    #[test]
    fn a_leg_that_was_given_back_and_booked_again_is_told_once_and_a_gap_ends_the_page() {
        let found: Vec<_> = [1, 2, 3, 2, 4, 6].map(leg).into();
        let numbers =
            |legs: Vec<NumberedLeg>| -> Vec<u64> { legs.iter().map(|leg| leg.number).collect() };
        assert_eq!(numbers(consecutive(found.clone(), 1..=9)), [1, 2, 3, 4]);
        assert_eq!(numbers(consecutive(found.clone(), 2..=3)), [2, 3]);
        assert!(consecutive(found, 5..=9).is_empty());
    }
}
