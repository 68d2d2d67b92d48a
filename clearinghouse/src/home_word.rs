//! Whether evidence that a region shows is the home region's word: by the operator's root alone, at the moment of signing.
//!
//! Core knows no cryptography and `huitong-certs` no canonical form; for what nodes sign this is where the two meet here.

use huitong_certs::signing::{Algorithm, CertifiedKey, CertifiedKeyError, KeyId, Signature};
use huitong_certs::{Identity, Trust};
use huitong_core::clearing_evidence::ClearingEvidence;
use huitong_core::receipt::GroupSignature;
use huitong_core::region::RegionCode;

/// The number of Ed25519.
const ED25519: u8 = 1;

/// Why evidence is not the home region's word.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WordFault {
    /// The moment of signing is out of range.
    #[error("the time of signing is out of range / 签名时间超出范围")]
    Moment,
    /// The certificate does not lead to the root.
    #[error("the signing certificate is not accepted: {0}")]
    Certificate(#[from] CertifiedKeyError),
    /// The certificate is somebody else's.
    #[error(
        "it is signed as {found}, not as the node of the home region {expected} / 签名方为 {found}，不是参保地 {expected} 的节点"
    )]
    Signer {
        /// Whose certificate it is.
        found: Identity,
        /// The home region.
        expected: RegionCode,
    },
    /// The word is not in what was signed.
    #[error("the path does not lead from the word to what was signed / 路径不能由内容到达签名根")]
    Path,
    /// The signature is not that key's.
    #[error("the signature does not belong to these bytes and this key / 签名与内容或密钥不符")]
    Signature,
}

/// Checks that the home region signed what is shown.
pub(crate) fn verify(evidence: &ClearingEvidence, trust: &Trust) -> Result<(), WordFault> {
    let ClearingEvidence { word, group, .. } = evidence;
    let at = jiff::Timestamp::from_millisecond(word.signed_at().as_millis());
    let at = at.map_err(|_| WordFault::Moment)?;
    let key = CertifiedKey::from_der(&evidence.signer, trust, at)?;
    let expected = word.home();
    if *key.identity() != Identity::RegionNodeSigning(expected) {
        let found = key.identity().clone();
        return Err(WordFault::Signer { found, expected });
    }
    if !evidence.is_in_group() {
        return Err(WordFault::Path);
    }
    if group.algorithm != ED25519 {
        return Err(WordFault::Signature);
    }
    let key_id = KeyId::from_bytes(*group.key_id.as_bytes());
    let bytes = GroupSignature::signed_bytes(&group.root, group.size);
    Signature::new(Algorithm::Ed25519, key_id, group.signature.clone())
        .and_then(|signature| key.verify(&bytes, &signature))
        .map_err(|_| WordFault::Signature)
}
