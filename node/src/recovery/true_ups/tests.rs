//! Which true-ups the home region writes again.

use super::super::testing::*;
use super::*;
use crate::samples::{decision, fen, id, person, returned_reversed};
use crate::transfer::testing::{handed, new_home};

fn true_up() -> TrueUp {
    TrueUp::of(fen(0), decision().cash, fen(0))
}

/// Writes what came back of a settlement, as a recovery does.
fn book(home: &Ledger, nth: u8) -> Option<TrueUp> {
    let of = (new_home(), id(nth));
    if !was_late(home, &mut BTreeMap::new(), of).unwrap() {
        let returned = (person(), true_up());
        run(home, BookTrueUp { of, returned });
    }
    home.trued_up(of.0, of.1).unwrap()
}

#[test]
fn what_was_trued_up_comes_back_with_the_settlement_and_once() {
    let home = restored();
    regain(&home, trued_up(1, 2, true_up()));
    assert_eq!(home.trued_up(new_home(), id(1)).unwrap(), None);
    assert_eq!(book(&home, 1), Some(true_up()));
    let of = (new_home(), id(1));
    let returned = (person(), true_up());
    assert_eq!(run(&home, BookTrueUp { of, returned }).1, []);
    // What was taken back since was trued up before.
    regain(&home, returned_reversed(2, 3, 5));
    assert_eq!(book(&home, 2), Some(true_up()));
    assert_eq!(
        book(&home, 3),
        None,
        "of what nobody knows nothing is booked"
    );
}

#[test]
fn a_late_claims_true_up_was_never_booked_at_the_old_home_whatever_comes_back_first() {
    for is_hand_first in [true, false] {
        let home = restored();
        if is_hand_first {
            regain_hand(&home, handed());
        }
        regain(&home, trued_up(1, 2, true_up()));
        regain(&home, trued_up(2, 4, true_up()));
        if !is_hand_first {
            regain_hand(&home, handed());
        }
        // The person was handed over at version 4.
        assert_eq!(book(&home, 1), Some(true_up()), "decided before");
        assert_eq!(book(&home, 2), None, "decided on the new home's totals");
    }
}
