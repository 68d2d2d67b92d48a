//! Where words belong that an old home gives again, about somebody who has gone on, or has come back since.

use huitong_core::coverage::Balances;
use huitong_core::id::SettlementId;
use huitong_core::person::PersonRef;
use huitong_core::record::NodeRecord;
use huitong_core::record::hand::{HandOver, LateGivenUp, TransferOrder};

use super::super::testing::*;
use super::*;
use crate::home::regained::{Regain, Regained, Short};
use crate::samples::{fen, person, returned, version};
use crate::store::{Account, account_now};
use crate::transfer::testing::{handed, new_home, order, supplement, taking};

/// The first home, from which the person came here.
fn first() -> RegionCode {
    "110000".parse().unwrap()
}

/// A hand-over by an old home to a new one that brings 40 yuan, with cover from a day on.
fn over((old, new): (PersonRef, PersonRef), day: &str, nth: u8) -> HandWord {
    let word = handed();
    let Handed::Person(hand_over) = word.handed.clone() else {
        panic!("{word:?}")
    };
    let order = TransferOrder {
        transfer: TransferId::from_bytes([nth; 16]),
        person: old,
        new_home: new.home,
        number: new.psn_no,
        ..order(day.parse().unwrap())
    };
    let hand_over = HandOver {
        order,
        balances: Balances {
            own: fen(4_000),
            ..Balances::NONE
        },
        version: version(3),
        ..hand_over
    };
    HandWord {
        old_home: old.home,
        new_home: new.home,
        handed: Handed::Person(hand_over),
        ..word
    }
}

fn at(home: RegionCode) -> PersonRef {
    PersonRef { home, ..person() }
}

/// The person came here, and went on as the third change of their record.
fn came() -> HandWord {
    over((at(first()), person()), "2020-01-01", 5)
}

fn left() -> HandWord {
    over((person(), at(new_home())), "2021-01-01", 6)
}

fn came_back() -> HandWord {
    over((at(new_home()), person()), "2022-01-01", 7)
}

/// A settlement of the first home is taken back; said so long after the person went on from here.
fn reversed(number: u64, later_ms: i64) -> HandWord {
    let mut of = supplement(100);
    of.transfer = TransferId::from_bytes([5; 16]);
    of.number = person().psn_no;
    of.of.settlement = SettlementId::from_bytes([u8::try_from(number).unwrap(); 16]);
    let millis = left().at.as_millis().saturating_add(later_ms);
    HandWord {
        number,
        handed: Handed::Reversal(of),
        at: huitong_core::date::Timestamp::from_millis(millis).unwrap(),
        ..came()
    }
}

/// The word by which it went on to the next home.
fn told_on(number: u64) -> HandWord {
    HandWord {
        number,
        handed: reversed(number, 1).handed,
        ..left()
    }
}

fn known_of(home: &Ledger, word: &HandWord) -> Known {
    let mut left = Departures::known(home).unwrap();
    left.known_of(word, home).unwrap()
}

/// Takes a word as a recovery does; what was written.
fn collect(home: &Ledger, word: HandWord) -> Vec<NodeRecord> {
    let known = known_of(home, &word);
    let number = word.number;
    let command = Take {
        own: person().home,
        came: Came::Collected(known),
        ..taking(word)
    };
    let (held, records) = run(home, command);
    assert_eq!(held, Ok(number));
    records
}

fn account(home: &Ledger) -> Account {
    account_now(home, person().psn_no).unwrap().unwrap()
}

fn settles_short(home: &Ledger, short: Short) -> Regained {
    let command = Regain {
        returned: returned(1, 1),
        original: None,
        short,
    };
    run(home, command).0
}

#[test]
fn whoever_came_back_is_given_once_what_they_first_came_with() {
    let orders = [[came(), came_back()], [came_back(), came()]];
    let homes = orders.map(|words| {
        let home = restored();
        regain_hand(&home, left());
        words.into_iter().for_each(|word| {
            collect(&home, word);
        });
        home
    });
    for home in &homes {
        assert_eq!(account(home).balances.own, fen(4_000));
        let relation = home.relation(person().psn_no).unwrap().unwrap();
        assert_eq!(relation.leaving, None, "the person is here");
        let member = home.member(person().psn_no).unwrap().unwrap();
        let from = ServiceDate::parse("2022-01-01").unwrap();
        let covers = member.periods.iter().map(|period| period.days.from());
        assert_eq!(covers.filter(|day| *day == from).count(), 1);
    }
    let [one, other] = &homes;
    assert_eq!(account(one).totals, account(other).totals);
    let member = |home: &Ledger| home.member(person().psn_no).unwrap();
    assert_eq!(member(one), member(other));
}

#[test]
fn what_had_gone_on_after_whoever_came_back_is_not_counted_in_again() {
    let home = restored();
    regain_hand(&home, left());
    regain_hand(&home, told_on(2));
    [came(), came_back()].into_iter().for_each(|word| {
        collect(&home, word);
    });
    collect(&home, reversed(2, 1));
    assert_eq!(account(&home).balances.own, fen(4_000));
    // What was told when they were back is.
    collect(&home, reversed(3, 1));
    assert_eq!(account(&home).balances.own, fen(4_100));
}

#[test]
fn a_word_is_not_taken_for_a_settlement_that_waits_for_what_fills_its_account() {
    let home = restored();
    assert_eq!(settles_short(&home, Short::Wait), Regained::Short);
    regain_hand(&home, left());
    collect(&home, came());
    let word = reversed(2, 0);
    assert_eq!(known_of(&home, &word), Known::HandedOver);
    // The account is the next home's now.
    assert_eq!(settles_short(&home, Short::Wait), Regained::Written);
    assert_eq!(known_of(&home, &word), Known::Nothing);
    let [_, NodeRecord::HandWritten(_)] = &collect(&home, word)[..] else {
        panic!("it does not go on")
    };
}

#[test]
fn a_word_of_after_the_hand_over_is_no_change_of_before_it() {
    let home = restored();
    regain_hand(&home, left());
    collect(&home, came());
    // Nobody gives the second change back.
    assert_eq!(known_of(&home, &reversed(2, 1)), Known::Nothing);
    assert_eq!(known_of(&home, &reversed(2, -1)), Known::HandedOver);
    regain_hand(&home, told_on(2));
    for later in [-1, 1] {
        assert_eq!(known_of(&home, &reversed(2, later)), Known::ToldOn);
    }
}

/// The first home gives up what it told to stand by its second word.
fn given_up(later_ms: i64) -> HandWord {
    let word = reversed(2, later_ms);
    let Handed::Reversal(supplement) = &word.handed else {
        panic!("{word:?}")
    };
    HandWord {
        number: 3,
        handed: Handed::GivenUp(LateGivenUp {
            transfer: supplement.transfer,
            number: supplement.number,
            treatment: supplement.of.treatment,
            settlement: supplement.of.settlement,
            by: None,
        }),
        ..word
    }
}

#[test]
fn what_is_given_up_belongs_where_its_reversal_would() {
    let home = restored();
    regain_hand(&home, left());
    collect(&home, came());
    assert_eq!(known_of(&home, &given_up(1)), Known::Nothing);
    assert_eq!(known_of(&home, &given_up(-1)), Known::HandedOver);
    regain_hand(&home, told_on(2));
    for later in [-1, 1] {
        assert_eq!(known_of(&home, &given_up(later)), Known::ToldOn);
    }
}

#[test]
fn what_is_given_up_is_taken_back_at_the_next_home_once() {
    for is_told_on in [true, false] {
        let home = restored();
        regain_hand(&home, left());
        if is_told_on {
            regain_hand(&home, told_on(2));
        }
        collect(&home, came());
        let word = reversed(2, -1);
        let Handed::Reversal(supplement) = word.handed.clone() else {
            panic!("{word:?}")
        };
        let handed = Handed::Claim(supplement);
        collect(&home, HandWord { handed, ..word });
        let records = collect(&home, given_up(1));
        let goes_on = records
            .iter()
            .any(|record| matches!(record, NodeRecord::HandWritten(_)));
        assert_eq!(goes_on, !is_told_on, "{records:?}");
    }
}
