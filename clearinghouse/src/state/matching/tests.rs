//! What agrees, and why the rest waits.

use std::collections::BTreeMap;
use std::convert::Infallible;

use huitong_core::date::Timestamp;
use huitong_core::leg::LegField;
use huitong_core::record::clearing::LegsTaken;

use super::*;
use crate::testing::{day, debt, payable, receivable, region, reversed};

/// The plan that took a debt, when it is known and when it is not.
fn by(plan: Option<u64>) -> By {
    By(plan)
}

struct By(Option<u64>);

/// The legs of the first day that do not agree.
fn waiting_in(matching: &Matching) -> impl Iterator<Item = WaitingLeg> {
    let alone = matching
        .all()
        .filter(|(_, held)| !held.agrees() && held.leg.business_day <= day(1));
    alone.map(|(place, held)| waits(place.0, held, matching.why(place, held)))
}

impl Earlier for By {
    type Fault = Infallible;

    fn netted(&self, debts: &[Debt]) -> Result<TakenDebts, Infallible> {
        let taken = |debt: &Debt| Some((*debt, self.0?));
        Ok(debts.iter().filter_map(taken).collect())
    }

    fn netted_between(&self, _: Debt, _: Pair) -> Result<Option<u64>, Infallible> {
        Ok(self.0)
    }
}

fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(millis).unwrap()
}

/// Takes in a leg that comes alone.
fn take(matching: &mut Matching, of: usize, leg: &NumberedLeg, moment: i64, earlier: &By) {
    let taken = LegsTaken {
        region: region(of),
        at: at(moment),
        legs: vec![leg.clone()],
    };
    let Ok(()) = matching.take(taken, &[], earlier);
}

/// Takes legs in this order; answers what waits, and how many debts agree.
fn outcome(legs: &[(usize, NumberedLeg)]) -> (Vec<(usize, u64, Waiting)>, usize) {
    let mut matching = Matching::empty();
    for ((of, leg), moment) in legs.iter().zip(0..) {
        take(&mut matching, *of, leg, moment, &by(None));
    }
    let index = |code| (0..4).find(|index| region(*index) == code).unwrap();
    let waiting = waiting_in(&matching);
    let waiting = waiting
        .map(|leg| (index(leg.region), leg.numbered.number, leg.why))
        .collect();
    let marks: BTreeMap<_, _> = (0..4).map(|index| (region(index), 100)).collect();
    (waiting, matching.agreed(&marks, day(1)).len())
}

/// More than are joined at once, enough to stay where they came to lie, and each debt repeated before and after what is: one repetition agrees with none.
#[test]
fn a_report_comes_to_what_its_legs_do_one_by_one() {
    let debts: Vec<_> = (0..100)
        .cycle()
        .take(600)
        .map(|id| debt(id, 2, 3, 1_000))
        .collect();
    let legs = |side: fn(u64, &Leg) -> NumberedLeg| -> Vec<_> {
        (1..)
            .zip(&debts)
            .map(|(number, leg)| side(number, leg))
            .collect()
    };
    let reports = [(3, legs(receivable)), (2, legs(payable))];
    let (mut whole, mut single) = (Matching::empty(), Matching::empty());
    for (of, legs) in reports {
        for leg in &legs {
            take(&mut single, of, leg, 0, &by(None));
        }
        let taken = LegsTaken {
            region: region(of),
            legs,
            at: at(0),
        };
        let Ok(()) = whole.take(taken, &[], &by(None));
    }
    let told = |matching: &Matching| {
        let waiting = waiting_in(matching);
        let waiting: Vec<_> = waiting
            .map(|leg| (leg.region, leg.numbered, leg.why))
            .collect();
        let marks = [(region(2), 600), (region(3), 600)].into();
        (
            waiting,
            matching.agreed(&marks, day(1)),
            matching.agreeing.clone(),
        )
    };
    assert_eq!(told(&whole), told(&single));
    assert_eq!(told(&whole).1.len(), 100);
}

/// What it is about, the legs in order, what waits, and how many debts agree.
type Case = (
    &'static str,
    Vec<(usize, NumberedLeg)>,
    Vec<(usize, u64, Waiting)>,
    usize,
);

fn check(cases: Vec<Case>) {
    for (name, legs, waiting, agreed) in cases {
        assert_eq!(outcome(&legs), (waiting, agreed), "{name}");
    }
}

fn changed(leg: &Leg, change: fn(&mut Leg)) -> Leg {
    let mut leg = leg.clone();
    change(&mut leg);
    leg
}

#[test]
fn legs_that_differ_wait_and_name_the_field() {
    let leg = debt(1, 2, 3, 1_000);
    let cheaper = changed(&leg, |leg| {
        leg.amount = huitong_core::money::Fen::new(999).unwrap()
    });
    let later = changed(&leg, |leg| {
        leg.business_day = crate::testing::day(1).plus_days(-1).unwrap()
    });
    let resigned = changed(&leg, |leg| {
        leg.receipt = huitong_core::digest::sha256(b"other")
    });
    let differs = Waiting::Differs;
    let (r, p) = (receivable, payable);
    check(vec![
        (
            "another amount",
            vec![(3, r(1, &leg)), (2, p(1, &cheaper))],
            vec![
                (2, 1, differs(LegField::Amount)),
                (3, 1, differs(LegField::Amount)),
            ],
            0,
        ),
        (
            "another day",
            vec![(3, r(1, &leg)), (2, p(1, &later))],
            vec![
                (2, 1, differs(LegField::BusinessDay)),
                (3, 1, differs(LegField::BusinessDay)),
            ],
            0,
        ),
        (
            "another receipt",
            vec![(3, r(1, &leg)), (2, p(1, &resigned))],
            vec![
                (2, 1, differs(LegField::Receipt)),
                (3, 1, differs(LegField::Receipt)),
            ],
            0,
        ),
    ]);
}

#[test]
fn legs_agree_or_wait_for_a_reason() {
    let leg = debt(1, 2, 3, 1_000);
    let cheaper = changed(&leg, |leg| {
        leg.amount = huitong_core::money::Fen::new(999).unwrap()
    });
    let elsewhere = changed(&leg, |leg| leg.debtor = crate::testing::region(0));
    let (missing, repeated) = (Waiting::CounterpartMissing, Waiting::Repeated);
    let (r, p) = (receivable, payable);
    check(vec![
        ("alone", vec![(3, r(1, &leg))], vec![(3, 1, missing)], 0),
        ("both", vec![(3, r(1, &leg)), (2, p(1, &leg))], vec![], 1),
        (
            "both, the other first",
            vec![(2, p(1, &leg)), (3, r(1, &leg))],
            vec![],
            1,
        ),
        (
            "another debtor reports it, then the true one",
            vec![(3, r(1, &leg)), (0, p(1, &elsewhere)), (2, p(1, &leg))],
            vec![(0, 1, Waiting::Differs(LegField::Debtor))],
            1,
        ),
        (
            "reported twice, then agreed once",
            vec![
                (3, r(1, &leg)),
                (3, r(2, &leg)),
                (2, p(1, &leg)),
                (2, p(2, &leg)),
            ],
            vec![(2, 2, repeated), (3, 2, repeated)],
            1,
        ),
        (
            "corrected by a second leg",
            vec![(3, r(1, &leg)), (2, p(1, &cheaper)), (2, p(2, &leg))],
            vec![(2, 1, repeated)],
            1,
        ),
        (
            "the same side twice",
            vec![(3, r(1, &leg)), (3, r(2, &cheaper))],
            vec![(3, 1, missing), (3, 2, repeated)],
            0,
        ),
    ]);
}

#[test]
fn what_two_regions_say_of_a_debt_of_two_others_spoils_nothing() {
    let leg = debt(1, 2, 3, 1_000);
    let theirs = changed(&leg, |leg| {
        (leg.debtor, leg.creditor) = (region(0), region(1));
    });
    let (r, p) = (receivable, payable);
    check(vec![(
        "two others agree first",
        vec![
            (1, r(1, &theirs)),
            (0, p(1, &theirs)),
            (3, r(1, &leg)),
            (2, p(1, &leg)),
        ],
        vec![],
        2,
    )]);
    let one = changed(&leg, |leg| {
        (leg.debtor, leg.creditor) = (region(0), region(1));
    });
    check(vec![(
        "two others agree, and one of these has reported",
        vec![(3, r(1, &leg)), (2, p(1, &leg)), (0, p(1, &one))],
        vec![(0, 1, Waiting::CounterpartMissing)],
        1,
    )]);
    let of_another = changed(&leg, |leg| leg.debtor = region(0));
    let missing = Waiting::CounterpartMissing;
    check(vec![(
        "one region is owed it by two others",
        vec![(3, r(1, &leg)), (3, r(2, &of_another))],
        vec![(3, 1, missing), (3, 2, missing)],
        0,
    )]);
}

/// Beside a leg that waits stands what its other region reported, and never what two others did.
#[test]
fn what_two_others_reported_is_no_other_side() {
    let leg = debt(1, 2, 3, 1_000);
    let theirs = changed(&leg, |leg| {
        (leg.debtor, leg.creditor) = (region(0), region(1));
    });
    let mut matching = Matching::empty();
    take(&mut matching, 3, &receivable(1, &leg), 0, &by(None));
    take(&mut matching, 0, &payable(1, &theirs), 1, &by(None));
    assert_eq!(matching.other_side((region(0), 1)), None);
    take(&mut matching, 1, &receivable(1, &theirs), 2, &by(None));
    let other = Some((region(1), receivable(1, &theirs)));
    assert_eq!(matching.other_side((region(0), 1)), other);
}

#[test]
fn only_what_lies_inside_both_marks_and_is_of_no_later_day_is_netted() {
    let leg = debt(1, 2, 3, 1_000);
    let mut matching = Matching::empty();
    take(&mut matching, 3, &receivable(5, &leg), 0, &by(None));
    take(&mut matching, 2, &payable(7, &leg), 1, &by(None));
    let count = |creditor, debtor, on| {
        let marks = BTreeMap::from([(region(3), creditor), (region(2), debtor)]);
        matching.agreed(&marks, on).len()
    };
    let before = day(1).plus_days(-1).unwrap();
    assert_eq!(count(5, 7, day(1)), 1);
    assert_eq!(
        (
            count(4, 7, day(1)),
            count(5, 6, day(1)),
            count(5, 7, before)
        ),
        (0, 0, 0)
    );
}

#[test]
fn a_debt_that_a_plan_took_is_never_taken_again() {
    let leg = debt(1, 2, 3, 1_000);
    let mut matching = Matching::empty();
    take(&mut matching, 3, &receivable(1, &leg), 0, &by(Some(4)));
    take(&mut matching, 2, &payable(1, &leg), 1, &by(Some(4)));
    let marks = BTreeMap::from([(region(3), 9), (region(2), 9)]);
    assert_eq!(matching.agreed(&marks, day(1)), []);
    assert!(waiting_in(&matching).all(|leg| leg.why == Waiting::Repeated));
}

#[test]
fn a_reversal_agrees_for_itself_beside_its_settlement() {
    let leg = debt(1, 2, 3, 1_000);
    let back = reversed(&leg, 1);
    let half = Leg {
        amount: huitong_core::money::Fen::new(500).unwrap(),
        ..back.clone()
    };
    let (missing, repeated) = (Waiting::CounterpartMissing, Waiting::Repeated);
    let (r, p) = (receivable, payable);
    check(vec![
        (
            "both sides of both",
            vec![
                (3, r(1, &leg)),
                (2, p(1, &leg)),
                (3, p(2, &back)),
                (2, r(2, &back)),
            ],
            vec![],
            2,
        ),
        (
            "the settlement alone agrees",
            vec![(3, r(1, &leg)), (2, p(1, &leg)), (2, r(2, &back))],
            vec![(2, 2, missing)],
            1,
        ),
        (
            "reversed by halves",
            vec![(3, p(1, &half)), (2, r(1, &back))],
            vec![
                (2, 1, Waiting::Differs(LegField::Amount)),
                (3, 1, Waiting::Differs(LegField::Amount)),
            ],
            0,
        ),
        (
            "reversed twice",
            vec![
                (3, p(1, &back)),
                (2, r(1, &back)),
                (3, p(2, &back)),
                (2, r(2, &back)),
            ],
            vec![(2, 2, repeated), (3, 2, repeated)],
            1,
        ),
    ]);
}
