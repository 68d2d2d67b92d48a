//! What a new home takes back of a settlement whose outcome its old home lost and that is given up there.

use huitong_core::id::SettlementId;
use huitong_core::record::hand::{HandWord, Handed, LateGivenUp, LateOffer};

use super::super::arrive::CountIn;
use super::super::testing::*;
use crate::home::late::Offered;
use crate::samples::{claim, fen, person};
use crate::store::Rows as _;

/// The old home lost what it came to: what is counted in here is taken back, whatever the old home takes it for, and once.
#[test]
fn what_is_given_up_takes_back_what_was_counted_in_and_nothing_else() {
    let (new, word) = arrived();
    let before = account(&new, number());
    let told = |number, handed| HandWord {
        number,
        handed,
        ..word.clone()
    };
    let of = supplement(100).of;
    let given_up = LateGivenUp {
        transfer: order(today()).transfer,
        number: number(),
        treatment: of.treatment,
        settlement: of.settlement,
    };
    // Nothing is counted in under it yet, nor is anything under the id of what came with the person.
    assert_eq!(take(&new, told(2, Handed::GivenUp(given_up))), 2);
    let came = LateGivenUp {
        settlement: SettlementId::from_bytes([8; 16]),
        ..given_up
    };
    assert_eq!(take(&new, told(3, Handed::GivenUp(came))), 3);
    assert_eq!(account(&new, number()), before);

    let offer = CountIn {
        old_home: person().home,
        sent_in: 1,
        offer: LateOffer {
            supplement: supplement(100),
            on: before.version,
        },
    };
    assert_eq!(new.run(offer).0, Ok(Offered::Taken));
    assert_eq!(account(&new, number()).balances.own, fen(500));
    assert_eq!(take(&new, told(4, Handed::GivenUp(given_up))), 4);
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
    let told = |number, handed| HandWord {
        number,
        handed,
        ..word.clone()
    };
    let of = supplement(100).of;
    let given_up = Handed::GivenUp(LateGivenUp {
        transfer: order(today()).transfer,
        number: number(),
        treatment: of.treatment,
        settlement: of.settlement,
    });
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
    let told = |number, handed| HandWord {
        number,
        handed,
        ..word.clone()
    };
    let of = supplement(100).of;
    let given_up = Handed::GivenUp(LateGivenUp {
        transfer: order(today()).transfer,
        number: number(),
        treatment: of.treatment,
        settlement: of.settlement,
    });
    let mut anew = supplement(70);
    anew.of.settlement = SettlementId::from_bytes([5; 16]);
    take(&new, told(2, Handed::Claim(supplement(100))));
    take(&new, told(3, Handed::Claim(anew)));
    assert_eq!(take(&new, told(4, given_up)), 4);
    assert_eq!(account(&new, number()).balances.own, fen(530));
    let visit = new.rows.handed_visit(claim("V1").visit_key()).unwrap();
    assert_eq!(visit, Some(SettlementId::from_bytes([5; 16])));
}
