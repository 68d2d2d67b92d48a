//! The node's signatures in the values that carry them: policies' statements, and the clearinghouse's checkpoints and months.

use huitong_certs::signing::{Carried, CarriedFault, CertifiedKey, sign_carried};
use huitong_certs::{Identity, SigningKey, Trust};
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::clearing_month::CertifiedMonth;
use huitong_core::digest::Digest;
use huitong_core::publication::{PolicyStatement, SignedStatement};

/// A signature in parts.
pub(crate) struct Parts {
    pub(crate) algorithm: u8,
    pub(crate) key_id: Digest,
    pub(crate) signature: Vec<u8>,
}

/// Signs bytes.
pub(crate) fn sign(key: &SigningKey, bytes: &[u8]) -> Parts {
    let (algorithm, key_id, signature) = sign_carried(key, bytes);
    Parts {
        algorithm,
        key_id,
        signature,
    }
}

/// Signs a statement on a policy.
pub(crate) fn sign_statement(key: &SigningKey, statement: &PolicyStatement) -> SignedStatement {
    let bytes = statement.to_bytes();
    let Parts {
        algorithm,
        key_id,
        signature,
    } = sign(key, &bytes);
    SignedStatement {
        bytes,
        algorithm,
        key_id,
        signature,
    }
}

/// Whether a statement was signed with this key, over its bytes as received.
pub(crate) fn is_statement_signed(signed: &SignedStatement, key: &CertifiedKey) -> bool {
    let carried = Carried {
        algorithm: signed.algorithm,
        key_id: signed.key_id,
        signature: &signed.signature,
    };
    carried.is_of(&signed.bytes, key)
}

/// Checks that the clearinghouse signed a month.
///
/// # Errors
/// [`CarriedFault`].
pub(crate) fn is_month_signed(
    certified: &CertifiedMonth,
    trust: &Trust,
) -> Result<(), CarriedFault> {
    let carried = Carried {
        algorithm: certified.algorithm,
        key_id: certified.key_id,
        signature: &certified.signature,
    };
    let bytes = certified.month.signed_bytes(certified.at);
    let clearinghouse = Identity::ClearinghouseSigning;
    carried.check(
        &clearinghouse,
        (&bytes, certified.at),
        &certified.signer,
        trust,
    )
}

/// Checks that the clearinghouse signed a checkpoint.
///
/// # Errors
/// [`CarriedFault`].
pub(crate) fn is_checkpoint_signed(
    certified: &CertifiedCheckpoint,
    trust: &Trust,
) -> Result<(), CarriedFault> {
    let CertifiedCheckpoint { signed, signer } = certified;
    let carried = Carried {
        algorithm: signed.algorithm,
        key_id: signed.key_id,
        signature: &signed.signature,
    };
    let bytes = signed.checkpoint.signed_bytes(signed.at);
    let clearinghouse = Identity::ClearinghouseSigning;
    carried.check(&clearinghouse, (&bytes, signed.at), signer, trust)
}
