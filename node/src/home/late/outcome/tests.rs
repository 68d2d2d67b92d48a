//! Each outcome of a late claim, on rows in memory.

use huitong_core::calendar::Calendar;
use huitong_core::coverage::Balances;
use huitong_core::id::TransferId;
use huitong_core::person::PsnNo;

use super::*;
use crate::home::late::buried::BuryLate;
use crate::home::regained::{Regain, RegainRefusal, Regained, Short};
use crate::home::restored::tests::{restored, settled, taken_back};
use crate::home::testing::Home;
use crate::samples::{claim, decision, fen, id, now, person, refusal, returned, snapshot, version};
use crate::store::{
    HomeState, Key, Leaving, LeavingState, Mirror, RelationRow, Row, Stream, StreamHead,
};

/// An old home that has put a late claim of its person to the new one.
fn offered() -> (Home, Put) {
    let home = Home::new();
    let put = put_to(&home);
    (home, put)
}

/// The person was handed over, and how they stand there is known.
pub(crate) fn hand_over(home: &Home) {
    let new_home = "310000".parse().unwrap();
    let taken = StreamHead {
        written: 1,
        acknowledged: 1,
    };
    let stream = Stream::Hands(new_home);
    home.put(Key::Stream(stream), Row::Stream(taken));
    let leaving = Leaving {
        transfer: TransferId::from_bytes([3; 16]),
        new_home,
        number: PsnNo::parse("510100000000000017").unwrap(),
        from: "2023-03-10".parse().unwrap(),
        state: LeavingState::HandedOver(1),
        mirror: Some(Mirror {
            of: version(8),
            balances: Balances::NONE,
        }),
        offered: None,
    };
    let row = RelationRow {
        leaving: Some(leaving),
        ..RelationRow::NONE
    };
    home.put(Key::Relation(person().psn_no), Row::Relation(row.into()));
}

/// A late claim of theirs, as it is put to the new one.
pub(crate) fn late_offered() -> LateOffered {
    LateOffered {
        settlement: id(1),
        claim: claim("V1"),
        decision: decision(),
        snapshot: snapshot(3),
        on: version(8),
        at: now(),
    }
}

/// It is put there.
pub(crate) fn put_to(home: &Home) -> Put {
    hand_over(home);
    let record = late_offered();
    home.write(&NodeRecord::LateOffered(record.clone()));
    let treatment = record.claim.treatment;
    let at = home.rows.late_claim(treatment, id(1)).unwrap().unwrap().at;
    Put { record, at }
}

fn is_free(home: &Home) -> bool {
    let row = home.rows.relation(person().psn_no).unwrap().unwrap();
    row.leaving.unwrap().offered.is_none()
}

fn refuse(put: Put) -> RefuseLate {
    RefuseLate {
        put,
        refusal: Refusal::new(RefusalCode::VisitAlreadySettled, id(9)),
        salt: [7; 16],
    }
}

fn commit(put: Put) -> CommitLate {
    CommitLate {
        put,
        calendar: Arc::new(Calendar::every_day()),
        salt: [5; 16],
        hand_salt: [6; 16],
    }
}

#[test]
fn a_late_claim_whose_visit_stands_at_the_new_home_is_refused_for_good() {
    let (home, put) = offered();
    let treatment = put.record.claim.treatment;
    assert!(!is_free(&home));
    let (told, records) = home.run(refuse(put));
    assert_eq!(told, None);
    let [NodeRecord::HomeRefused(record), NodeRecord::LateEnded(_)] = &*records else {
        panic!("{records:?}")
    };
    let refusal = &record.body().refusal;
    assert_eq!(refusal.code, RefusalCode::VisitAlreadySettled);
    assert_eq!(refusal.detail, id(9).to_string());
    let row = home
        .rows
        .home_settlement(treatment, id(1))
        .unwrap()
        .unwrap();
    assert!(
        matches!(row.state, HomeState::Refused(_)),
        "{:?}",
        row.state
    );
    assert_eq!(row.binding, Some(claim("V1").binding()));
    assert!(is_free(&home), "the person's other claims go on");
    assert_eq!(home.rows.late_claim(treatment, id(1)).unwrap(), None);
}

#[test]
fn an_answer_to_another_offer_of_the_same_claim_changes_nothing() {
    let earlier = |put: Put| Put {
        at: Location::pending(1, 7),
        ..put
    };
    let (home, put) = offered();
    assert_eq!(home.run(EndLate(earlier(put))).1, []);
    let (_, put) = offered();
    assert_eq!(home.run(refuse(earlier(put))).1, []);
    let (_, put) = offered();
    assert_eq!(home.run(commit(earlier(put))).1, []);
    assert!(!is_free(&home), "the offer that stands waits for its own");
    let (_, put) = offered();
    let (_, records) = home.run(commit(put));
    assert_eq!(records.len(), 3, "{records:?}");
    assert!(is_free(&home));
}

/// The backup has the offer, and the outcome came after it.
#[test]
fn an_offer_whose_outcome_comes_back_after_a_restore_has_no_other() {
    let (home, put) = offered();
    let regain = Regain {
        returned: returned(1, 3),
        original: None,
        short: Short::Wait,
    };
    assert_eq!(home.run(regain).0, Regained::Written);
    assert!(is_free(&home));
    let (_, records) = home.run(commit(put));
    assert_eq!(records, []);
    let (home, put) = offered();
    let request = RefusedRequest::Claim(claim("V1").binding());
    let word = refusal(1, RefusalCode::VisitAlreadySettled, request);
    assert_eq!(home.run(RegainRefusal(word)).0, Regained::Written);
    assert!(is_free(&home));
    assert_eq!(home.run(refuse(put)), (None, Vec::new()));
}

/// It was committed and taken back, and both are lost: nothing stands, and the new home ends up without it.
#[test]
fn an_offer_that_was_committed_and_taken_back_is_given_up_and_the_new_home_is_told() {
    let bury = |put: Put| BuryLate {
        put,
        salt: [5; 16],
        hand_salt: [6; 16],
    };
    let (home, put) = offered();
    let treatment = put.record.claim.treatment;
    let (_, records) = home.run(bury(put));
    let [
        NodeRecord::HomeRefused(record),
        NodeRecord::HandWritten(told),
        NodeRecord::LateEnded(_),
    ] = &*records
    else {
        panic!("{records:?}")
    };
    assert!(record.body().is_tombstone());
    let Handed::GivenUp(told) = &told.word().handed else {
        panic!("{told:?}")
    };
    assert_eq!((told.treatment, told.settlement), (treatment, id(1)));
    let row = home.rows.home_settlement(treatment, id(1)).unwrap();
    assert!(matches!(row.unwrap().state, HomeState::Tombstone(_)));
    assert!(is_free(&home), "the person's other claims go on");

    let (home, put) = offered();
    let earlier = Put {
        at: Location::pending(1, 7),
        ..put
    };
    assert_eq!(home.run(bury(earlier)).1, []);
}

/// Neither does it stand then, nor is it given up by itself: what the new home has counted in is not what is put to it now.
#[test]
fn what_becomes_of_an_offer_that_is_counted_in_its_legs_say() {
    let (home, put) = offered();
    let becomes = |home: &Home| put.counted_in(&home.rows).unwrap();
    assert_eq!(becomes(&home), CountedIn::Stands, "no legs came back");
    let legs = settled(9);
    assert_eq!(becomes(&restored(&legs)), CountedIn::Stands);
    let mut other = legs.clone();
    other[0].amount = fen(499);
    assert_eq!(becomes(&restored(&other)), CountedIn::Otherwise);
    assert_eq!(becomes(&restored(&legs[..1])), CountedIn::Otherwise);
    let back = [legs.clone(), taken_back(&other)].concat();
    assert_eq!(becomes(&restored(&back)), CountedIn::Otherwise);
    // Whatever was counted in is taken back with what was taken back.
    for legs in [legs, other] {
        let back = [legs.clone(), taken_back(&legs)].concat();
        assert_eq!(becomes(&restored(&back)), CountedIn::TakenBack);
    }
}
