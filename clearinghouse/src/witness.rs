//! Whether a word on a checkpoint is the region's own: by the certificate that it carries, at the moment of which it is.
//!
//! Core knows no cryptography and `huitong-certs` no canonical form; this is where the two meet, as in `signer` for the
//! clearinghouse's own signature. Deliberately absent: whether the region is in the directory, and what follows.

use huitong_certs::signing::{Algorithm, CertifiedKey, CertifiedKeyError, KeyId, Signature};
use huitong_certs::{Identity, Trust};
use huitong_core::checkpoint::witness::CertifiedWord;

/// The number of Ed25519.
const ED25519: u8 = 1;

/// Why a word is not a region's.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WordFault {
    /// The moment is out of range.
    #[error("the time of the word is out of range / 签署时间超出范围")]
    Moment,
    /// The certificate does not lead to the root.
    #[error("its signing certificate is not accepted: {0}")]
    Certificate(#[from] CertifiedKeyError),
    /// The certificate is somebody else's.
    #[error("it is signed as {0}, not by the node of its region / 签名方为{0}，而非该统筹区节点")]
    Signer(Identity),
    /// The signature is not that key's.
    #[error("the signature does not belong to this word and this key / 签名与内容或密钥不符")]
    Signature,
}

/// Checks that the node of the region that a word names signed it.
pub(crate) fn verify(certified: &CertifiedWord, trust: &Trust) -> Result<(), WordFault> {
    let word = &certified.word;
    let at = jiff::Timestamp::from_millisecond(word.at.as_millis());
    let at = at.map_err(|_| WordFault::Moment)?;
    let key = CertifiedKey::from_der(&certified.signer, trust, at)?;
    if *key.identity() != Identity::RegionNodeSigning(word.region) {
        return Err(WordFault::Signer(key.identity().clone()));
    }
    if certified.algorithm != ED25519 {
        return Err(WordFault::Signature);
    }
    let key_id = KeyId::from_bytes(*certified.key_id.as_bytes());
    let signature = certified.signature.clone();
    Signature::new(Algorithm::Ed25519, key_id, signature)
        .and_then(|signature| key.verify(&word.signed_bytes(), &signature))
        .map_err(|_| WordFault::Signature)
}
