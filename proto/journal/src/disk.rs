//! What the journal asks of a disk, small enough for a fake that crashes.
//!
//! The rules an implementation keeps: bytes written are durable only after
//! [`DiskFile::sync`], names only after [`Disk::sync_names`]; a file made by
//! [`Disk::create`] reads as zeros over its whole size and has room for it; a
//! rename replaces nothing half. The journal never shortens or removes a file.

use std::fmt::Debug;
use std::io::{self, IoSlice};
use std::sync::Arc;

/// One directory that holds one journal.
pub trait Disk: Send + Sync + Debug {
    /// Takes the directory for this journal alone, across processes, until the
    /// answer is dropped.
    ///
    /// # Errors
    /// [`LockRefusal::Held`] while another has it.
    fn lock(&self) -> Result<Box<dyn Held>, LockRefusal>;

    /// The names of all files in the directory, in any order.
    ///
    /// # Errors
    /// What the operating system says.
    fn list(&self) -> io::Result<Vec<String>>;

    /// Makes a file of `size` zero bytes with its room reserved, in place of any
    /// file of that name. Neither name nor size is durable yet.
    ///
    /// # Errors
    /// What the operating system says, a full disk among it.
    fn create(&self, name: &str, size: u64) -> io::Result<Arc<dyn DiskFile>>;

    /// Opens a file that exists.
    ///
    /// # Errors
    /// What the operating system says.
    fn open(&self, name: &str) -> io::Result<Arc<dyn DiskFile>>;

    /// Gives a file another name.
    ///
    /// # Errors
    /// What the operating system says.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;

    /// Makes all creations and renames so far durable.
    ///
    /// # Errors
    /// What the operating system says.
    fn sync_names(&self) -> io::Result<()>;
}

/// One open file. Writers and readers may use it at once, on different bytes.
pub trait DiskFile: Send + Sync + Debug {
    /// The size in bytes.
    ///
    /// # Errors
    /// What the operating system says.
    fn size(&self) -> io::Result<u64>;

    /// Fills `buffer` from `offset`, all of it.
    ///
    /// # Errors
    /// What the operating system says; a file that ends before is an error.
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;

    /// Writes all of `bytes` at `offset`, inside the size given at creation.
    ///
    /// # Errors
    /// What the operating system says.
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Writes all `parts` end to end at `offset`, as [`Self::write_at`] would write
    /// them in one piece.
    ///
    /// # Errors
    /// What the operating system says.
    fn write_parts_at(&self, offset: u64, parts: &mut [IoSlice<'_>]) -> io::Result<()> {
        let parts: Vec<&[u8]> = parts.iter().map(|part| &**part).collect();
        self.write_at(offset, &parts.concat())
    }

    /// Makes all bytes written so far durable, with the metadata needed to read
    /// them back.
    ///
    /// # Errors
    /// What the operating system says. What was not durable before the error may
    /// never become so, even when a later call succeeds.
    fn sync(&self) -> io::Result<()>;
}

/// A lock that is held until it is dropped.
pub trait Held: Send + Sync + Debug {}

/// Why a directory could not be taken.
#[derive(Debug)]
pub enum LockRefusal {
    /// Another opener has it, with its process id where it could be read.
    Held {
        /// Process id of the holder.
        process: Option<u32>,
    },
    /// The lock itself could not be tried.
    Disk(io::Error),
}
