//! Which check of a settlement stands, by the rows.

use std::sync::Arc;

use huitong_core::date::Timestamp;
use huitong_core::expense_check::course::Course;
use huitong_core::expense_check::{CheckSays, CheckWord, Finding};
use huitong_core::id::CheckId;
use huitong_core::record::NodeRecord;
use huitong_core::record::expense_check::{CheckRefused, CheckWordTaken};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_journal::testing::FakeDisk;

use super::records::standing;
use super::samples::{asked, check_of, next, said};
use crate::ledger::Ledger;
use crate::ledger::testing::{append, open};
use crate::samples::{now, receipt};
use crate::store::Rows;
use crate::store::memory::MemoryIndex;

fn ledger() -> Ledger {
    open(&FakeDisk::new(1), &Arc::new(MemoryIndex::new())).unwrap()
}

fn first(nth: u8) -> CheckWord {
    check_of(&receipt(1).body, nth)
}

fn stands(ledger: &Ledger) -> Option<CheckId> {
    let part = receipt(1).body.clearing;
    standing(ledger, (part.treatment, part.settlement)).unwrap()
}

fn last(ledger: &Ledger) -> Option<CheckId> {
    let part = receipt(1).body.clearing;
    ledger.check_of(part.treatment, part.settlement).unwrap()
}

fn course(ledger: &Ledger, nth: u8) -> Course {
    let row = ledger.check(CheckId::from_bytes([nth; 16])).unwrap();
    row.unwrap().course
}

fn refused(nth: u8) -> NodeRecord {
    NodeRecord::CheckRefused(CheckRefused {
        check: CheckId::from_bytes([nth; 16]),
        refusal: Refusal::new(RefusalCode::CheckTooSmall, "30000.00"),
        at: now(),
    })
}

/// The other region has everything of a check.
fn taken(ledger: &Ledger, nth: u8) -> NodeRecord {
    NodeRecord::CheckWordTaken(CheckWordTaken {
        check: CheckId::from_bytes([nth; 16]),
        word: course(ledger, nth).last().unwrap(),
        at: now(),
    })
}

#[test]
fn a_check_stands_until_the_other_region_has_its_last_word() {
    let ledger = ledger();
    append(&ledger, asked(first(1), now())).unwrap();
    for says in [CheckSays::Answer(Finding::Verified), CheckSays::Confirm] {
        append(&ledger, said(next(&course(&ledger, 1), says))).unwrap();
    }
    assert_eq!(course(&ledger, 1).turn(), None);
    assert_eq!(stands(&ledger), Some(CheckId::from_bytes([1; 16])));
    append(&ledger, taken(&ledger, 1)).unwrap();
    assert_eq!(stands(&ledger), None);
    ledger.close();
}

#[test]
fn what_was_refused_and_is_taken_all_the_same_is_refused_no_more() {
    let ledger = ledger();
    append(&ledger, asked(first(1), now())).unwrap();
    append(&ledger, refused(1)).unwrap();
    assert_eq!(stands(&ledger), None);
    append(&ledger, taken(&ledger, 1)).unwrap();
    let row = ledger.check(CheckId::from_bytes([1; 16])).unwrap();
    assert_eq!(row.unwrap().refused, None);
    assert_eq!(stands(&ledger), Some(CheckId::from_bytes([1; 16])));
    ledger.close();
}

#[test]
fn the_last_check_of_a_settlement_is_the_one_that_was_asked_last() {
    let later: Timestamp = "2030-03-10T04:00:00.000Z".parse().unwrap();
    for order in [[1_u8, 2], [2, 1]] {
        let ledger = ledger();
        for nth in order {
            let at = if nth == 2 { later } else { now() };
            append(&ledger, asked(first(nth), at)).unwrap();
        }
        append(&ledger, taken(&ledger, 1)).unwrap();
        assert_eq!(last(&ledger), Some(CheckId::from_bytes([2; 16])));
        ledger.close();
    }
}
