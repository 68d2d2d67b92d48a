//! A signature as values carry it: an algorithm's number, a key's name and bytes, and the certificates of the key beside it.
//!
//! Core's values know no cryptography, and what is signed is whoever's who calls: bytes in a canonical form. This is the
//! one place where the two meet. Deliberately absent: whether what is signed may be said.

use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use rustls_pki_types::CertificateDer;

use super::{
    Algorithm, CertifiedKey, CertifiedKeyError, KeyId, Signature, SigningKey, VerifyingKey,
};
use crate::certificate::{Certificate, KeyKind};
use crate::identity::Identity;
use crate::trust::Trust;

/// The number of Ed25519 in stored and sent values.
const ED25519: u8 = 1;

/// A signature in parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Carried<'a> {
    /// The algorithm's number.
    pub algorithm: u8,
    /// Which key.
    pub key_id: Digest,
    /// The signature itself.
    pub signature: &'a [u8],
}

/// Why what is signed is not somebody's word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarriedFault {
    /// The moment of signing is out of range.
    #[error("the time of signing is out of range / 签名时间超出范围")]
    Moment,
    /// The certificate does not lead to the root.
    #[error("its signing certificate is not accepted: {0}")]
    Certificate(#[from] CertifiedKeyError),
    /// The certificate is somebody else's.
    #[error("it is signed as {found}, not as {expected} / 签名方为 {found}，而非 {expected}")]
    Signer {
        /// Whose certificate it is.
        found: Identity,
        /// Whose it must be.
        expected: Identity,
    },
    /// The signature is not that key's.
    #[error(
        "the signature does not belong to what is signed and this key / 签名与所签内容或密钥不符"
    )]
    Signature,
}

/// Signs bytes: the algorithm's number, the key's name, the signature.
#[must_use]
pub fn sign_carried(key: &SigningKey, bytes: &[u8]) -> (u8, Digest, Vec<u8>) {
    let signature = key.sign(bytes);
    let algorithm = match signature.algorithm() {
        Algorithm::Ed25519 => ED25519,
    };
    let key_id = Digest::from_bytes(*signature.key_id().as_bytes());
    (algorithm, key_id, signature.bytes().to_vec())
}

impl Carried<'_> {
    /// Whether it was made over these bytes with this key.
    #[must_use]
    pub fn is_of(self, bytes: &[u8], key: &CertifiedKey) -> bool {
        self.read()
            .is_some_and(|signature| key.verify(bytes, &signature).is_ok())
    }

    /// Whether it was made over these bytes with the key of the first of these certificates, and that names whom is expected,
    /// whoever issued it. Nothing was changed since then; that it is their word only a root says.
    #[must_use]
    pub fn is_of_leaf(self, expected: &Identity, bytes: &[u8], signer: &[Vec<u8>]) -> bool {
        let leaf = signer.first().map(|der| CertificateDer::from(&**der));
        let Some(Ok(leaf)) = leaf.map(|der| Certificate::read(&der)) else {
            return false;
        };
        if !leaf.spiffe_id().is_ok_and(|id| id.identity() == expected) {
            return false;
        }
        let key = match leaf.key {
            KeyKind::Ed25519 => VerifyingKey::from_bytes(leaf.public_key()).ok(),
            KeyKind::EcdsaP256 | KeyKind::Other(_) => None,
        };
        let signed = key.zip(self.read());
        signed.is_some_and(|(key, signature)| key.verify(bytes, &signature).is_ok())
    }

    /// As it is checked; none of an algorithm that is not known, or of another length.
    fn read(self) -> Option<Signature> {
        if self.algorithm != ED25519 {
            return None;
        }
        let key_id = KeyId::from_bytes(*self.key_id.as_bytes());
        Signature::new(Algorithm::Ed25519, key_id, self.signature.to_vec()).ok()
    }

    /// Checks that somebody signed bytes at a moment: the certificate leads to the root then, is theirs, and its key signed
    /// just this.
    ///
    /// # Errors
    /// [`CarriedFault`].
    pub fn check(
        self,
        expected: &Identity,
        (bytes, at): (&[u8], Timestamp),
        signer: &[Vec<u8>],
        trust: &Trust,
    ) -> Result<(), CarriedFault> {
        let at = jiff::Timestamp::from_millisecond(at.as_millis());
        let key = CertifiedKey::from_der(signer, trust, at.map_err(|_| CarriedFault::Moment)?)?;
        if key.identity() != expected {
            return Err(CarriedFault::Signer {
                found: key.identity().clone(),
                expected: expected.clone(),
            });
        }
        if self.is_of(bytes, &key) {
            Ok(())
        } else {
            Err(CarriedFault::Signature)
        }
    }
}
