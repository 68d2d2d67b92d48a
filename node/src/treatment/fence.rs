//! The line that a home region's restore draws (PROTOCOL 15), and how far its numbers may leap.

use huitong_core::region::RegionCode;
use huitong_core::reversal::HomeWord;

use crate::store::{BeyondReason, HeldReceipts, Rows, StoreError};

/// Whether a word was given in an incarnation of its home region that has ended, under a number that this
/// region's backup did not have: then it does not stand there, and is not booked here.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn is_void(rows: &dyn Rows, home: RegionCode, word: &HomeWord) -> Result<bool, StoreError> {
    let Some(peer) = rows.restored_peer(home)? else {
        return Ok(false);
    };
    let (incarnation, number) = match &word.reversal {
        Some(reversal) => (reversal.body.incarnation, reversal.body.number),
        None => (word.receipt.body.incarnation, word.receipt.body.number),
    };
    Ok(peer.last_of(incarnation).is_some_and(|last| number > last))
}

/// Makes sure that a home region can have come to the numbers of a word: nothing is booked under others.
///
/// # Errors
/// [`StoreError`] when a row cannot be read.
pub fn beyond_reason(
    rows: &dyn Rows,
    home: RegionCode,
    word: &HomeWord,
) -> Result<Option<BeyondReason>, StoreError> {
    let held = rows.held(home)?.unwrap_or(HeldReceipts::NONE);
    let numbers = [word.receipt.body.number, word.number()];
    Ok(numbers
        .into_iter()
        .find_map(|number| held.may_come(number).err()))
}
