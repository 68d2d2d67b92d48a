//! A journal whose people are sealed: what lies on disk, and what a keyring that is missing, foreign, old or damaged
//! does to opening it.

use huitong_core::id::{ActId, RequestId};
use huitong_core::person::PsnNo;
use huitong_core::record::person::{AskedBy, Origin, PersonChange, PersonChanged};
use huitong_core::record::sealed::SealedRecord;
use huitong_journal::OpenError as Refused;
use huitong_journal::testing::Misfortune;

use huitong_core::coverage::Balances;

use super::super::testing::{open_people, open_with as open_on};
use super::*;
use crate::keyring::{Keyring, KeyringError};
use crate::samples::version;
use crate::sealing::People;

const FIRST_KEYS: &str = "keys-0000000000";
const FIRST_SEGMENT: &str = "00000000000000000001.seg";

fn prepare(ledger: &Ledger, nth: u8) -> NodeRecord {
    // Long enough that sealed bytes do not spell it by chance.
    let record = NodeRecord::Prepared(prepared(nth, &format!("VISIT-NUMBER-{nth}")));
    append(ledger, record.clone()).unwrap();
    record
}

/// What a person's number and a visit's look like on disk.
fn is_named(disk: &FakeDisk, visit: &str) -> bool {
    let bytes = disk.bytes(FIRST_SEGMENT).unwrap();
    let named = |text: &str| {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    };
    assert_eq!(named(person().psn_no.expose()), named(visit));
    named(visit)
}

fn fresh() -> Arc<MemoryIndex> {
    Arc::new(MemoryIndex::new())
}

#[test]
fn a_new_journal_names_nobody_and_is_read_back() {
    let disk = FakeDisk::new(1);
    let ledger = open(&disk, &fresh()).unwrap();
    let record = NodeRecord::Prepared(prepared(1, "VISIT-ONE"));
    let written = append(&ledger, record.clone()).unwrap();
    assert_eq!(ledger.record(written.first).unwrap(), record);
    ledger.close();
    drop(ledger);
    assert!(!is_named(&disk, "VISIT-ONE"));
    let ledger = open(&disk, &fresh()).unwrap();
    assert_eq!(ledger.record(written.first).unwrap(), record);
    let person = person();
    let key = ledger
        .person_key(person.home, person.psn_no)
        .unwrap()
        .unwrap();
    assert_eq!((key.slot, ledger.keys_given().unwrap()), (0, Some(1)));
}

#[test]
fn a_person_has_one_key_and_another_person_another() {
    let disk = FakeDisk::new(1);
    let ledger = open(&disk, &fresh()).unwrap();
    prepare(&ledger, 1);
    prepare(&ledger, 2);
    let mut other = prepared(3, "V3");
    other.claim.person.psn_no = PsnNo::parse("330200000000000002").unwrap();
    append(&ledger, NodeRecord::Prepared(other)).unwrap();
    assert_eq!(ledger.keys_given().unwrap(), Some(2));
}

#[test]
fn a_plain_journal_goes_on_plain_until_it_is_told_and_both_are_read_side_by_side() {
    let disk = FakeDisk::new(1);
    let mut records = Vec::new();
    for (nth, people, sealed) in [
        (1, People::Plain, false),
        (2, People::AsBegun, false),
        (3, People::Sealed, true),
        (4, People::AsBegun, true),
        (5, People::Plain, false),
    ] {
        let index = fresh();
        let ledger = open_people(&disk, &index, people).unwrap();
        records.push(prepare(&ledger, nth));
        let frames = ledger.frames_from(Location::at(huitong_journal::Position::START, 0));
        let frames: Vec<_> = frames.map(Result::unwrap).collect();
        let last = frames.last().unwrap();
        let bytes = last.record(0).unwrap();
        assert_eq!(SealedRecord::is_form_of(bytes), sealed, "{people:?}");
        // Once there is a keyring every frame names it, whether or not it needs it.
        assert_eq!(last.keyring() != 0, nth >= 3, "{people:?}");
        let read: Vec<_> = frames
            .iter()
            .map(|frame| ledger.record(Location::at(frame.position(), 0)).unwrap())
            .collect();
        assert_eq!(read, records);
        ledger.close();
    }
}

#[test]
fn a_missing_or_another_keyring_is_refused_by_name_and_nothing_is_begun() {
    let disk = FakeDisk::new(1);
    let ledger = open(&disk, &fresh()).unwrap();
    prepare(&ledger, 1);
    ledger.close();
    drop(ledger);
    let own = Keyring::open(disk.port(), person().home, keys(&disk).chance)
        .unwrap()
        .unwrap();
    for people in [People::AsBegun, People::Sealed, People::Plain] {
        let elsewhere = FakeDisk::new(2);
        let keys = KeyOptions {
            people,
            ..keys(&elsewhere)
        };
        let refused = open_on(&disk, &fresh(), keys).err().unwrap();
        let (OpenError::Journal(refused) | OpenError::Keys(KeysError::Journal(refused))) = refused
        else {
            panic!("{people:?}: {refused}");
        };
        let Refused::Keyring { found, own: 0, .. } = refused else {
            panic!("{people:?}: {refused}");
        };
        assert_eq!(found, own.id());
        assert_eq!(elsewhere.bytes(FIRST_KEYS), None, "no other is begun");
    }
    let elsewhere = FakeDisk::new(2);
    let other = Keyring::begin(elsewhere.port(), person().home, keys(&disk).chance).unwrap();
    let refused = open_on(&disk, &fresh(), keys(&elsewhere));
    let Err(OpenError::Journal(Refused::Keyring {
        found, own: here, ..
    })) = refused
    else {
        panic!("opened with another keyring");
    };
    assert_eq!((found, here), (own.id(), other.id()));
}

#[test]
fn a_damaged_slot_is_said_and_is_no_erased_person() {
    let disk = FakeDisk::new(1);
    let ledger = open(&disk, &fresh()).unwrap();
    prepare(&ledger, 1);
    ledger.close();
    drop(ledger);
    assert!(disk.flip_bit(FIRST_KEYS, 64 + 20, 0));
    let refused = open(&disk, &fresh()).err().unwrap();
    let OpenError::Store(StoreError::Keyring(KeyringError::Torn { slot: 0, .. })) = refused else {
        panic!("{refused}");
    };
}

#[test]
fn a_sealed_record_that_was_altered_with_its_checksums_is_found() {
    // The journal's checksums guard against the disk; who writes them anew is found by the key.
    let disk = FakeDisk::new(1);
    let ledger = open(&disk, &fresh()).unwrap();
    let written = append(&ledger, NodeRecord::Prepared(prepared(1, "V1"))).unwrap();
    let frame = ledger.frame(written.first).unwrap();
    let stored = frame.record(0).unwrap();
    for place in [7, stored.len() - 1] {
        let mut altered = stored.to_vec();
        altered[place] ^= 1;
        let refused = ledger.unsealed(&altered).unwrap_err();
        let expected = KeyringError::Altered { slot: 0 };
        assert!(
            matches!(&refused, StoreError::Keyring(error) if *error == expected),
            "{refused}"
        );
    }
}

#[test]
fn a_crash_between_the_keys_and_the_frame_leaves_neither_lost() {
    for ahead in 0..12 {
        let disk = FakeDisk::new(ahead);
        disk.plan(ahead, Misfortune::PowerCut);
        if let Ok(ledger) = open(&disk, &fresh()) {
            drop(append(&ledger, NodeRecord::Prepared(prepared(1, "V1"))));
            ledger.close();
        }
        disk.restore_power();
        let ledger = open(&disk, &fresh()).unwrap();
        prepare(&ledger, 2);
        ledger.close();
        drop(ledger);
        assert!(
            !is_named(&disk, "VISIT-NUMBER-2"),
            "sealed whenever the power failed"
        );
        let ledger = open(&disk, &fresh()).unwrap();
        assert!(ledger.settlement(id(2)).unwrap().is_some());
    }
}

#[test]
fn an_act_on_a_person_is_sealed_like_any_other() {
    let disk = FakeDisk::new(1);
    let ledger = open(&disk, &fresh()).unwrap();
    let origin = Origin {
        as_of: "2023-01-01".parse().unwrap(),
        source: "SOURCE-OF-BALANCES".to_owned(),
    };
    let changed = PersonChanged {
        act: ActId::from_bytes([1; 16]),
        by: AskedBy::Officer("li.wei".parse().unwrap()),
        request: RequestId::parse("A-1").unwrap(),
        psn_no: person().psn_no,
        change: PersonChange::SetBalances {
            balances: Balances::NONE,
            origin,
        },
        after: version(1),
        member: None,
        filings: None,
        death: None,
        totals: Vec::new(),
        balances: Some(Balances::NONE),
        at: now(),
    };
    append(&ledger, NodeRecord::PersonChanged(changed)).unwrap();
    ledger.close();
    drop(ledger);
    assert!(!is_named(&disk, "SOURCE-OF-BALANCES"));
}
