//! What a plan says that members owe each other, before netting.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;
use huitong_core::money::Fen;
use huitong_core::prefund::Prefund;
use huitong_core::region::RegionCode;
use huitong_netting::NettingPlan;

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
