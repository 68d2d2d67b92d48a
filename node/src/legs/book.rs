//! The region's own legs: under which numbers a closed day lies, a page of them for officers, and what the own book has
//! under given numbers when others' words are held against it.
//!
//! What was given back after a restore is journaled twice, as it came back and with its receipt: it is told once. What
//! came back and is booked by nobody here is shown to officers, and is not the own book's word: it is what others said.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use huitong_core::date::BusinessDay;
use huitong_core::leg::NumberedLeg;

use super::stream::legs_from;
use crate::ledger::Ledger;
use crate::store::{Key, Row, Rows, StoreError, Stream, Table};

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

/// What the own book has under these numbers, ascending, each once, as far as it is written. Numbers that are missing are
/// passed over, and so are legs that came back from the clearinghouse and are not booked again.
///
/// # Errors
/// [`StoreError`] when they cannot be read.
pub fn own(ledger: &Ledger, numbers: RangeInclusive<u64>) -> Result<Vec<NumberedLeg>, StoreError> {
    let written = last_number(ledger)?;
    let (mut next, last) = (*numbers.start(), written.min(*numbers.end()));
    let was_restored = ledger.restored()?.is_some();
    let mut own = Vec::new();
    while next <= last {
        let found = legs_from(ledger, next, PAGE)?;
        let Some(first) = found.iter().map(|leg| leg.number).min() else {
            next = after_block(next);
            continue;
        };
        let legs = consecutive(found, first..=last);
        next = legs.last().map_or(last, |leg| leg.number).saturating_add(1);
        for leg in legs {
            if !was_restored || !only_came_back(ledger, &leg)? {
                own.push(leg);
            }
        }
    }
    Ok(own)
}

/// The last number that is written; 0 while there is none.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub fn last_number(ledger: &Ledger) -> Result<u64, StoreError> {
    let head = ledger.stream(Stream::Legs)?;
    Ok(head.map_or(0, |head| head.written))
}

/// The first number of the next block: where a block was never begun, nothing of it is written.
const fn after_block(number: u64) -> u64 {
    let blocks = number.saturating_sub(1) / Stream::BLOCK;
    blocks
        .saturating_add(1)
        .saturating_mul(Stream::BLOCK)
        .saturating_add(1)
}

/// Whether a leg came back from the clearinghouse, and nothing is booked here from which it follows.
fn only_came_back(rows: &dyn Rows, leg: &NumberedLeg) -> Result<bool, StoreError> {
    let standing = rows.regained_legs(leg.leg.settlement, leg.leg.kind)?;
    Ok(standing.is_some_and(|row| row.legs.iter().any(|back| back.number == leg.number)))
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
mod tests;
