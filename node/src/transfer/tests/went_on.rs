//! What becomes of an old home's words about somebody who has gone on to a third home, also when the second lost its disk.

use huitong_core::coverage::Balances;
use huitong_core::id::{SettlementId, TransferId};
use huitong_core::person::PersonRef;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{HandOver, HandWord, Handed, ProvenHand, TransferOrder};
use huitong_core::record::recovery::{RegionLeftOut, RestoreBegan, RestoreEnded};
use huitong_core::record::transfer::HandWritten;
use huitong_core::region::RegionCode;

use super::super::arrive::Take;
use super::super::leave::RegainHand;
use super::super::onwards::{Came, Known};
use super::super::testing::*;
use crate::home::restored::missing;
use crate::home::testing::Home;
use crate::samples::{fen, now};
use crate::store::{LeavingState, Rows, Stream, TransferState};

fn third() -> RegionCode {
    "310000".parse().unwrap()
}

/// The person goes on ten days later.
fn onwards() -> TransferOrder {
    let mut onwards = order(today().plus_days(10).unwrap());
    onwards.transfer = TransferId::from_bytes([5; 16]);
    onwards.person = PersonRef {
        home: new_home(),
        psn_no: number(),
    };
    onwards.new_home = third();
    onwards
}

/// A word of the second home to the third.
fn told(number: u64, handed: Handed, like: &HandWord) -> HandWord {
    HandWord {
        number,
        old_home: new_home(),
        new_home: third(),
        handed,
        ..like.clone()
    }
}

/// The hand-over to the third home.
fn left(new: &Home, word: &HandWord) -> HandWord {
    let account = account(new, number());
    let hand_over = HandOver {
        order: onwards(),
        member: new.rows.member(number()).unwrap().unwrap(),
        prior: Vec::new(),
        version: account.next_version(),
        totals: Vec::new(),
        balances: account.balances,
        filings: Vec::new(),
        visits: Vec::new(),
    };
    told(1, Handed::Person(hand_over), word)
}

/// The second home when the person has gone on, and the first one's word on them.
fn gone_on() -> (Home, HandWord) {
    let (new, word) = arrived();
    let left = left(&new, &word);
    new.write(&NodeRecord::HandWritten(HandWritten::new(left)));
    (new, word)
}

fn reversed(number: u64, word: &HandWord) -> HandWord {
    HandWord {
        number,
        handed: Handed::Reversal(supplement(100)),
        ..word.clone()
    }
}

fn written(new: &Home) -> u64 {
    let head = new.rows.stream(Stream::Hands(third())).unwrap();
    head.map_or(0, |head| head.written)
}

fn restore(new: &Home, incarnation: u32) {
    let began = RestoreBegan {
        incarnation,
        mark: [7; 16],
        at: now(),
    };
    new.write(&NodeRecord::RestoreBegan(began));
}

fn regain(new: &Home, word: HandWord) {
    let ProvenHand { word, proof } = taking(word).hand;
    new.run(RegainHand(ProvenHand { word, proof }));
}

fn collect(new: &Home, word: HandWord, known: Known) -> Vec<NodeRecord> {
    let number = word.number;
    let command = Take {
        came: Came::Collected(known),
        ..taking(word)
    };
    let (held, records) = new.run(command);
    assert_eq!(held, Ok(number));
    records
}

#[test]
fn a_supplement_goes_on_after_a_person_who_went_on() {
    let (new, word) = gone_on();
    assert_eq!(new.run(taking(reversed(2, &word))).0, Ok(2));
    assert_eq!(written(&new), 2, "the supplement goes on");
    assert_eq!(account(&new, number()).balances, Balances::NONE);
}

#[test]
fn what_is_given_up_goes_on_as_the_reversal_of_what_was_counted_in() {
    let (new, word) = arrived();
    let counted = later(&word, 2, Handed::Claim(supplement(100)));
    assert_eq!(take(&new, counted), 2);
    let left = left(&new, &word);
    new.write(&NodeRecord::HandWritten(HandWritten::new(left)));
    let given_up = later(&word, 3, Handed::GivenUp(giving_up()));
    let (held, records) = new.run(taking(given_up));
    assert_eq!(held, Ok(3));
    let [_, NodeRecord::HandWritten(next)] = &records[..] else {
        panic!("{records:?}")
    };
    let Handed::Reversal(told) = &next.word().handed else {
        panic!("{next:?}")
    };
    assert_eq!((&told.of, told.paid.own), (&supplement(100).of, fen(100)));
}

#[test]
fn nothing_goes_on_to_a_region_that_is_left_out_until_its_numbers_are_back() {
    let (new, word) = gone_on();
    restore(&new, 2);
    let out = RegionLeftOut {
        region: third(),
        incarnation: 2,
        officer: "li.wei".parse().unwrap(),
        at: now(),
    };
    new.write(&NodeRecord::RegionLeftOut(out));
    let (incarnation, at) = (2, now());
    new.write(&NodeRecord::RestoreEnded(RestoreEnded { incarnation, at }));
    assert_eq!(
        new.run(taking(reversed(2, &word))),
        (Ok(1), Vec::new()),
        "its sender asks again"
    );
    // The third home held a second word when the disk was lost, on something else.
    restore(&new, 3);
    let mut other = supplement(70);
    other.of.settlement = SettlementId::from_bytes([6; 16]);
    let other = told(2, Handed::Reversal(other), &word);
    regain(&new, other.clone());
    let records = collect(&new, reversed(2, &word), Known::Nothing);
    let [_, NodeRecord::HandWritten(next)] = &records[..] else {
        panic!("{records:?}")
    };
    let Handed::Reversal(supplement) = &next.word().handed else {
        panic!("{next:?}")
    };
    assert_eq!((next.word().number, written(&new)), (3, 3));
    assert_eq!(
        (supplement.transfer, supplement.of.settlement),
        (onwards().transfer, SettlementId::from_bytes([9; 16]),)
    );
}

/// The second home lost all of it: first the third gives back the hand-over to it, then the first its own.
#[test]
fn an_arrival_that_comes_back_after_the_person_went_on_brings_nobody_back() {
    let (before, word) = gone_on();
    let left = left(&arrived().0, &word);
    let new = Home::at(new_home());
    restore(&new, 2);
    regain(&new, left);
    assert_eq!(missing(&new.rows, number()).unwrap(), 1);
    collect(&new, word.clone(), Known::HandedOver);
    let relation = |home: &Home| home.rows.relation(number()).unwrap().unwrap();
    let leaving = relation(&new).leaving.unwrap();
    assert_eq!(
        (leaving.new_home, leaving.state),
        (third(), LeavingState::HandedOver(1))
    );
    assert_eq!(relation(&new).prior, relation(&before).prior);
    assert_eq!(
        new.rows.member(number()).unwrap(),
        before.rows.member(number()).unwrap()
    );
    let now = account(&new, number());
    assert_eq!(now.balances, Balances::NONE);
    assert_eq!(
        now.version.change,
        account(&before, number()).version.change
    );
    let row = new.rows.transfer(order(today()).transfer).unwrap().unwrap();
    assert_eq!(row.state, TransferState::Arrived(1));
    // With it every change of the record is back: nobody is held.
    assert_eq!(missing(&new.rows, number()).unwrap(), 0);
}

#[test]
fn what_went_on_before_the_disk_was_lost_goes_on_no_second_time() {
    let (new, word) = gone_on();
    restore(&new, 2);
    let mut goes_on = supplement(100);
    goes_on.transfer = onwards().transfer;
    regain(&new, told(2, Handed::Reversal(goes_on), &word));
    let records = collect(&new, reversed(2, &word), Known::ToldOn);
    assert_eq!((records.len(), written(&new)), (1, 2));
    // What was counted in before the hand-over is in it.
    let records = collect(&new, reversed(3, &word), Known::HandedOver);
    assert_eq!((records.len(), written(&new)), (1, 2));
    assert_eq!(account(&new, number()).balances, Balances::NONE);
}

#[test]
fn what_a_hand_over_that_came_back_has_in_it_moves_no_money_a_second_time() {
    let (new, word) = arrived();
    restore(&new, 2);
    let before = account(&new, number());
    let claim = HandWord {
        number: 2,
        handed: Handed::Claim(supplement(100_000)),
        ..word.clone()
    };
    collect(&new, claim, Known::HandedOver);
    let after = account(&new, number());
    assert_eq!(
        (after.balances, after.lacks),
        (before.balances, Balances::NONE)
    );
    assert_eq!(after.version, before.version);
    // What does count moves it, as ever.
    let mut counts = supplement(100_000);
    counts.of.settlement = SettlementId::from_bytes([6; 16]);
    let counts = HandWord {
        number: 3,
        handed: Handed::Claim(counts),
        ..word
    };
    collect(&new, counts, Known::Nothing);
    let lacks = account(&new, number()).lacks;
    assert_eq!(lacks.own.checked_add(before.balances.own), Ok(fen(100_000)));
}

#[test]
fn whoever_came_back_is_there_again() {
    let (new, word) = gone_on();
    restore(&new, 2);
    let Handed::Person(mut back) = word.handed.clone() else {
        panic!("{word:?}")
    };
    back.order.cover = cover(today().plus_days(20).unwrap());
    back.order.transfer = TransferId::from_bytes([6; 16]);
    let back = HandWord {
        number: 2,
        handed: Handed::Person(back),
        ..word
    };
    collect(&new, back, Known::Nothing);
    let relation = new.rows.relation(number()).unwrap().unwrap();
    assert_eq!(relation.leaving, None);
}
