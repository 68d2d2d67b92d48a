//! The clearinghouse's signature under checkpoints, months, versions of the directory and what is settled in disputes,
//! made with its own signing key.
//!
//! A certificate that does not hold at the moment proves nothing, so nothing is signed with it then; nor with one that a
//! reload finds revoked, or whose root is trusted no more, until a good one is there. Each checkpoint brings its certificate
//! along, so both may be replaced while it runs. Deliberately absent: the journal; and checking, which is in
//! `huitong-certs`.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use huitong_certs::signing::{CertifiedKey, CertifiedKeyError, KeyFileError, sign_carried};
use huitong_certs::{Certificate, Identity, IdentityError, SigningKey, Trust};
use huitong_core::checkpoint::{CertifiedCheckpoint, Checkpoint, SignedCheckpoint};
use huitong_core::clearing_month::{CertifiedMonth, ClearingMonth};
use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::dispute::outcome::{CertifiedOutcome, Outcome};
use huitong_core::evidence::Chain;
use huitong_core::membership::{Directory, SignedDirectory};
use huitong_transport::Beside;

/// The files of the signing key.
#[derive(Debug, Clone)]
pub(crate) struct SigningFiles {
    /// The private key.
    pub(crate) key: PathBuf,
    /// The certificate that proves it.
    pub(crate) certificate: PathBuf,
}

impl SigningFiles {
    /// The key and its certificate, checked against the root at a moment.
    pub(crate) fn load(&self, trust: &Trust, at: jiff::Timestamp) -> Result<Signer, SignerError> {
        let key = SigningKey::load(&self.key)?;
        let certified = CertifiedKey::from_pem(&self.pem()?, trust, at)?;
        Signer::new(key, &certified)
    }

    fn pem(&self) -> Result<Vec<u8>, SignerError> {
        std::fs::read(&self.certificate).map_err(|error| SignerError::File {
            file: self.certificate.display().to_string(),
            reason: error.to_string(),
        })
    }

    /// Which of the two files cannot be read, each by itself.
    pub(crate) fn unreadable(&self) -> Vec<SignerError> {
        let key = SigningKey::load(&self.key).err().map(SignerError::Key);
        key.into_iter().chain(self.pem().err()).collect()
    }
}

/// With what the clearinghouse signs, shared and replaceable.
#[derive(Clone)]
pub struct Signer(Arc<Place>);

/// What is held, and where it is read again.
struct Place {
    files: Option<SigningFiles>,
    held: RwLock<Arc<Held>>,
    /// Why what is held proves nothing under the roots and lists in force.
    distrusted: RwLock<Option<CertifiedKeyError>>,
}

impl Place {
    fn new(files: Option<SigningFiles>, held: Arc<Held>) -> Self {
        Self {
            files,
            held: RwLock::new(held),
            distrusted: RwLock::new(None),
        }
    }
}

struct Held {
    key: SigningKey,
    chain: Chain,
    not_before: jiff::Timestamp,
    not_after: jiff::Timestamp,
}

/// A signature in parts, with the certificates of the key.
struct Signed {
    algorithm: u8,
    key_id: Digest,
    signature: Vec<u8>,
    signer: Chain,
}

/// Why a key and a certificate are no signer of the clearinghouse.
#[derive(Debug, thiserror::Error)]
pub enum SignerError {
    /// The key cannot be read.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// The certificate's file cannot be read.
    #[error("{file}: {reason} / 签名证书文件无法读取")]
    File {
        /// The file.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// The certificate is not accepted.
    #[error(transparent)]
    Certificate(#[from] CertifiedKeyError),
    /// It cannot be read as a certificate.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The certificate is another party's.
    #[error(
        "the signing certificate is of {0}, not of the clearinghouse / 签名证书属于{0}，而非清算中心"
    )]
    NotTheClearinghouse(Identity),
    /// Key and certificate do not belong together.
    #[error("the signing key is not the one of the certificate / 签名密钥与签名证书不匹配")]
    OtherKey,
}

/// Why nothing is signed now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotNow {
    /// The certificate does not hold at the moment.
    #[error(
        "the signing certificate holds from {not_before} to {not_after}: nothing is signed; issue a new one (huitong certs issue), enter it under [signing] and start again / 签名证书不在有效期内，未签名"
    )]
    Outside {
        /// Its first second.
        not_before: jiff::Timestamp,
        /// Its last.
        not_after: jiff::Timestamp,
    },
    /// It is revoked, or its root is trusted no more.
    #[error(
        "the signing certificate in use proves nothing any more: nothing is signed until a good one lies in the files under [signing] ({0}) / 签名证书已不受信任，更换前不再签名"
    )]
    Distrusted(CertifiedKeyError),
}

impl Signer {
    /// A key with the certificate that proves it.
    ///
    /// # Errors
    /// [`SignerError`] when it is not the clearinghouse's, or they do not belong together.
    pub fn new(key: SigningKey, certified: &CertifiedKey) -> Result<Self, SignerError> {
        if *certified.identity() != Identity::ClearinghouseSigning {
            return Err(SignerError::NotTheClearinghouse(
                certified.identity().clone(),
            ));
        }
        if certified.key() != key.verifying_key() {
            return Err(SignerError::OtherKey);
        }
        let leaf = certified.chain().first();
        let leaf = Certificate::read(leaf.ok_or(IdentityError::NoCertificate)?)?;
        let held = Arc::new(Held {
            key,
            chain: certified
                .chain()
                .iter()
                .map(|der| der.as_ref().to_vec())
                .collect(),
            not_before: leaf.not_before,
            not_after: leaf.not_after,
        });
        Ok(Self(Arc::new(Place::new(None, held))))
    }

    /// The key and the certificate in these files, which are read again there.
    pub(crate) fn in_files(
        files: SigningFiles,
        trust: &Trust,
        at: jiff::Timestamp,
    ) -> Result<Self, SignerError> {
        let held = files.load(trust, at)?.held();
        Ok(Self(Arc::new(Place::new(Some(files), held))))
    }

    fn held(&self) -> Arc<Held> {
        let held = self.0.held.read();
        Arc::clone(&held.unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks whether what is held still proves something. When it may be used is looked at whenever something is signed.
    fn look(&self, trust: &Trust, at: jiff::Timestamp) -> Result<(), NotNow> {
        let held = self.held();
        // At a moment at which it holds: what is asked is whom the roots and lists in force let sign.
        let at = at.clamp(held.not_before, held.not_after);
        let fault = CertifiedKey::from_der(&held.chain, trust, at).err();
        let distrusted = self.0.distrusted.write();
        (*distrusted.unwrap_or_else(PoisonError::into_inner)).clone_from(&fault);
        fault.map_or(Ok(()), |fault| Err(NotNow::Distrusted(fault)))
    }

    /// Signs a checkpoint.
    ///
    /// # Errors
    /// [`NotNow`] outside the time in which the certificate holds, and when it proves nothing any more.
    pub(crate) fn sign(
        &self,
        checkpoint: Checkpoint,
        at: Timestamp,
    ) -> Result<CertifiedCheckpoint, NotNow> {
        let Signed {
            algorithm,
            key_id,
            signature,
            signer,
        } = self.signed(&checkpoint.signed_bytes(at), at)?;
        let signed = SignedCheckpoint {
            checkpoint,
            at,
            algorithm,
            key_id,
            signature,
        };
        Ok(CertifiedCheckpoint { signed, signer })
    }

    /// Signs what is settled in a dispute.
    ///
    /// # Errors
    /// [`NotNow`] outside the time in which the certificate holds, and when it proves nothing any more.
    pub(crate) fn sign_outcome(
        &self,
        outcome: Outcome,
        at: Timestamp,
    ) -> Result<CertifiedOutcome, NotNow> {
        let Signed {
            algorithm,
            key_id,
            signature,
            signer,
        } = self.signed(&outcome.signed_bytes(at), at)?;
        Ok(CertifiedOutcome {
            outcome,
            at,
            algorithm,
            key_id,
            signature,
            signer,
        })
    }

    /// Signs a month.
    ///
    /// # Errors
    /// [`NotNow`] outside the time in which the certificate holds.
    pub(crate) fn sign_month(
        &self,
        month: ClearingMonth,
        at: Timestamp,
    ) -> Result<CertifiedMonth, NotNow> {
        let Signed {
            algorithm,
            key_id,
            signature,
            signer,
        } = self.signed(&month.signed_bytes(at), at)?;
        Ok(CertifiedMonth {
            month,
            at,
            algorithm,
            key_id,
            signature,
            signer,
        })
    }

    /// A moment, or where the certificate did not hold yet then, the first at which it does.
    pub(crate) fn at_or_after(&self, moment: Timestamp) -> Timestamp {
        let begins = Timestamp::from_millis(self.held().not_before.as_millisecond());
        begins.map_or(moment, |begins| begins.max(moment))
    }

    /// Signs a version of the directory.
    ///
    /// # Errors
    /// [`NotNow`] outside the time in which the certificate holds, and when it proves nothing any more.
    pub(crate) fn sign_directory(
        &self,
        directory: Directory,
        at: Timestamp,
    ) -> Result<SignedDirectory, NotNow> {
        let Signed {
            algorithm,
            key_id,
            signature,
            signer,
        } = self.signed(&directory.signed_bytes(at), at)?;
        Ok(SignedDirectory {
            directory,
            at,
            algorithm,
            key_id,
            signature,
            signer,
        })
    }

    fn signed(&self, bytes: &[u8], at: Timestamp) -> Result<Signed, NotNow> {
        let distrusted = self.0.distrusted.read();
        if let Some(fault) = &*distrusted.unwrap_or_else(PoisonError::into_inner) {
            return Err(NotNow::Distrusted(fault.clone()));
        }
        let Held {
            key,
            chain,
            not_before,
            not_after,
        } = &*self.held();
        let moment = jiff::Timestamp::from_millisecond(at.as_millis());
        if !moment.is_ok_and(|moment| *not_before <= moment && moment <= *not_after) {
            let (not_before, not_after) = (*not_before, *not_after);
            return Err(NotNow::Outside {
                not_before,
                not_after,
            });
        }
        let (algorithm, key_id, signature) = sign_carried(key, bytes);
        Ok(Signed {
            algorithm,
            key_id,
            signature,
            signer: chain.clone(),
        })
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signer({:?})", self.held().key)
    }
}

impl Beside for Signer {
    fn purpose(&self) -> &'static str {
        "signing"
    }

    fn files(&self) -> Vec<PathBuf> {
        let files = self.0.files.as_ref();
        files.map_or_else(Vec::new, |files| {
            vec![files.key.clone(), files.certificate.clone()]
        })
    }

    fn reload(&self, trust: &Trust, at: jiff::Timestamp) -> Result<(), String> {
        let read = self.0.files.as_ref().map(|files| files.load(trust, at));
        let refused = match read.transpose() {
            Ok(read) => {
                if let Some(read) = read {
                    let held = self.0.held.write();
                    *held.unwrap_or_else(PoisonError::into_inner) = read.held();
                }
                None
            }
            Err(refused) => Some(refused.to_string()),
        };
        match (self.look(trust, at), refused) {
            (Ok(()), None) => Ok(()),
            (Ok(()), Some(refused)) => Err(refused),
            (Err(fault), None) => Err(fault.to_string()),
            (Err(fault), Some(refused)) => Err(format!("{fault}; {refused}")),
        }
    }

    fn not_after(&self) -> jiff::Timestamp {
        self.held().not_after
    }
}

#[cfg(test)]
mod tests;
