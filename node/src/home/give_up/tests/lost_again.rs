//! What was given up before another restore lost the tombstone, when only the word to the new home came back.

use huitong_core::record::recovery::RestoreBegan;
use huitong_core::record::transfer::{HandRegained, HandWritten};

use super::*;
use crate::samples::now;
use crate::transfer::testing::{handed, taking};

/// What the new home gives back.
pub(super) fn word() -> NodeRecord {
    let home = for_other_amounts();
    hand_over(&home);
    let (_, records) = home.run(GiveUp {
        person: Some(person().psn_no),
        ..giving_up("510100")
    });
    let [_, NodeRecord::HandWritten(written)] = &*records else {
        panic!("{records:?}")
    };
    NodeRecord::HandRegained(HandRegained {
        proof: taking(handed()).hand.proof,
        record: HandWritten::new(written.word().clone()),
    })
}

/// Its legs owe what it comes to now: by them alone it would be put, and stand.
fn lost_again() -> Home {
    let home = restored(&settled(9));
    hand_over(&home);
    home.write(&word());
    home
}

fn is_buried(home: &Home) {
    let treatment = claim("V1").treatment;
    let row = home.rows.home_settlement(treatment, id(1)).unwrap();
    assert!(matches!(row.unwrap().state, HomeState::Tombstone(_)));
    assert_eq!(home.rows.late_claim(treatment, id(1)).unwrap(), None);
    assert_eq!(commits(home), CommitVerdict::Repeated);
}

fn abandons() -> Abandon {
    Abandon {
        home: person().home,
        treatment: claim("V1").treatment,
        settlement: id(1),
        person: None,
        salts: [[4; 16], [5; 16]],
    }
}

#[test]
fn it_is_never_put_again_and_whoever_asks_hears_that_it_is_given_up() {
    let home = lost_again();
    let verdict = commits(&home);
    let CommitVerdict::Refused(record) = verdict else {
        panic!("{verdict:?}")
    };
    assert_eq!(record.body().refusal.code, RefusalCode::Abandoned);
    is_buried(&home);
}

#[test]
fn it_is_buried_when_its_treatment_region_or_an_officer_gives_it_up() {
    let home = lost_again();
    let (verdict, records) = home.run(abandons());
    assert!(matches!(verdict, AbandonVerdict::Buried(_)), "{verdict:?}");
    assert_eq!(records.len(), 1);
    is_buried(&home);
    // Also where no legs of it came back.
    let home = Home::new();
    hand_over(&home);
    home.write(&word());
    assert_eq!(give_up(&home, "510100").0, GivenUp::Buried);
    is_buried(&home);
}

#[test]
fn what_the_backup_has_as_put_is_ended_with_it() {
    for by_officer in [true, false] {
        let home = restored(&settled(9));
        put_to(&home);
        home.write(&word());
        if by_officer {
            assert_eq!(give_up(&home, "510100").0, GivenUp::Buried);
        } else {
            home.run(abandons());
        }
        is_buried(&home);
        let relation = home.rows.relation(person().psn_no).unwrap().unwrap();
        assert_eq!(relation.leaving.unwrap().offered, None);
    }
}

fn put_back() -> Home {
    let home = Home::new();
    home.write(&NodeRecord::RestoreBegan(RestoreBegan {
        incarnation: 2,
        mark: [7; 16],
        at: now(),
    }));
    hand_over(&home);
    home
}

fn with_person() -> Abandon {
    Abandon {
        person: Some(person().psn_no),
        ..abandons()
    }
}

fn is_told(record: &NodeRecord) {
    let NodeRecord::HandWritten(told) = record else {
        panic!("{record:?}")
    };
    let Handed::GivenUp(of) = &told.word().handed else {
        panic!("{told:?}")
    };
    assert_eq!((of.settlement, &of.by), (id(1), &None));
}

#[test]
fn the_new_home_is_told_of_what_a_restored_home_buries_and_may_have_put_to_it() {
    let (verdict, records) = put_back().run(with_person());
    assert!(matches!(verdict, AbandonVerdict::Buried(_)), "{verdict:?}");
    let [NodeRecord::HomeRefused(_), told] = &*records else {
        panic!("{records:?}")
    };
    is_told(told);
    // A home that lost nothing would know of it.
    let home = Home::new();
    hand_over(&home);
    assert_eq!(home.run(with_person()).1.len(), 1);
}

#[test]
fn whoever_names_the_person_of_a_buried_id_later_has_the_new_home_told() {
    let home = put_back();
    assert_eq!(home.run(abandons()).1.len(), 1, "nobody is named");
    let (verdict, records) = home.run(with_person());
    assert_eq!(verdict, AbandonVerdict::Repeated);
    let [told] = &*records else {
        panic!("{records:?}")
    };
    is_told(told);
    assert_eq!(
        home.run(with_person()),
        (AbandonVerdict::Repeated, Vec::new())
    );
}

#[test]
fn of_somebody_else_than_was_named_before_the_new_home_is_told_as_well() {
    let home = put_back();
    let (treatment, other) = (claim("V1").treatment, TransferId::from_bytes([77; 16]));
    home.put(Key::GivenUp(treatment, id(1)), Row::GivenUp(other));
    let (verdict, records) = home.run(with_person());
    assert!(matches!(verdict, AbandonVerdict::Buried(_)), "{verdict:?}");
    let [NodeRecord::HomeRefused(_), told] = &*records else {
        panic!("{records:?}")
    };
    is_told(told);
    assert_eq!(
        home.run(with_person()),
        (AbandonVerdict::Repeated, Vec::new())
    );
}
