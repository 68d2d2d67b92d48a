//! What a new home takes back of a settlement whose outcome its old home lost and that is given up there.

use huitong_core::id::SettlementId;
use huitong_core::record::hand::{Handed, LateGivenUp};

use super::super::testing::*;
use crate::home::late::Offered;
use crate::samples::{claim, fen};
use crate::store::{Counted, Rows as _};
use crate::transfer::deliver::up_to_given_up;
use huitong_core::id::TransferId;
use huitong_core::refusal::RefusalCode;

/// The old home lost what it came to: what is counted in here is taken back, whatever the old home takes it for, and once.
#[test]
fn what_is_given_up_takes_back_what_was_counted_in_and_nothing_else() {
    let (new, word) = arrived();
    let before = account(&new, number());
    let told = |number, handed| later(&word, number, handed);
    let given_up = giving_up();
    // Nothing is counted in under the one, nor is anything under the id of what came with the person.
    let unknown = LateGivenUp {
        settlement: SettlementId::from_bytes([7; 16]),
        ..given_up.clone()
    };
    assert_eq!(take(&new, told(2, Handed::GivenUp(unknown))), 2);
    let came = LateGivenUp {
        settlement: SettlementId::from_bytes([8; 16]),
        ..given_up.clone()
    };
    assert_eq!(take(&new, told(3, Handed::GivenUp(came))), 3);
    assert_eq!(account(&new, number()), before);

    let offer = offer(100, before.version);
    assert_eq!(new.run(offer).0, Ok(Offered::Taken));
    assert_eq!(account(&new, number()).balances.own, fen(500));
    assert_eq!(take(&new, told(4, Handed::GivenUp(given_up.clone()))), 4);
    let back = account(&new, number());
    assert_eq!(
        (back.balances, &back.totals),
        (before.balances, &before.totals)
    );
    assert_eq!(
        new.rows.handed_visit(claim("V1").visit_key()).unwrap(),
        None
    );
    assert_eq!(take(&new, told(5, Handed::GivenUp(given_up))), 5);
    assert_eq!(
        account(&new, number()),
        back,
        "said again it changes nothing"
    );
}

#[test]
fn what_was_taken_back_or_is_settled_anew_is_not_taken_back_with_what_is_given_up() {
    let (new, word) = arrived();
    let before = account(&new, number());
    let told = |number, handed| later(&word, number, handed);
    let given_up = Handed::GivenUp(giving_up());
    take(&new, told(2, Handed::Claim(supplement(100))));
    take(&new, told(3, Handed::Reversal(supplement(100))));
    let mut anew = supplement(70);
    anew.of.settlement = SettlementId::from_bytes([5; 16]);
    take(&new, told(4, Handed::Claim(anew)));
    let stands = account(&new, number());
    assert_eq!(stands.balances.own, fen(530));
    assert_eq!(take(&new, told(5, given_up)), 5);
    assert_eq!(account(&new, number()), stands);
    assert_ne!(stands.balances, before.balances);
}

#[test]
fn a_visit_that_is_settled_anew_before_the_word_comes_stays_so() {
    let (new, word) = arrived();
    let told = |number, handed| later(&word, number, handed);
    let given_up = Handed::GivenUp(giving_up());
    let mut anew = supplement(70);
    anew.of.settlement = SettlementId::from_bytes([5; 16]);
    take(&new, told(2, Handed::Claim(supplement(100))));
    take(&new, told(3, Handed::Claim(anew)));
    assert_eq!(take(&new, told(4, given_up)), 4);
    assert_eq!(account(&new, number()).balances.own, fen(530));
    let visit = new.rows.handed_visit(claim("V1").visit_key()).unwrap();
    assert_eq!(visit, Some(SettlementId::from_bytes([5; 16])));
}

/// The old home lost its own word on it and puts it again: nothing is ever counted in under the id, nor taken back for it.
#[test]
fn what_is_given_up_is_not_counted_in_when_it_is_put_again_nor_is_its_reversal() {
    for is_known in [true, false] {
        let (new, word) = arrived();
        let told = |number, handed| later(&word, number, handed);
        let first = if is_known {
            Handed::Claim(supplement(100))
        } else {
            let came = SettlementId::from_bytes([8; 16]);
            Handed::GivenUp(LateGivenUp {
                settlement: came,
                ..giving_up()
            })
        };
        take(&new, told(2, first));
        take(&new, told(3, Handed::GivenUp(giving_up())));
        let before = account(&new, number());
        let put = || offer(100, before.version);
        let (answer, records) = new.run(put());
        assert_eq!(answer.unwrap_err().code, RefusalCode::Abandoned);
        assert_eq!(records, []);
        // Its visit is settled anew, and what the old home says of the id changes neither.
        let mut anew = supplement(70);
        anew.of.settlement = SettlementId::from_bytes([5; 16]);
        take(&new, told(4, Handed::Claim(anew)));
        let stands = account(&new, number());
        take(&new, told(5, Handed::Claim(supplement(100))));
        take(&new, told(6, Handed::Reversal(supplement(100))));
        assert_eq!(account(&new, number()), stands);
        let visit = new.rows.handed_visit(claim("V1").visit_key()).unwrap();
        assert_eq!(visit, Some(SettlementId::from_bytes([5; 16])));
        let answer = new.run(put()).0;
        assert_eq!(answer.unwrap_err().code, RefusalCode::Abandoned);
    }
}

#[test]
fn what_counts_under_an_id_says_how_it_came_to() {
    let (new, word) = arrived();
    let told = |number, handed| later(&word, number, handed);
    let counts = |settlement| {
        let treatment = supplement(100).of.treatment;
        let row = new.rows.handed_id(treatment, settlement).unwrap();
        row.map(|row| row.counted)
    };
    let (came, late) = (
        SettlementId::from_bytes([8; 16]),
        supplement(100).of.settlement,
    );
    assert_eq!((counts(came), counts(late)), (Some(Counted::Came), None));
    take(&new, told(2, Handed::Claim(supplement(100))));
    assert_eq!(counts(late), Some(Counted::In(supplement(100))));
    take(&new, told(3, Handed::Reversal(supplement(100))));
    assert_eq!(counts(late), Some(Counted::TakenBack));
    take(&new, told(4, Handed::GivenUp(giving_up())));
    assert_eq!(counts(late), Some(Counted::GivenUp));
    let with_person = LateGivenUp {
        settlement: came,
        ..giving_up()
    };
    take(&new, told(5, Handed::GivenUp(with_person)));
    assert_eq!(counts(came), Some(Counted::Came));
}

/// The person came by another transfer since, with whatever counted then.
#[test]
fn what_was_counted_in_by_another_transfer_is_not_taken_back() {
    let (new, word) = arrived();
    let treatment = giving_up().treatment;
    let mut earlier = supplement(100);
    earlier.transfer = TransferId::from_bytes([77; 16]);
    let row = crate::store::HandedIdRow {
        old_home: word.old_home,
        psn_no: number(),
        counted: Counted::In(earlier.clone()),
    };
    let key = crate::store::Key::HandedId(treatment, earlier.of.settlement);
    new.put(key, crate::store::Row::HandedId(row.into()));
    let before = account(&new, number());
    let given_up = later(&word, 2, Handed::GivenUp(giving_up()));
    assert_eq!(take(&new, given_up), 2);
    assert_eq!(account(&new, number()), before);
}

/// A new home of an earlier version reads no delivery with such a word in it.
#[test]
fn a_delivery_ends_before_what_is_given_up() {
    let (_, word) = arrived();
    let sent = |all: &[bool]| {
        let hand = |is_given_up: &bool| {
            let handed = if *is_given_up {
                Handed::GivenUp(giving_up())
            } else {
                Handed::Claim(supplement(100))
            };
            taking(later(&word, 1, handed)).hand
        };
        let mut words = all.iter().map(hand).collect();
        up_to_given_up(&mut words);
        words.len()
    };
    assert_eq!(sent(&[false, false, true, false]), 2);
    assert_eq!(sent(&[true, false, true]), 2);
    assert_eq!(sent(&[true]), 1);
    assert_eq!(sent(&[false, false]), 2);
    assert_eq!(sent(&[]), 0);
}
