//! What an authority hands over: a chain and the private key that belongs to it.
//!
//! The key is never printed by `Debug`; writing it is the business of [`crate::directory`].

use std::fmt;

use rcgen::KeyPair;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer};

/// A freshly issued certificate with its chain and private key.
pub struct Issued {
    chain: Vec<CertificateDer<'static>>,
    chain_pem: String,
    key: KeyPair,
}

impl Issued {
    pub(super) fn new(
        chain: Vec<CertificateDer<'static>>,
        chain_pem: String,
        key: KeyPair,
    ) -> Self {
        Self {
            chain,
            chain_pem,
            key,
        }
    }

    /// The leaf, then the region's authority if one issued it. The root is never in it.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    /// The private key in PKCS#8.
    pub fn key(&self) -> PrivatePkcs8KeyDer<'static> {
        self.key.serialize_der().into()
    }

    /// The private key in PKCS#8 PEM. Write it nowhere but to a file of mode 0600.
    pub fn key_pem(&self) -> String {
        self.key.serialize_pem()
    }

    /// The chain in PEM.
    pub fn chain_pem(&self) -> &str {
        &self.chain_pem
    }
}

impl fmt::Debug for Issued {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Issued({} certificates)", self.chain.len())
    }
}
