//! One record of each kind that provisional settlement writes, made up, and its golden bytes.

use super::samples::{at, chengdu, claim, decision, settled, snapshot};
use super::*;
use crate::canonical::testing::golden_file;
use crate::digest::sha256;
use crate::evidence::{Became, Given, ProvisionalEvidence};
use crate::money::Fen;
use crate::provisional::{SignedBody, SignedSnapshot, TrueUp};
use crate::record::provisional::{ProvisionalTakenBack, SnapshotKept, SnapshotSigned, TruedUp};

fn body() -> SignedBody {
    let claim = claim();
    SignedBody {
        treatment: chengdu(),
        visit: claim.visit_key(),
        admitted: claim.visit.admitted,
        snapshot: snapshot(),
        signed_at: at(),
        usable_until: at(),
    }
}

fn signed() -> SignedSnapshot {
    let Receipt {
        group, index, path, ..
    } = settled().receipt;
    SignedSnapshot {
        body: body(),
        group,
        index,
        path,
    }
}

#[test]
fn records_of_provisional_settlements_keep_their_bytes() {
    let (at, settlement) = (at(), settled().settlement);
    let fen = |fen| Fen::new(fen).unwrap();
    let signing = NodeRecord::SnapshotSigned(SnapshotSigned::new(body()));
    golden_file("record_snapshot_signed", &signing);
    let signed = signed();
    let kept = SnapshotKept {
        signed: signed.clone(),
        at,
    };
    golden_file("record_snapshot_kept", &NodeRecord::SnapshotKept(kept));
    let given = Provisional {
        settlement,
        signed,
        decision: decision(),
        advanced: fen(126_000),
        at,
    };
    golden_file("record_provisional", &NodeRecord::Provisional(given));
    let trued_up = TruedUp {
        treatment: chengdu(),
        settlement,
        person: claim().person,
        true_up: TrueUp::of(fen(90_000), fen(174_000), fen(50_000)),
        at,
    };
    golden_file("record_trued_up", &NodeRecord::TruedUp(trued_up));
    let reversal = Some(ReversalId::from_bytes([7; 16]));
    let back = ProvisionalTakenBack {
        settlement,
        reversal,
        at,
    };
    golden_file(
        "record_provisional_taken_back",
        &NodeRecord::ProvisionalTakenBack(back),
    );
}

#[test]
fn evidence_of_what_was_provisional_keeps_its_bytes_and_is_of_one_claim() {
    let policy = b"a policy".to_vec();
    let mut signed = signed();
    let mut decision = decision();
    signed.body.snapshot.policy = sha256(&policy);
    decision.policy = sha256(&policy);
    let given = Given {
        signer: vec![vec![0x30, 0x82]],
        provisional: Provisional {
            settlement: settled().settlement,
            signed,
            decision,
            advanced: Fen::new(126_000).unwrap(),
            at: at(),
        },
        policy,
    };
    let became = Became {
        true_up: TrueUp::refused(Fen::ZERO, given.provisional.advanced),
        given: Some(given.clone()),
    };
    let of = b"evidence".to_vec();
    let evidence = ProvisionalEvidence { of, became };
    golden_file("provisional_evidence", &evidence);
    // The body is no leaf of the group that stands beside it here.
    assert!(!given.is_of(settled().settlement, &claim()));
}

/// The seal of a commit group finds the leaf of a signed snapshot by the record's first bytes.
#[test]
fn a_signed_snapshot_is_a_leaf_of_its_group_and_no_word_on_a_settlement() {
    let record = NodeRecord::SnapshotSigned(SnapshotSigned::new(body()));
    let bytes = record.to_bytes();
    assert_eq!(signed_leaf(&bytes), Some(body().leaf()));
    assert!(!is_signed_word(&bytes));
    assert!(!is_booking(&bytes));
}
