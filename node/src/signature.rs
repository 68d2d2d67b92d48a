//! The node's signatures in the values that carry them, and those under policies' statements.

use huitong_certs::SigningKey;
use huitong_certs::signing::{Carried, CertifiedKey, sign_carried};
use huitong_core::canonical::Artifact;
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
