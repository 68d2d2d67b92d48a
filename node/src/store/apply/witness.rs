//! Rows of checkpoints that were seen, and of those that contradict each other.

use huitong_core::canonical::Artifact;
use huitong_core::record::witness::{CheckpointSeen, SplitViewFound};

use super::super::{Key, Location, Row, WitnessHead};
use super::Changes;

pub(super) fn seen(record: &CheckpointSeen, at: Location, out: &mut Changes) {
    let checkpoint = &record.checkpoint.signed.checkpoint;
    let plan = checkpoint.plan;
    let head = WitnessHead {
        plan,
        day: checkpoint.day,
        digest: checkpoint.digest(),
        reach: record.reach,
    };
    out.put(Key::WitnessHead(), Row::WitnessHead(head));
    out.put(Key::Checkpoint(plan), Row::Checkpoint(at));
    if record.word.word.verdict.findings().is_some() {
        out.put(Key::RefusedCheckpoint(plan), Row::RefusedCheckpoint(at));
    }
}

pub(super) fn split(record: &SplitViewFound, at: Location, out: &mut Changes) {
    let other = &record.other.signed.checkpoint;
    let key = Key::SplitView(other.plan, other.digest());
    out.put(key, Row::SplitView(at));
}
