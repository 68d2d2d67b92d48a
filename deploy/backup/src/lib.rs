//! Backup and restore of a server's journal, a region's node or the clearinghouse. An index is not backed up: it
//! follows from the journal.
//!
//! A backup is a copy of the journal, frame for frame, and a note of how far it reaches. It is taken from a
//! running server over the wire, so it holds nothing that is not on the server's disk, may lie anywhere, and is
//! gone on with each time. The note is written last: a copy that was cut off is as good as its note says.
//!
//! | module | its question |
//! |---|---|
//! | [`note`] | Whose journal is it, and how far does the backup reach? |
//! | [`taking`] | How does a copy come to be written? |
//! | [`restore`] | How is it put in the place of a journal that is lost? |
//! | [`archive`] | How are full segments moved away, and still found? |
//! | [`grpc`] | How does a copy leave the server? |
//! | [`command`] | What does an operator type? |
//!
//! Not here: what a record says. A server that is put back tells [`restore`] what it reads out of its own
//! records, and what it writes as the first new one ([`restore::Restart`]); what came after the backup is the
//! server's to collect.

pub mod archive;
pub mod command;
pub mod grpc;
pub mod note;
pub mod restore;
pub mod taking;

use std::fs::DirBuilder;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

/// The folder of the copy in a backup, and of the journal in a server's data folder.
pub const JOURNAL: &str = "journal";
/// The folder of full segments that were moved away, beside the journal.
pub const ARCHIVE: &str = "archive";
/// The folder of copies of the index, beside the journal.
pub const IMAGES: &str = "images";

/// Makes a folder, and those above it, for the server alone: what lies in it names people. One that is there stays as it is.
///
/// # Errors
/// What the system said.
pub fn private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}
