//! Whether a region said what it is said to have said: in a dispute, on a checkpoint, on a month, or by a receipt that is shown as
//! evidence. The operator's root alone is trusted, at the moment of signing.
//!
//! Deliberately absent: whether the word may be said, and what the clearinghouse signs itself (`signer`).

use huitong_certs::signing::{Carried, CarriedFault, CertifiedKeyError};
use huitong_certs::{Identity, IdentityError, Trust};
use huitong_core::canonical::CanonicalError;
use huitong_core::checkpoint::witness::CertifiedWord;
use huitong_core::clearing_evidence::ClearingEvidence;
use huitong_core::clearing_month::word::CertifiedMonthWord;
use huitong_core::date::Timestamp;
use huitong_core::dispute::word::{SignedWord, Word};
use huitong_core::evidence::Chain;
use huitong_core::receipt::GroupSignature;

/// Why a word is not the region's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WordFault {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] CanonicalError),
    /// The path does not lead from the word to what was signed.
    #[error("the path does not lead from the word to what was signed / 路径不能由内容到达签名根")]
    Path,
    /// It is not signed, or by somebody else.
    #[error(transparent)]
    Signature(#[from] CarriedFault),
}

/// What a region says in a dispute. Its certificate must also hold now, where a moment is given: a word is new when it comes.
pub(crate) fn in_dispute(
    signed: &SignedWord,
    trust: &Trust,
    also_at: Option<Timestamp>,
) -> Result<Word, WordFault> {
    let word = signed.word()?;
    let region = Identity::RegionNodeSigning(word.region);
    let carried = Carried {
        algorithm: signed.algorithm,
        key_id: signed.key_id,
        signature: &signed.signature,
    };
    for at in also_at.into_iter().chain([word.at]) {
        carried.check(&region, (&signed.bytes, at), &signed.signer, trust)?;
    }
    Ok(word)
}

/// Whether the node of the region that a word on a checkpoint names signed it.
pub(crate) fn on_checkpoint(certified: &CertifiedWord, trust: &Trust) -> Result<(), WordFault> {
    let word = &certified.word;
    let region = Identity::RegionNodeSigning(word.region);
    let carried = Carried {
        algorithm: certified.algorithm,
        key_id: certified.key_id,
        signature: &certified.signature,
    };
    let signed = (&*word.signed_bytes(), word.at);
    Ok(carried.check(&region, signed, &certified.signer, trust)?)
}

/// Whether the node of the region that a word on a month names signed it. Its certificate must also hold now, where a moment
/// is given: a word is new when it comes.
pub(crate) fn on_month(
    certified: &CertifiedMonthWord,
    trust: &Trust,
    also_at: Option<Timestamp>,
) -> Result<(), WordFault> {
    let word = &certified.word;
    let region = Identity::RegionNodeSigning(word.region);
    let carried = Carried {
        algorithm: certified.algorithm,
        key_id: certified.key_id,
        signature: &certified.signature,
    };
    let bytes = word.signed_bytes();
    for at in also_at.into_iter().chain([word.at]) {
        carried.check(&region, (&bytes, at), &certified.signer, trust)?;
    }
    Ok(())
}

/// Whether the home region signed what is shown as evidence: by the certificate beside it, or where the root of that is gone, by
/// one of the same key with which the directory lists the region now.
pub(crate) fn of_home(
    evidence: &ClearingEvidence,
    listed: &[Chain],
    trust: &Trust,
) -> Result<(), WordFault> {
    let ClearingEvidence { word, group, .. } = evidence;
    if !evidence.is_in_group() {
        return Err(WordFault::Path);
    }
    let home = Identity::RegionNodeSigning(word.home());
    let carried = Carried {
        algorithm: group.algorithm,
        key_id: group.key_id,
        signature: &group.signature,
    };
    let bytes = GroupSignature::signed_bytes(&group.root, group.size);
    let check = |chain: &Chain| carried.check(&home, (&bytes, word.signed_at()), chain, trust);
    let found = check(&evidence.signer);
    let is_gone = matches!(
        found,
        Err(CarriedFault::Certificate(CertifiedKeyError::Identity(
            IdentityError::UnknownAuthority
        )))
    );
    if is_gone && listed.iter().any(|chain| check(chain).is_ok()) {
        return Ok(());
    }
    Ok(found?)
}
