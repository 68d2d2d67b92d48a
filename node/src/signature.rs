//! The node's signatures as core values hold them: an algorithm's number, a key's name, bytes.
//!
//! Core knows no cryptography and `huitong-certs` no canonical form; this is where the two meet.

use huitong_certs::signing::{Algorithm, CertifiedKey, CertifiedKeyError, KeyId, Signature};
use huitong_certs::{Identity, SigningKey, Trust};
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::digest::Digest;
use huitong_core::publication::{PolicyStatement, SignedStatement};

/// The number of Ed25519.
const ED25519: u8 = 1;

/// A signature in parts.
pub(crate) struct Parts {
    pub(crate) algorithm: u8,
    pub(crate) key_id: Digest,
    pub(crate) signature: Vec<u8>,
}

/// Signs bytes.
pub(crate) fn sign(key: &SigningKey, bytes: &[u8]) -> Parts {
    let signature = key.sign(bytes);
    let algorithm = match signature.algorithm() {
        Algorithm::Ed25519 => ED25519,
    };
    Parts {
        algorithm,
        key_id: Digest::from_bytes(*signature.key_id().as_bytes()),
        signature: signature.bytes().to_vec(),
    }
}

/// Whether bytes were signed with this key.
pub(crate) fn is_signed(bytes: &[u8], parts: Parts, key: &CertifiedKey) -> bool {
    if parts.algorithm != ED25519 {
        return false;
    }
    let key_id = KeyId::from_bytes(*parts.key_id.as_bytes());
    Signature::new(Algorithm::Ed25519, key_id, parts.signature)
        .and_then(|signature| key.verify(bytes, &signature))
        .is_ok()
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
    let parts = Parts {
        algorithm: signed.algorithm,
        key_id: signed.key_id,
        signature: signed.signature.clone(),
    };
    is_signed(&signed.bytes, parts, key)
}

/// Why a checkpoint is not the clearinghouse's word.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CheckpointFault {
    /// The moment of signing is out of range.
    #[error("the time of signing is out of range / 签名时间超出范围")]
    Moment,
    /// The certificate does not lead to the root.
    #[error("its signing certificate is not accepted: {0}")]
    Certificate(#[from] CertifiedKeyError),
    /// The certificate is somebody else's.
    #[error("it is signed as {0}, not as the clearinghouse / 签名方为{0}，而非清算中心")]
    Signer(Identity),
    /// The signature is not that key's.
    #[error(
        "the signature does not belong to this checkpoint and this key / 签名与检查点或密钥不符"
    )]
    Signature,
}

/// Checks that the clearinghouse signed a checkpoint: the certificate leads to the root at the moment of signing, is the
/// clearinghouse's, and its key signed just this.
pub(crate) fn is_checkpoint_signed(
    certified: &CertifiedCheckpoint,
    trust: &Trust,
) -> Result<(), CheckpointFault> {
    let CertifiedCheckpoint { signed, signer } = certified;
    let at = jiff::Timestamp::from_millisecond(signed.at.as_millis());
    let at = at.map_err(|_| CheckpointFault::Moment)?;
    let key = CertifiedKey::from_der(signer, trust, at)?;
    if *key.identity() != Identity::ClearinghouseSigning {
        return Err(CheckpointFault::Signer(key.identity().clone()));
    }
    let parts = Parts {
        algorithm: signed.algorithm,
        key_id: signed.key_id,
        signature: signed.signature.clone(),
    };
    let bytes = signed.checkpoint.signed_bytes(signed.at);
    if is_signed(&bytes, parts, &key) {
        Ok(())
    } else {
        Err(CheckpointFault::Signature)
    }
}
