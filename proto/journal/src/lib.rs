//! The durable record file: group commit, frames, chain, recovery.
//!
//! A journal is a directory of preallocated segments. Callers hand in records,
//! which are opaque bytes; one writer gathers all that wait into one frame,
//! appends it, syncs once and answers all of them. Frames are chained by SHA-256,
//! so a missing or altered frame cannot pass unseen.
//!
//! It knows nothing of settlements, has no index, no clock and no async runtime,
//! and it never repairs damage: a torn tail is set aside and reported, anything
//! else is refused with its place.
//!
//! | module | its question |
//! |---|---|
//! | [`Journal`] | how do many callers share one sync? |
//! | [`Submission`] | what becomes durable together? |
//! | [`Runner`] | who does the work beside the callers: threads, or a simulation |
//! | [`Log`] | the same without a queue, for tools |
//! | [`Reader`], [`Frames`], [`Frame`] | what is in it? |
//! | [`Recovery`], [`Damage`] | what did opening find? |
//! | [`Copying`], [`look_through`] | how is it backed up and put back? |
//! | [`Disk`], [`DirDisk`] | what does it ask of a disk? |
//!
//! ```
//! use huitong_journal::{DirDisk, Journal, Options};
//!
//! let folder = tempfile::tempdir()?;
//! let disk = DirDisk::at(folder.path())?;
//! let (journal, recovery) = Journal::open(disk, Options::standard(), None)?;
//! assert_eq!(recovery.frames, 0);
//!
//! let committed = journal.append_and_wait(vec![b"first".to_vec(), b"second".to_vec()])?;
//! let frame = journal.reader().frame_at(committed.position)?;
//! assert_eq!(frame.record(1), Some(b"second".as_slice()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod active;
mod chain;
mod copying;
mod dir_disk;
mod disk;
mod draft;
mod error;
mod fields;
mod frame;
mod hasher;
mod journal;
mod log;
mod options;
mod position;
mod queue;
mod reader;
mod recovery;
mod repair;
mod runner;
mod segment;
mod submission;
#[cfg(any(test, feature = "testing"))]
pub mod testing;
mod tip;
mod window;

pub use chain::ChainHash;
pub use copying::{Copying, look_through};
pub use dir_disk::DirDisk;
pub use disk::{Disk, DiskFile, Held, LockRefusal};
pub use error::{
    AppendError, BadFrame, CopyError, Damage, DiskFault, Fault, Flaw, OpenError, Operation,
    ReadError,
};
pub use frame::{Frame, Records};
pub use journal::{Journal, Permit, Turn, Turns};
pub use log::{Committed, FrameContents, Log, Seal};
pub use options::Options;
pub use position::Position;
pub use reader::{Frames, Reader};
pub use recovery::{Recovery, Torn};
pub use runner::{Runner, Running, Threads, Work};
pub use submission::{Body, Submission};
pub use tip::Tip;
