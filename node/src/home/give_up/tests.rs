//! What is given up by an officer: what lost its receipt, and nothing else.

mod at_the_new_home;
mod lost_again;

use huitong_core::id::TransferId;
use huitong_core::leg::Leg;
use huitong_core::record::hand::Handed;

use super::*;
use crate::home::abandon::{Abandon, AbandonVerdict};
use crate::home::commit::CommitVerdict;
use crate::home::late::outcome::tests::{hand_over, put_to};
use crate::home::restored::tests::{commits, restored, settled, taken_back};
use crate::home::testing::Home;
use crate::samples::{claim, fen, id, person};
use crate::store::{Key, LeftOut, Row};

fn giving_up(treatment: &str) -> GiveUp {
    GiveUp {
        home: claim("V1").person.home,
        treatment: treatment.parse().unwrap(),
        settlement: id(1),
        by: "li.wei".parse().unwrap(),
        reason: ReversalReason::WrongBill,
        person: None,
        counted_in: None,
        salt: [3; 16],
        hand_salt: [4; 16],
    }
}

fn give_up(home: &Home, treatment: &str) -> (GivenUp, Vec<NodeRecord>) {
    home.run(giving_up(treatment))
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
        person: None,
        salts: [[4; 16], [5; 16]],
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
    assert_eq!(give_up(&home, "510100").0, GivenUp::LeftOut(treatment));
}

/// The id that a word to the new home gives up.
fn told(record: &NodeRecord) -> (RegionCode, SettlementId) {
    let NodeRecord::HandWritten(written) = record else {
        panic!("{record:?}")
    };
    let Handed::GivenUp(told) = &written.word().handed else {
        panic!("{written:?}")
    };
    (told.treatment, told.settlement)
}

#[test]
fn a_late_claim_that_its_legs_hold_up_is_ended_and_the_new_home_is_told() {
    let home = for_other_amounts();
    let put = put_to(&home);
    // Only that which the new home was found to have counted in is ended.
    assert_eq!(give_up(&home, "510100"), (GivenUp::Offered, Vec::new()));
    let ending = |at| GiveUp {
        counted_in: Some(at),
        ..giving_up("510100")
    };
    let (verdict, records) = home.run(ending(Location::pending(1, 7)));
    assert_eq!((verdict, records), (GivenUp::Offered, Vec::new()));
    let (verdict, records) = home.run(ending(put.at));
    assert_eq!(verdict, GivenUp::Buried);
    let [
        NodeRecord::HomeRefused(record),
        word,
        NodeRecord::LateEnded(_),
    ] = &*records
    else {
        panic!("{records:?}")
    };
    assert_eq!(record.body().refusal.detail, "li.wei: wrong_bill");
    let of = (claim("V1").treatment, id(1));
    assert_eq!(told(word), of);
    assert_eq!(home.rows.late_claim(of.0, of.1).unwrap(), None);
    let relation = home.rows.relation(person().psn_no).unwrap().unwrap();
    let offered = relation.leaving.unwrap().offered;
    assert_eq!(offered, None, "whatever else of the person goes on");
    assert_eq!(home.run(ending(put.at)), (GivenUp::Buried, Vec::new()));
}

#[test]
fn whose_it_is_an_officer_says_where_it_was_never_put() {
    let home = for_other_amounts();
    hand_over(&home);
    // It is not put for other amounts than its legs owe, so that nothing waits for it.
    assert_eq!(commits(&home), CommitVerdict::LegStands);
    let treatment = claim("V1").treatment;
    assert_eq!(home.rows.late_claim(treatment, id(1)).unwrap(), None);
    let of_person = || GiveUp {
        person: Some(person().psn_no),
        ..giving_up("510100")
    };
    let (_, records) = home.run(of_person());
    let [NodeRecord::HomeRefused(_), word] = &*records else {
        panic!("{records:?}")
    };
    assert_eq!(told(word), (treatment, id(1)));
    // What was given up without them is told once it is said with them.
    let home = for_other_amounts();
    hand_over(&home);
    assert_eq!(give_up(&home, "510100").1.len(), 1);
    let (verdict, records) = home.run(of_person());
    assert_eq!((verdict, records.len()), (GivenUp::Buried, 1));
    told(&records[0]);
    let NodeRecord::HandWritten(written) = &records[0] else {
        panic!("{records:?}")
    };
    let Handed::GivenUp(said) = &written.word().handed else {
        panic!("{written:?}")
    };
    // No tombstone says who this was.
    let by = GivenUpBy {
        officer: "li.wei".parse().unwrap(),
        reason: ReversalReason::WrongBill,
    };
    assert_eq!(said.by, Some(by));
    // Said again with them it is told already; also when a restore brought back the word and not the tombstone.
    assert_eq!(home.run(of_person()), (GivenUp::Buried, Vec::new()));
    let home = for_other_amounts();
    hand_over(&home);
    home.write(&records[0]);
    let (verdict, again) = home.run(of_person());
    assert!(
        matches!(again[..], [NodeRecord::HomeRefused(_)]),
        "{again:?}"
    );
    assert_eq!(verdict, GivenUp::Buried);
    // Whoever had named somebody else who went there names them now.
    let treatment = claim("V1").treatment;
    let other = TransferId::from_bytes([77; 16]);
    home.put(Key::GivenUp(treatment, id(1)), Row::GivenUp(other));
    let (verdict, again) = home.run(of_person());
    assert_eq!((verdict, again.len()), (GivenUp::Buried, 1));
    told(&again[0]);
    // Whom nobody handed over no new home is told of: the officer hears it, and nothing is written.
    let home = for_other_amounts();
    assert_eq!(home.run(of_person()), (GivenUp::NotMoved, Vec::new()));
}

#[test]
fn what_is_put_for_as_much_as_its_legs_owe_is_put() {
    let home = restored(&settled(9));
    hand_over(&home);
    assert_eq!(commits(&home), CommitVerdict::Offered);
}

#[test]
fn nothing_is_told_to_a_new_home_that_is_left_out() {
    let home = for_other_amounts();
    let put = put_to(&home);
    let relation = home.rows.relation(person().psn_no).unwrap().unwrap();
    let new_home = relation.leaving.unwrap().new_home;
    // Another region than the one where the person was treated.
    let row = LeftOut {
        incarnation: 2,
        since: crate::samples::now(),
    };
    home.put(Key::LeftOut(new_home), Row::LeftOut(row));
    let ending = GiveUp {
        counted_in: Some(put.at),
        ..giving_up("510100")
    };
    assert_eq!(home.run(ending), (GivenUp::LeftOut(new_home), Vec::new()));
}
