//! What officers are shown, and what is the own book's word.

use std::sync::Arc;

use huitong_core::digest::sha256;
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::leg::{Leg, LegKind, Side};
use huitong_core::money::Fen;
use huitong_core::record::NodeRecord;
use huitong_core::record::recovery::{LegsRegained, RestoreBegan};
use huitong_core::record::treatment::Settled;
use huitong_journal::testing::FakeDisk;

use super::*;
use crate::ledger::testing::{append, open};
use crate::samples::{id, now, prepared, receipt};

fn leg(number: u64) -> NumberedLeg {
    let leg = Leg {
        settlement: SettlementId::from_parts(1, [1; 10]),
        kind: LegKind::Settlement,
        debtor: "330200".parse().unwrap(),
        creditor: "510100".parse().unwrap(),
        fund: Fund::ResidentPool,
        amount: Fen::new(1_000).unwrap(),
        business_day: "2026-03-01".parse().unwrap(),
        receipt: sha256(b"receipt"),
    };
    NumberedLeg {
        number,
        side: Side::Payable,
        leg,
    }
}

#[test]
fn a_leg_that_was_given_back_and_booked_again_is_told_once_and_a_gap_ends_the_page() {
    let found: Vec<_> = [1, 2, 3, 2, 4, 6].map(leg).into();
    let numbers =
        |legs: Vec<NumberedLeg>| -> Vec<u64> { legs.iter().map(|leg| leg.number).collect() };
    assert_eq!(numbers(consecutive(found.clone(), 1..=9)), [1, 2, 3, 4]);
    assert_eq!(numbers(consecutive(found.clone(), 2..=3)), [2, 3]);
    assert!(consecutive(found, 5..=9).is_empty());
}

/// The legs of what a home region signed, as a hospital here is owed them, from a number on.
fn owed(nth: u8, from: u64) -> Vec<NumberedLeg> {
    let legs = Leg::of(&receipt(nth).body).into_iter();
    let numbered = (from..).zip(legs).map(|(number, leg)| NumberedLeg {
        number,
        side: Side::Receivable,
        leg,
    });
    numbered.collect()
}

/// Settles a settlement with legs from a number on.
fn settle(ledger: &Ledger, nth: u8, legs_from: u64) {
    let settled = Settled {
        settlement: id(nth),
        receipt: receipt(nth),
        legs_from,
        at: now(),
    };
    for record in [
        NodeRecord::Prepared(prepared(nth, "V1")),
        NodeRecord::Settled(settled),
    ] {
        append(ledger, record).unwrap();
    }
}

#[test]
fn what_came_back_is_not_the_own_books_word_before_it_is_booked_under_the_same_numbers() {
    let ledger = open(&FakeDisk::new(1), &Arc::default()).unwrap();
    let began = RestoreBegan {
        incarnation: 2,
        mark: [7; 16],
        at: now(),
    };
    append(&ledger, NodeRecord::RestoreBegan(began)).unwrap();
    let count = u64::try_from(owed(1, 1).len()).unwrap();
    let (second, third) = (count + 1, 2 * count + 1);
    // Between the two that came back is room for another.
    for legs in [owed(1, 1), owed(2, third)] {
        let regained = LegsRegained { legs, at: now() };
        append(&ledger, NodeRecord::LegsRegained(regained)).unwrap();
    }
    assert_eq!(page(&ledger, 1..=count).unwrap(), owed(1, 1));
    assert_eq!(own(&ledger, 1..=99).unwrap(), []);
    // What is booked under other numbers stands beside what came back, and does not vouch for it.
    settle(&ledger, 1, second);
    assert_eq!(own(&ledger, 1..=99).unwrap(), owed(1, second));
    settle(&ledger, 2, third);
    let booked = [owed(1, second), owed(2, third)].concat();
    assert_eq!(own(&ledger, 1..=99).unwrap(), booked);
    assert_eq!(own(&ledger, 1..=second).unwrap(), booked[..1]);
    ledger.close();
}
