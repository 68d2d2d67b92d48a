//! A debt as it lies in an index's row, and what a filter knows of it.
//!
//! A filter knows a debt by its id alone, and a row also whose it is. Deliberately absent: which rows there are.

use huitong_core::leg::{DEBT_LEN, ENDS_LEN};

use crate::store::StoreError;

/// A debt by its id, which a filter knows.
pub(super) type DebtBytes = [u8; DEBT_LEN];
/// A debt as it lies in a row: with who owes and who is owed, since what two regions call as two others do is another one.
/// Debts order as their bytes do.
pub(in super::super) type Entry = [u8; ENTRY_LEN];
pub(super) const ENTRY_LEN: usize = DEBT_LEN.saturating_add(ENDS_LEN);

/// How a debt between two regions lies in a row.
pub(in super::super) fn entry(debt: DebtBytes, ends: [u8; ENDS_LEN]) -> Entry {
    let mut entry = [0; ENTRY_LEN];
    let (first, last) = entry.split_at_mut(DEBT_LEN);
    first.copy_from_slice(&debt);
    last.copy_from_slice(&ends);
    entry
}

/// The debt of one that lies in a row, by its id.
pub(super) fn id(entry: &Entry) -> DebtBytes {
    let mut debt = [0; DEBT_LEN];
    debt.copy_from_slice(entry.split_at(DEBT_LEN).0);
    debt
}

/// The debts of a row.
pub(super) fn sheet_of(bytes: &[u8]) -> Result<&[Entry], StoreError> {
    match bytes.as_chunks() {
        (sheet, []) => Ok(sheet),
        _ => Err(StoreError::Foreign("debts that are cut off".to_owned())),
    }
}

/// A debt's place among all numbers. It is part of what is written: another one would let a debt through unseen.
pub(super) fn hash(debt: &DebtBytes) -> u64 {
    let (eights, rest) = debt.as_chunks::<8>();
    let mut hash = rest
        .iter()
        .fold(0, |hash, byte| (hash << 8) | u64::from(*byte));
    for eight in eights {
        hash = mixed(hash ^ u64::from_be_bytes(*eight));
    }
    hash
}

/// The last step of SplitMix64.
const fn mixed(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}
