//! The bytes of checkpoints and of what they commit to, and what a row follows from.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::book::{BookError, LegBook};
use super::counts::{RowCounts, Standing};
use super::row::{Pair, RowError, leg_leaf, rows, tree};
use super::table::NetTable;
use super::*;
use crate::canonical::testing::golden_file;
use crate::digest::sha256;
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::leg::{Leg, LegKind, NumberedLeg, Side};
use crate::merkle;
use crate::money::{Fen, SignedFen};
use crate::region::RegionCode;

fn region(code: &str) -> RegionCode {
    code.parse().unwrap()
}

fn leg(id: u8, debtor: &str, creditor: &str, fen: i64) -> Leg {
    Leg {
        settlement: SettlementId::from_parts(i64::from(id), [id; 10]),
        kind: LegKind::Settlement,
        debtor: region(debtor),
        creditor: region(creditor),
        fund: Fund::ResidentPool,
        amount: Fen::new(fen).unwrap(),
        business_day: "2026-03-31".parse().unwrap(),
        receipt: sha256(&[id]),
    }
}

fn table() -> NetTable {
    let net = |fen| SignedFen::new(fen).unwrap();
    NetTable {
        nets: BTreeMap::from([
            ((region("330000"), Fund::ResidentPool), net(-700)),
            ((region("510100"), Fund::ResidentPool), net(700)),
        ]),
    }
}

fn sample() -> Checkpoint {
    let legs = [
        leg(1, "330200", "510100", 1_000),
        leg(2, "510100", "330200", 300),
    ];
    let rows = rows(&legs).unwrap();
    Checkpoint {
        plan: 2,
        day: "2026-03-31".parse().unwrap(),
        root: tree(&rows).root(),
        rows: 2,
        nets: table().digest(),
        before: Some(sha256(b"the checkpoint before")),
        counts: None,
    }
}

/// In how many rows its regions stand.
fn counts() -> RowCounts {
    let legs = [
        leg(1, "330200", "510100", 1_000),
        leg(2, "510100", "330200", 300),
        leg(3, "510100", "310000", 20),
    ];
    RowCounts::of(&rows(&legs).unwrap())
}

fn counted() -> Checkpoint {
    Checkpoint {
        counts: Some(counts().digest()),
        ..sample()
    }
}

#[test]
fn a_checkpoint_and_all_it_commits_to_keep_their_bytes() {
    let signed = |checkpoint| SignedCheckpoint {
        checkpoint,
        at: Timestamp::from_millis(1_775_000_000_000).unwrap(),
        algorithm: 1,
        key_id: sha256(b"key"),
        signature: vec![7; 64],
    };
    let legs = vec![NumberedLeg {
        number: 5,
        side: Side::Payable,
        leg: leg(1, "330200", "510100", 1_000),
    }];
    golden_file("checkpoint", &sample());
    golden_file(
        "checkpoint_rows",
        &rows(legs.iter().map(|it| &it.leg)).unwrap(),
    );
    golden_file("checkpoint_table", &table());
    golden_file(
        "checkpoint_book",
        &LegBook::new(region("330200"), 5, legs).unwrap(),
    );
    let certified = |checkpoint| CertifiedCheckpoint {
        signed: signed(checkpoint),
        signer: vec![vec![1, 2, 3]],
    };
    golden_file("checkpoint_certified", &certified(sample()));
    golden_file("checkpoint_counts", &counts());
    golden_file("checkpoint_counted", &counted());
    golden_file("checkpoint_counted_certified", &certified(counted()));
}

#[test]
fn a_checkpoint_without_counts_is_what_it_was_before_there_were_any_and_one_with_is_of_another_version()
 {
    let first = |of: &Checkpoint| Checkpoint {
        before: None,
        ..of.clone()
    };
    let (old, new) = (sample(), counted());
    let all = [first(&old), old, first(&new), new];
    for (of, version) in all.iter().zip([1, 1, 2, 2]) {
        let bytes = of.to_bytes();
        assert_eq!(bytes[..6], [b'C', b'K', b'P', b'T', 0, version]);
        assert_eq!(Checkpoint::from_bytes(&bytes).as_ref(), Ok(of));
        // What the body says and what stands before it is one.
        let mut other = bytes;
        other[5] = 3 - version;
        assert!(Checkpoint::from_bytes(&other).is_err());
    }
    let digests = all.iter().map(Artifact::digest);
    assert_eq!(digests.collect::<std::collections::BTreeSet<_>>().len(), 4);
}

#[test]
fn counts_say_in_how_many_rows_a_region_owes_and_is_owed_and_come_to_all_rows() {
    let counts = counts();
    let standing = |owes, owed| Standing { owes, owed };
    let expected = [
        ("310000", standing(0, 1)),
        ("330200", standing(1, 1)),
        ("510100", standing(2, 1)),
    ];
    let expected = expected.map(|(code, standing)| (region(code), standing));
    assert_eq!(counts.regions, BTreeMap::from(expected));
    assert_eq!(counts.standing(region("510100"), Side::Payable), 2);
    assert_eq!(counts.standing(region("310000"), Side::Payable), 0);
    assert_eq!(counts.standing(region("110000"), Side::Receivable), 0);
    assert_eq!(
        [Side::Payable, Side::Receivable].map(|side| counts.sum(side)),
        [3, 3]
    );
}

#[test]
fn what_is_signed_names_the_checkpoint_and_the_moment() {
    let (first, at) = (sample(), Timestamp::from_millis(1).unwrap());
    let bytes = first.signed_bytes(at);
    let digest = first.digest();
    assert_eq!(
        bytes,
        [
            &b"HTCK\x00\x01"[..],
            digest.as_bytes(),
            &[0, 0, 0, 0, 0, 0, 0, 1]
        ]
        .concat()
    );
    let other = Checkpoint {
        before: None,
        ..first.clone()
    };
    assert_ne!(other.signed_bytes(at), bytes);
    assert_ne!(
        first.signed_bytes(Timestamp::from_millis(2).unwrap()),
        bytes
    );
}

#[test]
fn a_row_is_over_the_legs_that_both_report_alike_in_the_order_of_settlements() {
    let legs = [
        leg(2, "330200", "510100", 300),
        leg(1, "330200", "510100", 1_000),
        leg(3, "510100", "330200", 50),
    ];
    let found = rows(&legs).unwrap();
    let pair = |debtor, creditor| Pair {
        debtor: region(debtor),
        creditor: region(creditor),
        fund: Fund::ResidentPool,
    };
    let shown: Vec<_> = found
        .iter()
        .map(|row| (row.pair, row.legs, row.amount.get()))
        .collect();
    assert_eq!(
        shown,
        [
            (pair("330200", "510100"), 2, 1_300),
            (pair("510100", "330200"), 1, 50)
        ]
    );
    assert_eq!(
        found[0].pair_root,
        merkle::node_hash(&leg_leaf(&legs[1]), &leg_leaf(&legs[0]))
    );
    assert_eq!(
        tree(&found).root(),
        merkle::node_hash(&found[0].leaf(), &found[1].leaf())
    );
    let twice = [legs[0].clone(), legs[0].clone()];
    let error = rows(&twice).unwrap_err();
    assert_eq!(error, RowError::Twice(legs[0].debt(), Pair::of(&legs[0])));
    let row = format!("in row {} → {}", legs[0].debtor, legs[0].creditor);
    assert!(error.to_string().contains(&row), "{error}");
}

#[test]
fn pairs_order_as_their_numbers_do() {
    let regions = ["110000", "330200", "330201", "829900"];
    let regions = regions.map(region);
    let ends = regions
        .iter()
        .flat_map(|debtor| regions.iter().map(move |creditor| (*debtor, *creditor)));
    let pairs = ends.flat_map(|(debtor, creditor)| {
        Fund::ALL.iter().map(move |fund| Pair {
            debtor,
            creditor,
            fund: *fund,
        })
    });
    let pairs: Vec<Pair> = pairs.collect();
    assert!(pairs.is_sorted_by(|one, next| one < next));
    assert!(pairs.is_sorted_by(|one, next| one.key() < next.key()));
}

#[test]
fn a_leaf_is_the_same_whatever_was_hashed_before_it() {
    let mut hasher = merkle::LeafHasher::new();
    let legs = [1, 2].map(|id| leg(id, "330200", "510100", 300));
    for leg in legs.iter().chain(&legs) {
        assert_eq!(
            hasher.hash(&sample()),
            merkle::leaf_hash(&sample().to_bytes())
        );
        assert_eq!(hasher.hash(leg), leg_leaf(leg));
    }
}

#[test]
fn a_book_is_consecutive_and_the_regions_own() {
    let numbered = |number, side| NumberedLeg {
        number,
        side,
        leg: leg(1, "330200", "510100", 5),
    };
    let own = region("330200");
    assert!(
        LegBook::new(
            own,
            1,
            vec![numbered(1, Side::Payable), numbered(2, Side::Payable)]
        )
        .is_ok()
    );
    assert_eq!(
        LegBook::new(own, 1, vec![numbered(2, Side::Payable)]),
        Err(BookError::Number {
            expected: 1,
            found: 2
        })
    );
    assert_eq!(
        LegBook::new(own, 1, vec![numbered(1, Side::Receivable)]),
        Err(BookError::Foreign(1))
    );
}

#[test]
fn a_table_sums_for_each_fund_and_knows_whose_nets_are_whose() {
    let mut table = table();
    assert_eq!(
        (table.sum(Fund::ResidentPool), table.sum(Fund::EmployeePool)),
        (0, 0)
    );
    assert_eq!(table.of(region("330000")).count(), 1);
    table.nets.insert(
        (region("510100"), Fund::EmployeePool),
        SignedFen::new(1).unwrap(),
    );
    assert_eq!(table.sum(Fund::EmployeePool), 1);
}

proptest! {
    /// Rows follow from the set of legs: no order of them changes a byte, and any other leg does.
    #[test]
    fn rows_follow_from_the_legs_alone(
        count in 1_u8..40, seed in any::<u64>(), at in any::<prop::sample::Index>(),
    ) {
        let ends = [("330200", "510100"), ("510100", "330200"), ("310000", "330200")];
        let mut legs: Vec<Leg> = (0..count)
            .map(|id| {
                let (debtor, creditor) = ends[usize::from(id) % ends.len()];
                leg(id, debtor, creditor, 1 + i64::from(id))
            })
            .collect();
        let first = rows(&legs).unwrap();
        legs.sort_by_key(|leg| sha256(&[&seed.to_be_bytes()[..], leg.receipt.as_bytes()].concat()));
        prop_assert_eq!(&rows(&legs).unwrap(), &first);
        let root = tree(&first).root();
        let changed = at.index(legs.len());
        legs[changed].receipt = sha256(b"another");
        prop_assert_ne!(tree(&rows(&legs).unwrap()).root(), root);
        legs.remove(changed);
        prop_assert_ne!(tree(&rows(&legs).unwrap()).root(), root);
    }
}
