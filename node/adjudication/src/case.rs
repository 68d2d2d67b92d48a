//! What one adjudication starts from, and the way from a claim to it.

use std::collections::BTreeMap;

use huitong_core::bill::SplitBill;
use huitong_core::claim::Claim;
use huitong_core::coverage::{Balances, Coverage};
use huitong_core::decision::Decision;
use huitong_core::digest::Digest;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::totals::TotalSlot;

use crate::compiled::Compiled;
use crate::engine::adjudicate;
use crate::facts::{Facts, facts};
use crate::fault::Fault;
use crate::slots::slots;

/// A declared total as it stands before a settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredTotal {
    /// Where it is kept.
    pub slot: TotalSlot,
    /// Fen, or a count; never below zero.
    pub value: i64,
}

/// All that a decision depends on besides the policy.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// The bill, split by the treatment catalogue.
    pub bill: &'a SplitBill,
    /// The facts of person and visit.
    pub facts: &'a Facts,
    /// Totals by name; one that is missing has no slot for this visit: it reads as zero and never grows.
    pub totals: &'a BTreeMap<Name, StoredTotal>,
    /// The accounts.
    pub balances: Balances,
    /// What others have paid already.
    pub given: &'a BTreeMap<Name, Fen>,
    /// The treatment catalogue.
    pub catalogue: Digest,
}

/// The totals a policy declares, as they stand for one visit: stored values by slot, zero where none is.
#[must_use]
pub fn stored_totals(
    slots: BTreeMap<Name, TotalSlot>,
    values: &BTreeMap<TotalSlot, i64>,
) -> BTreeMap<Name, StoredTotal> {
    slots
        .into_iter()
        .map(|(name, slot)| {
            let value = values.get(&slot).copied().unwrap_or(0);
            (name, StoredTotal { slot, value })
        })
        .collect()
}

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
