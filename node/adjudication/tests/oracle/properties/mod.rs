//! What the algebra promises of every policy and bill, each under its sentence, over random ones.
//!
//! Some promises have limits. [`limits`] says of a policy which clause of them excludes it, and each test
//! makes sure that enough policies are left.

mod always;
mod granted;
mod limits;
mod replay;
mod rising;
mod yearly;

use std::collections::BTreeMap;

use huitong_adjudication::{Compiled, Fault, decide};
use huitong_core::bill::{Parts, SplitBill, SplitLine};
use huitong_core::decision::Decision;
use huitong_core::money::Fen;

use super::random::claim::Trial;

fn decided(compiled: &Compiled, trial: &Trial) -> Result<Decision, Fault> {
    decide(
        compiled,
        &trial.claim,
        &trial.coverage,
        &trial.totals,
        trial.balances,
    )
}

/// A bill of one line with nothing but an amount in scope.
fn in_scope(fen: i64) -> SplitBill {
    let parts = Parts {
        in_scope: Fen::new(fen).unwrap(),
        ..Parts::ZERO
    };
    SplitBill::new(vec![SplitLine {
        number: 1,
        parts,
        tags: vec![],
    }])
    .unwrap()
}

/// A claim with another bill.
fn billed(trial: &Trial, bill: SplitBill) -> Trial {
    let mut trial = trial.clone();
    trial.claim.bill = bill;
    trial
}

/// What the person's totals and balances are after a settlement.
fn book(trial: &mut Trial, decision: &Decision) {
    for change in &decision.totals {
        *trial.totals.entry(change.slot.clone()).or_default() += change.adds;
    }
    trial.balances.own = trial
        .balances
        .own
        .checked_sub(decision.own_account)
        .unwrap();
    trial.balances.family = trial
        .balances
        .family
        .checked_sub(decision.family_account)
        .unwrap();
}

/// What each layer paid, by its name.
fn by_layer(decision: &Decision) -> BTreeMap<String, i64> {
    decision
        .layers
        .iter()
        .map(|layer| (layer.id.to_string(), layer.paid.get()))
        .collect()
}
