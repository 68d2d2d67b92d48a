//! Rows of checkpoints and of the directory.

use std::collections::BTreeMap;

use huitong_core::checkpoint::witness::StreamReach;
use huitong_core::date::Timestamp;
use huitong_core::digest::sha256;
use huitong_core::membership::Standing;

use super::*;
use crate::store::{DirectoryHead, WitnessHead};

pub(super) fn witness() -> Vec<(Key, Row)> {
    let at = |record| Location::at(Position::START, record);
    let head = WitnessHead {
        plan: 2,
        day: "2026-03-31".parse().unwrap(),
        digest: sha256(b"checkpoint"),
        reach: Some(StreamReach {
            to: 9,
            carried: sha256(b"carried"),
        }),
    };
    let directory = DirectoryHead {
        number: 3,
        digest: sha256(b"directory"),
        taken: Timestamp::from_millis(1).unwrap(),
        at: at(5),
        closed: BTreeMap::from([("510100".parse().unwrap(), Standing::Suspended)]),
    };
    vec![
        (Key::DirectoryHead(), Row::DirectoryHead(directory)),
        (
            Key::DirectorySplit(3, sha256(b"one")),
            Row::DirectorySplit(at(6)),
        ),
        (
            Key::DirectoryBranch(3, sha256(b"one")),
            Row::DirectoryBranch(at(7)),
        ),
        (Key::WitnessHead(), Row::WitnessHead(head)),
        (Key::Checkpoint(1), Row::Checkpoint(at(1))),
        (Key::Checkpoint(2), Row::Checkpoint(at(2))),
        (Key::RefusedCheckpoint(2), Row::RefusedCheckpoint(at(2))),
        (Key::SplitView(2, sha256(b"one")), Row::SplitView(at(3))),
        (Key::SplitView(2, sha256(b"two")), Row::SplitView(at(4))),
    ]
}
