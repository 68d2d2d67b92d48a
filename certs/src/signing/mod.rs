//! Signatures that name their algorithm and key.
//!
//! What is signed is the business of the caller: bytes in a canonical, versioned form.
//! A signature is checked over the bytes as they were received, never over bytes encoded
//! again. Signing keys never speak TLS: their certificates carry `…/signing` and the use
//! "document signing", and are checked offline against the root ([`CertifiedKey`]).
//!
//! SM2/SM3 will stand beside Ed25519 as another [`Algorithm`].

mod carried;
mod certified;
mod key;
pub mod of_clearinghouse;

pub use crate::key_id::KeyId;
pub use carried::{Carried, CarriedFault, sign_carried};
pub use certified::{CertifiedKey, CertifiedKeyError, chain_from_pem};
pub use key::{KeyFileError, SigningKey, VerifyingKey};

/// How bytes are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// Ed25519 (RFC 8032, pure).
    Ed25519,
}

impl Algorithm {
    /// The name that is stored and sent beside a signature.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
        }
    }

    /// The algorithm of that name.
    ///
    /// # Errors
    /// [`SignatureError::UnknownAlgorithm`] for any other name.
    pub fn from_name(name: &str) -> Result<Self, SignatureError> {
        match name {
            "ed25519" => Ok(Self::Ed25519),
            other => Err(SignatureError::UnknownAlgorithm(other.to_owned())),
        }
    }

    fn signature_bytes(self) -> usize {
        match self {
            Self::Ed25519 => 64,
        }
    }
}

/// A signature with the names of its algorithm and key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    algorithm: Algorithm,
    key_id: KeyId,
    bytes: Vec<u8>,
}

impl Signature {
    /// A signature as received.
    ///
    /// # Errors
    /// [`SignatureError::WrongLength`] when the algorithm's signatures have another length.
    pub fn new(
        algorithm: Algorithm,
        key_id: KeyId,
        bytes: Vec<u8>,
    ) -> Result<Self, SignatureError> {
        let expected = algorithm.signature_bytes();
        if bytes.len() == expected {
            Ok(Self {
                algorithm,
                key_id,
                bytes,
            })
        } else {
            Err(SignatureError::WrongLength {
                expected,
                found: bytes.len(),
            })
        }
    }

    /// How it was made.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// With which key it was made.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The signature itself.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why a signature is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The algorithm is not one that this version knows.
    #[error("signature algorithm {0:?} is unknown to this version / 本版本不识别签名算法{0:?}")]
    UnknownAlgorithm(String),
    /// The signature has the wrong length for its algorithm.
    #[error(
        "a signature of {expected} bytes was expected, {found} came / 签名应为{expected}字节，实为{found}字节"
    )]
    WrongLength {
        /// The algorithm's length.
        expected: usize,
        /// The length that came.
        found: usize,
    },
    /// The signature names another key than the one it is checked with.
    #[error(
        "signed with key {found}, checked with key {expected} / 签名密钥为{found}，验签密钥为{expected}"
    )]
    OtherKey {
        /// The key at hand.
        expected: KeyId,
        /// The key that the signature names.
        found: KeyId,
    },
    /// A certificate of the key is revoked, so that nothing that it signed holds.
    #[error("a certificate of key {0} is revoked / 密钥{0}的证书已吊销")]
    Revoked(KeyId),
    /// The signature does not belong to these bytes.
    #[error("the signature does not match the signed bytes / 签名与内容不符")]
    Mismatch,
}
