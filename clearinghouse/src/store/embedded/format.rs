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
use crate::prefunds::between_members;
use crate::store::{Index, StoreError, keys};

/// The format of this program: the second has what members owe each other, by cycle and by year; the third has the debts
/// that a plan took in order, many to a row, where the first two have a row for each; the fourth has them with who owes and
/// who is owed. What earlier ones wrote of them nobody looks up any more, and a program that does would find no debt of this
/// one's plans. Those rows go with the index, when it is moved away and made anew. The fifth has vouchers, by account and by
/// moment.
const FORMAT: u32 = 5;
/// The first format that has what members owe each other.
const HAS_OWED: u32 = 2;

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
    booked::bring_up(journaled)?;
    tracing::info!(from = found, to = FORMAT, "index brought up");
    let format = (keys::FORMAT.to_vec(), keys::value(&FORMAT));
    Ok(index.write(vec![format])?)
}

/// What members owe each other, by cycle and by year.
fn owed(journaled: &Journaled) -> Result<(), StoreError> {
    let index = &*journaled.index;
    let mut pairs = Vec::new();
    let mut spent: BTreeMap<(u16, Prefund), Fen> = BTreeMap::new();
    each(index, keys::PLANS, |key, _| {
        let day: BusinessDay = keys::of_key(key)?;
        let Some(plan) = journaled.plan(day)? else {
            return Ok(());
        };
        let owed = between_members(&plan);
        for (prefund, amount) in &owed {
            let sum = spent.entry((day.year(), *prefund)).or_insert(Fen::ZERO);
            *sum = sum.checked_add(*amount).unwrap_or(Fen::MAX);
        }
        pairs.push((keys::owed(day), keys::value(&owed)));
        Ok(())
    })?;
    let years = spent.iter();
    pairs.extend(years.map(|((year, of), sum)| (keys::spent(*year, *of), keys::value(sum))));
    Ok(index.write(pairs)?)
}
