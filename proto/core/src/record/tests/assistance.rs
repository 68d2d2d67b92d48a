//! Assistance on a year's totals, granted and withdrawn, made up.

use super::samples::{at, claim, decision, psn_no, snapshot, version};
use super::*;
use crate::assistance::{AssessedYear, Counted, Outside, Uncounted};
use crate::id::ActId;
use crate::record::assistance::{AssistanceGranted, AssistanceWithdrawn};
use crate::totals::TotalChange;
use crate::vocabulary::{AssistanceEndReason, NotCounted};

fn slot() -> TotalSlot {
    TotalSlot {
        name: "assistance_paid".parse().unwrap(),
        stretch: Stretch::Year(2023),
        key: None,
    }
}

fn year() -> AssessedYear {
    let fen = |fen| Fen::new(fen).unwrap();
    let id = |nth| SettlementId::from_bytes([nth; 16]);
    AssessedYear {
        counted: vec![Counted {
            treatment: "510100".parse().unwrap(),
            settlement: id(1),
            in_scope: fen(15_080_000),
            paid: fen(11_988_000),
        }],
        uncounted: vec![Uncounted {
            treatment: "510100".parse().unwrap(),
            settlement: id(2),
            why: NotCounted::Assisted,
        }],
        decided_as: id(1),
        outside: Outside {
            settlements: 1,
            total: fen(30_000),
        },
        claim: claim(),
        snapshot: snapshot(),
        decision: decision(),
        changes: vec![TotalChange {
            slot: slot(),
            adds: 1_291_800,
        }],
    }
}

pub(super) fn of_assistance() -> [NodeRecord; 2] {
    let act = ActId::from_bytes([7; 16]);
    let granted = AssistanceGranted {
        act,
        by: "li.wei".parse().unwrap(),
        request: "a-1".parse().unwrap(),
        year: year(),
        after: version(5),
        totals: vec![(slot(), 1_291_800)],
        at: at(),
    };
    let withdrawn = AssistanceWithdrawn {
        act,
        psn_no: psn_no(),
        year: 2023,
        reason: AssistanceEndReason::YearChanged,
        by: "li.wei".parse().unwrap(),
        after: version(6),
        totals: vec![(slot(), 0)],
        at: at(),
    };
    [
        NodeRecord::AssistanceGranted(granted),
        NodeRecord::AssistanceWithdrawn(withdrawn),
    ]
}

const GOLDEN: [&str; 2] = ["477feeac19af50e9", "42c097a5d5f05df3"];

#[test]
fn every_record_of_assistance_keeps_its_bytes() {
    keep_their_bytes(&of_assistance(), &GOLDEN);
}

/// A digest names what is granted, and not the version that it was worked out on.
#[test]
fn another_version_is_the_same_year_and_another_figure_is_not() {
    let (one, mut moved) = (year(), year());
    moved.snapshot.version = version(99);
    assert_eq!(one.digest(), moved.digest());
    let mut other = year();
    other.counted[0].paid = Fen::new(11_988_001).unwrap();
    assert_ne!(one.digest(), other.digest());
}
