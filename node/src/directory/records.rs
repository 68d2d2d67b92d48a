//! The decisions of the writer: each version is taken once, in order, each that contradicts is kept once, and one of those is
//! gone by when an officer says so.

use huitong_core::canonical::Artifact;
use huitong_core::date::Timestamp;
use huitong_core::membership::SignedDirectory;
use huitong_core::officer::OfficerName;
use huitong_core::record::NodeRecord;
use huitong_core::record::directory::{DirectoryAccepted, DirectorySplit, DirectoryTaken};
use huitong_core::refusal::{Refusal, RefusalCode};

use crate::store::{Rows, StoreError};
use crate::writer::{Command, Verdict};

/// Whether something was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    /// It was.
    Written,
    /// It is so already, or it is no more what was decided upon.
    Not,
}

/// A version was fetched and checked.
pub(super) struct NoteTaken(pub(super) DirectoryTaken);

impl Command for NoteTaken {
    type Answer = Noted;

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<Noted>, StoreError> {
        let head = rows.directory_head()?;
        let next = &self.0.signed.directory;
        let number = head.as_ref().map_or(0, |head| head.number);
        let follows = number.checked_add(1) == Some(next.number)
            && next.before == head.map(|head| head.digest);
        if !follows {
            return Ok(Verdict::Answer(Noted::Not));
        }
        let record = NodeRecord::DirectoryTaken(self.0);
        Ok(Verdict::Append(vec![record], Noted::Written))
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

/// An officer has the node go by a version that contradicts, which is kept and not older than the one that is gone by.
pub(super) struct Accept {
    pub(super) signed: SignedDirectory,
    pub(super) by: OfficerName,
}

impl Command for Accept {
    type Answer = Result<Noted, Refusal>;

    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Self::Answer>, StoreError> {
        let Self { signed, by } = self;
        let (number, digest) = (signed.directory.number, signed.directory.digest());
        let head = rows.directory_head()?;
        if head.as_ref().is_some_and(|head| head.digest == digest) {
            return Ok(Verdict::Answer(Ok(Noted::Not)));
        }
        let is_kept = rows.directory_split(number, digest)?.is_some();
        if !is_kept || head.is_some_and(|head| head.number > number) {
            let refusal = Refusal::new(RefusalCode::NoSuchBranch, digest);
            return Ok(Verdict::Answer(Err(refusal)));
        }
        let accepted = DirectoryAccepted {
            signed,
            by,
            at: now,
        };
        let record = NodeRecord::DirectoryAccepted(accepted);
        Ok(Verdict::Append(vec![record], Ok(Noted::Written)))
    }
}
