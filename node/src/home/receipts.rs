//! What was signed, out of the journal: a receipt, refusal or reversal by its place, or a treatment region's stream
//! of receipts and reversals by number.
//!
//! None is stored as such: its record and the group it was sealed in give the same bytes again. What was regained
//! after a restore keeps the proof that it was given with.

use huitong_core::final_refusal::{FinalRefusal, RefusedRequest};
use huitong_core::provisional::SignedSnapshot;
use huitong_core::receipt::Receipt;
use huitong_core::record::home::{Committed, HomeRefused};
use huitong_core::record::recovery::{Proof, RefusalRegained, ReversalRegained};
use huitong_core::record::reversal::ReversalOrdered;
use huitong_core::record::sealed::{Joined, Remains, SealedRecord};
use huitong_core::record::{NodeRecord, is_home_refusal, is_regained_word, is_signed_word};
use huitong_core::region::RegionCode;
use huitong_core::reversal::{HomeWord, Reversal};
use huitong_journal::Frame;

use crate::group::Group;
use crate::ledger::Ledger;
use crate::store::{HomeState, Location, Rows, StoreError, Stream};

/// A record that is signed, by its own group or as it was regained.
enum Signed {
    Committed(Box<Committed>, Option<Proof>),
    Refused(Box<HomeRefused>, Option<Proof>),
    Reversed(Box<ReversalOrdered>, Option<Proof>),
}

/// The receipt of a committed record.
///
/// # Errors
/// [`StoreError`] when it cannot be read, or is another record.
pub fn receipt_at(ledger: &Ledger, at: Location) -> Result<Receipt, StoreError> {
    let frame = ledger.frame(at)?;
    match frame
        .record(at.record())
        .and_then(|bytes| signed(ledger, bytes))
        .transpose()?
    {
        Some(Signed::Committed(record, proof)) => receipt_of(&frame, at.record(), &record, proof),
        Some(Signed::Refused(..) | Signed::Reversed(..)) | None => Err(StoreError::Inconsistent(
            "a commit's place holds another record",
        )),
    }
}

/// The reversal of a record that ordered one.
///
/// # Errors
/// [`StoreError`] when it cannot be read, or is another record.
pub fn reversal_at(ledger: &Ledger, at: Location) -> Result<Reversal, StoreError> {
    let frame = ledger.frame(at)?;
    match frame
        .record(at.record())
        .and_then(|bytes| signed(ledger, bytes))
        .transpose()?
    {
        Some(Signed::Reversed(record, proof)) => reversal_of(&frame, at.record(), &record, proof),
        Some(Signed::Committed(..) | Signed::Refused(..)) | None => Err(StoreError::Inconsistent(
            "a reversal's place holds another record",
        )),
    }
}

/// The final refusal of a record that refused or buried an id.
///
/// # Errors
/// [`StoreError`] when it cannot be read, or is another record.
pub fn refusal_at(ledger: &Ledger, at: Location) -> Result<FinalRefusal, StoreError> {
    let frame = ledger.frame(at)?;
    match frame
        .record(at.record())
        .and_then(|bytes| signed(ledger, bytes))
        .transpose()?
    {
        Some(Signed::Refused(record, proof)) => refusal_of(&frame, at.record(), *record, proof),
        Some(Signed::Committed(..) | Signed::Reversed(..)) | None => Err(StoreError::Inconsistent(
            "a refusal's place holds another record",
        )),
    }
}

/// The signed snapshot of a record that signed one.
///
/// # Errors
/// [`StoreError`] when it cannot be read, or is another record.
pub fn signed_at(ledger: &Ledger, at: Location) -> Result<SignedSnapshot, StoreError> {
    let frame = ledger.frame(at)?;
    let record = frame
        .record(at.record())
        .map(|bytes| ledger.unsealed(bytes));
    if let Some(Joined::Whole(NodeRecord::SnapshotSigned(record))) = record.transpose()? {
        let body = record.body().clone();
        return Group::of_frame(&frame)
            .and_then(|group| group.snapshot(at.record(), body))
            .ok_or(StoreError::Inconsistent(
                "a signed snapshot's frame is not sealed",
            ));
    }
    Err(StoreError::Inconsistent(
        "a signed snapshot's place holds another record",
    ))
}

/// What stands under a number of the stream to a treatment region.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value passed on once, never kept in numbers"
)]
pub enum Sent {
    /// A receipt, or a reversal with the receipt.
    Word(HomeWord),
    /// Nothing any more: its person was erased.
    Erased(u64),
}

impl Sent {
    /// The word, if there is one.
    #[must_use]
    pub fn into_word(self) -> Option<HomeWord> {
        match self {
            Self::Word(word) => Some(word),
            Self::Erased(_) => None,
        }
    }
}

/// At most `limit` numbers of the stream to a treatment region, from one on.
///
/// # Errors
/// [`StoreError`] when they cannot be read.
pub fn sent_from(
    ledger: &Ledger,
    treatment: RegionCode,
    from: u64,
    limit: usize,
) -> Result<Vec<Sent>, StoreError> {
    let block = from.saturating_sub(1) / Stream::BLOCK;
    let Some(begins) = ledger.block(Stream::Receipts(treatment), block)? else {
        return Ok(Vec::new());
    };
    let mut sent = Vec::new();
    for frame in ledger.frames_from(begins) {
        let frame = frame?;
        for record in (0_u32..).zip(frame.records()) {
            if sent.len() >= limit {
                return Ok(sent);
            }
            sent.extend(sent_by(ledger, &frame, record, (treatment, from))?);
        }
    }
    Ok(sent)
}

/// Whether the word under a number of the stream to a treatment region came back after a restore of this node. Then it may
/// lie behind what was given after it; so it does if it is not found within so many frames.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub fn is_regained(
    ledger: &Ledger,
    of: (RegionCode, u64),
    within: usize,
) -> Result<bool, StoreError> {
    let (treatment, number) = of;
    let stream = Stream::Receipts(treatment);
    let block = stream.block_of(number).unwrap_or_default();
    let Some(begins) = ledger.block(stream, block)? else {
        return Ok(false);
    };
    for frame in ledger.frames_from(begins).take(within) {
        for bytes in frame?.records() {
            if place(ledger, bytes)? == Some(of) {
                return Ok(is_regained_word(bytes));
            }
        }
    }
    Ok(true)
}

/// In which region's stream a stored record is a word, and under which number. What remains of it in the clear says so.
fn place(ledger: &Ledger, bytes: &[u8]) -> Result<Option<(RegionCode, u64)>, StoreError> {
    // A refusal has no number, and is not unsealed to see that.
    if !is_signed_word(bytes) || is_home_refusal(bytes) {
        return Ok(None);
    }
    if SealedRecord::is_form_of(bytes) {
        return Ok(numbered(&SealedRecord::remains_of(bytes)?));
    }
    Ok(match signed(ledger, bytes).transpose()? {
        Some(Signed::Committed(record, _)) => Some((record.claim.treatment, record.body().number)),
        Some(Signed::Reversed(record, _)) => {
            let body = record.body();
            Some((body.clearing.treatment, body.number))
        }
        Some(Signed::Refused(..)) | None => None,
    })
}

/// What a record of a frame says in the stream to a treatment region, under a number from one on.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub fn sent_by(
    ledger: &Ledger,
    frame: &Frame,
    (nth, bytes): (u32, &[u8]),
    (treatment, from): (RegionCode, u64),
) -> Result<Option<Sent>, StoreError> {
    // Another region's is not unsealed for this one. What came back of the own region has no place in its own stream.
    let Some((_, number)) =
        place(ledger, bytes)?.filter(|(region, number)| *region == treatment && *number >= from)
    else {
        return Ok(None);
    };
    if treatment == ledger.region() && is_regained_word(bytes) {
        return Ok(None);
    }
    let record = match ledger.unsealed(bytes)? {
        Joined::Whole(record) => record,
        Joined::Erased(_) => return Ok(Some(Sent::Erased(number))),
        Joined::Tags { .. } => return Ok(None),
    };
    Ok(match signed_by(record) {
        Some(Signed::Committed(record, proof)) => {
            let receipt = receipt_of(frame, nth, &record, proof)?;
            let reversal = None;
            Some(Sent::Word(HomeWord { receipt, reversal }))
        }
        Some(Signed::Reversed(record, proof)) => {
            let reversal = Some(reversal_of(frame, nth, &record, proof)?);
            let receipt = receipt_reversed(ledger, &record)?;
            Some(Sent::Word(HomeWord { receipt, reversal }))
        }
        Some(Signed::Refused(..)) | None => None,
    })
}

/// The own final refusal of the claim of a treatment region's id that a record of a frame is. One of an id whose claim
/// was never seen is none, nor is one of a wish to reverse.
///
/// # Errors
/// [`StoreError`] when it cannot be read.
pub fn claim_refused_by(
    ledger: &Ledger,
    frame: &Frame,
    (nth, bytes): (u32, &[u8]),
    treatment: RegionCode,
) -> Result<Option<FinalRefusal>, StoreError> {
    if !is_home_refusal(bytes) {
        return Ok(None);
    }
    let Some(Signed::Refused(record, proof)) = signed(ledger, bytes).transpose()? else {
        return Ok(None);
    };
    if record.body().treatment != treatment || !matches!(record.request(), RefusedRequest::Claim(_))
    {
        return Ok(None);
    }
    refusal_of(frame, nth, *record, proof).map(Some)
}

/// The receipt of the settlement that a record reverses.
fn receipt_reversed(ledger: &Ledger, record: &ReversalOrdered) -> Result<Receipt, StoreError> {
    let part = &record.body().clearing;
    let row = ledger.home_settlement(part.treatment, part.settlement)?;
    match row.map(|row| row.state) {
        Some(HomeState::Reversed(row)) => receipt_at(ledger, row.settled),
        Some(HomeState::Committed(_) | HomeState::Refused(_) | HomeState::Tombstone(_)) | None => {
            Err(StoreError::Inconsistent("a reversal without its row"))
        }
    }
}

/// The record of a commit; `None` for any other, and for one of an erased person.
pub(crate) fn committed(ledger: &Ledger, bytes: &[u8]) -> Option<Result<Committed, StoreError>> {
    match signed(ledger, bytes)? {
        Ok(Signed::Committed(record, _)) => Some(Ok(*record)),
        Ok(Signed::Refused(..) | Signed::Reversed(..)) => None,
        Err(error) => Some(Err(error)),
    }
}

/// What is signed of a stored record, unless whom it is about was erased.
fn signed(ledger: &Ledger, bytes: &[u8]) -> Option<Result<Signed, StoreError>> {
    if !is_signed_word(bytes) {
        return None;
    }
    match ledger.unsealed(bytes) {
        Ok(Joined::Whole(record)) => signed_by(record).map(Ok),
        Ok(Joined::Erased(_) | Joined::Tags { .. }) => None,
        Err(error) => Some(Err(error)),
    }
}

/// The number of a receipt or a reversal of which its remainder is left, and in which region's stream.
fn numbered(remains: &Remains) -> Option<(RegionCode, u64)> {
    if let Remains::Committed { body, .. } | Remains::CommitRegained { body, .. } = remains {
        Some((body.clearing.treatment, body.number))
    } else if let Remains::ReversalOrdered { body, .. } | Remains::ReversalRegained { body, .. } =
        remains
    {
        Some((body.clearing.treatment, body.number))
    } else {
        None
    }
}

fn signed_by(record: NodeRecord) -> Option<Signed> {
    if let NodeRecord::Committed(record) = record {
        Some(Signed::Committed(Box::new(record), None))
    } else if let NodeRecord::HomeRefused(record) = record {
        Some(Signed::Refused(Box::new(record), None))
    } else if let NodeRecord::RefusalRegained(regained) = record {
        let RefusalRegained { proof, record } = regained;
        Some(Signed::Refused(Box::new(record), Some(proof)))
    } else if let NodeRecord::ReversalOrdered(record) = record {
        Some(Signed::Reversed(Box::new(record), None))
    } else if let NodeRecord::CommitRegained(regained) = record {
        let (record, proof) = (Box::new(regained.record), regained.proof);
        Some(Signed::Committed(record, Some(proof)))
    } else if let NodeRecord::ReversalRegained(regained) = record {
        let ReversalRegained { proof, record } = regained;
        Some(Signed::Reversed(Box::new(record), Some(proof)))
    } else {
        None
    }
}

fn receipt_of(
    frame: &Frame,
    nth: u32,
    record: &Committed,
    proof: Option<Proof>,
) -> Result<Receipt, StoreError> {
    if let Some(proof) = proof {
        return Ok(proof.receipt_of(record));
    }
    Group::of_frame(frame)
        .and_then(|group| group.receipt(nth, record.body().clone(), record.salt))
        .ok_or(StoreError::Inconsistent("a commit's frame is not sealed"))
}

fn refusal_of(
    frame: &Frame,
    nth: u32,
    record: HomeRefused,
    proof: Option<Proof>,
) -> Result<FinalRefusal, StoreError> {
    if let Some(proof) = proof {
        return Ok(RefusalRegained { proof, record }.refusal());
    }
    Group::of_frame(frame)
        .and_then(|group| group.refusal(nth, &record))
        .ok_or(StoreError::Inconsistent("a refusal's frame is not sealed"))
}

fn reversal_of(
    frame: &Frame,
    nth: u32,
    record: &ReversalOrdered,
    proof: Option<Proof>,
) -> Result<Reversal, StoreError> {
    if let Some(proof) = proof {
        let record = record.clone();
        return Ok(ReversalRegained { proof, record }.reversal());
    }
    let (body, person, salt) = (record.body().clone(), record.person, record.salt);
    Group::of_frame(frame)
        .and_then(|group| group.reversal(nth, body, person, salt))
        .ok_or(StoreError::Inconsistent("a reversal's frame is not sealed"))
}

#[cfg(test)]
mod tests;
