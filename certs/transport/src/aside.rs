//! Work that takes long or waits for a disk, beside the calls that are served meanwhile.

use tokio::runtime::{Handle, RuntimeFlavor};
use tokio::task::JoinError;

/// Runs work that takes long, or that waits for a disk, beside everything else; on a runtime of one thread
/// there is nowhere else to run.
///
/// # Errors
/// When the work broke off.
pub async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, JoinError> {
    if Handle::current().runtime_flavor() == RuntimeFlavor::CurrentThread {
        return Ok(work());
    }
    tokio::task::spawn_blocking(work).await
}
