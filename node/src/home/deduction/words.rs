//! A signed order or word, out of the journal: its record and the group it was sealed in give the same bytes again.
//!
//! How a record and its proof are read is shared with expense checks.

use huitong_core::deduction::{DeductionWord, SignedDeduction};
use huitong_core::record::NodeRecord;
use huitong_core::record::deduction::{DeductionOrdered, DeductionRegained};
use huitong_core::record::recovery::Proof;
use huitong_core::record::sealed::Joined;
use huitong_journal::Frame;

use crate::group::Group;
use crate::ledger::Ledger;
use crate::store::{Location, StoreError};

/// The order of a record that made one, with its signature, and what the institution is told.
///
/// # Errors
/// [`StoreError`] when it cannot be read, or is another record.
pub fn order_at(
    ledger: &Ledger,
    at: Location,
) -> Result<(SignedDeduction, DeductionOrdered), StoreError> {
    let frame = ledger.frame(at)?;
    if let Some(NodeRecord::DeductionOrdered(record)) = record_of(ledger, &frame, at.record())? {
        let Proof { group, index, path } = proof_of(&frame, at.record())?;
        let body = record.body().clone();
        let signed = SignedDeduction {
            body,
            group,
            index,
            path,
        };
        return Ok((signed, record));
    }
    Err(StoreError::Inconsistent(
        "an order's place holds another record",
    ))
}

/// The word of a record of either role.
///
/// # Errors
/// [`StoreError`] when it cannot be read, or is another record.
pub fn word_at(ledger: &Ledger, at: Location) -> Result<DeductionWord, StoreError> {
    let frame = ledger.frame(at)?;
    let record = record_of(ledger, &frame, at.record())?;
    let word = record.map(|record| word_of(record, &frame, at.record()));
    let word = word.transpose()?.flatten();
    word.ok_or(StoreError::Inconsistent(
        "a word's place holds another record",
    ))
}

/// The word that a record of a frame holds on a deduction, if it does.
///
/// # Errors
/// [`StoreError`] when its frame is not sealed.
pub fn word_of(
    record: NodeRecord,
    frame: &Frame,
    nth: u32,
) -> Result<Option<DeductionWord>, StoreError> {
    Ok(if let NodeRecord::DeductionAnswered(record) = record {
        Some(record.word)
    } else if let NodeRecord::DeductionDecided(record) = record {
        Some(record.word(proof_of(frame, nth)?))
    } else if let NodeRecord::DeductionRegained(regained) = record {
        let DeductionRegained { proof, record } = regained;
        Some(record.word(proof))
    } else {
        None
    })
}

/// A record of a frame; none when it is erased, or not there.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub fn record_of(
    ledger: &Ledger,
    frame: &Frame,
    nth: u32,
) -> Result<Option<NodeRecord>, StoreError> {
    let bytes = frame.record(nth);
    match bytes.map(|bytes| ledger.unsealed(bytes)).transpose()? {
        Some(Joined::Whole(record)) => Ok(Some(record)),
        Some(Joined::Erased(_) | Joined::Tags { .. }) | None => Ok(None),
    }
}

/// What proves a record of a frame.
///
/// # Errors
/// [`StoreError`] when the frame is not sealed.
pub fn proof_of(frame: &Frame, nth: u32) -> Result<Proof, StoreError> {
    Group::of_frame(frame)
        .and_then(|group| group.proof(nth))
        .ok_or(StoreError::Inconsistent("a word's frame is not sealed"))
}
