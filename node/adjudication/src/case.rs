//! What one adjudication starts from.

use std::collections::BTreeMap;

use huitong_core::bill::SplitBill;
use huitong_core::coverage::Balances;
use huitong_core::digest::Digest;
use huitong_core::money::Fen;
use huitong_core::name::Name;
use huitong_core::totals::TotalSlot;

use crate::facts::Facts;

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
