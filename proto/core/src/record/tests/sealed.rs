//! Every kind of record, taken apart and put together: whom it is about, what remains, and that nothing of the person
//! does.

use std::collections::BTreeSet;

use super::assistance::of_assistance;
use super::deductions::of_deductions;
use super::expense_checks::of_checks;
use super::external::of_externals;
use super::institution_accounts::of_institution_accounts;
use super::payables::of_payables;
use super::people::{of_bills_brought_home, of_people};
use super::recovery::of_restores;
use super::samples::*;
use super::transfer::of_transfers;
use super::*;
use crate::canonical::encode_to_vec;
use crate::canonical::testing::golden_file;
use crate::id::ActId;
use crate::record::erasure::{ErasedWord, PeopleErased, WordErased};
use crate::record::sealed::{
    JoinError, Joined, PersonKeyId, Placed, Remains, RemainsError, SealedRecord, Section, Split,
    Subject, in_order, join, split,
};

fn key() -> PersonKeyId {
    PersonKeyId {
        slot: 7,
        mark: [9; 12],
    }
}

fn erased() -> NodeRecord {
    NodeRecord::PeopleErased(PeopleErased {
        number: 1,
        keys: vec![key()],
        members: 41,
        at: at(),
    })
}

/// Of either kind.
fn words_erased() -> [NodeRecord; 2] {
    [ErasedWord::Receipt(7), ErasedWord::Hand(8)].map(|word| {
        NodeRecord::WordErased(WordErased {
            home: ningbo(),
            word,
            at: at(),
        })
    })
}

fn every_kind() -> Vec<NodeRecord> {
    let (day, at) = (claim().visit.admitted.to_string().parse().unwrap(), at());
    let closed = DayClosed { day, up_to: 3, at };
    let cancelled = Cancelled {
        settlement: settled().settlement,
        institution: claim().institution.code,
        request: RequestId::parse("C-1").unwrap(),
        home: ningbo(),
        at,
    };
    let mut all = vec![
        erased(),
        NodeRecord::DayClosed(closed),
        NodeRecord::Cancelled(cancelled),
    ];
    all.extend(words_erased());
    all.extend(of_imports());
    all.extend(of_settlements());
    all.extend(of_policies());
    all.extend(of_reversals());
    all.extend(of_looks());
    all.extend(of_people());
    all.extend(of_bills_brought_home());
    all.extend(of_restores());
    all.extend(of_externals());
    all.extend(of_assistance());
    all.extend(of_transfers());
    all.extend(of_deductions());
    all.extend(of_payables());
    all.extend(of_checks());
    all.extend(of_institution_accounts());
    all.extend(KEPT_IN_FILES.map(of_file));
    all
}

/// Kinds whose golden bytes are files.
const KEPT_IN_FILES: [&str; 18] = [
    "record_snapshot_signed",
    "record_snapshot_kept",
    "record_provisional",
    "record_trued_up",
    "record_provisional_taken_back",
    "record_tags_begun",
    "record_tags_written",
    "record_matches_seen",
    "record_cover_told",
    "record_duplicate_resolved",
    "record_checkpoint_seen",
    "record_split_view",
    "record_dispute_word",
    "record_correction_booked",
    "record_month_word",
    "record_directory_taken",
    "record_directory_split",
    "record_directory_accepted",
];

fn of_file(name: &str) -> NodeRecord {
    let path = format!("{}/golden/{name}.hex", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    let digits: Vec<u8> = text.trim().bytes().collect();
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    crate::canonical::decode_exact(&bytes).unwrap()
}

/// A stored form whose sections are the parts as they are: nothing here seals.
fn stored(split: &Split) -> SealedRecord {
    let sections = split.parts.iter().map(|part| Section {
        key: key(),
        nonce: [3; 12],
        sealed: part.bytes.clone(),
    });
    SealedRecord::new(split.remains.clone(), sections.collect()).unwrap()
}

#[test]
fn no_kind_of_record_is_left_out_here() {
    let known = (0..=u8::MAX).filter(|tag| {
        let refused = crate::canonical::decode_exact::<NodeRecord>(&[*tag]).unwrap_err();
        !matches!(refused, crate::canonical::CanonicalError::UnknownTag { type_name, .. } if type_name == "NodeRecord")
    });
    let sampled: BTreeSet<u8> = every_kind()
        .iter()
        .map(|record| encode_to_vec(record)[0])
        .collect();
    assert_eq!(sampled, known.collect::<BTreeSet<u8>>());
}

#[test]
fn a_record_that_names_nobody_is_stored_as_it_is_and_any_other_comes_back_whole() {
    let number = psn_no();
    for record in every_kind() {
        let plain = record.to_bytes();
        let Some(split) = split(&record, ningbo()) else {
            let named = plain
                .windows(number.expose().len())
                .any(|bytes| bytes == number.expose().as_bytes());
            assert!(!named, "{record:?} is stored plain and names a person");
            continue;
        };
        let parts = split.parts.iter().map(|part| Some(part.bytes.clone()));
        let joined = join(split.remains.clone(), &parts.collect::<Vec<_>>()).unwrap();
        assert_eq!(joined, Joined::Whole(record));
    }
}

#[test]
fn what_remains_has_the_first_bytes_of_its_record_and_nothing_of_a_person() {
    let number = psn_no();
    let visit = claim().visit.number;
    for record in every_kind() {
        let Some(split) = split(&record, ningbo()) else {
            continue;
        };
        let (plain, clear) = (record.to_bytes(), split.remains.clear_part());
        assert_eq!(clear[6], plain[6], "the tag of {record:?}");
        let stored = stored(&split).to_bytes();
        assert!(stored.starts_with(&clear));
        assert_eq!(signed_leaf(&stored), signed_leaf(&plain), "{record:?}");
        assert_eq!(is_signed_word(&stored), is_signed_word(&plain));
        assert_eq!(is_booking(&stored), is_booking(&plain));
        assert_eq!(is_hand(&stored), is_hand(&plain));
        assert_eq!(is_hand_taken(&stored), is_hand_taken(&plain));
        for secret in [number.expose(), visit.as_str()] {
            let seen = clear
                .windows(secret.len())
                .any(|bytes| bytes == secret.as_bytes());
            assert!(!seen, "{secret} remains of {record:?}");
        }
    }
}

#[test]
fn a_final_refusal_of_the_home_role_is_told_from_every_other_record_by_its_first_bytes() {
    let mut found = 0;
    for record in every_kind() {
        let is_refusal = matches!(
            record,
            NodeRecord::HomeRefused(_) | NodeRecord::RefusalRegained(_)
        );
        assert_eq!(
            is_home_refusal(&record.to_bytes()),
            is_refusal,
            "{record:?}"
        );
        found += usize::from(is_refusal);
    }
    assert!(found > 1);
}

#[test]
fn a_word_that_came_back_is_told_from_every_other_record_by_its_first_bytes() {
    let mut found = 0;
    for record in every_kind() {
        let is_regained = matches!(
            record,
            NodeRecord::CommitRegained(_) | NodeRecord::ReversalRegained(_)
        );
        let said = is_regained_word(&record.to_bytes());
        assert_eq!(said, is_regained, "{record:?}");
        found += usize::from(is_regained);
    }
    assert!(found > 1);
}

#[test]
fn the_end_of_a_recovery_is_told_from_every_other_record_by_its_first_bytes() {
    for record in every_kind() {
        let is_end = matches!(record, NodeRecord::RestoreEnded(_));
        assert_eq!(is_restore_ended(&record.to_bytes()), is_end, "{record:?}");
    }
}

#[test]
fn of_an_erased_person_remains_what_was_kept_and_of_many_people_the_others() {
    for record in every_kind() {
        let Some(split) = split(&record, ningbo()) else {
            continue;
        };
        let gone: Vec<Option<Vec<u8>>> = split.parts.iter().map(|_| None).collect();
        match join(split.remains.clone(), &gone).unwrap() {
            Joined::Erased(remains) => assert_eq!(remains, split.remains),
            Joined::Tags { people, .. } => assert!(people.iter().all(Option::is_none)),
            Joined::Whole(record) => assert!(split.remains.of_many(), "{record:?}"),
        }
    }
}

#[test]
fn a_stored_record_that_contradicts_itself_is_refused() {
    let committed = split(&NodeRecord::Committed(committed()), ningbo()).unwrap();
    let mut bytes = stored(&committed).to_bytes();
    bytes[7] ^= 1;
    let refused = SealedRecord::from_bytes(&bytes).unwrap_err();
    assert!(refused.to_string().contains("leaf"), "{refused}");
    let none = SealedRecord::new(committed.remains, Vec::new());
    assert_eq!(none, Err(RemainsError::Sections));
    assert!(!SealedRecord::is_form_of(&erased().to_bytes()));
}

#[test]
fn sections_stand_in_the_order_of_keys_and_each_says_which_part_it_holds() {
    let remains = Remains::MatchesSeen(at());
    let section = |slot| Section {
        key: PersonKeyId { slot, ..key() },
        nonce: [3; 12],
        sealed: vec![1, 2, 3],
    };
    let of = |slots: &[u32]| {
        let sections = slots.iter().map(|slot| section(*slot));
        SealedRecord::new(remains.clone(), sections.collect()).map(|_| ())
    };
    assert_eq!(of(&[1, 1, 2]), Ok(()), "one person in two rows of a file");
    assert_eq!(of(&[2, 1]), Err(RemainsError::Order));
    let placed = |place, part: &[u8]| Placed {
        place,
        part: part.to_vec(),
    };
    let second = placed(1, b"second");
    let bytes = second.clone().into_bytes();
    assert_eq!(hex(&bytes), "7365636f6e6400000001");
    assert_eq!(Placed::from_bytes(bytes).unwrap(), second);
    assert_eq!(Placed::from_bytes(vec![0; 3]), Err(JoinError::Place));
    let parts = in_order(vec![Some(second.clone()), None, Some(placed(0, b"first"))]);
    let expected = vec![Some(b"first".to_vec()), Some(b"second".to_vec()), None];
    assert_eq!(parts, Ok(expected));
    let twice = in_order(vec![Some(second.clone()), Some(second.clone())]);
    assert_eq!(twice, Err(JoinError::Place));
    assert_eq!(in_order(vec![Some(second)]), Err(JoinError::Place));
}

#[test]
fn the_stored_forms_keep_their_bytes() {
    golden_file("record_people_erased", &erased());
    let [receipt, hand] = words_erased();
    golden_file("record_receipt_erased", &receipt);
    golden_file("record_hand_erased", &hand);
    let committed = split(&NodeRecord::Committed(committed()), ningbo()).unwrap();
    golden_file("remains_committed", &committed.remains);
    let changed = Remains::PersonChanged(ActId::from_bytes([5; 16]));
    let section = Section {
        key: key(),
        nonce: [3; 12],
        sealed: vec![1, 2, 3],
    };
    let sealed = SealedRecord::new(changed, vec![section]).unwrap();
    golden_file("record_sealed", &sealed);
    let bytes = sealed.to_bytes();
    assert_eq!(
        SealedRecord::remains_of(&bytes).as_ref(),
        Ok(sealed.remains())
    );
    assert!(SealedRecord::remains_of(&bytes[..5]).is_err());
    assert!(SealedRecord::remains_of(&erased().to_bytes()).is_err());
    assert_eq!(
        hex(&sealed.to_bytes()[..8]),
        "4e534541".to_owned() + "0001" + "1b" + "05"
    );
}

#[test]
fn who_is_not_named_is_who_the_record_before_is_about() {
    let [by_hand, freed] = of_bills_brought_home();
    for record in [by_hand, freed] {
        let split = split(&record, ningbo()).unwrap();
        assert_eq!(split.parts[0].of, Subject::Before);
    }
}
