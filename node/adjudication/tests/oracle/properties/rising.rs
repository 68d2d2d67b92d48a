//! A larger bill, a higher ratio.

use huitong_core::policy::layer::Payer;
use huitong_core::policy::{Draft, Policy};
use huitong_core::ratio::Ratio;

use super::limits::{Excluded, Ratios, of_rising};
use super::{billed, decided, in_scope};
use crate::random::policy::draft_asking;
use crate::random::rules::Asks;
use crate::random::{Claims, Dice, document, draft};
use crate::trial::compiled;

/// Random policies within the limits: half of them are drawn so that rules ask for what stays.
fn policies(ratios: Ratios, check: impl Fn(&mut Dice, u64, &Draft, &Policy, i64)) -> Vec<Excluded> {
    let (mut within, mut excluded) = (0, Vec::new());
    for seed in 3_000..4_200 {
        let mut dice = Dice::new(seed);
        let (draft, scale) = if seed % 4 == 0 {
            draft(&mut dice)
        } else {
            draft_asking(&mut dice, Asks::WhatStays)
        };
        let policy = Policy::new(draft.clone()).unwrap();
        match of_rising(&policy, ratios) {
            Some(clause) => excluded.push(clause),
            None => {
                within += 1;
                check(&mut dice, seed, &draft, &policy, scale);
            }
        }
    }
    assert!(
        within >= 100,
        "only {within} policies are within the limits"
    );
    excluded.sort_unstable();
    excluded.dedup();
    excluded
}

/// Raising one in-scope amount lowers the patient's total by at most one fen per layer, within the limits.
#[test]
fn a_larger_bill_is_no_cheaper() {
    let excluded = policies(Ratios::Kept, |dice, seed, draft, policy, scale| {
        let (compiled, claims) = (compiled(policy), Claims::under(policy, scale));
        let layers = i64::try_from(draft.layers.len()).unwrap();
        for _ in 0..8 {
            let trial = claims.draw(dice);
            let bill = claims.amount(dice);
            let more = bill + dice.between(1, scale / 10 + 2);
            let patient = |bill| {
                decided(&compiled, &billed(&trial, in_scope(bill)))
                    .map(|decision| decision.patient_total.get())
            };
            if let (Ok(less), Ok(more_paid)) = (patient(bill), patient(more)) {
                let text = document::text(draft);
                assert!(
                    more_paid >= less - layers,
                    "seed {seed}, {bill} and {more}: {less} and {more_paid}\n{text}"
                );
            }
        }
    });
    let stated = [
        Excluded::FollowsTheBill,
        Excluded::PartOfAPool,
        Excluded::SkipsAbove,
        Excluded::FloorOnAPart,
    ];
    assert!(
        stated.iter().all(|clause| excluded.contains(clause)),
        "{excluded:?}"
    );
}

/// Raising a ratio lowers the sum of all funds by at most one fen per layer, within the limits.
#[test]
fn a_higher_ratio_pays_no_less() {
    policies(Ratios::Raised, |dice, seed, draft, policy, scale| {
        let (lower, claims) = (compiled(policy), Claims::under(policy, scale));
        let layers = i64::try_from(draft.layers.len()).unwrap();
        for _ in 0..8 {
            let trial = claims.draw(dice);
            let mut raised = draft.clone();
            if !raise(dice, &mut raised) {
                return;
            }
            let trial = billed(&trial, in_scope(claims.amount(dice)));
            let higher = compiled(&Policy::new(raised.clone()).unwrap());
            if let (Ok(before), Ok(after)) = (decided(&lower, &trial), decided(&higher, &trial)) {
                let (before, after) = (before.fund_total.get(), after.fund_total.get());
                assert!(
                    after >= before - layers,
                    "seed {seed}, {}: {before} and {after}\n{}\n{}",
                    trial.claim.bill.total(),
                    document::text(draft),
                    document::text(&raised)
                );
            }
        }
    });
}

/// Raises every row of one ratio of a fund's layer.
fn raise(dice: &mut Dice, draft: &mut Draft) -> bool {
    let funds: Vec<usize> = (0..draft.layers.len())
        .filter(|at| matches!(draft.layers[*at].payer, Payer::Fund(fund) if !fund.is_account()))
        .collect();
    if funds.is_empty() {
        return false;
    }
    let segments = &mut draft.layers[dice.of(&funds)].segments;
    let at = dice.count(segments.len() - 1);
    let more = u64::try_from(dice.between(1, 40)).unwrap() * 100_000_000;
    for row in &mut segments[at].ratio.rows {
        let units = (row.value.ten_billionths() + more).min(Ratio::ONE.ten_billionths());
        row.value = Ratio::from_ten_billionths(units).unwrap();
    }
    true
}
