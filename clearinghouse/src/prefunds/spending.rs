//! What a plan says that members owe each other, before netting, and what that comes to in a year.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use huitong_core::canonical_struct;
use huitong_core::date::BusinessDay;
use huitong_core::money::Fen;
use huitong_core::prefund::Prefund;
use huitong_core::region::RegionCode;
use huitong_netting::NettingPlan;

/// What a member came to owe another in the cycles of a year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spent {
    /// In all: as much as is counted, when it is more.
    pub(crate) sum: Fen,
    /// The first of those cycles.
    pub(crate) first: BusinessDay,
}

canonical_struct!(Spent { sum, first });

impl Spent {
    /// With a cycle more.
    pub(crate) fn with(before: Option<Self>, day: BusinessDay, amount: Fen) -> Self {
        let (sum, first) = before.map_or((Fen::ZERO, day), |before| (before.sum, before.first));
        Self {
            sum: sum.checked_add(amount).unwrap_or(Fen::MAX),
            first: first.min(day),
        }
    }
}

/// What each member owes each other one for each fund. Reversals of a holder's settlements are what the holder owes, so
/// they are none of this. Regions of one member owe each other nothing here. Each row of a plan fits, and their sum need
/// not: then it is as much as is counted.
pub(crate) fn between_members(plan: &NettingPlan) -> BTreeMap<Prefund, Fen> {
    let members: HashMap<RegionCode, RegionCode, RandomState> = plan
        .windows()
        .iter()
        .map(|window| (window.region, window.member.code()))
        .collect();
    let member = |region: RegionCode| members.get(&region).copied().unwrap_or(region);
    let mut owed = HashMap::<_, Fen, RandomState>::default();
    for row in plan.gross() {
        let (payer, holder) = (member(row.debtor), member(row.creditor));
        if let Ok(prefund) = Prefund::new(payer, holder, row.fund) {
            let sum = owed.entry(prefund).or_insert(Fen::ZERO);
            *sum = sum.checked_add(row.amount).unwrap_or(Fen::MAX);
        }
    }
    owed.into_iter().collect()
}
