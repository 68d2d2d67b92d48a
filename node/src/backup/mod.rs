//! Backup and restore of a node's journal. The index is not backed up: it follows from the journal.
//!
//! A backup is a copy of the journal, frame for frame, and a note of how far it reaches. It is taken from a
//! running node over the wire, so it holds nothing that is not on the node's disk, may lie anywhere, and is
//! gone on with each time. The note is written last: a copy that was cut off is as good as its note says.
//!
//! | module | its question |
//! |---|---|
//! | [`note`] | Whose journal is it, and how far does the backup reach? |
//! | [`taking`] | How does a copy come to be written? |
//! | [`restore`] | How is it put in the place of a journal that is lost, or one whose end is lost made whole? |
//! | [`archive`] | How are full segments moved away, and still found? |
//!
//! Not here: what came after the backup (`recovery`).

pub mod archive;
pub mod note;
pub mod restore;
pub mod taking;

/// The folder of the copy in a backup.
const JOURNAL: &str = "journal";
/// The folder of full segments that were moved away, beside the journal.
pub(crate) const ARCHIVE: &str = "archive";
