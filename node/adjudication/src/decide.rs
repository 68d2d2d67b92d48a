//! The way from a claim to its decision, the same in both regions.

use std::collections::BTreeMap;

use huitong_core::claim::Claim;
use huitong_core::coverage::{Balances, Coverage};
use huitong_core::decision::Decision;
use huitong_core::totals::TotalSlot;

use crate::case::{Case, stored_totals};
use crate::compiled::Compiled;
use crate::engine::adjudicate;
use crate::facts::facts;
use crate::fault::Fault;
use crate::slots::slots;

/// Decides a claim: facts, slots, adjudication. Both regions call this with what the home region answered.
///
/// # Errors
/// Any [`Fault`]; [`Fault::blame`] says whether it refuses the claim.
pub fn decide(
    compiled: &Compiled,
    claim: &Claim,
    coverage: &Coverage,
    totals: &BTreeMap<TotalSlot, i64>,
    balances: Balances,
) -> Result<Decision, Fault> {
    let facts = facts(compiled.policy(), claim, coverage)?;
    let totals = stored_totals(slots(compiled.policy(), &facts, claim), totals);
    adjudicate(
        compiled,
        &Case {
            bill: &claim.bill,
            facts: &facts,
            totals: &totals,
            balances,
            given: &claim.given,
            catalogue: claim.catalogue,
        },
    )
}
