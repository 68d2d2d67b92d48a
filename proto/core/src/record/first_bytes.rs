//! What a stored record is, read from its first bytes: those are the same whether it is sealed or not, and nothing else
//! of it is looked at.

use crate::canonical::{Artifact, Canonical, Decoder};
use crate::digest::Digest;

use super::NodeRecord;
use super::sealed::SealedRecord;

/// The tags of what is signed, which [`signed_leaf`] looks for.
const COMMITTED: u8 = 12;
const HOME_REFUSED: u8 = 13;
const REVERSAL_ORDERED: u8 = 21;
const HAND_WRITTEN: u8 = 61;
const SNAPSHOT_SIGNED: u8 = 70;
/// The tag of the end of a recovery.
const RESTORE_ENDED: u8 = 51;
/// The tags of what a restore regained of the same.
const COMMIT_REGAINED: u8 = 53;
const REVERSAL_REGAINED: u8 = 54;
const REFUSAL_REGAINED: u8 = 57;
/// The tags of what books a home region's word in the treatment role.
const SETTLED: u8 = 8;
const REFUSED: u8 = 9;
const ABANDONED: u8 = 10;
const REVERSAL_BOOKED: u8 = 24;
const REVERSAL_REFUSED: u8 = 25;
/// The tags of an old home's words to a new one, where they are written and where they are taken.
const HAND_REGAINED: u8 = 62;
const HAND_TAKEN: u8 = 63;
/// The tags of an audit deduction: ordered, answered and decided.
const DEDUCTION_ORDERED: u8 = 104;
const DEDUCTION_ANSWERED: u8 = 105;
const DEDUCTION_DECIDED: u8 = 106;
/// The tag of a word in an expense check.
const CHECK_WORD_SAID: u8 = 131;
/// The tag of what orders people to be erased.
const PEOPLE_ERASED: u8 = 33;

/// The kind of a stored record, sealed or not, read from its first bytes, and what comes after; `None` for what is
/// no record.
fn tag(record: &[u8]) -> Option<(u8, Decoder<'_>)> {
    let mut input = Decoder::new(record);
    let kind: [u8; 4] = input.array().ok()?;
    let version = u16::decode(&mut input).ok()?;
    let tag = u8::decode(&mut input).ok()?;
    let is_record = (kind, version) == (NodeRecord::KIND, NodeRecord::VERSION)
        || (kind, version) == (SealedRecord::KIND, SealedRecord::VERSION);
    is_record.then_some((tag, input))
}

/// The leaf of an encoded record that is signed with its group, a receipt's, a refusal's, a reversal's, a snapshot's,
/// a deduction's or a check's, read from its first bytes; `None` for any other record.
///
/// The seal of a commit group needs the leaf of every record in it and nothing else of them.
#[must_use]
pub fn signed_leaf(record: &[u8]) -> Option<Digest> {
    match tag(record)? {
        (
            COMMITTED | HOME_REFUSED | REVERSAL_ORDERED | HAND_WRITTEN | SNAPSHOT_SIGNED
            | DEDUCTION_ORDERED | DEDUCTION_DECIDED | CHECK_WORD_SAID,
            mut input,
        ) => Digest::decode(&mut input).ok(),
        _ => None,
    }
}

/// Whether an encoded record is a receipt, a refusal or a reversal of the home role, given now or regained.
#[must_use]
pub fn is_signed_word(record: &[u8]) -> bool {
    tag(record).is_some_and(|(tag, _)| {
        matches!(
            tag,
            COMMITTED
                | HOME_REFUSED
                | REVERSAL_ORDERED
                | COMMIT_REGAINED
                | REVERSAL_REGAINED
                | REFUSAL_REGAINED
        )
    })
}

/// Whether an encoded record is a final refusal of the home role, given now or regained.
#[must_use]
pub fn is_home_refusal(record: &[u8]) -> bool {
    tag(record).is_some_and(|(tag, _)| matches!(tag, HOME_REFUSED | REFUSAL_REGAINED))
}

/// Whether an encoded record is a receipt or a reversal of the home role that was regained.
#[must_use]
pub fn is_regained_word(record: &[u8]) -> bool {
    tag(record).is_some_and(|(tag, _)| matches!(tag, COMMIT_REGAINED | REVERSAL_REGAINED))
}

/// Whether an encoded record says that a recovery is over.
#[must_use]
pub fn is_restore_ended(record: &[u8]) -> bool {
    tag(record).is_some_and(|(tag, _)| tag == RESTORE_ENDED)
}

/// Whether an encoded record books a home region's word in the treatment role: a receipt, a refusal or a
/// reversal.
#[must_use]
pub fn is_booking(record: &[u8]) -> bool {
    tag(record).is_some_and(|(tag, _)| {
        matches!(
            tag,
            SETTLED | REFUSED | ABANDONED | REVERSAL_BOOKED | REVERSAL_REFUSED
        )
    })
}

/// Whether an encoded record is an old home's word to a new one, given now or regained.
#[must_use]
pub fn is_hand(record: &[u8]) -> bool {
    tag(record).is_some_and(|(tag, _)| matches!(tag, HAND_WRITTEN | HAND_REGAINED))
}

/// Whether an encoded record orders people to be erased.
#[must_use]
pub fn is_erasure(record: &[u8]) -> bool {
    tag(record).is_some_and(|(tag, _)| tag == PEOPLE_ERASED)
}

/// Whether an encoded record takes an old home's word at the new one.
#[must_use]
pub fn is_hand_taken(record: &[u8]) -> bool {
    tag(record).is_some_and(|(tag, _)| tag == HAND_TAKEN)
}

/// Whether an encoded record books a home region's word on an audit deduction.
#[must_use]
pub fn is_deduction_answered(record: &[u8]) -> bool {
    tag(record).is_some_and(|(tag, _)| tag == DEDUCTION_ANSWERED)
}
