//! People who moved: each step of a transfer is the person's, and each number that the person had must be listed.

use huitong_core::record::hand::{HandWord, Handed, TransferOrder};
use huitong_core::record::transfer::{
    HandTaken, HandWritten, TransferBy, TransferStep, TransferStepped,
};
use huitong_core::refusal::Refusal;

use super::*;
use crate::ledger::testing::{destroy_key, open_with};
use crate::sealing::People;
use crate::store::is_erased_transfer;
use crate::transfer::agree::{Agree, Agreed};
use crate::transfer::testing::{handed, order as transfer_order, taking};
use crate::writer::{Command, Verdict};

fn moving() -> TransferOrder {
    transfer_order("2023-03-01".parse().unwrap())
}

fn by() -> TransferBy {
    TransferBy::Officer("li.wei".parse().unwrap())
}

fn step(transfer: huitong_core::id::TransferId, step: TransferStep) -> NodeRecord {
    NodeRecord::TransferStepped(TransferStepped {
        transfer,
        step,
        at: now(),
    })
}

fn agreed(order: TransferOrder) -> NodeRecord {
    let by = by();
    step(order.transfer, TransferStep::Agreed { order, by })
}

fn cancelled() -> NodeRecord {
    step(moving().transfer, TransferStep::Cancelled(by()))
}

fn write_plain(disk: &FakeDisk, records: Vec<NodeRecord>) {
    let plain = crate::ledger::KeyOptions {
        people: People::Plain,
        ..keys(disk)
    };
    let ledger = open_with(disk, &fresh(), plain).unwrap();
    for record in records {
        append(&ledger, record).unwrap();
    }
    ledger.close();
}

#[test]
fn a_step_of_a_transfer_is_the_persons_last_record() {
    let disk = FakeDisk::new(1);
    write(&disk, vec![agreed(moving()), closed("2023-03-10")]);
    write(&disk, vec![cancelled()]);
    assert_eq!(obstacles(&disk, rule(0)), [Obstacle::Recent(None)]);
    write(&disk, vec![closed("2024-03-10")]);
    let last = Obstacle::Recent(Some(day("2024-03-10")));
    assert_eq!(obstacles(&disk, rule(9_999)), [last]);
    assert_eq!(obstacles(&disk, rule(365)), []);
}

#[test]
fn a_step_that_was_written_plain_stands_in_the_way() {
    let disk = FakeDisk::new(1);
    write(&disk, vec![agreed(moving())]);
    write_plain(&disk, vec![cancelled(), closed("2023-03-10")]);
    assert_eq!(obstacles(&disk, rule(365)), [Obstacle::Plain(1)]);
}

#[test]
fn a_plain_step_of_an_erased_persons_transfer_does_not_stop_the_start() {
    let disk = FakeDisk::new(1);
    write(&disk, vec![agreed(moving())]);
    write_plain(&disk, vec![cancelled(), closed("2023-03-10")]);
    let ledger = open(&disk, &fresh()).unwrap();
    destroy_key(ledger);
    let ledger = open(&disk, &fresh()).unwrap();
    let transfer = moving().transfer;
    assert_eq!(ledger.transfer(transfer).unwrap(), None);
    assert!(is_erased_transfer(&ledger, transfer).unwrap());
    let again = Agree {
        own: person().home,
        order: moving(),
        by: by(),
        settled_since: None,
        read_at: 0,
    };
    let Verdict::Answer(Agreed::Refused(refusal)) = again.decide(&ledger, now()).unwrap() else {
        panic!("the id of an erased transfer is taken for a new one");
    };
    assert_eq!(refusal.code, RefusalCode::Erased);
}

/// The person moved away and, under a third number, came back.
fn there_and_back() -> (TransferOrder, TransferOrder) {
    let away = moving();
    let back = TransferOrder {
        transfer: huitong_core::id::TransferId::from_bytes([4; 16]),
        person: away.moved(),
        new_home: person().home,
        number: huitong_core::person::PsnNo::parse("330200000000000003").unwrap(),
        ..away.clone()
    };
    (away, back)
}

/// The word that hands the person over by a transfer.
fn word(order: TransferOrder) -> HandWord {
    let word = handed();
    let Handed::Person(hand_over) = word.handed.clone() else {
        panic!("{word:?}")
    };
    let hand_over = huitong_core::record::hand::HandOver { order, ..hand_over };
    HandWord {
        old_home: hand_over.order.person.home,
        new_home: hand_over.order.new_home,
        handed: Handed::Person(hand_over),
        ..word
    }
}

fn left(order: TransferOrder) -> NodeRecord {
    NodeRecord::HandWritten(HandWritten::new(word(order)))
}

fn came(order: TransferOrder) -> NodeRecord {
    NodeRecord::HandTaken(HandTaken {
        hand: taking(word(order)).hand,
        member: None,
        filings: None,
        account: None,
        at: now(),
    })
}

fn also_at(ledger: &Ledger, people: &[PersonRef]) -> Vec<Obstacle> {
    let plan = plan(ledger, &listed(people), rule(0)).unwrap();
    let obstacles = plan.people.into_iter().flat_map(|looked| looked.obstacles);
    obstacles
        .filter(|obstacle| matches!(obstacle, Obstacle::AlsoAt(_)))
        .collect()
}

#[test]
fn every_number_that_the_person_had_must_be_listed() {
    for plain in [false, true] {
        let disk = FakeDisk::new(1);
        let (away, back) = there_and_back();
        let (first, there, last) = (away.person, away.moved(), back.moved());
        let at_the_other = vec![prepared_for(there, 1)];
        if plain {
            write_plain(&disk, at_the_other);
        } else {
            write(&disk, at_the_other);
        }
        write(&disk, vec![agreed(away.clone()), left(away)]);
        write(&disk, vec![agreed(back.clone()), came(back)]);
        let ledger = open(&disk, &fresh()).unwrap();
        let (own, other) = (first.home, there.home);
        let both = [Obstacle::AlsoAt(own), Obstacle::AlsoAt(other)];
        assert_eq!(also_at(&ledger, &[first]), both);
        assert_eq!(also_at(&ledger, &[last]), both);
        assert_eq!(also_at(&ledger, &[there]), [Obstacle::AlsoAt(own)]);
        let left = Obstacle::AlsoAt(other);
        assert_eq!(also_at(&ledger, &[first, last]), [left, left]);
        assert_eq!(also_at(&ledger, &[first, there, last]), []);
    }
}

#[test]
fn a_transfer_that_never_came_about_makes_nobody_of_a_stranger() {
    let refusal = Refusal::new(RefusalCode::UnknownPerson, "");
    let (away, back) = there_and_back();
    let (stranger, id) = (away.moved(), away.transfer);
    let ends = [
        None,
        Some(TransferStep::Frozen),
        Some(TransferStep::Cancelled(by())),
        Some(TransferStep::Refused(refusal)),
    ];
    for end in ends {
        let disk = FakeDisk::new(1);
        write(&disk, vec![prepared_for(stranger, 1), agreed(away.clone())]);
        write(&disk, end.map(|end| step(id, end)).into_iter().collect());
        // The stranger comes here, and takes nobody with them.
        write(&disk, vec![agreed(back.clone()), came(back.clone())]);
        let ledger = open(&disk, &fresh()).unwrap();
        assert_eq!(also_at(&ledger, &[away.person]), []);
        let own = Obstacle::AlsoAt(back.new_home);
        assert_eq!(also_at(&ledger, &[stranger]), [own]);
        assert_eq!(also_at(&ledger, &[stranger, back.moved()]), []);
    }
}
