//! A signed word of a check, out of the journal, and whether one is a region's own.

use huitong_certs::signing::CertifiedKey;
use huitong_core::expense_check::SignedCheckWord;
use huitong_core::record::NodeRecord;
use huitong_core::record::recovery::Proof;
use huitong_core::region::RegionCode;

use crate::group::is_signed;
use crate::home::deduction::words::{proof_of, record_of};
use crate::ledger::Ledger;
use crate::store::{Location, StoreError};

/// Why a word is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum WordFault {
    /// Another region says it, or it is said to another.
    #[error("it is not said by region {0} to region {1}")]
    Between(RegionCode, RegionCode),
    /// It is not a leaf of the group it names.
    #[error("it does not belong to the group that was signed")]
    NotInGroup,
    /// The group was not signed by the region it is said to be of.
    #[error("its group is not signed by the key of region {0}")]
    Signature(RegionCode),
}

/// Checks that a region says this to another.
pub(super) fn check(
    signed: &SignedCheckWord,
    (speaker, listener): (RegionCode, RegionCode),
    key: &CertifiedKey,
) -> Result<(), WordFault> {
    let word = &signed.word;
    if (word.speaker(), word.listener()) != (speaker, listener) || speaker == listener {
        return Err(WordFault::Between(speaker, listener));
    }
    if !signed.is_in_group() {
        return Err(WordFault::NotInGroup);
    }
    if !is_signed(&signed.group, key) {
        return Err(WordFault::Signature(speaker));
    }
    Ok(())
}

/// The word of a record that says or books one.
pub(super) fn word_at(ledger: &Ledger, at: Location) -> Result<SignedCheckWord, StoreError> {
    let frame = ledger.frame(at)?;
    let record = record_of(ledger, &frame, at.record())?;
    if let Some(NodeRecord::CheckWordBooked(booked)) = record {
        return Ok(booked.signed);
    }
    let Some(NodeRecord::CheckWordSaid(said)) = record else {
        return Err(StoreError::Inconsistent(
            "a check word's place holds another record",
        ));
    };
    let Proof { group, index, path } = proof_of(&frame, at.record())?;
    Ok(SignedCheckWord {
        word: said.word().clone(),
        group,
        index,
        path,
    })
}
