//! A receipt's proof holds against the day's checkpoint, and whatever is changed in it is found.

use proptest::prelude::*;

use super::text::{LETTERS_AT_MOST, read, text, texts};
use super::*;
use crate::checkpoint::row::{rows, tree};
use crate::digest::sha256;
use crate::fund::Fund;
use crate::region::RegionCode;

fn region(code: &str) -> RegionCode {
    RegionCode::parse(code).unwrap()
}

fn day(day: u8) -> BusinessDay {
    BusinessDay::new(2026, 3, day).unwrap()
}

fn settlement(nth: u8) -> SettlementId {
    SettlementId::from_parts(i64::from(nth), [nth; 10])
}

fn leg(nth: u8, kind: LegKind, fund: Fund) -> Leg {
    let (home, treatment) = (region("330200"), region("510100"));
    let (debtor, creditor) = if kind == LegKind::Reversal {
        (treatment, home)
    } else {
        (home, treatment)
    };
    Leg {
        settlement: settlement(nth),
        kind,
        debtor,
        creditor,
        fund,
        amount: Fen::new(i64::from(nth) * 100 + 1).unwrap(),
        business_day: day(1),
        receipt: sha256(&[nth]),
    }
}

/// Fifteen settlements, of which each third has a second fund and each fifth is reversed.
fn legs() -> Vec<Leg> {
    let mut legs = Vec::new();
    for nth in 1..=15 {
        legs.push(leg(nth, LegKind::Settlement, Fund::ResidentPool));
        if nth % 3 == 0 {
            legs.push(leg(nth, LegKind::Settlement, Fund::ResidentCriticalIllness));
        }
        if nth % 5 == 0 {
            legs.push(leg(nth, LegKind::Reversal, Fund::ResidentPool));
        }
    }
    legs
}

fn place(leaves: Vec<Digest>, index: usize) -> Place {
    let index = u64::try_from(index).unwrap();
    Place {
        index,
        path: merkle::inclusion_path(&leaves, index).unwrap(),
    }
}

/// The cycle's checkpoint and what proves a settlement in it, made from the legs alone.
fn proven(nth: u8) -> (Checkpoint, ReceiptProof) {
    let legs = legs();
    let all = rows(&legs).unwrap();
    let checkpoint = Checkpoint {
        plan: 7,
        day: day(2),
        root: tree(&all).root(),
        rows: u64::try_from(all.len()).unwrap(),
        nets: sha256(b"nets"),
        before: Some(sha256(b"before")),
        counts: None,
    };
    let mut own: Vec<ProvenLeg> = Vec::new();
    for (at, row) in all.iter().enumerate() {
        let mut of_row: Vec<&Leg> = legs
            .iter()
            .filter(|leg| Pair::of(leg) == row.pair)
            .collect();
        of_row.sort_by_key(|leg| (leg.settlement, leg.kind));
        for (index, leg) in of_row.iter().enumerate() {
            if leg.settlement == settlement(nth) {
                own.push(ProvenLeg {
                    kind: leg.kind,
                    amount: leg.amount,
                    business_day: leg.business_day,
                    receipt: leg.receipt,
                    in_row: place(of_row.iter().map(|leg| leg_leaf(leg)).collect(), index),
                    row: *row,
                    in_cycle: place(all.iter().map(Row::leaf).collect(), at),
                });
            }
        }
    }
    own.sort_by_key(|leg| (leg.kind, leg.row.pair));
    let digest = checkpoint.digest();
    let proof = ReceiptProof::new(settlement(nth), 7, day(2), digest, own).unwrap();
    (checkpoint, proof)
}

#[test]
fn each_settlement_of_a_cycle_is_proven_with_all_its_funds_and_its_reversal() {
    for (nth, count) in [(1, 1), (3, 2), (5, 2), (15, 3)] {
        let (checkpoint, proof) = proven(nth);
        assert_eq!(proof.legs().len(), count);
        assert_eq!(proof.check(&checkpoint), []);
        let [text] = texts(&proof).try_into().unwrap();
        assert!(text.starts_with("HTR1:") && text.len() < LETTERS_AT_MOST);
        assert_eq!(read(&text), Ok(proof.clone()));
        // And each leg alone.
        for one in proof.each() {
            assert_eq!((one.legs().len(), one.check(&checkpoint)), (1, vec![]));
        }
    }
}

#[test]
fn the_bytes_of_a_proof_are_those_that_were_printed() {
    let (_, proof) = proven(15);
    assert_eq!(
        proof.digest().to_string(),
        "cb7f0aa50f363d2467a9888725f5d098fecca6c7f7c8f3edb909dcd1a973f989"
    );
}

#[test]
fn a_checkpoint_of_another_cycle_or_another_of_the_same_is_said_to_be_that() {
    let (checkpoint, proof) = proven(3);
    let newer = Checkpoint {
        plan: 8,
        day: day(3),
        ..checkpoint.clone()
    };
    assert_eq!(proof.check(&newer), [ReceiptFault::OtherCycle]);
    let of_day = Checkpoint {
        day: day(3),
        ..checkpoint.clone()
    };
    assert_eq!(proof.check(&of_day), [ReceiptFault::OtherCycle]);
    let other = Checkpoint {
        nets: sha256(b"other"),
        ..checkpoint
    };
    assert_eq!(proof.check(&other), [ReceiptFault::OtherCheckpoint]);
}

#[test]
fn what_is_changed_is_named_with_its_row() {
    let (checkpoint, proof) = proven(15);
    let changed = |change: &dyn Fn(&mut ProvenLeg)| {
        let mut legs = proof.legs().to_vec();
        change(&mut legs[0]);
        let of = (settlement(15), 7, day(2), checkpoint.digest());
        let proof = ReceiptProof::new(of.0, of.1, of.2, of.3, legs).unwrap();
        proof.check(&checkpoint)
    };
    let pair = proof.legs()[0].row.pair;
    let (row, leg) = (
        ReceiptFault::Row(LegKind::Settlement, pair),
        ReceiptFault::Leg(LegKind::Settlement, pair),
    );
    let more = Fen::new(999_999).unwrap();
    assert_eq!(changed(&|it| it.amount = more), [leg]);
    assert_eq!(changed(&|it| it.receipt = sha256(b"other")), [leg]);
    assert_eq!(changed(&|it| it.in_row.index += 1), [leg]);
    assert_eq!(changed(&|it| it.in_row.path[0] = sha256(b"other")), [leg]);
    assert_eq!(changed(&|it| it.in_cycle.path.clear()), [row]);
    // What a row comes to cannot be changed without its place.
    assert_eq!(changed(&|it| it.row.amount = more), [row]);
    assert_eq!(changed(&|it| it.row.legs += 1)[0], row);
    assert_eq!(
        changed(&|it| it.row.pair_root = sha256(b"other")),
        [row, leg]
    );
    let codes = [
        row,
        leg,
        ReceiptFault::OtherCycle,
        ReceiptFault::OtherCheckpoint,
    ];
    let codes = codes.map(|fault| fault.code());
    assert!(codes.iter().all(|code| code.starts_with("receipt.")));
}

#[test]
fn only_what_can_be_of_one_receipt_is_a_proof() {
    let (checkpoint, proof) = proven(15);
    let of = |legs: Vec<ProvenLeg>| {
        ReceiptProof::new(settlement(15), 7, day(2), checkpoint.digest(), legs)
    };
    let legs = proof.legs().to_vec();
    assert_eq!(of(Vec::new()), Err(NoReceiptProof::Legs(0)));
    let mut turned = legs.clone();
    turned.reverse();
    assert_eq!(of(turned), Err(NoReceiptProof::Order));
    let twice = vec![legs[0].clone(), legs[0].clone()];
    assert_eq!(of(twice), Err(NoReceiptProof::Order));
    let mut deducted = legs[0].clone();
    deducted.kind = LegKind::Deduction;
    let kind = NoReceiptProof::Kind(LegKind::Deduction);
    assert_eq!(of(vec![deducted]), Err(kind));
    let mut long = legs[0].clone();
    long.in_cycle.path = vec![sha256(b"step"); STEPS_AT_MOST + 1];
    let too_long = NoReceiptProof::Path(STEPS_AT_MOST + 1);
    assert_eq!(of(vec![long]), Err(too_long));
}

#[test]
fn several_funds_in_the_largest_trees_are_one_code_each_and_every_one_fits() {
    let (checkpoint, proof) = proven(15);
    let mut legs = proof.legs().to_vec();
    for place in legs
        .iter_mut()
        .flat_map(|leg| [&mut leg.in_row, &mut leg.in_cycle])
    {
        place.index = u64::MAX;
        place.path = vec![sha256(b"step"); STEPS_AT_MOST];
    }
    let digest = checkpoint.digest();
    let largest = ReceiptProof::new(settlement(15), u64::MAX, day(2), digest, legs).unwrap();
    assert!(text(&largest).len() > LETTERS_AT_MOST);
    let texts = texts(&largest);
    assert_eq!(texts.len(), 3);
    for (text, leg) in texts.iter().zip(largest.legs()) {
        assert!(text.len() <= LETTERS_AT_MOST, "{}", text.len());
        assert_eq!(read(text).unwrap().legs(), std::slice::from_ref(leg));
    }
}

proptest! {
    /// A proof with any of its bytes changed is unreadable, or does not hold.
    #[test]
    fn any_changed_byte_is_found(at in any::<prop::sample::Index>(), by in 1_u8..=255) {
        let (checkpoint, proof) = proven(15);
        let mut bytes = proof.to_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= by;
        if let Ok(changed) = ReceiptProof::from_bytes(&bytes) {
            prop_assert!(!changed.check(&checkpoint).is_empty(), "byte {}", at);
        }
    }

    /// A leg of another settlement, under this one's id, is found.
    #[test]
    fn a_leg_of_another_settlement_is_found(of in 1_u8..=15, named in 1_u8..=15) {
        let (checkpoint, proof) = proven(of);
        let legs = proof.legs().to_vec();
        let digest = checkpoint.digest();
        let other = ReceiptProof::new(settlement(named), 7, day(2), digest, legs).unwrap();
        prop_assert_eq!(other.check(&checkpoint).is_empty(), of == named);
    }
}
