//! Which cycles are over, and what is left out of them: what makes exceptions of legs beside the legs themselves. Whoever looks
//! through what is held some legs at a time sees by it whether cycles went on meanwhile.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;
use huitong_core::record::clearing::LegsLeftOut;
use huitong_core::region::RegionCode;
use huitong_netting::NettingPlan;

use super::Context;
use crate::state::State;

/// The last day that is cut off, and the marks of its cycle while that is yet to be netted.
pub(super) type CutOff<'a> = (BusinessDay, Option<&'a BTreeMap<RegionCode, u64>>);

/// The last cycle that is cut off, and its marks where it is yet to be netted.
pub(super) fn last_cut_off<'a>(context: &Context<'a>) -> Option<CutOff<'a>> {
    let (over, cycle) = context.state.last_cut_off()?;
    Some((over, cycle.plan.is_none().then_some(&cycle.marks)))
}

/// Which cycles are cut off and netted, and what is left out of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Over {
    day: BusinessDay,
    marks: Option<BTreeMap<RegionCode, u64>>,
    plan: Option<u64>,
    left_out: Vec<LegsLeftOut>,
}

impl Over {
    /// As it stands; none before the first cycle.
    pub(super) fn of(state: &State) -> Option<Self> {
        let (day, cycle) = state.last_cut_off()?;
        Some(Self {
            day,
            marks: cycle.plan.is_none().then(|| cycle.marks.clone()),
            plan: state.plan.as_ref().map(NettingPlan::number),
            left_out: state
                .last_cycles()
                .map(|cycle| cycle.left_out.clone())
                .collect(),
        })
    }
}
