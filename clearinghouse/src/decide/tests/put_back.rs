//! The clearinghouse itself, restored from a backup: the cycles that it lacks come to the plans that they came to
//! before, and no other is cut off until they have.

use std::collections::BTreeMap;

use huitong_core::checkpoint::{Checkpoint, SignedCheckpoint};
use huitong_core::digest::{Digest, sha256};
use huitong_core::record::clearing::{ClearingRecord, Proven};
use huitong_core::region::RegionCode;
use huitong_journal::testing::FakeDisk;
use huitong_netting::NettingPlan;

use super::*;

/// Marks of all four regions: those of Ningbo and Chengdu, and nothing of the others.
fn marks(ningbo: u64, chengdu: u64) -> BTreeMap<RegionCode, u64> {
    let of = [0, 0, ningbo, chengdu];
    (0..4).map(region).zip(of).collect()
}

fn digest(plan: &NettingPlan) -> Digest {
    sha256(&plan.to_bytes())
}

/// Both sides of a debt on a day, each under the number.
fn both(house: &House, number: u8, on: u8) {
    let mut leg = debt(number, 2, 3, i64::from(number) * 100);
    leg.business_day = day(on);
    let number = u64::from(number);
    house.report(2, &[payable(number, &leg)]).unwrap();
    house.report(3, &[receivable(number, &leg)]).unwrap();
}

fn net_as(house: &House, on: u8, expected: &NettingPlan) -> Result<NettingPlan, Refusal> {
    let expected = Expected::Plan(digest(expected));
    house.ask(move |context| net(context, day(on), expected, 0, officer()))
}

fn resume_after(house: &House, last: Option<u8>) -> Result<(), Refusal> {
    house.ask(move |context| resume(context, last.map(day), officer()))
}

#[test]
fn a_restored_clearinghouse_nets_the_lost_cycles_as_before_and_only_then_goes_on() {
    let mut house = House::new(0);
    both(&house, 1, 1);
    close_all(&house, 1);
    house.cut_off(1, Condition::AllClosed).unwrap();
    let backup = house.disk.copy();
    let first = house.net(1).unwrap();
    // One debt reaches only one side before the second cycle ends, and is late.
    both(&house, 2, 2);
    let mut late = debt(3, 2, 3, 300);
    late.business_day = day(2);
    house.report(3, &[receivable(3, &late)]).unwrap();
    close_all(&house, 2);
    house.cut_off(2, Condition::AllClosed).unwrap();
    let second = house.net(2).unwrap();
    house.report(2, &[payable(3, &late)]).unwrap();

    house.put_back(&backup);
    assert!(house.status(None).restored.is_some());
    // What is here already is netted as it was; nothing is cut off by itself or by mistake.
    assert_eq!(code(house.net(1)), "cycle.digest_needed");
    assert_eq!(net_as(&house, 1, &first), Ok(first.clone()));
    assert_eq!(house.tick(Schedule::Deadline(0)), Ok(None));
    assert_eq!(
        code(house.cut_off(2, Condition::Deadline(0))),
        "cycle.restored"
    );
    assert_eq!(
        code(house.cut_off(2, Condition::AllClosed)),
        "cycle.restored"
    );
    // Its legs are not all back yet.
    let again = |ningbo, chengdu| Condition::Again(marks(ningbo, chengdu));
    assert_eq!(code(house.cut_off(2, again(2, 3))), "cycle.marks_not_held");
    both(&house, 2, 2);
    house.report(3, &[receivable(3, &late)]).unwrap();
    house.report(2, &[payable(3, &late)]).unwrap();
    assert_eq!(code(house.cut_off(2, again(0, 3))), "cycle.bad_marks");
    // The earliest comes first, once the regions have said again what they closed.
    close_all(&house, 2);
    assert_eq!(code(house.cut_off(3, again(3, 3))), "cycle.earlier_open");
    let mut strange = marks(2, 3);
    strange.insert("440100".parse().unwrap(), 0);
    let strange = Condition::Again(strange);
    assert_eq!(code(house.cut_off(2, strange)), "cycle.bad_marks");
    // Other marks would net the late debt now: the digest of the paper says that this is another plan.
    let mut other = House::new(0);
    other.put_back(&house.disk);
    other.cut_off(2, again(3, 3)).unwrap();
    assert_eq!(code(net_as(&other, 2, &second)), "cycle.other_plan");

    house.cut_off(2, again(2, 3)).unwrap();
    // Cycles that went on would be netted without anybody saying what they came to before.
    assert_eq!(code(resume_after(&house, Some(2))), "cycle.digest_needed");
    assert_eq!(net_as(&house, 2, &second), Ok(second.clone()));
    assert_eq!(code(net_as(&house, 2, &first)), "cycle.other_plan");
    // Also a restart does not let cycles go on; the word of an officer does, if it is the right one.
    house.come_back(Return::IndexLost);
    assert_eq!(house.tick(Schedule::Deadline(0)), Ok(None));
    for wrong in [None, Some(1), Some(3)] {
        assert_eq!(code(resume_after(&house, wrong)), "cycle.not_last");
    }
    resume_after(&house, Some(2)).unwrap();
    resume_after(&house, Some(2)).unwrap();
    house.come_back(Return::Stopped);
    assert!(house.status(None).restored.is_none());
    assert_eq!(code(house.cut_off(3, again(3, 3))), "cycle.bad_marks");
    close_all(&house, 3);
    house.cut_off(3, Condition::AllClosed).unwrap();
    assert_eq!(house.net(3).unwrap().legs(), 1);
    restores_are_told_apart(&mut house, &backup);
}

/// Has the next netted cycle proven as a program did that knew of no counts.
fn prove_as_before_counts(house: &House) {
    let proven = house.ask(|context| {
        let unsigned = prove(context)?.unwrap();
        let signed = SignedCheckpoint {
            checkpoint: Checkpoint {
                counts: None,
                ..unsigned.checkpoint
            },
            at: context.now,
            algorithm: 1,
            key_id: sha256(b"a key of then"),
            signature: Vec::new(),
        };
        let proven = Proven {
            pair_roots: unsigned.pair_roots,
            signed,
            signer: Vec::new(),
        };
        Ok(Decided::record(ClearingRecord::Proven(proven), ()))
    });
    proven.unwrap();
}

fn checkpoint_of(house: &House, on: u8) -> Option<Checkpoint> {
    let found = house.proofs().checkpoint_of(day(on)).unwrap();
    found.map(|found| found.signed.checkpoint)
}

/// A day with one debt, closed and cut off with marks of the number.
fn cut_off_again(house: &House, on: u8) {
    both(house, on, on);
    close_all(house, on);
    let marks = marks(u64::from(on), u64::from(on));
    house.cut_off(on, Condition::Again(marks)).unwrap();
}

#[test]
fn a_lost_cycle_of_before_there_were_counts_is_proven_as_it_was_also_when_signing_had_to_wait() {
    let mut house = House::new(7);
    house.expire_signing();
    house.come_back(Return::Stopped);
    let mut lost = Vec::new();
    let mut backup = None;
    for on in 1..=2 {
        both(&house, on, on);
        close_all(&house, on);
        house.cut_off(on, Condition::AllClosed).unwrap();
        lost.push(house.net(on).unwrap());
        prove_as_before_counts(&house);
        backup.get_or_insert_with(|| house.disk.copy());
    }
    let before = checkpoint_of(&house, 2);
    assert!(before.as_ref().is_some_and(|told| !told.is_counted()));

    house.put_back(&backup.unwrap());
    cut_off_again(&house, 2);
    assert_eq!(net_as(&house, 2, &lost[1]), Ok(lost[1].clone()));
    // Nothing can be signed now. Were cycles to go on, it would be signed later with counts, which it did not have.
    assert_eq!(checkpoint_of(&house, 2), None);
    let refused = resume_after(&house, Some(2)).unwrap_err();
    assert_eq!(refused.code.code(), "cycle.not_proven");
    assert_eq!(refused.detail, "2026-03-02");
    house.renew_signing();
    house.come_back(Return::Stopped);
    assert_eq!(checkpoint_of(&house, 2), before);
    resume_after(&house, Some(2)).unwrap();
    // What is netted first by this program has them.
    both(&house, 3, 3);
    close_all(&house, 3);
    house.cut_off(3, Condition::AllClosed).unwrap();
    house.net(3).unwrap();
    assert!(checkpoint_of(&house, 3).unwrap().is_counted());
}

/// Each restore counts, and regions hear of it; two of one backup are told apart.
fn restores_are_told_apart(house: &mut House, backup: &FakeDisk) {
    let heard = |house: &House| {
        let found = house.ask(move |context| position(context, told(3)));
        found
            .map(|(held, own)| (held, own.incarnation, own.since))
            .unwrap()
    };
    let (held, incarnation, first_at) = heard(house);
    assert_eq!((held, incarnation), (3, 2));
    house.clock.put("2026-04-01T04:00:00.000Z");
    house.put_back(backup);
    let (_, incarnation, second_at) = heard(house);
    assert_eq!(incarnation, 2);
    assert!(first_at < second_at);
    house.put_back(&house.disk.copy());
    assert_eq!(heard(house).1, 3);
}
