//! Receipts out of the journal: one by its place, or a treatment region's stream by number.
//!
//! A receipt is not stored as such: its record and the group it was sealed in give the same bytes again.

use huitong_core::canonical::Artifact;
use huitong_core::receipt::Receipt;
use huitong_core::record::home::Committed;
use huitong_core::record::{NodeRecord, receipt_leaf};
use huitong_core::region::RegionCode;
use huitong_journal::Frame;

use crate::group::Group;
use crate::ledger::Ledger;
use crate::store::{Location, Rows, StoreError, Stream};

/// The receipt of a committed record.
///
/// # Errors
/// [`StoreError`] when it cannot be read, or is another record.
pub fn receipt_at(ledger: &Ledger, at: Location) -> Result<Receipt, StoreError> {
    let frame = ledger.frame(at)?;
    let record = frame.record(at.record()).and_then(committed).transpose()?;
    let record = record.ok_or(StoreError::Inconsistent(
        "a commit's place holds another record",
    ))?;
    receipt_of(&frame, at.record(), &record)
}

/// At most `limit` receipts of the stream to a treatment region, from a number on.
///
/// # Errors
/// [`StoreError`] when they cannot be read.
pub fn receipts_from(
    ledger: &Ledger,
    treatment: RegionCode,
    from: u64,
    limit: usize,
) -> Result<Vec<Receipt>, StoreError> {
    let block = from.saturating_sub(1) / Stream::BLOCK;
    let Some(begins) = ledger.block(Stream::Receipts(treatment), block)? else {
        return Ok(Vec::new());
    };
    let mut receipts = Vec::new();
    for frame in ledger.frames_from(begins) {
        let frame = frame?;
        for (nth, bytes) in (0_u32..).zip(frame.records()) {
            if receipts.len() >= limit {
                return Ok(receipts);
            }
            let Some(record) = committed(bytes).transpose()? else {
                continue;
            };
            if record.claim.treatment == treatment && record.body().number >= from {
                receipts.push(receipt_of(&frame, nth, &record)?);
            }
        }
    }
    Ok(receipts)
}

/// The record of a commit; `None` for any other.
pub(crate) fn committed(bytes: &[u8]) -> Option<Result<Committed, StoreError>> {
    receipt_leaf(bytes)?;
    match NodeRecord::from_bytes(bytes) {
        Ok(record) => {
            if let NodeRecord::Committed(record) = record {
                Some(Ok(record))
            } else {
                None
            }
        }
        Err(error) => Some(Err(error.into())),
    }
}

fn receipt_of(frame: &Frame, nth: u32, record: &Committed) -> Result<Receipt, StoreError> {
    Group::of_frame(frame)
        .and_then(|group| group.receipt(nth, record.body().clone(), record.salt))
        .ok_or(StoreError::Inconsistent("a commit's frame is not sealed"))
}
