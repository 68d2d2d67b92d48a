//! Which plan took a debt: sheets of debts in order, each one row of the index under its first debt.
//!
//! A day takes millions of debts; a row for each costs the index thirty times the time of a sheet, and memory by the
//! kilobyte. A debt is looked for in the one sheet that it can stand on. Sheets do not overlap; one that grows too long is
//! parted evenly. What is written again changes nothing: a debt stays with the plan that it was written for first.
//! Deliberately absent: taking a debt off a sheet, since what a plan took it keeps.

use std::collections::BTreeMap;

use huitong_core::canonical::encode_to_vec;
use huitong_core::leg::{Debt, Side};
use huitong_netting::NettingPlan;

use super::journaled::Journaled;
use crate::store::{Index, StoreError, keys};

/// Debts of a sheet, at most.
const ON_A_SHEET: usize = 256;
/// Debts that are written in one batch, at most: the index holds each of a batch many times over until it is done.
const AT_ONCE: usize = 4_096;

const DEBT_BYTES: usize = 21;
const ENTRY_BYTES: usize = 29;

/// A debt in the form in which it orders and is stored.
type DebtBytes = [u8; DEBT_BYTES];

/// A sheet's debts, each with its plan, ascending.
type Sheet = BTreeMap<DebtBytes, [u8; 8]>;

/// The plan that took a debt, if an indexed one did.
pub(super) fn plan_of(index: &dyn Index, debt: Debt) -> Result<Option<u64>, StoreError> {
    let wanted = bytes_of(debt)?;
    let Some((_, value)) = row_at(index, &wanted)? else {
        return Ok(None);
    };
    let entries = entries(&value)?;
    let found = entries.binary_search_by(|entry| entry.first_chunk().cmp(&Some(&wanted)));
    let entry = found.ok().and_then(|place| entries.get(place));
    Ok(entry
        .and_then(|entry| entry.last_chunk())
        .map(|plan| u64::from_be_bytes(*plan)))
}

/// Notes for each debt of a plan that the plan took it. Each has one receivable leg.
pub(super) fn write(
    journaled: &Journaled,
    plan: &NettingPlan,
    parent: Option<&NettingPlan>,
) -> Result<(), StoreError> {
    let mut taken = Taken::default();
    for window in plan.windows() {
        journaled.visit_taken(window, parent, &mut |_, numbered| {
            if numbered.side == Side::Receivable {
                taken.add(numbered.leg.debt())?;
            }
            Ok(())
        })?;
    }
    taken.write(&*journaled.index, plan.number())
}

/// Debts that a plan took, gathered to be written in their order.
#[derive(Default)]
struct Taken(Vec<DebtBytes>);

impl Taken {
    fn add(&mut self, debt: Debt) -> Result<(), StoreError> {
        self.0.push(bytes_of(debt)?);
        Ok(())
    }

    /// Writes them, a batch at a time; each batch leaves the sheets whole.
    fn write(mut self, index: &dyn Index, plan: u64) -> Result<(), StoreError> {
        self.0.sort_unstable();
        let mut left = self.0.as_slice();
        while let Some(first) = left.first() {
            let next = next_sheet(index, first)?;
            let before_next = |debt: &DebtBytes| next.is_none_or(|next| *debt < next);
            let here = left.partition_point(before_next).clamp(1, AT_ONCE);
            let (now, later) = left.split_at_checked(here).unwrap_or((left, &[]));
            let (begin, mut sheet) = match row_at(index, first)? {
                Some((begin, value)) => (begin, sheet_of(&value)?),
                None => (*first, Sheet::new()),
            };
            for debt in now {
                sheet.entry(*debt).or_insert(plan.to_be_bytes());
            }
            index.write(parted(begin, &sheet))?;
            left = later;
        }
        Ok(())
    }
}

/// A sheet as rows, evenly parted where it is too long. The first keeps the key that it had.
fn parted(begin: DebtBytes, sheet: &Sheet) -> Vec<(Vec<u8>, Vec<u8>)> {
    let parts = sheet.len().div_ceil(ON_A_SHEET).max(1);
    let entries: Vec<_> = sheet.iter().collect();
    let rows = entries.chunks(entries.len().div_ceil(parts).max(1));
    let rows = rows.enumerate().filter_map(|(place, part)| {
        let (first, _) = part.first()?;
        let first = if place == 0 { &begin } else { *first };
        let value = part
            .iter()
            .flat_map(|(debt, plan)| debt.iter().chain(*plan).copied());
        Some((keys::debts(first), value.collect()))
    });
    rows.collect()
}

/// The row on which a debt stands if it stands on any, with the first debt of its key.
fn row_at(index: &dyn Index, debt: &DebtBytes) -> Result<Option<(DebtBytes, Vec<u8>)>, StoreError> {
    let Some((key, value)) = index.at_or_before(&keys::debts(debt))? else {
        return Ok(None);
    };
    if !key.starts_with(keys::DEBTS) {
        return Ok(None);
    }
    Ok(Some((first_of(&key)?, value)))
}

/// The first debt of the next sheet after a debt.
fn next_sheet(index: &dyn Index, debt: &DebtBytes) -> Result<Option<DebtBytes>, StoreError> {
    let after = [keys::debts(debt).as_slice(), &[0]].concat();
    let rows = index.scan(keys::DEBTS, &after, 1)?;
    rows.first().map(|(key, _)| first_of(key)).transpose()
}

fn first_of(key: &[u8]) -> Result<DebtBytes, StoreError> {
    let first = key
        .strip_prefix(keys::DEBTS)
        .and_then(|of| of.try_into().ok());
    first.ok_or_else(|| foreign("a key of debts"))
}

fn entries(value: &[u8]) -> Result<&[[u8; ENTRY_BYTES]], StoreError> {
    match value.as_chunks() {
        (entries, []) => Ok(entries),
        _ => Err(foreign("a sheet of debts")),
    }
}

fn sheet_of(value: &[u8]) -> Result<Sheet, StoreError> {
    let entries = entries(value)?.iter();
    let entries = entries.filter_map(|entry| Some((*entry.first_chunk()?, *entry.last_chunk()?)));
    Ok(entries.collect())
}

fn bytes_of(debt: Debt) -> Result<DebtBytes, StoreError> {
    let bytes = encode_to_vec(&debt).try_into();
    bytes.map_err(|_| foreign("a debt"))
}

fn foreign(what: &str) -> StoreError {
    StoreError::Foreign(format!("{what} has another length"))
}

#[cfg(test)]
mod tests;
