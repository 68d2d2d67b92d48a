//! Legs that do not come to a plan: the row is named in which they do not.

use huitong_core::checkpoint::row::Pair;
use huitong_core::merkle::Tree;

use super::*;
use crate::statement::{Gross, ProofError, checkpoint_and_tree};

#[test]
fn legs_that_are_not_the_plans_prove_nothing_and_the_row_is_named() {
    let day = netted(&busy(), 10);
    let members = members();
    let marks = day.streams.marks(10);
    let legs = &day.streams.agreed;
    let inputs = Inputs {
        day: crate::tests::day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs,
    };
    let plan = plan(&inputs).unwrap();
    let mut legs: Vec<Leg> = legs.iter().map(whole).collect();
    assert!(pair_roots(&plan, &legs).is_ok());
    let last = legs.pop().unwrap();
    let whole_row = |pair: Pair| {
        let gross = plan.gross.iter();
        let mut of_pair = gross.filter(|it| {
            (it.debtor, it.creditor, it.fund) == (pair.debtor, pair.creditor, pair.fund)
        });
        of_pair.next().map(|it| (it.legs, it.amount))
    };
    let pair = Pair::of(&last);
    let (count, sum) = whole_row(pair).unwrap();
    let lacks = pair_roots(&plan, &legs).unwrap_err();
    let left = Fen::new(sum.get() - last.amount.get()).unwrap();
    let expected = ProofError::OtherRow {
        pair,
        plan: Gross(Some((count, sum))),
        legs: Gross((count > 1).then_some((count - 1, left))),
    };
    assert_eq!(lacks, expected);
    assert!(lacks.to_string().starts_with(&format!(
        "row {} → {} {}: the plan has {sum} in {count} legs",
        pair.debtor,
        pair.creditor,
        pair.fund.as_str()
    )));
    // A row that is missing whole, and one too many.
    let others: Vec<Leg> = legs
        .iter()
        .filter(|leg| Pair::of(leg) != pair)
        .cloned()
        .collect();
    let missing = ProofError::OtherRow {
        pair,
        plan: Gross(Some((count, sum))),
        legs: Gross(None),
    };
    assert_eq!(pair_roots(&plan, &others), Err(missing));
    let mut more = legs.clone();
    let stranger = Leg {
        debtor: pair.creditor,
        creditor: pair.debtor,
        fund: Fund::MedicalAssistance,
        ..last.clone()
    };
    assert_eq!(whole_row(Pair::of(&stranger)), None);
    more.extend([last.clone(), stranger.clone()]);
    let added = ProofError::OtherRow {
        pair: Pair::of(&stranger),
        plan: Gross(None),
        legs: Gross(Some((1, stranger.amount))),
    };
    assert_eq!(pair_roots(&plan, &more), Err(added));
    legs.extend([last.clone(), last]);
    assert!(matches!(pair_roots(&plan, &legs), Err(ProofError::Rows(_))));
}

#[test]
fn rows_stand_under_the_tree_that_was_signed_and_under_no_other() {
    let (streams, members) = (super::super::properties::streams(&busy()), members());
    let marks = streams.marks(10);
    let inputs = Inputs {
        day: crate::tests::day(1),
        parent: None,
        members: &members,
        marks: &marks,
        legs: &streams.agreed,
    };
    let plan = plan(&inputs).unwrap();
    let legs: Vec<Leg> = streams.agreed.iter().map(whole).collect();
    let roots = pair_roots(&plan, &legs).unwrap();
    let rows = PlanRows::of(&plan, &roots);
    let (signed, own) = checkpoint_and_tree(&plan, &roots, None);
    let mut turned: Vec<Digest> = roots.clone();
    turned.reverse();
    let (_, other) = checkpoint_and_tree(&plan, &turned, None);
    for tree in [Some(own), Some(other), Some(Tree::new(Vec::new())), None] {
        assert_eq!(PlanRows::under(&signed, &plan, &roots, tree), rows);
    }
}
