//! Whether a dispute is as it is told: every word signed by the region whose it is, each on the one before, and the
//! outcome signed by the clearinghouse. Only the operator's root is trusted.
//!
//! A word that was signed under a root which is gone carries a certificate that proves nothing any more, and nobody but its
//! region can sign it anew. Its key is the same, though, and the region is known by a later certificate of it: by that the word
//! is checked then. What is revoked is not helped by it.

use std::sync::Arc;

use huitong_certs::signing::{
    Carried, CarriedFault, CertifiedKey, CertifiedKeyError, of_clearinghouse,
};
use huitong_certs::{Identity, IdentityError, Trust};
use huitong_core::canonical::CanonicalError;
use huitong_core::dispute::course::Course;
use huitong_core::dispute::history::{DisputeHistory, HistoryFault};
use huitong_core::dispute::word::SignedWord;

use super::Known;

/// Why a dispute is not as it is told.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProofFault {
    /// A word cannot be read.
    #[error("a word cannot be read: {0}")]
    Unreadable(#[from] CanonicalError),
    /// Somebody else signed, or nobody did.
    #[error(transparent)]
    Signature(#[from] CarriedFault),
    /// It does not hold together.
    #[error(transparent)]
    History(#[from] HistoryFault),
}

/// By what words are checked.
#[derive(Clone, Copy)]
pub(super) struct By<'a> {
    /// Whose certificates count.
    pub(super) trust: &'a Trust,
    /// With what regions sign, as the node knows it.
    pub(super) known: &'a Known,
}

/// What a dispute comes to, when all of it is proven.
pub(super) fn checked(history: &DisputeHistory, by: By<'_>) -> Result<Course, ProofFault> {
    for signed in history.words() {
        said(signed, by)?;
    }
    if let Some(certified) = &history.outcome {
        of_clearinghouse::outcome(certified, by.trust)?;
    }
    Ok(history.course()?)
}

/// Whether a word is signed by the region whose it is, with a certificate that held then.
pub(super) fn said(signed: &SignedWord, by: By<'_>) -> Result<(), ProofFault> {
    let word = signed.word()?;
    let carried = Carried {
        algorithm: signed.algorithm,
        key_id: signed.key_id,
        signature: &signed.signature,
    };
    let region = Identity::RegionNodeSigning(word.region);
    let found = carried.check(&region, (&signed.bytes, word.at), &signed.signer, by.trust);
    let gone = CertifiedKeyError::Identity(IdentityError::UnknownAuthority);
    if found == Err(CarriedFault::Certificate(gone)) {
        let key = (by.known)(word.region, signed.key_id, word.at);
        let is_its = |key: &Arc<CertifiedKey>| {
            *key.identity() == region && carried.is_of(&signed.bytes, key)
        };
        if key.is_some_and(|key| is_its(&key)) {
            return Ok(());
        }
    }
    Ok(found?)
}
