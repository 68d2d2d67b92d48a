//! What a new home is told again, and what not.

use huitong_core::id::SettlementId;
use huitong_core::officer::OfficerName;
use huitong_core::record::hand::{HandWord, HandedVisit, LateGivenUp};

use super::super::records::LeaveOut;
use super::super::testing::*;
use super::*;
use crate::samples::{id, person, returned, returned_reversed};
use crate::store::StreamHead;
use crate::transfer::testing::{handed, new_home};

/// Where the settlement was treated.
fn of(nth: u8) -> Taken {
    (new_home(), id(nth))
}

fn is_untold(ledger: &Ledger, nth: u8) -> Option<TellNewHome> {
    untold(ledger, person().home, &mut BTreeMap::new(), of(nth)).unwrap()
}

/// How many words are written to the new home.
fn written(ledger: &Ledger) -> u64 {
    let head = ledger.stream(Stream::Hands(new_home())).unwrap();
    head.unwrap_or(StreamHead::EMPTY).written
}

/// What a new home is told, as it is written.
fn told(ledger: &Ledger, nth: u8) -> HandWord {
    let command = is_untold(ledger, nth).expect("there is something to tell");
    let (_, records) = run(ledger, command);
    let [NodeRecord::HandWritten(written)] = &records[..] else {
        panic!("{records:?}")
    };
    written.word().clone()
}

fn settlement(word: &HandWord) -> SettlementId {
    match &word.handed {
        Handed::Reversal(supplement) => supplement.of.settlement,
        other @ (Handed::Person(_) | Handed::Claim(_) | Handed::GivenUp(_)) => {
            panic!("{other:?}")
        }
    }
}

#[test]
fn what_was_taken_back_since_the_hand_over_is_told_once_however_often_the_disk_is_lost() {
    let home = restored();
    regain_hand(&home, handed());
    regain(&home, returned_reversed(1, 2, 5));
    let first = told(&home, 1);
    assert_eq!((first.number, settlement(&first)), (2, id(1)));
    assert!(is_untold(&home, 1).is_none(), "it is written");
    // Restored again with it, it is not told again.
    restore(&home, 3);
    assert!(is_untold(&home, 1).is_none());
    assert_eq!(written(&home), 2);
    // Restored again without it, it is told under the same number, with the same words.
    let home = restored();
    regain(&home, returned_reversed(1, 2, 5));
    regain_hand(&home, handed());
    let again = told(&home, 1);
    assert_eq!(
        (again.number, &again.handed, again.salt),
        (first.number, &first.handed, first.salt)
    );
}

#[test]
fn what_was_taken_back_before_the_hand_over_is_part_of_it() {
    for back_on in [3, 4] {
        let home = restored();
        regain(&home, returned_reversed(1, 1, back_on));
        regain_hand(&home, handed());
        assert!(is_untold(&home, 1).is_none(), "{back_on}");
    }
}

/// A restore lost the reversal, its treatment region was left out, and the person was handed over since. That region gives it
/// back to the next incarnation.
#[test]
fn what_was_taken_back_in_an_earlier_incarnation_is_told_if_it_went_with_the_hand_over_all_the_same()
 {
    let went_with = |stood: &[u8], change: u64| {
        let Handed::Person(mut person) = handed().handed else {
            panic!("a hand-over")
        };
        person.version = PersonVersion {
            incarnation: 2,
            change,
        };
        let visit = person.visits.remove(0);
        person.visits = stood
            .iter()
            .map(|nth| HandedVisit {
                settlement: id(*nth),
                ..visit.clone()
            })
            .collect();
        HandWord {
            incarnation: 2,
            handed: Handed::Person(person),
            ..handed()
        }
    };
    // Whatever the numbers of the changes are: each restore begins at those of its backup.
    for (stood, change, tells) in [
        (&[7, 1][..], 6, true),
        (&[7, 1], 3, true),
        (&[7], 6, false),
        (&[], 3, false),
    ] {
        let home = restored();
        restore(&home, 3);
        regain_hand(&home, went_with(stood, change));
        regain(&home, returned_reversed(1, 2, 5));
        assert_eq!(is_untold(&home, 1).is_some(), tells, "{stood:?}");
        if tells {
            let word = told(&home, 1);
            assert_eq!((word.number, settlement(&word)), (2, id(1)));
            restore(&home, 4);
            assert!(is_untold(&home, 1).is_none(), "it is written");
        }
    }
}

#[test]
fn what_the_new_home_gives_back_is_not_told_again() {
    let home = restored();
    regain_hand(&home, handed());
    regain(&home, returned_reversed(1, 2, 5));
    regain(&home, returned_reversed(2, 2, 6));
    let word = told(&home, 1);
    let home = restored();
    regain_hand(&home, handed());
    regain_hand(&home, word);
    regain(&home, returned_reversed(1, 2, 5));
    regain(&home, returned_reversed(2, 2, 6));
    assert!(is_untold(&home, 1).is_none());
    let other = told(&home, 2);
    assert_eq!((other.number, settlement(&other)), (3, id(2)));
}

#[test]
fn nothing_is_told_of_what_stands_or_of_whoever_is_still_here() {
    let home = restored();
    regain(&home, returned(1, 2));
    regain(&home, returned_reversed(2, 3, 5));
    assert!(is_untold(&home, 2).is_none(), "nobody was handed over");
    regain_hand(&home, handed());
    assert!(is_untold(&home, 1).is_none(), "it stands");
    assert!(is_untold(&home, 3).is_none(), "nobody knows it");
}

#[test]
fn nothing_is_told_to_a_new_home_that_is_left_out() {
    let home = restored();
    regain_hand(&home, handed());
    regain(&home, returned_reversed(1, 2, 5));
    let officer = OfficerName::parse("li.wei").unwrap();
    let region = new_home();
    run(&home, LeaveOut { region, officer });
    let command = is_untold(&home, 1).unwrap();
    assert_eq!(run(&home, command).1, []);
    assert_eq!(written(&home), 1);
}

/// What was given up the new home has taken back, and gives nothing a second time when the reversal comes back as well.
#[test]
fn what_the_new_home_was_told_is_given_up_is_not_told_again_as_taken_back() {
    let home = restored();
    let Handed::Person(hand_over) = handed().handed else {
        panic!("a hand-over")
    };
    let given_up = |nth| {
        Handed::GivenUp(LateGivenUp {
            transfer: hand_over.order.transfer,
            number: hand_over.order.number,
            treatment: of(nth).0,
            settlement: of(nth).1,
            by: None,
        })
    };
    regain_hand(&home, handed());
    let word = HandWord {
        number: 2,
        handed: given_up(1),
        ..handed()
    };
    regain_hand(&home, word);
    regain(&home, returned_reversed(1, 2, 5));
    regain(&home, returned_reversed(2, 2, 6));
    assert!(is_untold(&home, 1).is_none());
    let told = Told::read(&home, new_home()).unwrap();
    assert!(told.knows(&given_up(1)) && !told.knows(&given_up(2)));
    assert!(is_untold(&home, 2).is_some());
}
