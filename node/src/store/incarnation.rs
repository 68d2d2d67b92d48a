//! Versions as the node gives them now: in its own incarnation, whatever the rows of before a restore say.

use huitong_core::person::PsnNo;

use super::StoreError;
use super::recovery_row::FIRST_INCARNATION;
use super::row::Account;
use super::table::Rows;

/// The node's incarnation: part of every version that it gives.
///
/// # Errors
/// [`StoreError`] when the row cannot be read.
pub fn incarnation(rows: &dyn Rows) -> Result<u32, StoreError> {
    Ok(rows
        .restored()?
        .map_or(FIRST_INCARNATION, |row| row.incarnation))
}

/// A person's account, with the version as the node gives it now: one of before a restore is no version any more.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn account_now(rows: &dyn Rows, psn_no: PsnNo) -> Result<Option<Account>, StoreError> {
    let Some(mut account) = rows.account(psn_no)? else {
        return Ok(None);
    };
    account.version.incarnation = incarnation(rows)?;
    Ok(Some(account))
}
