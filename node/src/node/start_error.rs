//! Why a node did not start: nothing is left running then.

use std::path::{Path, PathBuf};

use huitong_transport::ServeError;
use huitong_transport::TransportError;
use huitong_transport::access::AccessTableError;

use crate::ledger::{OpenError, RecordsGone};
use crate::peers::DirectoryError;
use crate::platform::StorageError;
use crate::store::StoreError;

/// Why a node did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder, or the index in it.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Journal or index.
    #[error(transparent)]
    Ledger(#[from] OpenError),
    /// The keyring is missing, or is not the journal's.
    #[error(
        "{error}. The files of the keyring's copy belong into {}, directly \
         (密钥环副本中的文件应直接置于该目录)", keyring.display()
    )]
    Keyring {
        /// What is wrong with it.
        error: OpenError,
        /// Where it is looked for.
        keyring: PathBuf,
    },
    /// Another party holds what the journal does not have.
    #[error(
        "others hold more of what this node gave them than its journal has ({0}): acknowledged records are gone. Do not \
         serve: put a backup back (huitong node restore), or, if none is better than what is here, collect what is missing \
         from the other parties (huitong node recover) \
         (日志缺少已确认的记录，请勿提供服务，请用 restore 恢复备份，或用 recover 向各方收集)"
    )]
    RecordsGone(RecordsGone),
    /// Rows or records.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The directory.
    #[error(transparent)]
    Directory(#[from] DirectoryError),
    /// The clearinghouse's address.
    #[error("clearinghouse: {0}")]
    Clearinghouse(TransportError),
    /// The table of who may call what.
    #[error(transparent)]
    Access(#[from] AccessTableError),
    /// The port or the certificate.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// Reflection.
    #[error("reflection: {0}")]
    Reflection(String),
    /// A blocking task was lost.
    #[error("starting was interrupted")]
    Interrupted,
}

impl StartError {
    /// Why journal and index were not opened, where the keyring is looked for there.
    pub(super) fn of_ledger(error: OpenError, keyring: &Path) -> Self {
        if error.is_of_keyring() {
            let keyring = keyring.to_path_buf();
            Self::Keyring { error, keyring }
        } else {
            error.into()
        }
    }
}
