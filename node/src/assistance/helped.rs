//! What a decision on a year adds to totals, and whether it may stand at all. Pure.
//!
//! The settlements of the year moved their totals when they were settled; so only what the layers that help took,
//! charged and paid moves on. A layer of another kind that takes something of the year would pay or count it a
//! second time: then the policy was not written for this, and nothing is granted.

use std::collections::BTreeSet;

use huitong_core::assistance::{PAID_THIS_YEAR, assists, may_pay};
use huitong_core::decision::{Decision, LayerResult};
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::policy::Policy;
use huitong_core::policy::layer::{Left, Payer};
use huitong_core::policy::total::{Adds, TotalRule};
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::totals::TotalChange;

/// The totals that a decision on a year moves.
///
/// # Errors
/// `assistance.not_by_policy` with the rule that was not written for it, `assistance.not_entitled` when nothing helps.
pub(super) fn helped(
    policy: &Policy,
    decision: &Decision,
    taken_before: impl Fn(Fund) -> bool,
) -> Result<Vec<TotalChange>, Refusal> {
    let mut is_helped = false;
    for layer in &decision.layers {
        if is_twice(layer, &taken_before) {
            return Err(Refusal::new(RefusalCode::AssistanceNotByPolicy, layer.id));
        }
        let helps = matches!(layer.payer, Payer::Fund(fund) if assists(fund));
        is_helped |= helps && !layer.base.is_zero();
    }
    if !is_helped {
        let detail = policy.scope().scheme;
        return Err(Refusal::new(RefusalCode::AssistanceNotEntitled, detail));
    }
    let helping = helping(policy);
    let mut changes = Vec::new();
    for change in &decision.totals {
        let mut rules = policy.totals().iter();
        let Some(rule) = rules.find(|rule| rule.name == change.slot.name) else {
            continue;
        };
        let adds = adds(rule, change, decision, &helping)?;
        if adds != 0 {
            let slot = change.slot.clone();
            changes.push(TotalChange { slot, adds });
        }
    }
    Ok(changes)
}

/// Whether a layer takes what settlements paid or counted already.
fn is_twice(layer: &LayerResult, taken_before: impl Fn(Fund) -> bool) -> bool {
    match layer.payer {
        Payer::Fund(fund) if assists(fund) => false,
        Payer::Fund(fund) if may_pay(fund) => !layer.base.is_zero() && taken_before(fund),
        // The accounts are empty here: what a layer would take of them it leaves.
        Payer::Fund(fund) if fund.is_account() => !layer.paid.is_zero(),
        Payer::Fund(_) => !layer.base.is_zero(),
        Payer::Hospital => !layer.paid.is_zero(),
        Payer::Given(name) => name.as_str() != PAID_THIS_YEAR && !layer.paid.is_zero(),
    }
}

/// The layers that help, by name.
fn helping(policy: &Policy) -> BTreeSet<Name> {
    let layers = policy.layers().iter();
    let helping = layers.filter(|layer| match layer.payer {
        Payer::Fund(fund) => may_pay(fund),
        Payer::Hospital | Payer::Given(_) => false,
    });
    helping.map(|layer| layer.name).collect()
}

const fn layer_of(adds: &Adds) -> Option<Name> {
    match adds {
        Adds::Base(name) | Adds::Left(name, _) | Adds::StartCharged(name) | Adds::Paid(name) => {
            Some(*name)
        }
        Adds::Bill(..) | Adds::One | Adds::Admission => None,
    }
}

/// What the layers that help add to a total.
fn adds(
    rule: &TotalRule,
    change: &TotalChange,
    decision: &Decision,
    helping: &BTreeSet<Name>,
) -> Result<i64, Refusal> {
    let is_of = |adds: &Adds| layer_of(adds).is_some_and(|name| helping.contains(&name));
    if rule.adds.iter().all(is_of) {
        return Ok(change.adds);
    }
    let mut sum = 0_i64;
    for adds in rule.adds.iter().filter(|adds| is_of(adds)) {
        let amount = amount(adds, decision);
        let amount =
            amount.ok_or_else(|| Refusal::new(RefusalCode::AssistanceNotByPolicy, rule.name))?;
        sum = sum.saturating_add(amount.get());
    }
    Ok(sum)
}

/// One thing that a layer adds; none where a decision does not say it.
fn amount(adds: &Adds, decision: &Decision) -> Option<Fen> {
    let name = layer_of(adds)?;
    let Some(layer) = decision.layers.iter().find(|layer| layer.id == name) else {
        return Some(Fen::ZERO);
    };
    match adds {
        Adds::Base(_) => Some(layer.base),
        Adds::Paid(_) => Some(layer.paid),
        Adds::StartCharged(_) => Some(layer.start),
        Adds::Left(_, Left::Start) => Some(layer.left.start),
        Adds::Left(_, Left::Share) => Some(layer.left.share),
        Adds::Left(_, Left::Above) => Some(layer.left.above),
        Adds::Left(_, Left::None) | Adds::Bill(..) | Adds::One | Adds::Admission => None,
    }
}

#[cfg(test)]
mod tests;
