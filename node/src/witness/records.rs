//! The decisions of the writer: each checkpoint is written down once, in the order of the plans, and each that contradicts
//! one, once.

use huitong_core::canonical::Artifact;
use huitong_core::date::Timestamp;
use huitong_core::record::NodeRecord;
use huitong_core::record::witness::{CheckpointSeen, SplitViewFound};

use crate::store::{Rows, StoreError};
use crate::writer::{Command, Verdict};

/// A checkpoint was looked at.
pub(super) struct NoteSeen(pub(super) CheckpointSeen);

impl Command for NoteSeen {
    type Answer = ();

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<()>, StoreError> {
        let last = rows.witness_head()?.map_or(0, |head| head.plan);
        let plan = self.0.checkpoint.signed.checkpoint.plan;
        if plan != last.saturating_add(1) {
            return Ok(Verdict::Answer(()));
        }
        let record = NodeRecord::CheckpointSeen(self.0);
        Ok(Verdict::Append(vec![record], ()))
    }
}

/// What became of a checkpoint that contradicts the own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Noted {
    /// It is written down now.
    New,
    /// It was before.
    Before,
}

/// Another checkpoint of a plan was found.
pub(super) struct NoteSplit(pub(super) SplitViewFound);

impl Command for NoteSplit {
    type Answer = Noted;

    fn decide(self, rows: &dyn Rows, _now: Timestamp) -> Result<Verdict<Noted>, StoreError> {
        let other = &self.0.other.signed.checkpoint;
        if rows.split_view(other.plan, other.digest())?.is_some() {
            return Ok(Verdict::Answer(Noted::Before));
        }
        let record = NodeRecord::SplitViewFound(self.0);
        Ok(Verdict::Append(vec![record], Noted::New))
    }
}
