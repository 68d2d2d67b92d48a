//! What a node stands on: disk, index, network, threads, randomness. This is the one place that names them.
//!
//! A node is the same on any platform: what differs is who keeps its bytes, who carries them, and who does
//! the work that waits.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use huitong_backup::{ARCHIVE, IMAGES, private_folder};
use huitong_journal::{DirDisk, Disk, LockRefusal, Runner, Threads};
use huitong_transport::{Network, Tcp};

use crate::chance::{Chance, SystemChance};
use crate::store::embedded::SledIndex;
use crate::store::image::Images;
use crate::store::{Index, StoreError};

/// The folder of the rows.
pub const INDEX: &str = "index";
/// What a restore, or an index that could not be read, leaves behind of rows.
const SET_ASIDE: [&str; 3] = [
    "index.before-restore",
    "images.before-restore",
    "index.unreadable",
];

/// Where a node keeps what it knows.
pub trait Storage: Send + Sync {
    /// Makes both ready.
    ///
    /// # Errors
    /// [`StorageError`].
    fn open(&self) -> Result<Stored, StorageError>;
}

/// What a node keeps its records and rows in.
pub struct Stored {
    /// The disk of its journal.
    pub disk: Arc<dyn Disk>,
    /// The disk of its keyring.
    pub keys: Arc<dyn Disk>,
    /// Its rows.
    pub index: Arc<dyn Index>,
    /// Where copies of the rows lie, if any are to be kept.
    pub images: Option<Images>,
}

/// Why a node's storage cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The data folder.
    #[error("data folder {path}: {error}")]
    Folder {
        /// The folder.
        path: String,
        /// What the system said.
        error: io::Error,
    },
    /// Somebody uses what lies there.
    #[error("{path} is in use{}: stop that first (正被占用，请先停止该进程)", holder(*.process))]
    InUse {
        /// The folder.
        path: String,
        /// The holder's process id, where it could be read.
        process: Option<u32>,
    },
    /// The index.
    #[error(transparent)]
    Index(#[from] StoreError),
}

fn holder(process: Option<u32>) -> String {
    process.map_or_else(String::new, |process| format!(" by process {process}"))
}

/// What a node stands on.
pub struct Platform {
    /// Where its journal and its index lie.
    pub storage: Arc<dyn Storage>,
    /// Who writes, decides and indexes beside its callers.
    pub runner: Arc<dyn Runner>,
    /// What carries its calls.
    pub network: Arc<dyn Network>,
    /// Where salts and jitter come from.
    pub chance: Arc<dyn Chance>,
}

impl Platform {
    /// The machine: a folder in which `journal` and `index` lie, `images` with copies of the index, and `archive`
    /// with full segments that were moved there; another with the keyring; TCP, a thread for each piece of work.
    #[must_use]
    pub fn machine(data: PathBuf, keyring: PathBuf) -> Self {
        Self {
            storage: Arc::new(Folder { data, keyring }),
            runner: Arc::new(Threads),
            network: Arc::new(Tcp),
            chance: Arc::new(SystemChance),
        }
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Platform")
            .field("network", &self.network)
            .finish_non_exhaustive()
    }
}

struct Folder {
    data: PathBuf,
    keyring: PathBuf,
}

impl Folder {
    fn part(&self, name: &str) -> Result<PathBuf, StorageError> {
        let path = self.data.join(name);
        // Rows name people, and so do images: what is made here is for the node alone, as journal and keyring are.
        private_folder(&path).map_err(|error| refused(&path, error))?;
        Ok(path)
    }
}

impl Storage for Folder {
    fn open(&self) -> Result<Stored, StorageError> {
        let path = self.part("journal")?;
        let disk = DirDisk::with_archive(&path, self.data.join(ARCHIVE))
            .map_err(|error| refused(&path, error))?;
        // Looked at first: the rows of a node that runs are not to be touched. The journal takes it for good.
        drop(disk.lock().map_err(|refusal| locked(&path, refusal))?);
        let keys = DirDisk::taken(&self.keyring);
        let keys = keys.map_err(|refusal| locked(&self.keyring, refusal))?;
        let index = Arc::new(SledIndex::open(&self.part(INDEX)?)?);
        let images = Some(copies(&self.data));
        Ok(Stored {
            disk,
            keys,
            index,
            images,
        })
    }
}

/// The images in a data folder, and what was set aside of rows there.
#[must_use]
pub fn copies(data: &Path) -> Images {
    let aside = SET_ASIDE.map(|name| data.join(name));
    Images::within(data.join(IMAGES)).beside(aside.into())
}

fn locked(path: &Path, refusal: LockRefusal) -> StorageError {
    match refusal {
        LockRefusal::Held { process } => StorageError::InUse {
            path: path.display().to_string(),
            process,
        },
        LockRefusal::Disk(error) => refused(path, error),
    }
}

/// The folder refused.
pub(crate) fn refused(path: &Path, error: io::Error) -> StorageError {
    StorageError::Folder {
        path: path.display().to_string(),
        error,
    }
}
