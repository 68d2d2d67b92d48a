//! Keys of people and the places that are given, derived from the journal again: the same as they were, whatever was
//! destroyed meanwhile.

use huitong_core::id::SettlementId;
use huitong_core::person::{PersonRef, PsnNo};
use huitong_core::record::sealed::PersonKeyId;
use huitong_core::record::transfer::{TransferBy, TransferStep, TransferStepped};

use super::super::testing::open_people;
use super::*;
use crate::sealing::People;

fn fresh() -> Arc<MemoryIndex> {
    Arc::new(MemoryIndex::new())
}

fn somebody(nth: u8) -> (PersonRef, NodeRecord) {
    let mut record = prepared(1, &format!("V{nth}"));
    record.settlement = SettlementId::from_bytes([nth; 16]);
    record.claim.person.psn_no = PsnNo::parse(&format!("3302000000000001{nth:02}")).unwrap();
    (record.claim.person, NodeRecord::Prepared(record))
}

fn key_of(ledger: &Ledger, person: PersonRef) -> Option<PersonKeyId> {
    ledger.person_key(person.home, person.psn_no).unwrap()
}

#[test]
fn the_key_of_a_step_alone_is_given_back_to_its_person() {
    let disk = FakeDisk::new(1);
    let order = crate::transfer::testing::order("2023-03-01".parse().unwrap());
    let by = TransferBy::Officer("li.wei".parse().unwrap());
    let stepped = |step| {
        NodeRecord::TransferStepped(TransferStepped {
            transfer: order.transfer,
            step,
            at: now(),
        })
    };
    let ledger = open_people(&disk, &fresh(), People::Plain).unwrap();
    let agreed = TransferStep::Agreed {
        order: order.clone(),
        by: by.clone(),
    };
    append(&ledger, stepped(agreed)).unwrap();
    ledger.close();
    drop(ledger);
    let ledger = open_people(&disk, &fresh(), People::Sealed).unwrap();
    append(&ledger, stepped(TransferStep::Cancelled(by))).unwrap();
    let key = key_of(&ledger, person());
    assert!(key.is_some());
    assert_eq!(ledger.keys_given().unwrap(), Some(1));
    ledger.close();
    drop(ledger);
    let ledger = open_people(&disk, &fresh(), People::Sealed).unwrap();
    assert_eq!(key_of(&ledger, person()), key);
    assert_eq!(ledger.keys_given().unwrap(), Some(1));
    let (other, record) = somebody(2);
    append(&ledger, record).unwrap();
    let others = key_of(&ledger, other).unwrap();
    assert_eq!((others.slot, ledger.keys_given().unwrap()), (1, Some(2)));
    ledger.close();
    drop(ledger);
    // Whoever else is erased, the step stays.
    let sealing = keys(&disk).sealing(person().home, &disk.port()).unwrap();
    sealing.keyring().unwrap().destroy(&[others]).unwrap();
    let ledger = open_people(&disk, &fresh(), People::Sealed).unwrap();
    assert_eq!(
        (key_of(&ledger, person()), key_of(&ledger, other)),
        (key, None)
    );
    assert_eq!(ledger.scan(Table::OpenTransfer, 9).unwrap(), []);
}

#[test]
fn the_place_of_a_destroyed_key_stays_given() {
    let disk = FakeDisk::new(1);
    let ledger = open_people(&disk, &fresh(), People::Sealed).unwrap();
    let (one, record) = somebody(1);
    append(&ledger, record).unwrap();
    let (last, record) = somebody(2);
    append(&ledger, record).unwrap();
    let key = key_of(&ledger, last).unwrap();
    let sealing = ledger.sealing();
    ledger.close();
    drop(ledger);
    sealing.keyring().unwrap().destroy(&[key]).unwrap();
    let ledger = open_people(&disk, &fresh(), People::Sealed).unwrap();
    assert_eq!(ledger.keys_given().unwrap(), Some(2));
    let (next, record) = somebody(3);
    append(&ledger, record).unwrap();
    assert_eq!(key_of(&ledger, one).map(|key| key.slot), Some(0));
    assert_eq!(key_of(&ledger, next).map(|key| key.slot), Some(2));
}
