//! Whether the clearinghouse signed what it is said to have signed: a checkpoint, a month, what is settled in a dispute, a
//! version of the directory. The operator's root alone is trusted, at the moment of signing.
//!
//! Nodes and whoever checks a file offline ask the same. Deliberately absent: whether what is signed is right.

use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::clearing_month::CertifiedMonth;
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::dispute::outcome::CertifiedOutcome;
use huitong_core::evidence::Chain;
use huitong_core::membership::SignedDirectory;

use super::{Carried, CarriedFault};
use crate::identity::Identity;
use crate::trust::Trust;

/// Checks that the clearinghouse signed a checkpoint.
///
/// # Errors
/// [`CarriedFault`].
pub fn checkpoint(certified: &CertifiedCheckpoint, trust: &Trust) -> Result<(), CarriedFault> {
    let CertifiedCheckpoint { signed, signer } = certified;
    let bytes = signed.checkpoint.signed_bytes(signed.at);
    let parts = (signed.algorithm, signed.key_id, &*signed.signature);
    check((&bytes, signed.at), parts, signer, trust)
}

/// Checks that the clearinghouse signed a month.
///
/// # Errors
/// [`CarriedFault`].
pub fn month(certified: &CertifiedMonth, trust: &Trust) -> Result<(), CarriedFault> {
    let bytes = certified.month.signed_bytes(certified.at);
    let parts = (certified.algorithm, certified.key_id, &*certified.signature);
    check((&bytes, certified.at), parts, &certified.signer, trust)
}

/// Checks that the clearinghouse signed what is settled in a dispute.
///
/// # Errors
/// [`CarriedFault`].
pub fn outcome(certified: &CertifiedOutcome, trust: &Trust) -> Result<(), CarriedFault> {
    let bytes = certified.outcome.signed_bytes(certified.at);
    let parts = (certified.algorithm, certified.key_id, &*certified.signature);
    check((&bytes, certified.at), parts, &certified.signer, trust)
}

/// Checks that the clearinghouse signed a version of the directory.
///
/// # Errors
/// [`CarriedFault`].
pub fn directory(signed: &SignedDirectory, trust: &Trust) -> Result<(), CarriedFault> {
    let bytes = signed.directory.signed_bytes(signed.at);
    let parts = (signed.algorithm, signed.key_id, &*signed.signature);
    check((&bytes, signed.at), parts, &signed.signer, trust)
}

fn check(
    signed: (&[u8], Timestamp),
    (algorithm, key_id, signature): (u8, Digest, &[u8]),
    signer: &Chain,
    trust: &Trust,
) -> Result<(), CarriedFault> {
    let carried = Carried {
        algorithm,
        key_id,
        signature,
    };
    carried.check(&Identity::ClearinghouseSigning, signed, signer, trust)
}
