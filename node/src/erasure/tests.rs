//! People are erased from a journal: what it then says, what goes on without them, and what stands in the way.

mod checked;
mod deducted;
mod ended;
mod gaps;
mod moved;
mod presented;

use std::sync::Arc;

use huitong_core::id::ReversalId;
use huitong_core::record::home::{Commitment, Committed};
use huitong_core::record::reversal::{ReversalBooked, ReversalNoted};
use huitong_core::record::treatment::{Prepared, Settled};
use huitong_core::record::{DayClosed, NodeRecord};
use huitong_core::refusal::RefusalCode;
use huitong_core::reversal::BegunBy;
use huitong_journal::testing::FakeDisk;

use super::*;
use crate::keyring::{Found, Keyring};
use crate::ledger::testing::{append, keys, open};
use crate::legs::stream::legs_from;
use crate::samples::{
    claim, decision, id, now, person, prepared, receipt, reversal, snapshot, version,
};
use crate::sealing::Sealing;
use crate::store::memory::MemoryIndex;
use crate::store::{Stream, erased_act, is_erased};

fn fresh() -> Arc<MemoryIndex> {
    Arc::new(MemoryIndex::new())
}

fn day(text: &str) -> BusinessDay {
    text.parse().unwrap()
}

fn rule(keep_days: u32) -> Rule {
    Rule {
        keep_days,
        today: day("2026-11-26"),
    }
}

fn other() -> PersonRef {
    PersonRef {
        home: "330200".parse().unwrap(),
        psn_no: huitong_core::person::PsnNo::parse("330200000000000002").unwrap(),
    }
}

fn prepared_for(person: PersonRef, nth: u8) -> NodeRecord {
    let mut record: Prepared = prepared(nth, &format!("V{nth}"));
    record.claim.person = person;
    NodeRecord::Prepared(record)
}

fn settled(nth: u8, legs_from: u64) -> NodeRecord {
    NodeRecord::Settled(Settled {
        settlement: id(nth),
        receipt: receipt(nth),
        legs_from,
        at: now(),
    })
}

fn closed(text: &str) -> NodeRecord {
    NodeRecord::DayClosed(DayClosed {
        day: day(text),
        up_to: 0,
        at: now(),
    })
}

/// In the treatment role: one person's settlement that is reversed, and another's.
fn treated() -> Vec<NodeRecord> {
    let legs = u64::try_from(receipt(1).body.clearing.amounts.len()).unwrap();
    let by = BegunBy::Officer("li.wei".parse().unwrap());
    vec![
        prepared_for(person(), 1),
        settled(1, 1),
        NodeRecord::ReversalBooked(ReversalBooked {
            reversal: reversal(1, 2, ReversalId::from_bytes([9; 16]), by),
            legs_from: legs.saturating_add(1),
            at: now(),
        }),
        NodeRecord::ReversalNoted(ReversalNoted {
            institution: prepared(1, "V1").institution,
            settlement: id(1),
            at: now(),
        }),
        prepared_for(other(), 3),
        settled(3, legs.saturating_mul(2).saturating_add(1)),
        closed("2023-03-10"),
    ]
}

/// In the home role: a settlement of the person's.
fn committed() -> NodeRecord {
    NodeRecord::Committed(Committed::new(
        receipt(1).body,
        Commitment {
            salt: [7; 16],
            claim: claim("V1"),
            decision: decision(),
            snapshot: snapshot(3),
            after: version(4),
            totals: Vec::new(),
            balances: huitong_core::coverage::Balances::NONE,
            legs_from: 1,
        },
    ))
}

fn write(disk: &FakeDisk, records: Vec<NodeRecord>) {
    let ledger = open(disk, &fresh()).unwrap();
    for record in records {
        append(&ledger, record).unwrap();
    }
    ledger.close();
}

fn listed(people: &[PersonRef]) -> Vec<Listed> {
    let lines = people.iter().zip(1..);
    lines
        .map(|(person, line)| Listed {
            person: *person,
            line,
        })
        .collect()
}

/// What stands in the way of erasing the person.
fn obstacles(disk: &FakeDisk, rule: Rule) -> Vec<Obstacle> {
    let ledger = open(disk, &fresh()).unwrap();
    let plan = plan(&ledger, &listed(&[person()]), rule).unwrap();
    ledger.close();
    plan.people[0].obstacles.clone()
}

/// Orders it, and is killed.
fn order(disk: &FakeDisk) -> (Vec<PersonKeyId>, Arc<Sealing>) {
    let ledger = open(disk, &fresh()).unwrap();
    let plan = plan(&ledger, &listed(&[person()]), rule(365)).unwrap();
    assert!(plan.is_clear(), "{:?}", plan.people);
    let order = plan.order(&ledger, now()).unwrap();
    append(&ledger, NodeRecord::PeopleErased(order)).unwrap();
    ledger.close();
    (plan.keys, ledger.sealing())
}

/// Orders it and does it.
fn erase(disk: &FakeDisk) -> Vec<PersonKeyId> {
    let (keys_of, sealing) = order(disk);
    sealing.keyring().unwrap().destroy(&keys_of).unwrap();
    keys_of
}

#[test]
fn legs_streams_and_the_others_stand_and_ids_are_remembered() {
    let killed: fn(&FakeDisk) -> Vec<PersonKeyId> = |disk| order(disk).0;
    for done in [erase, killed] {
        let disk = FakeDisk::new(1);
        write(&disk, treated());
        let ledger = open(&disk, &fresh()).unwrap();
        let legs = legs_from(&ledger, 1, 99).unwrap();
        let heads = (
            ledger.stream(Stream::Legs).unwrap(),
            ledger.held(person().home).unwrap(),
        );
        assert!(legs.len() >= 3);
        drop(ledger);
        let keys_of = done(&disk);
        let ledger = open(&disk, &fresh()).unwrap();
        let keyring = Keyring::open(disk.port(), person().home, keys(&disk).chance)
            .unwrap()
            .unwrap();
        assert!(
            keys_of
                .iter()
                .all(|key| keyring.find(*key) == Ok(Found::Destroyed))
        );
        assert_eq!(legs_from(&ledger, 1, 99).unwrap(), legs, "byte for byte");
        assert_eq!(
            (
                ledger.stream(Stream::Legs).unwrap(),
                ledger.held(person().home).unwrap()
            ),
            heads
        );
        assert_eq!(ledger.settlement(id(1)).unwrap(), None);
        assert!(is_erased(&ledger, id(1)).unwrap() && !is_erased(&ledger, id(3)).unwrap());
        assert!(ledger.settlement(id(3)).unwrap().is_some());
        let person = person();
        assert_eq!(ledger.person_key(person.home, person.psn_no).unwrap(), None);
        assert!(
            ledger
                .person_key(other().home, other().psn_no)
                .unwrap()
                .is_some()
        );
        // Somebody new gets a new key, and the place that was destroyed is nobody's again.
        append(&ledger, prepared_for(person, 4)).unwrap();
        let again = ledger
            .person_key(person.home, person.psn_no)
            .unwrap()
            .unwrap();
        assert!(!keys_of.contains(&again));
    }
}

#[test]
fn a_home_region_streams_the_same_legs_and_holds_no_account() {
    let disk = FakeDisk::new(1);
    let psn_no = person().psn_no;
    let acknowledged =
        NodeRecord::ReceiptsAcknowledged(huitong_core::record::ReceiptsAcknowledged {
            treatment: claim("V1").treatment,
            up_to: 1,
        });
    write(&disk, vec![committed(), acknowledged, closed("2023-03-10")]);
    let ledger = open(&disk, &fresh()).unwrap();
    let legs = legs_from(&ledger, 1, 99).unwrap();
    assert!(!legs.is_empty() && ledger.account(psn_no).unwrap().is_some());
    drop(ledger);
    erase(&disk);
    let ledger = open(&disk, &fresh()).unwrap();
    assert_eq!(legs_from(&ledger, 1, 99).unwrap(), legs);
    assert_eq!(ledger.account(psn_no).unwrap(), None);
    assert_eq!(
        ledger
            .home_settlement(claim("V1").treatment, id(1))
            .unwrap(),
        None
    );
    assert!(is_erased(&ledger, id(1)).unwrap());
    let stream = Stream::Receipts(claim("V1").treatment);
    assert_eq!(ledger.stream(stream).unwrap().unwrap().written, 1);
    let sent = crate::home::receipts::sent_from(&ledger, claim("V1").treatment, 1, 9);
    let told = [crate::home::receipts::Sent::Erased(1)];
    assert_eq!(sent.unwrap(), told);
}

#[test]
fn a_keyring_of_before_the_erasure_is_noticed_and_mended() {
    let disk = FakeDisk::new(1);
    write(&disk, treated());
    let before = disk.bytes("keys-0000000000").unwrap();
    let keys_of = erase(&disk);
    let index = fresh();
    open(&disk, &index).unwrap().close();
    let old = disk.port().open("keys-0000000000").unwrap();
    old.write_at(0, &before).unwrap();
    let ledger = open(&disk, &index).unwrap();
    assert_eq!(ledger.settlement(id(1)).unwrap(), None);
    ledger.close();
    drop(ledger);
    let keyring = Keyring::open(disk.port(), person().home, keys(&disk).chance)
        .unwrap()
        .unwrap();
    assert!(
        keys_of
            .iter()
            .all(|key| keyring.find(*key) == Ok(Found::Destroyed))
    );
}

#[test]
fn each_obstacle_is_named() {
    let disk = FakeDisk::new(1);
    assert_eq!(obstacles(&disk, rule(0)), [Obstacle::Unknown]);
    write(&disk, vec![prepared_for(person(), 1)]);
    assert_eq!(
        obstacles(&disk, rule(0)),
        [Obstacle::Open(id(1)), Obstacle::Recent(None)]
    );
    write(&disk, vec![settled(1, 1), closed("2023-03-10")]);
    assert_eq!(obstacles(&disk, rule(365)), []);
    let last = day("2023-03-10");
    assert_eq!(
        obstacles(&disk, rule(9_999)),
        [Obstacle::Recent(Some(last))]
    );
    let disk = FakeDisk::new(1);
    write(&disk, vec![committed(), closed("2023-03-10")]);
    let treatment = claim("V1").treatment;
    assert_eq!(
        obstacles(&disk, rule(0)),
        [Obstacle::NotAcknowledged(treatment)]
    );
}

#[test]
fn what_was_written_plain_stands_in_the_way() {
    let disk = FakeDisk::new(1);
    let plain = crate::ledger::KeyOptions {
        people: crate::sealing::People::Plain,
        ..keys(&disk)
    };
    let ledger = crate::ledger::testing::open_with(&disk, &fresh(), plain).unwrap();
    append(&ledger, prepared_for(person(), 1)).unwrap();
    append(&ledger, settled(1, 1)).unwrap();
    append(&ledger, closed("2023-03-10")).unwrap();
    ledger.close();
    drop(ledger);
    assert_eq!(obstacles(&disk, rule(0)), [Obstacle::Plain(1)]);
}

#[test]
fn an_act_of_an_erased_person_is_refused_by_name() {
    let disk = FakeDisk::new(1);
    let act = huitong_core::id::ActId::from_bytes([3; 16]);
    let changed = huitong_core::record::person::PersonChanged {
        act,
        by: huitong_core::record::person::AskedBy::Officer("li.wei".parse().unwrap()),
        request: "A-1".parse().unwrap(),
        psn_no: person().psn_no,
        change: huitong_core::record::person::PersonChange::Live,
        after: version(1),
        member: None,
        filings: None,
        death: None,
        totals: Vec::new(),
        balances: None,
        at: now(),
    };
    write(
        &disk,
        vec![NodeRecord::PersonChanged(changed), closed("2023-03-10")],
    );
    erase(&disk);
    let ledger = open(&disk, &fresh()).unwrap();
    let refusal = erased_act(&ledger, act).unwrap().unwrap();
    assert_eq!(refusal.code, RefusalCode::Erased);
}
