//! The certificate of a signing key, the own one or another party's, renewed while the key is in use.
//!
//! Only the certificate changes, never the key: what was signed before is checked with the same key, and a renewed
//! certificate begins when the one before it began (`huitong certs renew`). Another key takes a restart, once those who
//! check with it know it.

use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use huitong_certs::directory;
use huitong_certs::signing::CertifiedKey;
use huitong_certs::{Certificate, Trust};
use jiff::Timestamp;

use super::reloading::Beside;

/// A signing key's certificate, shared and renewable.
#[derive(Debug, Clone)]
pub struct Certified(Arc<Held>);

#[derive(Debug)]
struct Held {
    file: Option<PathBuf>,
    current: RwLock<CertifiedKey>,
}

impl Certified {
    /// A certificate that was read from this file, and is read from there again.
    #[must_use]
    pub fn in_file(certified: CertifiedKey, file: PathBuf) -> Self {
        Self::held(certified, Some(file))
    }

    fn held(certified: CertifiedKey, file: Option<PathBuf>) -> Self {
        let current = RwLock::new(certified);
        Self(Arc::new(Held { file, current }))
    }

    /// The certificate in use, with its key.
    #[must_use]
    pub fn current(&self) -> CertifiedKey {
        let current = self.0.current.read();
        current.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes a renewed certificate of the same party and key.
    ///
    /// # Errors
    /// Why it is not taken.
    pub fn renew(&self, certified: CertifiedKey) -> Result<(), String> {
        let held = self.current();
        if held.identity() != certified.identity() {
            let (expected, found) = (held.identity(), certified.identity());
            return Err(format!(
                "the signing certificate is {found}'s, expected {expected}'s / 签名证书属于{found}，应为{expected}"
            ));
        }
        if held.key() != certified.key() {
            return Err(
                "the signing certificate is of another key; a new signing key takes a restart, once the others know it / 签名证书对应另一密钥，更换签名密钥须重启且须先告知各方"
                    .to_owned(),
            );
        }
        let mut current = self
            .0
            .current
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *current = certified;
        Ok(())
    }
}

/// A certificate in memory, which nothing renews.
impl From<CertifiedKey> for Certified {
    fn from(certified: CertifiedKey) -> Self {
        Self::held(certified, None)
    }
}

impl Beside for Certified {
    fn purpose(&self) -> &'static str {
        "signing"
    }

    fn files(&self) -> Vec<PathBuf> {
        self.0.file.iter().cloned().collect()
    }

    fn reload(&self, trust: &Trust, at: Timestamp) -> Result<(), String> {
        let Some(file) = &self.0.file else {
            return Ok(());
        };
        let pem = directory::read(file).map_err(|error| error.to_string())?;
        let certified = CertifiedKey::from_pem(pem.as_bytes(), trust, at);
        self.renew(certified.map_err(|error| format!("{}: {error}", file.display()))?)
    }

    fn not_after(&self) -> Timestamp {
        let current = self.current();
        let leaf = current.chain().first();
        let leaf = leaf.and_then(|leaf| Certificate::read(leaf).ok());
        leaf.map_or(Timestamp::MIN, |leaf| leaf.not_after)
    }
}
