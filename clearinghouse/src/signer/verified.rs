//! Whether the clearinghouse signed what it is said to have signed: a checkpoint, a month, what is settled in a dispute. The
//! operator's root alone is trusted, at the moment of signing.

use huitong_certs::signing::{Carried, CarriedFault};
use huitong_certs::{Identity, Trust};
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::clearing_month::CertifiedMonth;
use huitong_core::dispute::outcome::CertifiedOutcome;

/// Checks that the clearinghouse signed a checkpoint.
///
/// # Errors
/// [`CarriedFault`].
pub(crate) fn verify(certified: &CertifiedCheckpoint, trust: &Trust) -> Result<(), CarriedFault> {
    let CertifiedCheckpoint { signed, signer } = certified;
    let carried = Carried {
        algorithm: signed.algorithm,
        key_id: signed.key_id,
        signature: &signed.signature,
    };
    let bytes = signed.checkpoint.signed_bytes(signed.at);
    let own = Identity::ClearinghouseSigning;
    carried.check(&own, (&bytes, signed.at), signer, trust)
}

/// Checks that the clearinghouse signed what is settled in a dispute.
///
/// # Errors
/// [`CarriedFault`].
pub(crate) fn verify_outcome(
    certified: &CertifiedOutcome,
    trust: &Trust,
) -> Result<(), CarriedFault> {
    let carried = Carried {
        algorithm: certified.algorithm,
        key_id: certified.key_id,
        signature: &certified.signature,
    };
    let bytes = certified.outcome.signed_bytes(certified.at);
    let own = Identity::ClearinghouseSigning;
    carried.check(&own, (&bytes, certified.at), &certified.signer, trust)
}

/// Checks that the clearinghouse signed a month.
///
/// # Errors
/// [`CarriedFault`].
pub(crate) fn verify_month(certified: &CertifiedMonth, trust: &Trust) -> Result<(), CarriedFault> {
    let carried = Carried {
        algorithm: certified.algorithm,
        key_id: certified.key_id,
        signature: &certified.signature,
    };
    let bytes = certified.month.signed_bytes(certified.at);
    let own = Identity::ClearinghouseSigning;
    carried.check(&own, (&bytes, certified.at), &certified.signer, trust)
}
