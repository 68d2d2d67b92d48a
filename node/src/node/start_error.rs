//! Why a node did not start: nothing is left running then.

use huitong_transport::ServeError;
use huitong_transport::TransportError;
use huitong_transport::access::AccessTableError;

use crate::ledger::OpenError;
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
