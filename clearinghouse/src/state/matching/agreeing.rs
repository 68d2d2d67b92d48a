//! What of each region's stream agrees and no plan has taken, in fen: intake is bounded by it, so that a cycle's sums
//! fit.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use huitong_core::leg::Leg;
use huitong_core::region::RegionCode;

use super::Matching;

/// By region; none of which nothing agrees. Looked up twice for each debt, and never gone through.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Agreeing(HashMap<RegionCode, u64, RandomState>);

impl Agreeing {
    /// Two legs of a debt agree now: one of each region.
    pub(super) fn begins(&mut self, leg: &Leg) {
        for region in [leg.debtor, leg.creditor] {
            let sum = self.0.entry(region).or_insert(0);
            *sum = sum.saturating_add(leg.amount.get().unsigned_abs());
        }
    }

    /// A plan took legs that a region reported, of so much together.
    pub(super) fn taken(&mut self, region: RegionCode, fen: u64) {
        if let Some(sum) = self.0.get_mut(&region) {
            *sum = sum.saturating_sub(fen);
        }
    }
}

impl Matching {
    /// What of a region's stream agrees and no plan has taken, in fen.
    pub(crate) fn agreeing(&self, region: RegionCode) -> u64 {
        self.agreeing.0.get(&region).copied().unwrap_or(0)
    }
}
