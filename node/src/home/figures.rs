//! What a decision comes to: in a receipt, in a person's totals and in their accounts.
//!
//! Arithmetic alone. Whether a settlement stands is decided in `commit`.

use std::collections::BTreeMap;

use huitong_core::claim::Claim;
use huitong_core::coverage::Balances;
use huitong_core::decision::Decision;
use huitong_core::fund::Fund;
use huitong_core::leg::LARGEST_LEG;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::policy::layer::Payer;
use huitong_core::provisional::TrueUp;
use huitong_core::receipt::ReceiptBody;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_core::totals::TotalSlot;

use crate::store::{Account, StoreError};

/// What each fund and account pays, ascending by fund, none of it zero. What the hospital bears and what
/// was paid elsewhere is no debt between regions.
///
/// # Errors
/// [`MoneyError`] when a sum is out of range.
pub fn amounts(decision: &Decision) -> Result<Vec<(Fund, Fen)>, MoneyError> {
    let mut by_fund: BTreeMap<Fund, Fen> = BTreeMap::new();
    for layer in &decision.layers {
        match layer.payer {
            Payer::Fund(fund) => {
                let sum = by_fund.entry(fund).or_insert(Fen::ZERO);
                *sum = sum.checked_add(layer.paid)?;
            }
            Payer::Hospital | Payer::Given(_) => {}
        }
    }
    Ok(by_fund
        .into_iter()
        .filter(|(_, amount)| !amount.is_zero())
        .collect())
}

/// The decision, when no fund owes more by it than is owed between two regions as one leg. A bill of the own region
/// makes no leg, and is not bounded by it.
///
/// # Errors
/// The refusal that names the most.
pub fn within_a_leg(claim: &Claim, decision: Decision) -> Result<Decision, Refusal> {
    let is_between = claim.treatment != claim.person.home;
    // A sum that is out of range is larger still.
    let is_too_large = amounts(&decision).map_or(true, |amounts| {
        amounts.iter().any(|(_, amount)| *amount > LARGEST_LEG)
    });
    if is_between && is_too_large {
        return Err(Refusal::new(RefusalCode::LegTooLarge, LARGEST_LEG));
    }
    Ok(decision)
}

/// The amounts of a receipt: what a decision pays, and what the home region bears of a provisional loss, which
/// comes last by its number.
pub(super) fn with_loss(
    amounts: Result<Vec<(Fund, Fen)>, MoneyError>,
    true_up: Option<TrueUp>,
) -> Result<Vec<(Fund, Fen)>, MoneyError> {
    let mut amounts = amounts?;
    let loss = true_up.map(|true_up| (Fund::ProvisionalLoss, true_up.home_bears));
    amounts.extend(loss.filter(|(_, borne)| !borne.is_zero()));
    Ok(amounts)
}

/// What the patient bears of a decision: cash and both accounts. Of what was provisional the cash is the lower of the two.
///
/// # Errors
/// [`MoneyError`] when the sum is out of range.
pub fn borne_by_patient(decision: &Decision, true_up: Option<&TrueUp>) -> Result<Fen, MoneyError> {
    let cash = true_up.map_or(decision.cash, |true_up| true_up.patient);
    let sum = cash.checked_add(decision.own_account)?;
    sum.checked_add(decision.family_account)
}

/// All that the region pays to a person by the receipt of a bill settled by hand: every fund and account.
///
/// # Errors
/// [`MoneyError`] when the sum is out of range.
pub fn paid_out(body: &ReceiptBody) -> Result<Fen, MoneyError> {
    Fen::sum(body.clearing.amounts.iter().map(|(_, amount)| *amount))
}

/// What the home region bears of a provisional loss by a receipt's amounts.
#[must_use]
pub fn loss_in(told: &[(Fund, Fen)]) -> Fen {
    let loss = told.iter().find(|(fund, _)| *fund == Fund::ProvisionalLoss);
    loss.map_or(Fen::ZERO, |(_, amount)| *amount)
}

/// Whether a receipt's amounts are a decision's. What the home region bears of a provisional loss beside them
/// is its own word, and no part of the decision.
#[must_use]
pub fn are_of(decision: &Decision, told: &[(Fund, Fen)]) -> bool {
    let paid = match told.split_last() {
        Some(((Fund::ProvisionalLoss, _), paid)) => paid,
        Some(_) | None => told,
    };
    amounts(decision).is_ok_and(|amounts| amounts == paid)
}

/// The totals that a decision changes, as they stand after it.
pub(super) fn totals_after(
    decision: &Decision,
    account: &Account,
) -> Result<Vec<(TotalSlot, i64)>, StoreError> {
    let mut after: BTreeMap<&TotalSlot, i64> = BTreeMap::new();
    for change in &decision.totals {
        let before = || {
            account
                .totals
                .get(&change.slot)
                .copied()
                .unwrap_or_default()
        };
        let value = after.entry(&change.slot).or_insert_with(before);
        *value = value
            .checked_add(change.adds)
            .ok_or(StoreError::Range("a total"))?;
    }
    Ok(after
        .into_iter()
        .map(|(slot, value)| (slot.clone(), value))
        .collect())
}

/// What a decision pays from a person's accounts.
pub(super) const fn paid(decision: &Decision) -> Balances {
    Balances {
        own: decision.own_account,
        family: decision.family_account,
    }
}

/// What is left in a person's accounts after a decision.
///
/// # Errors
/// [`MoneyError`] when more is taken than is there.
pub(super) fn balances_after(
    decision: &Decision,
    before: Balances,
) -> Result<Balances, MoneyError> {
    Ok(Balances {
        own: before.own.checked_sub(decision.own_account)?,
        family: before.family.checked_sub(decision.family_account)?,
    })
}
