//! Brings an index that an earlier program wrote up to what is looked up in it now.
//!
//! What is journaled never changes its form, but a newer program may index more of it. Without this, rows that an earlier
//! one did not write would look like nothing: so much owed, so much spent, told as none. An index says its format in a
//! row that is written before any other; one without it is of the first format. Deliberately absent: an index of a later
//! program, which is refused.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;
use huitong_core::money::Fen;
use huitong_core::prefund::Prefund;

use super::booked;
use super::journaled::Journaled;
use super::scan::each;
use crate::prefunds::{Spent, between_members};
use crate::store::{Index, StoreError, keys};

/// The format of this program: the second has what members owe each other, by cycle and by year; the third has the debts
/// that a plan took in order, many to a row, where the first two have a row for each; the fourth has them with who owes and
/// who is owed. What earlier ones wrote of them nobody looks up any more, and a program that does would find no debt of this
/// one's plans. Those rows go with the index, when it is moved away and made anew. The fifth has vouchers, by account and by
/// moment. The sixth has beside what was spent in a year the first cycle of it.
const FORMAT: u32 = 6;
/// The first format that has what members owe each other.
const HAS_OWED: u32 = 2;
/// The first format that says since when anything was spent.
const HAS_FIRST: u32 = 6;

/// The format of an index, before anything else of it is read.
///
/// # Errors
/// [`StoreError`]; also when a later program wrote the index.
pub(super) fn known(index: &dyn Index) -> Result<u32, StoreError> {
    let found = index.get(keys::FORMAT)?;
    let found = found.map_or(Ok(1_u32), |value| keys::read(&value))?;
    if found > FORMAT {
        return Err(StoreError::LaterIndex {
            found,
            known: FORMAT,
        });
    }
    Ok(found)
}

/// Brings the index up, its format last: cut off in the middle, it is done again.
///
/// # Errors
/// [`StoreError`].
pub(super) fn bring_up(journaled: &Journaled, found: u32) -> Result<(), StoreError> {
    let index = &*journaled.index;
    if found == FORMAT {
        return Ok(());
    }
    if found < HAS_OWED {
        owed(journaled)?;
    }
    if found < HAS_FIRST {
        spent(index)?;
    }
    booked::bring_up(journaled)?;
    tracing::info!(from = found, to = FORMAT, "index brought up");
    let format = (keys::FORMAT.to_vec(), keys::value(&FORMAT));
    Ok(index.write(vec![format])?)
}

/// What members owe each other, by cycle.
fn owed(journaled: &Journaled) -> Result<(), StoreError> {
    let index = &*journaled.index;
    let mut pairs = Vec::new();
    each(index, keys::PLANS, |key, _| {
        let day: BusinessDay = keys::of_key(key)?;
        let Some(plan) = journaled.plan(day)? else {
            return Ok(());
        };
        pairs.push((keys::owed(day), keys::value(&between_members(&plan))));
        Ok(())
    })?;
    Ok(index.write(pairs)?)
}

/// What they came to owe in a year, from what they owe by cycle.
fn spent(index: &dyn Index) -> Result<(), StoreError> {
    let mut spent: BTreeMap<(u16, Prefund), Spent> = BTreeMap::new();
    each(index, keys::OWED, |key, value| {
        let day: BusinessDay = keys::of_key(key)?;
        let owed: BTreeMap<Prefund, Fen> = keys::read(value)?;
        for (prefund, amount) in owed {
            let of = (day.year(), prefund);
            let before = spent.get(&of).copied();
            spent.insert(of, Spent::with(before, day, amount));
        }
        Ok(())
    })?;
    let years = spent.iter();
    let pairs = years.map(|((year, of), spent)| (keys::spent(*year, *of), keys::value(spent)));
    Ok(index.write(pairs.collect())?)
}
