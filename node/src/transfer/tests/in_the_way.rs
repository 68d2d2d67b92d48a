//! What keeps a person from being handed over, taken or served: a death, care settled since, a restore.

use std::slice;
use std::sync::Arc;

use huitong_core::digest::sha256;
use huitong_core::external::CoreId;
use huitong_core::id::{SettlementId, TransferId};
use huitong_core::person::{Credential, CredentialNumber, PsnNo};
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{HandWord, Handed, TransferOrder};
use huitong_core::record::import::{ImportCommitted, ImportKind};
use huitong_core::record::recovery::{PeerRestored, RestoreBegan, RestoreEnded};
use huitong_core::record::transfer::TransferBy;
use huitong_core::refusal::RefusalCode;
use huitong_journal::testing::FakeDisk;

use super::super::agree::{Agreed, CallBack};
use super::super::arrive::Take;
use super::super::count_in::standing;
use super::super::leave::{settled_since, standing_visits};
use super::super::onwards::{Came, Known};
use super::super::testing::*;
use crate::error::NodeError;
use crate::home::late::Offered;
use crate::home::relation::{Relation, relation};
use crate::home::restored::missing;
use crate::home::testing::Home;
use crate::ledger::testing::{append, open};
use crate::registry::newcomers::HoldFile;
use crate::samples::{now, person, version};
use crate::store::{Account, Key, Row, Rows};

#[test]
fn what_a_home_sent_before_it_was_restored_is_not_taken() {
    let home = old();
    home.run(agree(person().home, order(today())));
    let word = word_of(&write(&home));
    let new = Home::at(new_home());
    new.run(agree(new_home(), order(today())));
    let restored = PeerRestored {
        region: person().home,
        incarnation: 2,
        mark: [7; 16],
        written: 0,
        held: 0,
        at: now(),
    };
    new.write(&NodeRecord::PeerRestored(restored));
    let refused = new.run(taking(word.clone())).0.unwrap_err();
    assert_eq!(refused.code, RefusalCode::OldIncarnation);
    let again = Take {
        came: Came::Sent(2),
        ..taking(word)
    };
    assert_eq!(new.run(again).0, Ok(1), "sent again it stands");
    let offer = offer(100, account(&new, number()).version);
    assert_eq!(
        new.run(offer).0.unwrap_err().code,
        RefusalCode::OldIncarnation
    );
}

/// A new home begins anew from a backup.
fn restore(new: &Home) {
    let began = RestoreBegan {
        incarnation: 2,
        mark: [7; 16],
        at: now(),
    };
    new.write(&NodeRecord::RestoreBegan(began));
}

/// Takes again what an old home gives while the new one collects; how many changes of the person's record are missing.
fn missing_after(new: &Home, words: &[HandWord]) -> u64 {
    for word in words {
        let again = Take {
            came: Came::Collected(Known::Nothing),
            ..taking(word.clone())
        };
        assert_eq!(new.run(again).0, Ok(word.number));
    }
    let (incarnation, at) = (2, now());
    new.write(&NodeRecord::RestoreEnded(RestoreEnded { incarnation, at }));
    missing(&new.rows, number()).unwrap()
}

#[test]
fn whoever_arrived_since_the_backup_is_held_by_nothing_and_lends_their_totals() {
    let (before, word) = arrived();
    let new = Home::at(new_home());
    restore(&new);
    assert_eq!(missing_after(&new, slice::from_ref(&word)), 0);
    let row = new.rows.transfer(order(today()).transfer).unwrap().unwrap();
    let lent = standing(&new.rows, &row).unwrap();
    let held = account(&before, number());
    assert_eq!(lent.balances, held.balances);
    assert_eq!(lent.totals, held.totals.into_iter().collect::<Vec<_>>());
    assert_eq!(new.run(offer(100, lent.version)).0, Ok(Offered::Taken));
}

#[test]
fn whose_changes_came_back_by_no_number_that_says_which_is_held_until_somebody_has_looked() {
    let (_, word) = arrived();
    let claim = later(&word, 2, Handed::Claim(supplement(100)));
    let new = Home::at(new_home());
    restore(&new);
    assert_eq!(missing_after(&new, &[word.clone(), claim]), 1);
    // Something may have been enrolled or noted between what the backup has of the person and their arrival.
    let known = Home::at(new_home());
    let account = Account {
        version: version(5),
        ..Account::new(1)
    };
    known.put(Key::Account(number()), Row::Account(account));
    restore(&known);
    assert_eq!(missing_after(&known, &[word]), 1);
    let row = known.rows.transfer(order(today()).transfer);
    let row = row.unwrap().unwrap();
    let NodeError::Refused(refusal) = standing(&known.rows, &row).unwrap_err() else {
        panic!("the node's own trouble");
    };
    assert_eq!(refusal.code, RefusalCode::PersonHeld);
}

#[test]
fn what_the_core_system_settled_stands_in_the_way_and_goes_along() {
    let ledger = open(&FakeDisk::new(1), &Arc::default()).unwrap();
    let (own, psn_no) = (person().home, person().psn_no);
    let yesterday = today().plus_days(-1).unwrap();
    append(&ledger, outside("c-1", yesterday, 1)).unwrap();
    append(&ledger, outside("c-2", today(), 2)).unwrap();
    let stands = |core_id: &str| CoreId::parse(core_id).unwrap().stands_as(own);
    let since = |day| settled_since(&ledger, own, psn_no, day).unwrap();
    assert_eq!(since(today()), Some(stands("c-2")));
    assert_eq!(since(yesterday), Some(stands("c-1")));
    let visits = standing_visits(&ledger, own, psn_no, today()).unwrap();
    let ids: Vec<SettlementId> = visits.iter().map(|visit| visit.settlement).collect();
    assert_eq!(ids, [stands("c-1"), stands("c-2")]);
    assert!(visits.iter().all(|visit| visit.treatment == own));

    append(&ledger, no_more(outside("c-2", today(), 3))).unwrap();
    assert_eq!(since(today()), None);
    assert_eq!(
        standing_visits(&ledger, own, psn_no, today())
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn whoever_has_died_is_not_handed_over() {
    let home = old();
    home.run(agree(person().home, order(today())));
    let died = today().plus_days(-3).unwrap();
    home.put(Key::Death(person().psn_no), Row::Death(died));
    assert_eq!(write(&home), []);
}

#[test]
fn whoever_is_expected_is_nobodys_until_the_hand_over_is_taken() {
    let new = Home::at(new_home());
    new.run(agree(new_home(), order(today())));
    let asked = |day| relation(&new.rows, number(), day).unwrap();
    assert_eq!(asked(today()), Relation::Moving(new_home()));
    assert_eq!(asked(today().plus_days(-1).unwrap()), Relation::Here);
    let (new, _) = arrived();
    assert_eq!(
        relation(&new.rows, number(), today()).unwrap(),
        Relation::Here
    );
}

#[test]
fn a_file_brings_nobody_in_under_a_number_that_is_kept_free() {
    let file = |named: &[PsnNo]| HoldFile {
        record: ImportCommitted {
            import: sha256(b"file"),
            kind: ImportKind::Members,
            chunks: 0,
            rows: 1,
            held: 1,
            as_of: None,
            at: now(),
        },
        named: named.to_vec(),
    };
    let other = PsnNo::parse("510100000000000025").unwrap();
    let new = Home::at(new_home());
    let (refusal, records) = new.run(file(&[number()]));
    assert_eq!((refusal, records.len()), (None, 1));

    new.run(agree(new_home(), order(today())));
    let (refusal, records) = new.run(file(&[other, number()]));
    let refusal = refusal.unwrap();
    let transfer = order(today()).transfer.to_string();
    assert_eq!(
        (refusal.code, refusal.detail),
        (RefusalCode::TransferStands, transfer)
    );
    assert_eq!(records, []);
    let (refusal, records) = new.run(file(&[other]));
    assert_eq!((refusal, records.len()), (None, 1));
    // Once the person has come, the number is theirs by name, and files change their record as any other.
    let (new, _) = arrived();
    let (refusal, records) = new.run(file(&[number()]));
    assert_eq!((refusal, records.len()), (None, 1));
}

#[test]
fn a_call_back_that_overtakes_its_agreement_ends_it() {
    let own = person().home;
    let back = |home: &Home, order: Option<TransferOrder>| {
        let (refusal, records) = home.run(CallBack {
            transfer: self::order(today()).transfer,
            by: TransferBy::Region(new_home()),
            order,
        });
        (refusal.map(|refusal| refusal.code), records.len())
    };
    let unknown = Some(RefusalCode::TransferUnknown);
    let home = old();
    assert_eq!(back(&home, None), (unknown, 0));
    assert_eq!(back(&home, Some(order(today()))), (None, 2));
    assert_eq!(back(&home, Some(order(today()))), (None, 0));
    // The person stays, and what comes late finds that.
    let psn_no = person().psn_no;
    assert_eq!(
        relation(&home.rows, psn_no, today()).unwrap(),
        Relation::Here
    );
    let late = home.run(agree(own, order(today())));
    assert!(
        matches!(&late.0, Agreed::Refused(refusal) if Some(refusal.code) == unknown),
        "{late:?}"
    );
    assert_eq!(late.1, []);

    // Nothing is written of strangers, nor of whoever is on another way.
    let nobody = Home::at(own);
    assert_eq!(back(&nobody, Some(order(today()))), (unknown, 0));
    let leaves = old();
    let other = TransferOrder {
        transfer: TransferId::from_bytes([4; 16]),
        ..order(today())
    };
    assert_eq!(leaves.run(agree(own, other)).0, Agreed::Done);
    assert_eq!(back(&leaves, Some(order(today()))), (unknown, 0));
    let moving = relation(&leaves.rows, psn_no, today()).unwrap();
    assert_eq!(moving, Relation::Moving(new_home()));
}

#[test]
fn a_call_back_of_what_would_be_refused_writes_nothing() {
    let mut other = order(today());
    other.credential = Credential::EVoucher(CredentialNumber::parse("B2").unwrap());
    let far = order(today().plus_days(400).unwrap());
    let home = old();
    for order in [other, far] {
        let (refusal, records) = home.run(CallBack {
            transfer: order.transfer,
            by: TransferBy::Region(new_home()),
            order: Some(order),
        });
        let code = refusal.map(|refusal| refusal.code);
        assert_eq!(code, Some(RefusalCode::TransferUnknown));
        assert_eq!(records, []);
    }
    assert_eq!(
        home.run(agree(person().home, order(today()))).0,
        Agreed::Done
    );
}
