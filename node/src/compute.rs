//! Long arithmetic beside the async runtime.
//!
//! A bill of a few hundred lines takes microseconds and runs where it is; one of thousands would hold up
//! everything else on the thread, so the runtime is told.

use tokio::runtime::{Handle, RuntimeFlavor};

/// Lines from which the runtime is told.
const LONG_BILL: usize = 500;

/// Runs a computation over so many lines.
pub(crate) fn compute<T>(lines: usize, work: impl FnOnce() -> T) -> T {
    if lines >= LONG_BILL {
        long(work)
    } else {
        work()
    }
}

/// Runs work that takes long where it is; the runtime is told, if it has other threads.
pub(crate) fn long<T>(work: impl FnOnce() -> T) -> T {
    let threads = Handle::try_current().map(|handle| handle.runtime_flavor());
    if matches!(threads, Ok(RuntimeFlavor::MultiThread)) {
        tokio::task::block_in_place(work)
    } else {
        work()
    }
}
