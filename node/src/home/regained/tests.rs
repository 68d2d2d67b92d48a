//! Accounts that come back short: no money is made of it, none is lost, and nobody is served on a guess.

mod lacking;

use huitong_core::money::Fen;

use super::*;
use crate::home::restored::missing;
use crate::home::testing::Home;
use crate::samples::{fen, now, person, returned, returned_reversed};
use crate::store::{Key, RestoreState, Restored, Row};

fn regain(home: &Home, returned: ReturnedWord, short: Short) -> Regained {
    let original = None;
    home.run(Regain {
        returned,
        original,
        short,
    })
    .0
}

/// What the own account holds, and how many changes of the person's record are missing.
fn stands(home: &Home) -> (Fen, u64) {
    let psn_no = person().psn_no;
    let account = home.rows.account(psn_no).unwrap().unwrap();
    (account.balances.own, missing(&home.rows, psn_no).unwrap())
}

/// A home node that was restored; the person's account holds 6.00 at version 3.
fn restored() -> Home {
    let home = Home::new();
    let row = Restored {
        incarnation: 1,
        mark: [1; 16],
        since: now(),
        state: RestoreState::Collecting,
    };
    home.put(Key::Restored(), Row::Restored(row));
    home
}

#[test]
fn what_an_account_lacks_is_waited_for_and_then_holds_the_person() {
    let home = restored();
    assert_eq!(
        regain(&home, returned(1, 3), Short::Wait),
        Regained::Written
    );
    assert_eq!(stands(&home), (fen(100), 0));
    // Nothing is written of it while something that filled the account may come back.
    assert_eq!(regain(&home, returned(2, 4), Short::Wait), Regained::Short);
    assert_eq!(stands(&home), (fen(100), 0));
    assert_eq!(
        regain(&home, returned(2, 4), Short::Empty),
        Regained::Written
    );
    assert_eq!(stands(&home), (Fen::ZERO, 1));
}

#[test]
fn what_was_taken_back_gives_back_no_more_than_was_there() {
    let home = restored();
    assert_eq!(
        regain(&home, returned(1, 3), Short::Wait),
        Regained::Written
    );
    // It came and went between two others: whoever returns it first, the account is as it was.
    let both = regain(&home, returned_reversed(2, 4, 6), Short::Wait);
    assert_eq!(both, Regained::Written);
    assert_eq!(stands(&home), (fen(100), 0));
    // The settlement alone, of the same answer, changes nothing any more.
    assert_eq!(
        regain(&home, returned(2, 4), Short::Empty),
        Regained::Written
    );
    assert_eq!(stands(&home), (fen(100), 0));
}
