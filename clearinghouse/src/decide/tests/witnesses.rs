//! Regions' words on checkpoints: each region's own, in the order of the plans, once, and nothing follows from them.

use huitong_core::checkpoint::witness::{
    CertifiedWord, Finding, FindingKind, Verdict, WitnessWord,
};
use huitong_core::digest::sha256;
use huitong_netting::statement::{RegionPart, part};

use super::proofs::netted;
use super::*;
use crate::clock::Clock as _;
use crate::decide::Reached;

/// A region's word on a plan's checkpoint; its signature was checked before.
fn word(house: &House, of: usize, plan: u64, found: &[Finding]) -> CertifiedWord {
    let proven = house.proofs().checkpoint(plan).unwrap();
    let checkpoint = proven.map(|proven| proven.signed.checkpoint.digest());
    let word = WitnessWord {
        region: region(of),
        plan,
        checkpoint: checkpoint.unwrap_or_else(|| sha256(b"none yet")),
        verdict: Verdict::of(found),
        at: house.clock.now(),
    };
    CertifiedWord {
        word,
        algorithm: 1,
        key_id: sha256(b"node"),
        signature: vec![9; 64],
        signer: Vec::new(),
    }
}

fn say(house: &House, of: usize, word: CertifiedWord) -> Result<u64, Refusal> {
    house.ask(move |context| witness(context, region(of), word))
}

fn reach(house: &House, of: usize) -> Reached {
    house
        .ask(move |context| reached(context, region(of)))
        .unwrap()
}

/// What regions said of a plan, once it is indexed.
fn said(house: &House, plan: u64) -> Vec<CertifiedWord> {
    let regions: Vec<_> = (0..4).map(region).collect();
    house.proofs().words(plan, &regions).unwrap()
}

/// A region's own part of a day.
fn own_part(house: &House, on: u8, of: usize) -> Option<RegionPart> {
    let proofs = house.proofs();
    let cycle = proofs.cycle(day(on)).unwrap().unwrap();
    let legs = proofs.legs_of_region(&cycle, region(of)).unwrap();
    part(&cycle.whole(), region(of), &legs)
}

#[test]
fn words_are_taken_in_order_and_once_and_are_the_same_again_whatever_was_lost() {
    for how in [Return::Stopped, Return::PowerCut, Return::IndexLost] {
        let mut house = House::new(31);
        for number in 1..=2 {
            netted(&house, number);
        }
        let (first, second) = (word(&house, 2, 1, &[]), word(&house, 2, 2, &[]));
        assert_eq!(say(&house, 2, second.clone()), Ok(0), "not the next");
        assert_eq!(say(&house, 2, first.clone()), Ok(1));
        assert_eq!(say(&house, 2, first.clone()), Ok(1), "said again");
        let finding = Finding::whole(FindingKind::LegDropped);
        let refused = word(&house, 3, 1, &[finding]);
        assert_eq!(say(&house, 3, refused.clone()), Ok(1));
        assert_eq!(say(&house, 2, second.clone()), Ok(2));
        assert_eq!(said(&house, 1), [first.clone(), refused.clone()]);
        house.come_back(how);
        assert_eq!(said(&house, 1), [first, refused], "{how:?}");
        assert_eq!(said(&house, 2), [second]);
        let reached = |signed, witnessed| Reached { signed, witnessed };
        assert_eq!(reach(&house, 2), reached(2, 2), "{how:?}");
        assert_eq!(reach(&house, 3), reached(2, 1));
        assert_eq!(reach(&house, 0), reached(2, 0));
        // Whatever a region says, the next cycle is netted.
        netted(&house, 3);
        assert_eq!(reach(&house, 3).signed, 3);
    }
}

#[test]
fn a_word_on_what_is_not_signed_here_or_of_a_moment_to_come_is_refused() {
    let house = House::new(32);
    netted(&house, 1);
    let mut other = word(&house, 2, 1, &[]);
    other.word.checkpoint = sha256(b"another checkpoint");
    let refused = say(&house, 2, other).unwrap_err();
    assert_eq!(refused.code.code(), "witness.other_checkpoint");
    let own = house.proofs().checkpoint(1).unwrap().unwrap();
    let own = own.signed.checkpoint.digest().to_string();
    assert!(refused.detail.contains(&own), "{}", refused.detail);
    let mut early = word(&house, 2, 1, &[]);
    early.word.at = Timestamp::parse("2026-03-31T04:11:00.000Z").unwrap();
    assert_eq!(code(say(&house, 2, early)), "request.malformed");
    assert_eq!(say(&house, 2, word(&house, 2, 1, &[])), Ok(1));
    let unsigned = word(&house, 2, 2, &[]);
    assert_eq!(code(say(&house, 2, unsigned)), "cycle.not_proven");
    let stranger = house.ask(|context| reached(context, "440100".parse().unwrap()));
    assert_eq!(code(stranger), "stream.unknown_region");
}

#[test]
fn a_region_gets_its_own_rows_and_legs_and_no_others() {
    let house = House::new(33);
    netted(&house, 1);
    for of in [0, 1, 2, 3] {
        let part = own_part(&house, 1, of).unwrap();
        assert_eq!(part.region(), Some(region(of)));
        assert_eq!(part.check(), []);
        let rows = &part.statement().rows;
        assert!(rows.iter().all(|row| row.row.pair.names(region(of))));
        // Day 1 has one debt, of Ningbo to Chengdu.
        assert_eq!(rows.len(), usize::from(of >= 2));
    }
}

#[test]
fn after_a_restore_the_words_that_the_backup_has_stand_and_the_rest_is_said_again() {
    let mut house = House::new(34);
    netted(&house, 1);
    say(&house, 2, word(&house, 2, 1, &[])).unwrap();
    let backup = house.disk.copy();
    say(&house, 3, word(&house, 3, 1, &[])).unwrap();
    house.put_back(&backup);
    assert_eq!(
        (reach(&house, 2).witnessed, reach(&house, 3).witnessed),
        (1, 0)
    );
    assert_eq!(say(&house, 3, word(&house, 3, 1, &[])), Ok(1));
}
