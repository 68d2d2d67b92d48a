//! Whether an id is of somebody who was erased.

use huitong_core::id::{ActId, SettlementId, TransferId};
use huitong_core::refusal::{Refusal, RefusalCode};

use super::StoreError;
use super::erased_row::ErasedId;
use super::table::Rows;

/// Whether a settlement is of somebody who was erased.
///
/// # Errors
/// [`StoreError`] when rows cannot be read.
pub fn is_erased(rows: &dyn Rows, settlement: SettlementId) -> Result<bool, StoreError> {
    Ok(rows.erased(ErasedId::Settlement(settlement))?.is_some())
}

/// Whether a transfer is of somebody who was erased.
///
/// # Errors
/// As [`is_erased`].
pub fn is_erased_transfer(rows: &dyn Rows, transfer: TransferId) -> Result<bool, StoreError> {
    Ok(rows.erased(ErasedId::Transfer(transfer))?.is_some())
}

/// The refusal of the id of an act on the record of somebody who was erased, if it is one.
///
/// # Errors
/// As [`is_erased`].
pub fn erased_act(rows: &dyn Rows, act: ActId) -> Result<Option<Refusal>, StoreError> {
    let erased = rows.erased(ErasedId::Act(act))?;
    Ok(erased.map(|_| Refusal::new(RefusalCode::Erased, act)))
}
