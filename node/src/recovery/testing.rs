//! What the tests of a recovery begin with: a home that was restored, and what comes back to it.

use std::sync::Arc;

use huitong_core::provisional::TrueUp;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::HandWord;
use huitong_core::record::recovery::RestoreBegan;
use huitong_core::recovery::ReturnedWord;
use huitong_journal::testing::FakeDisk;

use crate::home::regained::{Regain, Regained, Short};
use crate::ledger::Ledger;
use crate::ledger::testing::{append, open};
use crate::samples::{now, returned};
use crate::transfer::leave::RegainHand;
use crate::transfer::testing::taking;
use crate::writer::{Command, Verdict};

/// A home that was restored from a backup in which there is nothing.
pub(super) fn restored() -> Ledger {
    let ledger = open(&FakeDisk::new(1), &Arc::default()).unwrap();
    restore(&ledger, 2);
    ledger
}

pub(super) fn restore(ledger: &Ledger, incarnation: u32) {
    let began = RestoreBegan {
        incarnation,
        mark: [7; 16],
        at: now(),
    };
    append(ledger, NodeRecord::RestoreBegan(began)).unwrap();
}

/// Decides, and writes what is to be written.
pub(super) fn run<C: Command>(ledger: &Ledger, command: C) -> (C::Answer, Vec<NodeRecord>) {
    let (records, answer) = match command.decide(ledger, now()).unwrap() {
        Verdict::Answer(answer) => (Vec::new(), answer),
        Verdict::Append(records, answer) => (records, answer),
    };
    for record in &records {
        append(ledger, record.clone()).unwrap();
    }
    (answer, records)
}

/// A settlement that comes back, trued up.
pub(super) fn trued_up(nth: u8, on: u64, true_up: TrueUp) -> ReturnedWord {
    ReturnedWord {
        trued_up: Some(true_up),
        ..returned(nth, on)
    }
}

pub(super) fn regain(ledger: &Ledger, returned: ReturnedWord) {
    let command = Regain {
        returned,
        original: None,
        short: Short::Empty,
    };
    assert_eq!(run(ledger, command).0, Regained::Written);
}

pub(super) fn regain_hand(ledger: &Ledger, word: HandWord) {
    run(ledger, RegainHand(taking(word).hand));
}
