//! Whether a dispute is as it is told: every word signed by the region whose it is, each on the one before, and the
//! outcome signed by the clearinghouse. Only the operator's root is trusted.
//!
//! A word that was signed under a root which is gone carries a certificate that proves nothing any more, and nobody but its
//! region can sign it anew. Its key is the same, though, and the region is known by a later certificate of it: by that the word
//! is checked then, if that leads to a root of today. What is revoked is not helped by it, nor what the region itself is about
//! to sign.

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

/// Whether a word is signed by the region whose it is, with a certificate that held then: the one that it carries, or where
/// the root of that is gone, one that the node knows.
fn said(signed: &SignedWord, by: By<'_>) -> Result<(), ProofFault> {
    let found = carried(signed, by.trust);
    let is_gone = matches!(
        found,
        Err(ProofFault::Signature(CarriedFault::Certificate(
            CertifiedKeyError::Identity(IdentityError::UnknownAuthority)
        )))
    );
    if is_gone && is_known(signed, by)? {
        return Ok(());
    }
    found
}

/// Whether a word is signed by the region whose it is, with the certificate that it carries and no other.
fn carried(signed: &SignedWord, trust: &Trust) -> Result<(), ProofFault> {
    let word = signed.word()?;
    let region = Identity::RegionNodeSigning(word.region);
    let said = (&*signed.bytes, word.at);
    Ok(signature(signed).check(&region, said, &signed.signer, trust)?)
}

/// Whether a word is signed with a key that the node knows of its region. What the node knows may have been read under
/// other roots: its certificate leads to one of today's, at the moment of the word.
fn is_known(signed: &SignedWord, by: By<'_>) -> Result<bool, ProofFault> {
    let word = signed.word()?;
    let Some(key) = (by.known)(word.region, signed.key_id, word.at) else {
        return Ok(false);
    };
    let at = jiff::Timestamp::from_millisecond(word.at.as_millis());
    let at = at.map_err(|_| CarriedFault::Moment)?;
    let region = Identity::RegionNodeSigning(word.region);
    let proven = CertifiedKey::from_chain(key.chain(), by.trust, at);
    let is_its = proven.is_ok_and(|proven| *proven.identity() == region);
    // By the key as it is known, since that counts for nothing where another certificate of it is revoked.
    Ok(is_its && signature(signed).is_of(&signed.bytes, &key))
}

fn signature(signed: &SignedWord) -> Carried<'_> {
    Carried {
        algorithm: signed.algorithm,
        key_id: signed.key_id,
        signature: &signed.signature,
    }
}
