//! The node's signatures as core values hold them: an algorithm's number, a key's name, bytes.
//!
//! Core knows no cryptography and `huitong-certs` no canonical form; this is where the two meet.

use huitong_certs::SigningKey;
use huitong_certs::signing::{Algorithm, CertifiedKey, KeyId, Signature};
use huitong_core::canonical::Artifact;
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
