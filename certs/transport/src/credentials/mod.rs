//! With which certificate this process speaks, and whom it trusts.
//!
//! Loading checks everything that can be checked alone: that the key belongs to the
//! certificate and the certificate leads to the root. [`CredentialStore`] holds the
//! current credentials and swaps them whole; connections made later use the new ones, and
//! those made before end when the new roots or lists refuse their peer. [`Reloading`] keeps
//! them as the files are.

mod certified;
mod gauges;
mod reloading;
mod store;
mod verifier;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use huitong_certs::{
    Certificate, Identity, IdentityError, Purpose, RevocationError, Trust, directory,
    verify_chain_identity,
};
use jiff::Timestamp;
use rustls::crypto::CryptoProvider;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

pub use certified::Certified;
pub use reloading::{Beside, Reloading};
pub(crate) use store::Session;
pub use store::{CredentialStore, LOOK_EVERY, Standing};

/// Where credentials lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CredentialFiles {
    /// The chain in PEM, leaf first.
    pub chain: PathBuf,
    /// The private key in PEM.
    pub key: PathBuf,
    /// The operator's root or roots in PEM.
    pub roots: PathBuf,
    /// Revocation lists in PEM.
    pub revocation_lists: Vec<PathBuf>,
}

impl CredentialFiles {
    /// A party's folder as `huitong certs issue` writes it.
    pub fn in_folder(folder: &Path) -> Self {
        Self {
            chain: folder.join(directory::TLS_CERTIFICATE),
            key: folder.join(directory::TLS_KEY),
            roots: folder.join(directory::ROOT_CERTIFICATE),
            revocation_lists: Vec::new(),
        }
    }

    /// What is wrong with each of them by itself, where loading them stops at the first.
    pub fn faults(&self) -> Vec<CredentialsError> {
        let alone = [
            chain(&self.chain).err(),
            key(&self.key).err(),
            roots(&self.roots).err(),
        ];
        let mut faults: Vec<_> = alone.into_iter().flatten().collect();
        let lists = self.revocation_lists.iter();
        faults.extend(lists.filter_map(|list| match roots(&self.roots) {
            Ok(trust) => with_list(trust, list).err(),
            // A list is an authority's, which only the roots prove.
            Err(_) => text(list).err(),
        }));
        faults
    }

    /// The key of a configuration's section that names the file at fault.
    pub fn key_of(&self, error: &CredentialsError) -> &'static str {
        let CredentialsError::File { file, .. } = error else {
            return "chain";
        };
        let is = |path: &Path| path.display().to_string() == *file;
        if is(&self.key) {
            "key"
        } else if is(&self.roots) {
            "roots"
        } else if is(&self.chain) {
            "chain"
        } else {
            "revocation_lists"
        }
    }

    /// All of them.
    pub(crate) fn all(&self) -> Vec<PathBuf> {
        let mut files = vec![self.chain.clone(), self.key.clone(), self.roots.clone()];
        files.extend(self.revocation_lists.iter().cloned());
        files
    }
}

/// A certificate with its key, and whom its holder trusts.
#[derive(Clone)]
pub struct Credentials {
    certified: Arc<CertifiedKey>,
    trust: Arc<Trust>,
    not_after: Timestamp,
    identity: Identity,
}

/// Why credentials cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// A file cannot be used.
    #[error("{file}: {reason}")]
    File {
        /// The file.
        file: String,
        /// Why, in English and Chinese.
        reason: String,
    },
    /// The key does not belong to the certificate.
    #[error("the private key does not belong to the certificate / 私钥与证书不匹配")]
    KeyMismatch,
    /// The key is of a kind that cannot be used for TLS.
    #[error("the private key cannot be used for TLS ({0}) / 私钥不能用于TLS（{0}）")]
    Key(String),
    /// The certificate would not be accepted by those who trust the same root.
    #[error("the own certificate is not usable: {0}")]
    Identity(#[from] IdentityError),
    /// The new credentials are another party's.
    #[error(
        "these are the credentials of {found}, this process is {expected} / 该证书属于{found}，本进程为{expected}"
    )]
    OtherIdentity {
        /// Who this process is.
        expected: Identity,
        /// Whose the new credentials are.
        found: Identity,
    },
    /// The revocation lists may not take the place of those in force.
    #[error(transparent)]
    Revocation(#[from] RevocationError),
    /// The store was made in memory, so there is nothing to read again.
    #[error("these credentials were not read from files / 该证书不是从文件加载，无法重新加载")]
    NoFiles,
    /// TLS cannot be set up with them.
    #[error("TLS cannot be set up: {0} / TLS配置失败：{0}")]
    Tls(#[from] rustls::Error),
}

impl Credentials {
    /// Reads credentials and checks that they would be accepted at `at`.
    ///
    /// # Errors
    /// [`CredentialsError`] names the file, or says why the certificate is not usable.
    pub fn load(files: &CredentialFiles, at: Timestamp) -> Result<Self, CredentialsError> {
        let chain = chain(&files.chain)?;
        let key = key(&files.key)?;
        let mut trust = roots(&files.roots)?;
        for path in &files.revocation_lists {
            trust = with_list(trust, path)?;
        }
        let credentials = Self::new(chain, key, Arc::new(trust))?;
        credentials.check(at)?;
        Ok(credentials)
    }

    /// Credentials in memory. Only what belongs together is checked; see
    /// [`Credentials::check`].
    ///
    /// # Errors
    /// [`CredentialsError`] when key and certificate do not belong together.
    pub fn new(
        chain: Vec<CertificateDer<'static>>,
        key: PrivateKeyDer<'static>,
        trust: Arc<Trust>,
    ) -> Result<Self, CredentialsError> {
        let leaf = Certificate::read(chain.first().ok_or(IdentityError::NoCertificate)?)?;
        let key = provider()
            .key_provider
            .load_private_key(key)
            .map_err(|error| CredentialsError::Key(error.to_string()))?;
        let certified = CertifiedKey::new(chain, key);
        certified
            .keys_match()
            .map_err(|_| CredentialsError::KeyMismatch)?;
        Ok(Self {
            certified: Arc::new(certified),
            trust,
            not_after: leaf.not_after,
            identity: leaf.spiffe_id()?.identity().clone(),
        })
    }

    /// Checks that those who trust the same root would accept this certificate at `at`.
    ///
    /// # Errors
    /// [`CredentialsError::Identity`] says why not.
    pub fn check(&self, at: Timestamp) -> Result<(), CredentialsError> {
        verify_chain_identity(&self.certified.cert, &self.trust, Purpose::Call, at)?;
        if self.identity.serves() {
            verify_chain_identity(&self.certified.cert, &self.trust, Purpose::Serve, at)?;
        }
        Ok(())
    }

    /// Whether this is the same certificate, with the same roots and lists.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.certified.cert == other.certified.cert && self.trust == other.trust
    }

    /// As whom this process speaks.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The last second of the certificate.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Whom this process trusts, for checking signing certificates against the same root.
    pub fn trust(&self) -> &Arc<Trust> {
        &self.trust
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Credentials({}, until {})",
            self.identity, self.not_after
        )
    }
}

/// The one set of algorithms, named rather than installed for the whole process.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

fn chain(path: &Path) -> Result<Vec<CertificateDer<'static>>, CredentialsError> {
    let chain = CertificateDer::pem_slice_iter(text(path)?.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| refused(path, &format!("damaged PEM ({error}) / PEM内容损坏")))?;
    if chain.is_empty() {
        return Err(refused(path, "no certificate in PEM / 未找到PEM格式的证书"));
    }
    Ok(chain)
}

fn key(path: &Path) -> Result<PrivateKeyDer<'static>, CredentialsError> {
    PrivateKeyDer::from_pem_slice(text(path)?.as_bytes()).map_err(|error| {
        refused(
            path,
            &format!("no private key in PEM ({error}) / 未找到PEM格式的私钥"),
        )
    })
}

fn roots(path: &Path) -> Result<Trust, CredentialsError> {
    Trust::from_pem(text(path)?.as_bytes()).map_err(|error| refused(path, &error.to_string()))
}

fn with_list(trust: Trust, path: &Path) -> Result<Trust, CredentialsError> {
    trust
        .with_revocation_lists(text(path)?.as_bytes())
        .map_err(|error| refused(path, &error.to_string()))
}

fn text(path: &Path) -> Result<String, CredentialsError> {
    directory::read(path).map_err(|error| {
        // It names the file, as every refusal here does.
        if let directory::DirectoryError::Io { source, .. } = error {
            return refused(path, &format!("{source} / 无法读取"));
        }
        refused(path, &error.to_string())
    })
}

fn refused(path: &Path, reason: &str) -> CredentialsError {
    CredentialsError::File {
        file: path.display().to_string(),
        reason: reason.to_owned(),
    }
}
