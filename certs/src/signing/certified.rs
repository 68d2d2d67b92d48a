//! A verifying key whose owner a certificate names.
//!
//! This is how anyone learns a node's signing key: the node hands over the chain of its
//! signing certificate (`…/node/signing`), and the operator's root is enough to check it,
//! offline and years later, at the moment of signing.

use jiff::Timestamp;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::{Signature, SignatureError, VerifyingKey};
use crate::certificate::{Certificate, KeyKind};
use crate::identity::Identity;
use crate::purpose::Purpose;
use crate::refusal::IdentityError;
use crate::trust::{Trust, verify_chain_identity};

/// A verifying key and its owner, proven against a root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedKey {
    identity: Identity,
    key: VerifyingKey,
    chain: Vec<CertificateDer<'static>>,
    counts: Counts,
}

/// Whether anything that is signed with a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counts {
    AsCertified,
    /// Another certificate of the same key is revoked.
    ForNothing,
}

/// Why a signing certificate is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertifiedKeyError {
    /// The text is no PEM.
    #[error("the signing certificate is not PEM: {0} / 签名证书不是PEM格式：{0}")]
    Pem(String),
    /// The certificate proves no signing identity.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The certified key is of a kind that this version cannot check.
    #[error(
        "the signing certificate holds a key of kind {0}; Ed25519 is expected / 签名证书的密钥类型为{0}，应为Ed25519"
    )]
    KeyKind(KeyKind),
    /// The certified key is malformed.
    #[error(transparent)]
    Key(#[from] SignatureError),
}

impl CertifiedKey {
    /// Checks a signing certificate (PEM, leaf first) against the root at the moment `at`.
    ///
    /// # Errors
    /// [`CertifiedKeyError`] says why the certificate proves no signer.
    pub fn from_pem(pem: &[u8], trust: &Trust, at: Timestamp) -> Result<Self, CertifiedKeyError> {
        let chain = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| CertifiedKeyError::Pem(error.to_string()))?;
        Self::from_chain(&chain, trust, at)
    }

    /// As [`CertifiedKey::from_pem`], from DER.
    ///
    /// # Errors
    /// As [`CertifiedKey::from_pem`].
    pub fn from_chain(
        chain: &[CertificateDer<'_>],
        trust: &Trust,
        at: Timestamp,
    ) -> Result<Self, CertifiedKeyError> {
        let identity = verify_chain_identity(chain, trust, Purpose::Sign, at)?;
        let leaf = chain.first().ok_or(IdentityError::NoCertificate)?;
        let certificate = Certificate::read(leaf)?;
        match &certificate.key {
            KeyKind::Ed25519 => Ok(Self {
                identity,
                key: VerifyingKey::from_bytes(certificate.public_key())?,
                chain: chain.iter().map(|it| it.clone().into_owned()).collect(),
                counts: Counts::AsCertified,
            }),
            other @ (KeyKind::EcdsaP256 | KeyKind::Other(_)) => {
                Err(CertifiedKeyError::KeyKind(other.clone()))
            }
        }
    }

    /// As [`CertifiedKey::from_pem`], from the bytes of each certificate, leaf first.
    ///
    /// # Errors
    /// As [`CertifiedKey::from_pem`].
    pub fn from_der(
        chain: &[Vec<u8>],
        trust: &Trust,
        at: Timestamp,
    ) -> Result<Self, CertifiedKeyError> {
        let chain: Vec<_> = chain
            .iter()
            .map(|der| CertificateDer::from(der.as_slice()))
            .collect();
        Self::from_chain(&chain, trust, at)
    }

    /// Who signs with this key: a node's or the clearinghouse's signing identity.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The certificates that prove it, leaf first, as they were given.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    /// The key itself.
    pub fn key(&self) -> &VerifyingKey {
        &self.key
    }

    /// The same key where another certificate of it is revoked: it has its name, and nothing that it signed holds.
    #[must_use]
    pub fn revoked(self) -> Self {
        let counts = Counts::ForNothing;
        Self { counts, ..self }
    }

    /// As [`VerifyingKey::verify`].
    ///
    /// # Errors
    /// As [`VerifyingKey::verify`]; [`SignatureError::Revoked`] of a key that is.
    pub fn verify(&self, message: &[u8], signature: &Signature) -> Result<(), SignatureError> {
        match self.counts {
            Counts::AsCertified => self.key.verify(message, signature),
            Counts::ForNothing => Err(SignatureError::Revoked(self.key.key_id())),
        }
    }
}

/// The certificates of a PEM text as DER, in their order.
///
/// # Errors
/// [`CertifiedKeyError::Pem`] when it is damaged or holds none.
pub fn chain_from_pem(pem: &[u8]) -> Result<Vec<Vec<u8>>, CertifiedKeyError> {
    let chain = CertificateDer::pem_slice_iter(pem)
        .map(|der| der.map(|der| der.as_ref().to_vec()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| CertifiedKeyError::Pem(error.to_string()))?;
    if chain.is_empty() {
        return Err(CertifiedKeyError::Pem("no certificate in it".to_owned()));
    }
    Ok(chain)
}
