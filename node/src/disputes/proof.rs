//! Whether a dispute is as it is told: every word signed by the region whose it is, each on the one before, and the
//! outcome signed by the clearinghouse. Only the operator's root is trusted.

use huitong_certs::signing::{CertifiedKey, CertifiedKeyError};
use huitong_certs::{Identity, Trust};
use huitong_core::canonical::CanonicalError;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::dispute::course::Course;
use huitong_core::dispute::history::{DisputeHistory, HistoryFault};
use huitong_core::evidence::Chain;

use crate::signature::{Parts, is_signed};

/// Why a dispute is not as it is told.
#[derive(Debug, thiserror::Error)]
pub(super) enum ProofFault {
    /// A word cannot be read.
    #[error("a word cannot be read: {0}")]
    Unreadable(#[from] CanonicalError),
    /// A moment out of range.
    #[error("a moment is out of range")]
    Moment,
    /// A certificate does not lead to the root.
    #[error("a signing certificate is not accepted: {0}")]
    Certificate(#[from] CertifiedKeyError),
    /// Somebody else signed, or nobody did.
    #[error("it is not signed by {0}")]
    Signature(Identity),
    /// It does not hold together.
    #[error(transparent)]
    History(#[from] HistoryFault),
}

/// What a dispute comes to, when all of it is proven.
pub(super) fn checked(history: &DisputeHistory, trust: &Trust) -> Result<Course, ProofFault> {
    for signed in history.words() {
        let word = signed.word()?;
        let parts = parts(signed.algorithm, signed.key_id, &signed.signature);
        let signer = Identity::RegionNodeSigning(word.region);
        signed_by(
            signer,
            (&signed.bytes, word.at),
            parts,
            &signed.signer,
            trust,
        )?;
    }
    if let Some(certified) = &history.outcome {
        let bytes = certified.outcome.signed_bytes(certified.at);
        let parts = parts(certified.algorithm, certified.key_id, &certified.signature);
        let signer = Identity::ClearinghouseSigning;
        signed_by(
            signer,
            (&bytes, certified.at),
            parts,
            &certified.signer,
            trust,
        )?;
    }
    Ok(history.course()?)
}

fn parts(algorithm: u8, key_id: Digest, signature: &[u8]) -> Parts {
    Parts {
        algorithm,
        key_id,
        signature: signature.to_vec(),
    }
}

fn signed_by(
    signer: Identity,
    (bytes, at): (&[u8], Timestamp),
    parts: Parts,
    chain: &Chain,
    trust: &Trust,
) -> Result<(), ProofFault> {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).map_err(|_| ProofFault::Moment)?;
    let key = CertifiedKey::from_der(chain, trust, at)?;
    if *key.identity() == signer && is_signed(bytes, parts, &key) {
        Ok(())
    } else {
        Err(ProofFault::Signature(signer))
    }
}
