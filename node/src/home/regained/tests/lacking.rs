//! What an account lacks: it is filled before the account holds anything again, and stands until then.

use std::sync::Arc;

use huitong_core::calendar::Calendar;
use huitong_core::date::DateInterval;
use huitong_core::id::{ReversalId, TransferId};
use huitong_core::person::PsnNo;
use huitong_core::record::hand::Handed;
use huitong_core::record::person::{AskedBy, Origin, PersonChange};
use huitong_core::record::registry::{CoveragePeriod, Member};
use huitong_core::reversal::{BegunBy, ReversalOrder};
use huitong_core::vocabulary::{ReversalReason, Scheme};

use super::*;
use crate::home::late::reversal_told;
use crate::home::reverse::{ReversalRule, Reverse, ReverseVerdict};
use crate::people::act::{ActVerdict, ChangePerson};
use crate::people::rule::FilingRule;
use crate::store::{Leaving, LeavingState};

/// What the own account holds, and what it lacks.
fn holds(home: &Home) -> (Fen, Fen) {
    let account = home.rows.account(person().psn_no).unwrap().unwrap();
    (account.balances.own, account.lacks.own)
}

/// Everything that came back of settlement `nth`, on the version before it; what was written.
fn came(home: &Home, returned: ReturnedWord, original: Option<Committed>) -> Vec<NodeRecord> {
    let (regained, records) = home.run(Regain {
        returned,
        original,
        short: Short::Empty,
    });
    assert_eq!(regained, Regained::Written);
    records
}

fn settled(records: &[NodeRecord]) -> Committed {
    match records {
        [NodeRecord::CommitRegained(regained)] => regained.record.clone(),
        other => panic!("{other:?}"),
    }
}

/// A restored home that has taken back two settlements of 5.00 each from an account of 6.00, and what it wrote.
fn two_from_six() -> (Home, [Committed; 2], Vec<NodeRecord>) {
    let home = restored();
    let first = came(&home, returned(1, 3), None);
    let second = came(&home, returned(2, 4), None);
    let settlements = [settled(&first), settled(&second)];
    (home, settlements, [first, second].concat())
}

/// An officer takes one back.
fn take_back(home: &Home, nth: u8, original: &Committed) -> Vec<NodeRecord> {
    let part = &original.body().clearing;
    let (verdict, records) = home.run(Reverse {
        reversal: ReversalId::from_bytes([nth; 16]),
        home: part.home,
        asked_by: part.home,
        order: ReversalOrder {
            settlement: part.settlement,
            treatment: part.treatment,
            reason: ReversalReason::Fraud,
            begun_by: BegunBy::Officer("li.wei".parse().unwrap()),
        },
        original: Some(original.clone()),
        rule: ReversalRule::STANDARD,
        calendar: Arc::new(Calendar::every_day()),
        salt: [7; 16],
    });
    assert!(
        matches!(verdict, ReverseVerdict::Reversed { .. }),
        "{verdict:?}"
    );
    records
}

#[test]
fn what_is_taken_back_later_fills_what_the_account_lacks_first() {
    let (home, [first, second], _) = two_from_six();
    assert_eq!(holds(&home), (Fen::ZERO, fen(400)));
    take_back(&home, 2, &second);
    assert_eq!(holds(&home), (fen(100), Fen::ZERO));
    // All of it taken back, the person has what they had, and no more.
    take_back(&home, 1, &first);
    assert_eq!(holds(&home), (fen(600), Fen::ZERO));
}

#[test]
fn a_reversal_that_comes_back_after_its_settlement_fills_it_too() {
    let (home, [_, second], _) = two_from_six();
    came(&home, returned_reversed(2, 4, 6), Some(second));
    assert_eq!(holds(&home), (fen(100), Fen::ZERO));
}

#[test]
fn what_comes_with_its_reversal_neither_fills_nor_lacks_anything() {
    let (home, ..) = two_from_six();
    came(&home, returned_reversed(3, 5, 7), None);
    assert_eq!(holds(&home), (Fen::ZERO, fen(400)));
    let home = restored();
    came(&home, returned(1, 3), None);
    came(&home, returned_reversed(2, 4, 6), None);
    assert_eq!(holds(&home), (fen(100), Fen::ZERO));
}

#[test]
fn what_is_lacking_is_derived_again_from_the_records() {
    let (home, [first, second], mut records) = two_from_six();
    let again = |records: &[NodeRecord]| {
        let again = restored();
        records.iter().for_each(|record| again.write(record));
        again.rows.account(person().psn_no).unwrap()
    };
    let stands = |home: &Home| home.rows.account(person().psn_no).unwrap();
    assert_eq!(again(&records), stands(&home));
    records.extend(came(&home, returned_reversed(3, 5, 7), None));
    assert_eq!(again(&records), stands(&home));
    records.extend(take_back(&home, 1, &first));
    assert_eq!(again(&records), stands(&home));
    records.extend(take_back(&home, 2, &second));
    assert_eq!(again(&records), stands(&home));
    assert_eq!(holds(&home), (fen(600), Fen::ZERO));
}

#[test]
fn whoever_sets_the_balances_says_what_the_account_holds() {
    let (home, [first, _], _) = two_from_six();
    let period = CoveragePeriod {
        scheme: Scheme::Resident,
        category: "adult".parse().unwrap(),
        retired: false,
        days: DateInterval::new("2020-01-01".parse().unwrap(), None).unwrap(),
    };
    let member = Member {
        psn_no: person().psn_no,
        credentials: [].into(),
        birth: "1964-02-29".parse().unwrap(),
        years_paid: 0,
        claim_free_years: 0,
        periods: vec![period],
        identities: Vec::new(),
    };
    home.put(Key::Member(person().psn_no), Row::Member(member));
    let (verdict, _) = home.run(ChangePerson {
        own: person().home,
        by: AskedBy::Officer("li.wei".parse().unwrap()),
        request: "o-1".parse().unwrap(),
        psn_no: person().psn_no,
        change: PersonChange::SetBalances {
            balances: Balances {
                own: fen(50),
                family: Fen::ZERO,
            },
            origin: Origin {
                as_of: "2023-03-10".parse().unwrap(),
                source: "core".to_owned(),
            },
        },
        credential: None,
        rule: Arc::new(FilingRule::standard()),
    });
    assert_eq!(verdict, ActVerdict::Done);
    assert_eq!(holds(&home), (fen(50), Fen::ZERO));
    take_back(&home, 1, &first);
    assert_eq!(holds(&home), (fen(550), Fen::ZERO));
}

#[test]
fn of_whoever_was_handed_over_only_what_is_left_goes_to_the_new_home() {
    let (home, [first, _], _) = two_from_six();
    let left = Leaving {
        transfer: TransferId::from_bytes([4; 16]),
        new_home: "510100".parse().unwrap(),
        number: PsnNo::parse("510100000000000017").unwrap(),
        from: "2023-03-10".parse().unwrap(),
        state: LeavingState::HandedOver(1),
        mirror: None,
        offered: None,
    };
    let own = person().home;
    let told = reversal_told(own, &left, &first, &[7; 16], &home.rows, now()).unwrap();
    let NodeRecord::HandWritten(told) = told else {
        panic!("{told:?}")
    };
    let Handed::Reversal(told) = &told.word().handed else {
        panic!("{told:?}")
    };
    assert_eq!(told.paid.own, fen(100));
}
