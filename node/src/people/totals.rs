//! A person's totals with what an act adds to them, and whether the record has room for it.

use huitong_core::totals::{TotalChange, TotalSlot};

use super::change::TOTALS_AT_MOST;
use crate::store::{Account, StoreError};

/// The totals that change, as they stand afterwards; none when the record has no room for them.
///
/// # Errors
/// [`StoreError::Range`] when a total is beyond what it can hold.
pub fn totals_with(
    changes: &[TotalChange],
    account: &Account,
) -> Result<Option<Vec<(TotalSlot, i64)>>, StoreError> {
    let mut after = Vec::new();
    let mut held = account.totals.len();
    for change in changes {
        let before = account.totals.get(&change.slot).copied();
        held = held.saturating_add(usize::from(before.is_none()));
        let value = before.unwrap_or_default().checked_add(change.adds);
        let value = value.ok_or(StoreError::Range("a total"))?;
        after.push((change.slot.clone(), value));
    }
    Ok((held <= TOTALS_AT_MOST).then_some(after))
}
