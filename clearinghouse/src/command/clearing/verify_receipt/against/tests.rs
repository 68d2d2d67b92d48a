//! No leg counts twice or for another settlement, and what was taken back is said.

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::receipt::{Place, ProvenLeg};
use huitong_core::checkpoint::row::{Row, leg_leaf};
use huitong_core::date::BusinessDay;
use huitong_core::digest::sha256;
use huitong_core::region::RegionCode;

use super::*;

fn settlement(nth: u8) -> SettlementId {
    SettlementId::from_parts(i64::from(nth), [nth; 10])
}

fn leg(kind: LegKind, fund: Fund, fen: i64) -> ProvenLeg {
    let region = |code| RegionCode::parse(code).unwrap();
    let (home, treatment) = (region("330200"), region("510100"));
    let (debtor, creditor) = if kind == LegKind::Reversal {
        (treatment, home)
    } else {
        (home, treatment)
    };
    let amount = Fen::new(fen).unwrap();
    let place = Place {
        index: 0,
        path: Vec::new(),
    };
    ProvenLeg {
        kind,
        amount,
        business_day: BusinessDay::new(2026, 3, 1).unwrap(),
        receipt: sha256(b"receipt"),
        in_row: place.clone(),
        row: Row {
            pair: Pair {
                debtor,
                creditor,
                fund,
            },
            amount,
            legs: 1,
            pair_root: sha256(b"legs"),
        },
        in_cycle: place,
    }
}

fn code(of: u8, legs: Vec<ProvenLeg>) -> ReceiptProof {
    let day = BusinessDay::new(2026, 3, 1).unwrap();
    ReceiptProof::new(settlement(of), 1, day, sha256(b"checkpoint"), legs).unwrap()
}

fn pool(of: u8) -> ReceiptProof {
    code(
        of,
        vec![leg(LegKind::Settlement, Fund::ResidentPool, 1_000)],
    )
}

/// The faults against settlement 1, whose pool paid this.
fn found(proofs: &[ReceiptProof], fen: i64) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let together = Together::of(proofs, Some(settlement(1)), &mut faults);
    let receipt = [(Fund::ResidentPool, Fen::new(fen).unwrap())];
    together.against(&receipt, &mut faults);
    faults.iter().map(Said::code).collect()
}

#[test]
fn a_code_that_is_given_twice_counts_once_and_is_named() {
    assert!(found(&[pool(1)], 1_000).is_empty());
    let twice = [pool(1), pool(1)];
    assert_eq!(found(&twice, 2_000), ["receipt.repeated", "receipt.amount"]);
    assert_eq!(found(&twice, 1_000), ["receipt.repeated"]);
}

#[test]
fn codes_of_two_settlements_are_not_added_up() {
    let two = [pool(1), pool(2)];
    assert_eq!(
        found(&two, 2_000),
        ["receipt.other_settlement", "receipt.amount"]
    );
    assert_eq!(
        found(&[pool(2)], 1_000),
        ["receipt.other_settlement", "receipt.amount"]
    );
    // Without a paper too: that of the first is meant.
    let mut faults = Vec::new();
    Together::of(&two, None, &mut faults);
    let codes: Vec<_> = faults.iter().map(Said::code).collect();
    assert_eq!(codes, ["receipt.other_settlement"]);
}

#[test]
fn funds_in_codes_of_their_own_are_each_compared() {
    let illness = Fund::ResidentCriticalIllness;
    let other = code(1, vec![leg(LegKind::Settlement, illness, 500)]);
    assert!(found(&[pool(1), other], 1_000).is_empty());
}

#[test]
fn a_reversal_among_the_codes_is_said_beside_a_paper() {
    let reversal = || leg(LegKind::Reversal, Fund::ResidentPool, 1_000);
    let both = vec![
        leg(LegKind::Settlement, Fund::ResidentPool, 1_000),
        reversal(),
    ];
    assert_eq!(found(&[code(1, both)], 1_000), ["receipt.reversed"]);
    // That of another cycle, too.
    let later = code(1, vec![reversal()]);
    assert_eq!(
        found(&[pool(1), later.clone()], 1_000),
        ["receipt.reversed"]
    );
    let mut faults = Vec::new();
    let together = Together::of(&[later], None, &mut faults);
    together.against(&[], &mut faults);
    assert!(faults.is_empty());
}

/// A cycle of one row and one leg, and its code.
fn cycle(plan: u64, kind: LegKind) -> (Checkpoint, ReceiptProof) {
    let mut leg = leg(kind, Fund::ResidentPool, 1_000);
    leg.row.pair_root = leg_leaf(&leg.leg(settlement(1)));
    let checkpoint = Checkpoint {
        plan,
        day: BusinessDay::new(2026, 3, 1).unwrap(),
        root: leg.row.leaf(),
        rows: 1,
        nets: sha256(b"nets"),
        before: None,
        counts: None,
    };
    let (day, digest) = (checkpoint.day, checkpoint.digest());
    let proof = ReceiptProof::new(settlement(1), plan, day, digest, vec![leg]);
    (checkpoint, proof.unwrap())
}

#[test]
fn codes_of_two_cycles_are_checked_against_the_checkpoint_of_each() {
    let (one, owed) = cycle(1, LegKind::Settlement);
    let (two, back) = cycle(2, LegKind::Reversal);
    let split = Checkpoint {
        nets: sha256(b"other"),
        ..two.clone()
    };
    let found = |proof: &ReceiptProof, checkpoints: &[&Checkpoint]| {
        let mut faults = Vec::new();
        check(proof, checkpoints, &mut faults);
        faults.iter().map(Said::code).collect::<Vec<_>>()
    };
    for proof in [&owed, &back] {
        assert!(found(proof, &[&one, &two]).is_empty());
        assert!(found(proof, &[&two, &one]).is_empty());
    }
    assert_eq!(found(&back, &[&one]), ["receipt.other_cycle"]);
    // Two that were signed for one cycle are never passed over.
    assert_eq!(
        found(&back, &[&two, &one, &split]),
        ["receipt.other_checkpoint"]
    );
}
