//! Keyrings that are older than the journal, another region's, or torn while a key was destroyed; what keys a restored
//! journal gives; and an index that somebody uses.

use huitong_core::id::SettlementId;
use huitong_core::person::PsnNo;
use huitong_core::record::erasure::PeopleErased;
use huitong_core::record::recovery::RestoreBegan;

use super::super::KeysError;
use super::super::testing::open_with as open_on;
use super::*;
use crate::keyring::{Found, Keyring, KeyringError};
use crate::platform::{Platform, copies};

const FIRST_KEYS: &str = "keys-0000000000";
const SECOND_KEYS: &str = "keys-0000000001";
/// One more than a file of the keyring has.
const PEOPLE: usize = 4_097;

fn fresh() -> Arc<MemoryIndex> {
    Arc::new(MemoryIndex::new())
}

fn somebody(nth: usize) -> NodeRecord {
    let mut record = prepared(1, "V");
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&nth.to_be_bytes());
    record.settlement = SettlementId::from_bytes(bytes);
    record.claim.person.psn_no = PsnNo::parse(&format!("3302000000{nth:08}")).unwrap();
    NodeRecord::Prepared(record)
}

/// A journal with somebody whose key lies in the keyring's second file, and its first file as it was with the first key.
fn two_files(index: &Arc<MemoryIndex>) -> (FakeDisk, Vec<u8>) {
    let disk = FakeDisk::new(1);
    let ledger = open(&disk, index).unwrap();
    append(&ledger, somebody(0)).unwrap();
    let first = disk.bytes(FIRST_KEYS).unwrap();
    for nth in 1..PEOPLE {
        append(&ledger, somebody(nth)).unwrap();
    }
    ledger.close();
    assert!(disk.bytes(SECOND_KEYS).is_some());
    (disk, first)
}

fn copy_of(bytes: &[u8]) -> FakeDisk {
    let disk = FakeDisk::new(2);
    let size = u64::try_from(bytes.len()).unwrap();
    let file = disk.port().create(FIRST_KEYS, size).unwrap();
    file.write_at(0, bytes).unwrap();
    file.sync().unwrap();
    disk.port().sync_names().unwrap();
    disk
}

#[test]
fn an_older_copy_of_the_keyring_is_refused_and_not_gone_on_with() {
    let index = fresh();
    let (disk, first) = two_files(&index);
    let elsewhere = copy_of(&first);
    for index in [index, fresh()] {
        let refused = open_on(&disk, &index, keys(&elsewhere)).err().unwrap();
        let OpenError::Store(StoreError::Keyring(KeyringError::Missing { slot: 4_096, .. })) =
            refused
        else {
            panic!("{refused}");
        };
        assert_eq!(elsewhere.bytes(SECOND_KEYS), None, "no other is begun");
    }
    open(&disk, &fresh()).unwrap().close();
}

#[test]
fn a_keyring_of_another_region_is_refused_by_name() {
    let disk = FakeDisk::new(1);
    let region = "510100".parse().unwrap();
    Keyring::begin(disk.port(), region, keys(&disk).chance).unwrap();
    let refused = open(&disk, &fresh()).err().unwrap();
    let OpenError::Keys(KeysError::Keyring(KeyringError::Region { found: 510_100, .. })) = refused
    else {
        panic!("{refused}");
    };
}

#[test]
fn a_key_torn_while_it_was_destroyed_is_destroyed_at_the_next_start() {
    let disk = FakeDisk::new(1);
    let ledger = open(&disk, &fresh()).unwrap();
    append(&ledger, somebody(0)).unwrap();
    append(&ledger, somebody(1)).unwrap();
    let of = |nth| {
        let NodeRecord::Prepared(record) = somebody(nth) else {
            panic!("no preparation")
        };
        let person = record.claim.person;
        (record.settlement, person)
    };
    let (erased, person) = of(0);
    let key = ledger.person_key(person.home, person.psn_no).unwrap();
    let key = key.unwrap();
    let order = PeopleErased {
        number: 1,
        keys: vec![key],
        members: 0,
        at: now(),
    };
    append(&ledger, NodeRecord::PeopleErased(order)).unwrap();
    ledger.close();
    drop(ledger);
    // The power fails when half of the slot is written over.
    let file = disk.port().open(FIRST_KEYS).unwrap();
    file.write_at(u64::from(key.slot + 1) * 64, &[0; 24])
        .unwrap();
    file.sync().unwrap();
    let ledger = open(&disk, &fresh()).unwrap();
    let keyring = ledger.sealing();
    assert_eq!(keyring.keyring().unwrap().find(key), Ok(Found::Destroyed));
    assert_eq!(ledger.settlement(erased).unwrap(), None);
    assert!(ledger.settlement(of(1).0).unwrap().is_some());
    ledger.close();
}

fn slot_of(ledger: &Ledger, nth: usize) -> u32 {
    let NodeRecord::Prepared(record) = somebody(nth) else {
        panic!("no preparation")
    };
    let person = record.claim.person;
    let key = ledger.person_key(person.home, person.psn_no).unwrap();
    key.unwrap().slot
}

/// Puts a backup back, as the command does: its last record says so before a node opens it.
fn put_back(backup: &FakeDisk, key_disk: &FakeDisk, incarnation: u32) -> Ledger {
    let journal = backup.copy();
    let ledger = open_on(&journal, &fresh(), keys(key_disk)).unwrap();
    let began = RestoreBegan {
        incarnation,
        mark: [7; 16],
        at: now(),
    };
    append(&ledger, NodeRecord::RestoreBegan(began)).unwrap();
    ledger.close();
    drop(ledger);
    open_on(&journal, &fresh(), keys(key_disk)).unwrap()
}

#[test]
fn no_key_that_a_lost_journal_had_given_is_given_to_anybody_else_after_a_restore() {
    let (journal, key_disk) = (FakeDisk::new(1), FakeDisk::new(2));
    let ledger = open_on(&journal, &fresh(), keys(&key_disk)).unwrap();
    append(&ledger, somebody(0)).unwrap();
    ledger.close();
    drop(ledger);
    let backup = journal.copy();
    let ledger = open_on(&journal, &fresh(), keys(&key_disk)).unwrap();
    append(&ledger, somebody(1)).unwrap();
    assert_eq!((slot_of(&ledger, 0), slot_of(&ledger, 1)), (0, 1));
    ledger.close();
    drop(ledger);
    // The lost journal, or its archive, has the second key under the second person.
    let ledger = put_back(&backup, &key_disk, 2);
    append(&ledger, somebody(2)).unwrap();
    append(&ledger, somebody(3)).unwrap();
    assert_eq!(slot_of(&ledger, 0), 0, "whoever has a key keeps it");
    assert_eq!((slot_of(&ledger, 2), slot_of(&ledger, 3)), (4_096, 4_097));
    ledger.close();
    drop(ledger);
    let third = "keys-0000000002";
    assert!(key_disk.bytes(third).is_none(), "a start alone begins none");
    // It is lost too, with all that it had given.
    let ledger = put_back(&backup, &key_disk, 3);
    append(&ledger, somebody(4)).unwrap();
    assert_eq!(slot_of(&ledger, 4), 8_192);
    ledger.close();
    drop(ledger);
    open_on(&journal, &fresh(), keys(&key_disk))
        .unwrap()
        .close();
}

#[test]
fn what_a_running_node_has_is_left_alone_by_whoever_else_opens_it() {
    let folder = tempfile::tempdir().unwrap();
    let platform = || Platform::machine(folder.path().to_owned(), folder.path().join("keys"));
    let runs = platform().storage.open().unwrap();
    let in_use = platform().storage.open().err().unwrap().to_string();
    assert!(in_use.contains("keys is in use by process"), "{in_use}");
    let journal = runs.disk.lock().unwrap();
    let in_use = platform().storage.open().err().unwrap().to_string();
    assert!(in_use.contains("journal is in use by process"), "{in_use}");
    let mut names: Vec<_> = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["index", "journal", "keys"], "nothing is set aside");
    drop((runs, journal));
    platform().storage.open().unwrap();
}

#[test]
fn every_copy_of_the_rows_is_taken_away_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let copy = [
        "images",
        "images.before-restore",
        "index.before-restore",
        "index.unreadable",
    ];
    for name in copy.into_iter().chain(["index", "journal", "keys"]) {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join("file"), "people").unwrap();
    }
    copies(folder.path()).take_all_away().unwrap();
    copies(folder.path()).take_all_away().unwrap();
    for name in copy {
        assert!(!folder.path().join(name).exists(), "{name}");
    }
    for name in ["index", "journal", "keys"] {
        assert!(folder.path().join(name).join("file").exists(), "{name}");
    }
}
