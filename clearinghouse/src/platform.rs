//! What the clearinghouse stands on: certificate, disk, index, network, threads, clock. This is the one place
//! that names them.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use huitong_backup::{ARCHIVE, private_folder};
use huitong_journal::{DirDisk, Disk, Options, Runner, Threads};
use huitong_transport::{Clock, CredentialStore, CredentialsError, Network, SystemClock, Tcp};

use crate::config::Config;
use crate::signer::{Signer, SignerError};
use crate::store::{Embedded, Index, SledIndex, StoreError, StoreEvent};

/// Where a clearinghouse keeps what it knows.
pub trait Storage: Send + Sync {
    /// The disk of its journal. Asked for before the index.
    ///
    /// # Errors
    /// [`StoreError`].
    fn disk(&self) -> Result<Arc<dyn Disk>, StoreError>;

    /// Its index. Asked for once the journal is held against other processes.
    ///
    /// # Errors
    /// [`StoreError`].
    fn index(&self) -> Result<Arc<dyn Index>, StoreError>;
}

/// What a clearinghouse stands on.
#[derive(Clone)]
pub struct Platform {
    /// As whom it speaks, and whom it trusts.
    pub credentials: CredentialStore,
    /// With what it signs checkpoints.
    pub signer: Signer,
    /// Where its journal and its index lie.
    pub storage: Arc<dyn Storage>,
    /// Who writes, decides and indexes beside its callers.
    pub runner: Arc<dyn Runner>,
    /// What carries its calls.
    pub network: Arc<dyn Network>,
    /// What tells the time.
    pub clock: Arc<dyn Clock>,
}

/// Why the machine cannot be stood on.
#[derive(Debug, thiserror::Error)]
pub enum PlatformError {
    /// The certificate for TLS cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The signing key or its certificate cannot be used.
    #[error(transparent)]
    Signer(#[from] SignerError),
}

impl Platform {
    /// The machine: a folder in which `journal` and `index` lie, TCP, a thread for each piece of work, and
    /// the certificates of the configuration.
    ///
    /// # Errors
    /// [`PlatformError`] when a certificate cannot be used.
    pub fn machine(config: &Config) -> Result<Self, PlatformError> {
        let credentials =
            CredentialStore::load(config.tls.clone())?.looked_at_every(config.look_every);
        let now = jiff::Timestamp::from_millisecond(SystemClock.now().as_millis());
        let now = now.unwrap_or(jiff::Timestamp::MAX);
        let trust = Arc::clone(credentials.credentials().trust());
        let signer = Signer::in_files(config.signing.clone(), &trust, now)?;
        Ok(Self {
            credentials,
            signer,
            storage: Arc::new(Folder(config.data.clone())),
            runner: Arc::new(Threads),
            network: Arc::new(Tcp),
            clock: Arc::new(SystemClock),
        })
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform")
            .field("credentials", &self.credentials)
            .field("network", &self.network)
            .finish_non_exhaustive()
    }
}

/// The limits of the journal of a configuration.
pub(crate) fn journal_options(config: &Config) -> Options {
    let segment = config.segment_mib.saturating_mul(1 << 20);
    // A frame may take all of a segment but its header: a plan of a thousand regions is one record.
    Options::standard()
        .segment_bytes(segment)
        .frame_bytes(segment.saturating_sub(4_096))
        .group(segment.saturating_div(2).min(4 << 20), 65_536)
}

/// Opens the store of a configuration.
pub(crate) fn open(
    config: &Config,
    platform: &Platform,
    events: Arc<dyn Fn(StoreEvent) + Send + Sync>,
) -> Result<Embedded, StoreError> {
    let storage = &platform.storage;
    let (disk, options) = (storage.disk()?, journal_options(config));
    Embedded::open(disk, options, || storage.index(), &*platform.runner, events)
}

struct Folder(PathBuf);

impl Storage for Folder {
    fn disk(&self) -> Result<Arc<dyn Disk>, StoreError> {
        let refused = |path: &Path, error: std::io::Error| StoreError::Folder {
            folder: path.display().to_string(),
            reason: error.to_string(),
        };
        private_folder(&self.0).map_err(|error| refused(&self.0, error))?;
        let journal = self.0.join("journal");
        let disk = DirDisk::with_archive(&journal, self.0.join(ARCHIVE))
            .map_err(|error| refused(&journal, error))?;
        Ok(disk)
    }

    fn index(&self) -> Result<Arc<dyn Index>, StoreError> {
        Ok(Arc::new(SledIndex::open(&self.0.join("index"))?))
    }
}
