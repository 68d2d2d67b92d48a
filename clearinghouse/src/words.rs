//! Whether a region said what it is said to say: its word's signature, by the certificate of its node's key.
//!
//! Core knows no cryptography and `huitong-certs` no canonical form; this is where the two meet for words, as `signer` is
//! for what the clearinghouse itself signs. Deliberately absent: whether the word may be said.

use huitong_certs::signing::{Algorithm, CertifiedKey, CertifiedKeyError, KeyId, Signature};
use huitong_certs::{Identity, Trust};
use huitong_core::canonical::CanonicalError;
use huitong_core::date::Timestamp;
use huitong_core::dispute::word::{SignedWord, Word};

/// The number of Ed25519.
const ED25519: u8 = 1;

/// Why a word is not the region's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WordError {
    /// It cannot be read.
    #[error("it cannot be read: {0}")]
    Unreadable(#[from] CanonicalError),
    /// A moment out of range.
    #[error("its moment is out of range / 时间超出范围")]
    Moment,
    /// The certificate does not lead to the root.
    #[error("its signing certificate is not accepted: {0}")]
    Certificate(#[from] CertifiedKeyError),
    /// The certificate is somebody else's.
    #[error("it is signed as {0} / 签名方为{0}")]
    Signer(Identity),
    /// The signature is not that key's.
    #[error("the signature does not belong to this word and this key / 签名与内容或密钥不符")]
    Signature,
}

/// What a region says, when the certificate of its node's signing key leads to the root both when it was said and at
/// another moment, and its key signed just this.
pub(crate) fn check(
    signed: &SignedWord,
    trust: &Trust,
    also_at: Option<Timestamp>,
) -> Result<Word, WordError> {
    let word = signed.word()?;
    let moment = |at: Timestamp| {
        jiff::Timestamp::from_millisecond(at.as_millis()).map_err(|_| WordError::Moment)
    };
    if let Some(at) = also_at {
        CertifiedKey::from_der(&signed.signer, trust, moment(at)?)?;
    }
    let key = CertifiedKey::from_der(&signed.signer, trust, moment(word.at)?)?;
    if *key.identity() != Identity::RegionNodeSigning(word.region) {
        return Err(WordError::Signer(key.identity().clone()));
    }
    if signed.algorithm != ED25519 {
        return Err(WordError::Signature);
    }
    let key_id = KeyId::from_bytes(*signed.key_id.as_bytes());
    Signature::new(Algorithm::Ed25519, key_id, signed.signature.clone())
        .and_then(|signature| key.verify(&signed.bytes, &signature))
        .map_err(|_| WordError::Signature)?;
    Ok(word)
}
