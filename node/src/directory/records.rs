//! The decisions of the writer: each version is taken once, in order, and each that contradicts is kept once.

use huitong_core::canonical::Artifact;
use huitong_core::date::Timestamp;
use huitong_core::record::NodeRecord;
use huitong_core::record::directory::{DirectorySplit, DirectoryTaken};

use crate::store::{Rows, StoreError};
use crate::writer::{Command, Verdict};

/// A version was fetched and checked.
pub(super) struct NoteTaken(pub(super) DirectoryTaken);

impl Command for NoteTaken {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let head = rows.directory_head()?;
        let next = &self.0.signed.directory;
        let number = head.as_ref().map_or(0, |head| head.number);
        let follows = number.checked_add(1) == Some(next.number)
            && next.before == head.map(|head| head.digest);
        if !follows {
            return Ok(Verdict::Answer(()));
        }
        let record = NodeRecord::DirectoryTaken(self.0);
        Ok(Verdict::Append(vec![record], ()))
    }
}

/// A signed version contradicts those that were taken.
pub(super) struct NoteSplit(pub(super) DirectorySplit);

impl Command for NoteSplit {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let other = &self.0.other.directory;
        if rows
            .directory_split(other.number, other.digest())?
            .is_some()
        {
            return Ok(Verdict::Answer(()));
        }
        let record = NodeRecord::DirectorySplit(self.0);
        Ok(Verdict::Append(vec![record], ()))
    }
}
