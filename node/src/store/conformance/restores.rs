//! A row of every table of a restore.

use huitong_core::leg::{Leg, LegKind, NumberedLeg, Side};

use super::super::{
    BackupDay, Key, LeftOut, RegainedLegs, RegainedPerson, RestoreState, Restored, RestoredPeer,
    Row,
};
use crate::samples::{claim, id, now, receipt};

/// One of each.
pub(super) fn restores() -> Vec<(Key, Row)> {
    let claim = claim("V1");
    let restored = Restored {
        incarnation: 2,
        mark: [7; 16],
        since: now(),
        state: RestoreState::Collecting,
    };
    let left_out = LeftOut {
        incarnation: 2,
        since: now(),
    };
    let peer = RestoredPeer {
        incarnation: 3,
        mark: [8; 16],
        written: 9,
        held: 4,
        before: vec![(2, 7)],
    };
    let person = RegainedPerson {
        incarnation: 2,
        since: 1,
        base: 1,
        highest: 5,
        count: 3,
        before: 0,
    };
    let leg = NumberedLeg {
        number: 3,
        side: Side::Payable,
        leg: Leg::of(&receipt(1).body).remove(0),
    };
    let legs = RegainedLegs { legs: vec![leg] };
    vec![
        (Key::Restored(), Row::Restored(restored)),
        (Key::BackupDay(), Row::BackupDay(BackupDay { closed: None })),
        (Key::RestoredPeer(claim.treatment), Row::RestoredPeer(peer)),
        (Key::LeftOut(claim.treatment), Row::LeftOut(left_out)),
        (Key::Regained(claim.person.psn_no), Row::Regained(person)),
        (
            Key::RegainedLegs(id(1), LegKind::Settlement),
            Row::RegainedLegs(legs.clone()),
        ),
        (
            Key::RegainedLegs(id(1), LegKind::Reversal),
            Row::RegainedLegs(legs),
        ),
    ]
}
