//! What is given up by an officer: what lost its receipt, and nothing else.

use huitong_core::leg::Leg;

use super::*;
use crate::home::abandon::{Abandon, AbandonVerdict};
use crate::home::commit::CommitVerdict;
use crate::home::restored::tests::{commits, restored, settled, taken_back};
use crate::home::testing::Home;
use crate::samples::{claim, fen, id};
use crate::store::{Key, LeftOut, Row};

fn give_up(home: &Home, treatment: &str) -> (GivenUp, Vec<NodeRecord>) {
    home.run(GiveUp {
        home: claim("V1").person.home,
        treatment: treatment.parse().unwrap(),
        settlement: id(1),
        by: "li.wei".parse().unwrap(),
        reason: ReversalReason::WrongBill,
        salt: [3; 16],
    })
}

/// What stood, for another amount than is decided now.
fn for_other_amounts() -> Home {
    let mut legs = settled(9);
    legs[0].amount = fen(499);
    restored(&legs)
}

#[test]
fn what_comes_to_other_amounts_is_ended_and_says_by_whom_and_why() {
    let home = for_other_amounts();
    assert_eq!(commits(&home), CommitVerdict::LegStands);
    let (given_up, records) = give_up(&home, "510100");
    assert_eq!(given_up, GivenUp::Buried);
    let [NodeRecord::HomeRefused(record)] = &*records else {
        panic!("{records:?}")
    };
    assert!(record.body().is_tombstone());
    assert_eq!(record.body().refusal.detail, "li.wei: wrong_bill");
    // Whoever asks under the id hears it for ever, and no leg follows.
    assert_eq!(commits(&home), CommitVerdict::Repeated);
    let abandon = Abandon {
        home: claim("V1").person.home,
        treatment: claim("V1").treatment,
        settlement: id(1),
        salt: [4; 16],
    };
    assert_eq!(home.run(abandon).0, AbandonVerdict::Repeated);
    assert_eq!(give_up(&home, "510100"), (GivenUp::Buried, Vec::new()));
    let standing = legs_standing(&home.rows, id(1), LegKind::Settlement).unwrap();
    assert_eq!(standing.unwrap().legs.len(), settled(9).len());
}

#[test]
fn so_is_what_a_reversal_of_something_else_leaves_unclear() {
    let legs = settled(9);
    let mut back: Vec<Leg> = taken_back(&legs);
    back[0].amount = fen(499);
    let home = restored(&[legs, back].concat());
    assert_eq!(commits(&home), CommitVerdict::LegStands);
    assert_eq!(give_up(&home, "510100").0, GivenUp::Buried);
}

#[test]
fn what_stands_or_has_no_legs_or_is_of_another_region_is_not() {
    let home = restored(&settled(9));
    assert_eq!(give_up(&home, "440100").0, GivenUp::Nothing);
    let verdict = commits(&home);
    assert!(
        matches!(verdict, CommitVerdict::Committed { .. }),
        "{verdict:?}"
    );
    assert_eq!(give_up(&home, "510100").0, GivenUp::Nothing);
    assert_eq!(give_up(&Home::new(), "510100").0, GivenUp::Nothing);
}

#[test]
fn nothing_is_given_up_while_the_node_serves_without_what_the_region_holds() {
    let home = for_other_amounts();
    let treatment = claim("V1").treatment;
    let row = LeftOut {
        incarnation: 2,
        since: crate::samples::now(),
    };
    home.put(Key::LeftOut(treatment), Row::LeftOut(row));
    assert_eq!(give_up(&home, "510100").0, GivenUp::LeftOut);
}
