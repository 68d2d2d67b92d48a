//! Expense checks name nobody: they stand when the person of their settlement is erased, and hold that up while they are
//! open, which they are no more once the settlement is reversed and the other region has what was said.

use huitong_core::canonical::Artifact as _;
use huitong_core::id::CheckId;
use huitong_core::record::expense_check::CheckWordTaken;

use super::*;
use crate::checks::samples::{asked, check_of};
use crate::store::is_check_reversed;

fn a_check() -> NodeRecord {
    asked(check_of(&receipt(1).body, 6), now())
}

/// The other region has what was asked.
fn taken() -> NodeRecord {
    let word = check_of(&receipt(1).body, 6);
    NodeRecord::CheckWordTaken(CheckWordTaken {
        check: word.check,
        word: word.digest(),
        at: now(),
    })
}

#[test]
fn an_open_check_keeps_its_settlements_person_in_either_role() {
    let disk = FakeDisk::new(1);
    let day = closed("2023-03-10");
    write(
        &disk,
        vec![
            prepared_for(person(), 1),
            settled(1, 1),
            a_check(),
            day.clone(),
        ],
    );
    assert_eq!(obstacles(&disk, rule(365)), [Obstacle::Open(id(1))]);
    let disk = FakeDisk::new(1);
    write(&disk, vec![committed(), a_check(), day]);
    assert!(obstacles(&disk, rule(365)).contains(&Obstacle::Open(id(1))));
}

#[test]
fn a_check_that_a_reversal_ended_is_not_open_again_when_the_person_is_erased() {
    let disk = FakeDisk::new(1);
    let mut records = treated();
    records.insert(2, a_check());
    records.insert(3, taken());
    write(&disk, records);
    let check = CheckId::from_bytes([6; 16]);
    let ledger = open(&disk, &fresh()).unwrap();
    assert_eq!(ledger.open_check(check).unwrap(), None);
    ledger.close();
    drop(ledger);
    erase(&disk);
    let ledger = open(&disk, &fresh()).unwrap();
    assert!(is_erased(&ledger, id(1)).unwrap());
    assert_eq!(ledger.open_check(check).unwrap(), None);
    let row = ledger.check(check).unwrap().unwrap();
    assert!(is_check_reversed(&ledger, &row.course).unwrap());
}

#[test]
fn what_was_said_before_a_reversal_is_sent_all_the_same_and_keeps_the_person_until_then() {
    let disk = FakeDisk::new(1);
    let mut records = treated();
    records.insert(2, a_check());
    write(&disk, records);
    let check = CheckId::from_bytes([6; 16]);
    let ledger = open(&disk, &fresh()).unwrap();
    assert!(ledger.open_check(check).unwrap().is_some());
    ledger.close();
    drop(ledger);
    assert_eq!(obstacles(&disk, rule(365)), [Obstacle::Open(id(1))]);
    write(&disk, vec![taken()]);
    let ledger = open(&disk, &fresh()).unwrap();
    assert_eq!(ledger.open_check(check).unwrap(), None);
    ledger.close();
    drop(ledger);
    assert_eq!(obstacles(&disk, rule(365)), []);
}
