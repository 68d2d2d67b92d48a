//! What can go wrong, typed by what was asked.
//!
//! Errors are cloneable, because one failed sync is the answer to many waiters.
//! Nothing here is retried by the journal. What an operator reads is also in
//! Chinese.

use std::fmt;
use std::io;
use std::sync::Arc;

use crate::disk::LockRefusal;
use crate::position::Position;

/// Why records were not made durable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The queue is full; nothing was taken. A retry later helps.
    #[error("the journal's queue is full ({waiting} waiting, {bytes} bytes): try again later")]
    Overloaded {
        /// Submissions and reservations that wait.
        waiting: usize,
        /// Bytes that wait.
        bytes: u64,
    },
    /// A submission without records.
    #[error("a submission needs at least one record")]
    NoRecords,
    /// The records of one submission do not fit into one frame.
    #[error("{bytes} bytes in one submission are over the limit of {limit}: split it")]
    TooLarge {
        /// Bytes the records take in a frame.
        bytes: u64,
        /// Bytes the options allow.
        limit: u64,
    },
    /// One submission has more records than a frame may hold.
    #[error("{records} records in one submission are over the limit of {limit}: split it")]
    TooManyRecords {
        /// Records handed in.
        records: usize,
        /// Records the options allow.
        limit: usize,
    },
    /// An earlier write failed. Whether these records are on disk is unknown until
    /// the journal is opened again; a retry never helps.
    #[error("the journal is broken until a restart: {0}")]
    Broken(Arc<Fault>),
    /// The journal was closed.
    #[error("the journal is closed")]
    Closed,
}

/// What broke a journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] DiskFault),
    /// The seal is longer than the options allow.
    #[error("a seal of {bytes} bytes is over the limit of {limit}")]
    SealTooLong {
        /// Length of the seal.
        bytes: usize,
        /// Length the options allow.
        limit: u32,
    },
    /// The seal or a waiter's callback panicked.
    #[error("a callback of the journal's user panicked")]
    CallbackPanicked,
    /// The writer's thread ended without being asked to.
    #[error("the journal's writer ended unexpectedly")]
    WriterLost,
}

/// One operation that the disk refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation} {file}: {message}")]
pub struct DiskFault {
    /// What was tried.
    pub operation: Operation,
    /// On which file; the directory itself is `.`.
    pub file: String,
    /// The operating system's kind of error.
    pub kind: io::ErrorKind,
    /// The operating system's words.
    pub message: String,
}

impl DiskFault {
    pub(crate) fn new(operation: Operation, file: &str, error: &io::Error) -> Self {
        Self {
            operation,
            file: file.to_owned(),
            kind: error.kind(),
            message: error.to_string(),
        }
    }
}

/// The operations of a disk that can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Taking the lock.
    Lock,
    /// Listing the directory.
    List,
    /// Making a file.
    Create,
    /// Opening a file.
    Open,
    /// Reading bytes.
    Read,
    /// Writing bytes.
    Write,
    /// Making bytes durable.
    Sync,
    /// Renaming a file.
    Rename,
    /// Making names durable.
    SyncNames,
}

impl fmt::Display for Operation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::Lock => "lock",
            Self::List => "list",
            Self::Create => "create",
            Self::Open => "open",
            Self::Read => "read",
            Self::Write => "write",
            Self::Sync => "sync",
            Self::Rename => "rename",
            Self::SyncNames => "sync directory",
        })
    }
}

/// Why a journal was not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// Another process, or this one, has it open.
    #[error("the journal is in use by process {}: stop that first (日志正被占用，请先停止该进程)", process(*.holder))]
    Locked {
        /// The holder's process id, where it could be read.
        holder: Option<u32>,
    },
    /// The options contradict each other.
    #[error("journal options: {0}")]
    Options(&'static str),
    /// What is on disk is not what was written; nothing was changed.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] DiskFault),
    /// Records are sealed under another keyring than the opener has; nothing is wrong with the journal.
    #[error(
        "frame {frame} (segment {segment}) is sealed under the keyring {found:08x}, and here is {}: put the copy of \
         that keyring back, the journal is whole (日志以另一密钥环加密，请放回该密钥环的副本)",
        keyring(*.own)
    )]
    Keyring {
        /// The first such frame that was met.
        frame: u64,
        /// The segment that it lies in.
        segment: u64,
        /// The keyring that it names.
        found: u32,
        /// The opener's; 0 for none.
        own: u32,
    },
    /// The writer's thread could not be started.
    #[error("the journal's writer could not be started: {0}")]
    Thread(String),
}

impl From<LockRefusal> for OpenError {
    fn from(refusal: LockRefusal) -> Self {
        match refusal {
            LockRefusal::Held { process } => Self::Locked { holder: process },
            LockRefusal::Disk(error) => DiskFault::new(Operation::Lock, ".", &error).into(),
        }
    }
}

fn keyring(own: u32) -> String {
    if own == 0 {
        "none".to_owned()
    } else {
        format!("{own:08x}")
    }
}

fn process(holder: Option<u32>) -> String {
    holder.map_or_else(|| "(unknown)".to_owned(), |id| id.to_string())
}

/// Why a copy of a journal was not gone on with.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CopyError {
    /// What came is not what was written there, or does not continue the copy.
    #[error(
        "the copy cannot go on in segment {segment} at offset {offset}: {what}; it is of another journal, or \
         damaged on the way (副本无法续接：来自另一日志，或传输损坏)"
    )]
    Flaw {
        /// The segment.
        segment: u64,
        /// The offset in it.
        offset: u32,
        /// What is wrong.
        what: Flaw,
    },
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] DiskFault),
}

/// Why a frame could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No synced frame begins there yet.
    #[error("no synced frame at {0} yet")]
    NotYet(Position),
    /// The bytes there are no good frame: damage, or no frame ever began there.
    #[error(transparent)]
    Damage(#[from] Damage),
    /// The disk refused.
    #[error(transparent)]
    Disk(#[from] DiskFault),
}

/// A place where the journal is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "journal damaged in segment {segment}, {segment:020}.seg at offset {offset}: {what}; \
     restore it from a backup or a peer (日志已损坏，请从备份恢复)"
)]
pub struct Damage {
    /// The segment's number.
    pub segment: u64,
    /// The offset in the segment.
    pub offset: u32,
    /// What is wrong there.
    pub what: Flaw,
}

/// What is wrong with a segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// There is a later segment, but not this one.
    #[error("the segment is missing")]
    MissingSegment,
    /// The file's size is not the one in its header.
    #[error("the file has {found} bytes where its header says {expected}")]
    SegmentSize {
        /// Size in the header.
        expected: u32,
        /// Size of the file.
        found: u64,
    },
    /// The header's bytes are not those written.
    #[error("the segment's header is not readable")]
    SegmentHeader,
    /// A good header that does not continue the segment before.
    #[error("the segment does not continue the one before it")]
    SegmentOrder,
    /// A bad frame where frames that were acknowledged later still stand.
    #[error("{frame}, though later frames stand")]
    Frame {
        /// What is wrong with the frame.
        frame: BadFrame,
    },
    /// Written by another format version; not damage of the bytes.
    #[error("format version {version}, flags {flags} are not known to this program")]
    Unsupported {
        /// Format version.
        version: u16,
        /// Flags; none are defined.
        flags: u16,
    },
}

/// What is wrong with a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadFrame {
    /// No frame begins here.
    #[error("no frame begins here")]
    Magic,
    /// The frame's header is not the one written.
    #[error("the frame's header fails its checksum")]
    HeaderChecksum,
    /// The frame would reach past the segment.
    #[error("the frame reaches past its segment")]
    Length,
    /// The frame's bytes are not those written.
    #[error("the frame fails its checksum")]
    Checksum,
    /// The records are not those that the frame's table tells of.
    #[error("the frame's records do not match its table")]
    Records,
    /// Another frame's number.
    #[error("frame {found} stands where {expected} belongs")]
    Number {
        /// Number that belongs here.
        expected: u64,
        /// Number that stands here.
        found: u64,
    },
    /// The frame was written after other frames than these.
    #[error("the frame does not continue the chain before it")]
    Chain,
}
