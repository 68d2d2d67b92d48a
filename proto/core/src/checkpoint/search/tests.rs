//! Two rows that differ in any way, and an answerer that tells nonsense.

use proptest::prelude::*;

use super::*;
use crate::checkpoint::difference::{Differs, NoDifference};
use crate::checkpoint::row::rows;
use crate::date::BusinessDay;
use crate::digest::sha256;
use crate::fund::Fund;
use crate::id::SettlementId;
use crate::leg::{LegField, LegKind};

fn pair() -> Pair {
    Pair {
        debtor: "330200".parse().unwrap(),
        creditor: "510100".parse().unwrap(),
        fund: Fund::ResidentPool,
    }
}

fn leg(number: u32, fen: i64) -> Leg {
    let mut tail = [0; 10];
    tail[..4].copy_from_slice(&number.to_be_bytes());
    Leg {
        settlement: SettlementId::from_parts(i64::from(number % 97), tail),
        kind: LegKind::Settlement,
        debtor: pair().debtor,
        creditor: pair().creditor,
        fund: Fund::ResidentPool,
        amount: Fen::new(fen).unwrap(),
        business_day: BusinessDay::new(2026, 3, 1).unwrap(),
        receipt: sha256(&number.to_be_bytes()),
    }
}

fn row(legs: impl IntoIterator<Item = Leg>) -> RowLegs {
    RowLegs::new(pair(), legs).unwrap()
}

/// What a search finds, with how many messages and how many spans that took.
fn search(own: &RowLegs, other: &RowLegs) -> (Found, usize, usize) {
    let mut search = Search::new(own);
    let mut messages = 0;
    loop {
        let asks = search.asks();
        if asks.is_empty() {
            let spans = search.looked_into;
            return (search.found(), messages, spans);
        }
        messages += 1;
        let answers = asks.into_iter().map(|span| other.look(span)).collect();
        search.answered(answers).unwrap();
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Same,
    OwnOnly,
    OtherOnly,
    Changed,
}

/// Mostly the same, with differences here and there or in one run.
fn fates() -> impl Strategy<Value = Vec<Fate>> {
    let fate = prop_oneof![
        97 => Just(Fate::Same),
        1 => Just(Fate::OwnOnly),
        1 => Just(Fate::OtherOnly),
        1 => Just(Fate::Changed),
    ];
    let run = prop_oneof![
        Just(Fate::OwnOnly),
        Just(Fate::OtherOnly),
        Just(Fate::Changed)
    ];
    (
        prop::collection::vec(fate, 0..1_500),
        0_usize..1_500,
        0_usize..40,
        run,
    )
        .prop_map(|(mut fates, from, count, run)| {
            fates
                .iter_mut()
                .skip(from)
                .take(count)
                .for_each(|fate| *fate = run);
            fates
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Any set of legs that one lacks, has alone or has otherwise is found, and nothing else; the spans looked into are at
    /// most one for each difference on each level, and what is found accounts for the row.
    #[test]
    fn a_search_finds_exactly_what_differs_within_its_bound(fates in fates()) {
        let numbered = || (0_u32..).zip(&fates);
        let of_own = numbered().filter(|(_, fate)| **fate != Fate::OtherOnly);
        let own = row(of_own.map(|(number, _)| leg(number, 100)));
        let of_other = numbered().filter(|(_, fate)| **fate != Fate::OwnOnly);
        let other = row(of_other.map(|(number, fate)| leg(number, if *fate == Fate::Changed { 99 } else { 100 })));

        let (found, messages, spans) = search(&own, &other);
        let mut expected = BTreeMap::new();
        for (number, fate) in numbered().filter(|(_, fate)| **fate != Fate::Same) {
            let (own, other) = (leg(number, 100), leg(number, if *fate == Fate::Changed { 99 } else { 100 }));
            let both = match fate {
                Fate::OwnOnly => (None, Some(own.clone())),
                Fate::OtherOnly => (Some(other), None),
                Fate::Same | Fate::Changed => (Some(other), Some(own.clone())),
            };
            expected.insert(key(&own), both);
        }
        prop_assert_eq!(&found, &expected);
        // 1,500 legs fall into three levels.
        let bound = 1 + 2 * expected.len();
        prop_assert!(spans <= bound, "{} spans for {} differences", spans, expected.len());
        prop_assert!(messages <= 3 + spans / SPANS_AT_ONCE);

        let told = differences(BTreeMap::from([(pair(), found)]));
        prop_assert_eq!(other.with(&told[&pair()]), Ok(*own.row()));
        if let [_, rest @ ..] = told[&pair()].as_slice() {
            prop_assert_ne!(other.with(rest), Ok(*own.row()), "one that is not told");
        }
    }
}

#[test]
fn a_row_of_legs_is_the_row_that_is_signed() {
    let legs: Vec<_> = (0..40).map(|number| leg(number, 100)).collect();
    assert_eq!(rows(&legs), Ok(vec![*row(legs.clone()).row()]));
    let whole = row(legs.clone()).part(Span::WHOLE);
    assert_eq!(whole.root, row(legs.clone()).row().pair_root);
    let twice = RowLegs::new(pair(), legs.iter().chain(&legs[..1]).cloned());
    assert_eq!(
        twice,
        Err(RowError::Twice(legs[0].debt(), Pair::of(&legs[0])))
    );
    let nothing = row([]);
    assert_eq!((nothing.row().legs, nothing.row().amount), (0, Fen::ZERO));
    assert_eq!(nothing.look(Span::WHOLE), Looked::Legs(Vec::new()));
}

#[test]
fn a_leg_in_another_row_is_one_that_was_changed() {
    let here = leg(1, 100);
    let there = Leg {
        creditor: "440100".parse().unwrap(),
        ..here.clone()
    };
    let (one, other) = (Pair::of(&here), Pair::of(&there));
    let found = BTreeMap::from([
        (
            one,
            BTreeMap::from([(key(&here), (Some(here.clone()), None))]),
        ),
        (
            other,
            BTreeMap::from([(key(&there), (None, Some(there.clone())))]),
        ),
    ]);
    let told = differences(found);
    for pair in [one, other] {
        assert_eq!(
            told[&pair]
                .iter()
                .map(Difference::differs)
                .collect::<Vec<_>>(),
            [Differs::Changed(LegField::Creditor)]
        );
    }
    assert_eq!(row([here]).with(&told[&one]).unwrap().legs, 0);
}

/// Two debts under one id, of which each row has its own: neither is told as the other.
#[test]
fn what_stands_in_two_rows_under_one_id_is_told_for_each() {
    let here = leg(1, 100);
    let there = Leg {
        creditor: "440100".parse().unwrap(),
        ..here.clone()
    };
    let (less, none) = (leg(1, 99), None::<Leg>);
    let cheaper = Leg {
        amount: less.amount,
        ..there.clone()
    };
    let cases = [
        (Some(&less), Some(&here), Some(&cheaper), Some(&there)),
        (Some(&less), Some(&here), none.as_ref(), Some(&there)),
        (Some(&less), Some(&here), Some(&there), none.as_ref()),
    ];
    for (held, book, other_held, other_book) in cases {
        let both = |held: Option<&Leg>, book: Option<&Leg>| {
            BTreeMap::from([(key(&here), (held.cloned(), book.cloned()))])
        };
        let (one, other) = (Pair::of(&here), Pair::of(&there));
        let found = BTreeMap::from([
            (one, both(held, book)),
            (other, both(other_held, other_book)),
        ]);
        let told = differences(found);
        let words = |pair| {
            let [difference] = told[pair].as_slice() else {
                panic!("one difference");
            };
            (difference.held(), difference.book())
        };
        assert_eq!(words(&one), (held, book));
        assert_eq!(words(&other), (other_held, other_book));
    }
}

#[test]
fn what_is_alike_or_of_two_debts_is_no_difference() {
    let (one, other) = (leg(1, 100), leg(2, 100));
    for (held, book, no) in [
        (None, None, NoDifference::Nothing),
        (Some(&one), Some(&one), NoDifference::Alike),
        (Some(&one), Some(&other), NoDifference::TwoDebts),
    ] {
        assert_eq!(Difference::new(held.cloned(), book.cloned()), Err(no));
    }
    let differs = |held: Option<&Leg>, book: Option<&Leg>| {
        let found = Difference::new(held.cloned(), book.cloned()).unwrap();
        found.differs().to_string()
    };
    assert_eq!(differs(Some(&one), None), "not_in_book");
    assert_eq!(differs(None, Some(&one)), "not_held");
    assert_eq!(differs(Some(&leg(1, 99)), Some(&one)), "changed: amount");
}

#[test]
fn an_answer_that_fits_nothing_ends_the_search() {
    let own = row((0..40).map(|number| leg(number, 100)));
    let part = |from, to| own.part(Span { from, to });
    let middle = Some(key(&own.legs()[20]));
    let foreign = Leg {
        fund: Fund::EmployeePool,
        ..leg(1, 100)
    };
    for answers in [
        vec![],
        vec![Looked::Parts(vec![])],
        vec![Looked::Parts(vec![part(None, None)])],
        vec![Looked::Parts(vec![part(None, middle)])],
        vec![Looked::Parts(vec![part(None, middle), part(None, None)])],
        vec![Looked::Legs(vec![foreign])],
        vec![Looked::Legs(own.legs().to_vec())],
    ] {
        assert_eq!(
            Search::new(&own).answered(answers),
            Err(SearchError::Answer)
        );
    }
}

#[test]
fn a_search_has_an_end_whatever_it_is_told() {
    let own = row((0..40).map(|number| leg(number, 100)));
    let mut search = Search::new(&own);
    let ended = loop {
        // Every span falls into two that differ, again and again.
        let split = |span: Span| {
            let middle = Some((SettlementId::from_parts(1, [7; 10]), LegKind::Settlement));
            let part = |from, to| Part {
                span: Span { from, to },
                legs: 1_000,
                root: sha256(b"nonsense"),
            };
            Looked::Parts(vec![part(span.from, middle), part(middle, span.to)])
        };
        let answers = search.asks().into_iter().map(split).collect();
        if let Err(error) = search.answered(answers) {
            break error;
        }
    };
    assert_eq!(ended, SearchError::TooLong);

    let many = row((0..1_100).map(|number| leg(number, 100)));
    let mut search = Search::new(&many);
    let ended = search.answered(vec![Looked::Legs(Vec::new())]);
    assert_eq!(ended, Err(SearchError::TooMany));
}
