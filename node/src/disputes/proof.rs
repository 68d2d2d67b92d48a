//! Whether a dispute is as it is told: every word signed by the region whose it is, each on the one before, and the
//! outcome signed by the clearinghouse. Only the operator's root is trusted.

use huitong_certs::signing::{Carried, CarriedFault, of_clearinghouse};
use huitong_certs::{Identity, Trust};
use huitong_core::canonical::CanonicalError;
use huitong_core::dispute::course::Course;
use huitong_core::dispute::history::{DisputeHistory, HistoryFault};
use huitong_core::dispute::word::SignedWord;

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

/// What a dispute comes to, when all of it is proven.
pub(super) fn checked(history: &DisputeHistory, trust: &Trust) -> Result<Course, ProofFault> {
    for signed in history.words() {
        said(signed, trust)?;
    }
    if let Some(certified) = &history.outcome {
        of_clearinghouse::outcome(certified, trust)?;
    }
    Ok(history.course()?)
}

/// Whether a word is signed by the region whose it is, with a certificate that held then.
pub(super) fn said(signed: &SignedWord, trust: &Trust) -> Result<(), ProofFault> {
    let word = signed.word()?;
    let carried = Carried {
        algorithm: signed.algorithm,
        key_id: signed.key_id,
        signature: &signed.signature,
    };
    let region = Identity::RegionNodeSigning(word.region);
    Ok(carried.check(&region, (&signed.bytes, word.at), &signed.signer, trust)?)
}
