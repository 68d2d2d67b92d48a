//! What nets would be if a member dropped out or did not pay, or several days were netted as one. Nothing is written.
//!
//! A netted day stands as its plan is. The earliest day that is not netted is taken as it would be netted now. The
//! writer says only what that is; plans are read, and what is not netted is planned, beside it, for one officer at a
//! time.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::date::BusinessDay;
use huitong_core::money::MoneyError;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_netting::{
    AgreedLeg, Inputs, Member, Members, NettingPlan, Scenario, Supposing, WhatIf, plan,
};

use super::automatic::earliest_open;
use super::cut_off::{business_day, marks, not_passed};
use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};

/// The most days that are looked at as one.
const DAYS_AT_MOST: usize = 31;

/// What of some days stands in the state.
#[derive(Debug)]
pub(crate) struct DayGrounds {
    /// Those that are netted.
    netted: Vec<BusinessDay>,
    /// The one that is not.
    open: Option<AsOfNow>,
    scenario: Scenario,
}

/// A day as it would be netted now.
#[derive(Debug)]
struct AsOfNow {
    day: BusinessDay,
    parent: Option<NettingPlan>,
    members: Members,
    marks: BTreeMap<RegionCode, u64>,
    legs: Vec<AgreedLeg>,
}

/// Looks up what some days are looked at upon.
pub(crate) fn what_if(
    context: &Context<'_>,
    days: &BTreeSet<BusinessDay>,
    scenario: Scenario,
) -> Decision<DayGrounds> {
    if days.is_empty() || days.len() > DAYS_AT_MOST {
        let refusal = Refusal::general(RefusalCode::Malformed, "business_days: 1 to 31");
        return Ok(Decided::refuse(refusal));
    }
    let (mut netted, mut open) = (Vec::new(), None);
    for day in days {
        match context.state.cycles.get(day) {
            Some(cycle) if cycle.plan.is_some() => netted.push(*day),
            Some(_) | None => match as_of_now(context, *day) {
                // Only one comes this far: of two the later comes after one that is not netted.
                Ok(found) => open = Some(found),
                Err(refusal) => return Ok(Decided::refuse(refusal)),
            },
        }
    }
    Ok(Decided::answer(DayGrounds {
        netted,
        open,
        scenario,
    }))
}

/// What the earliest day without a plan would be netted of now.
fn as_of_now(context: &Context<'_>, day: BusinessDay) -> Result<AsOfNow, Refusal> {
    let state = context.state;
    let mut waiting = state
        .cycles
        .iter()
        .filter(|(_, cycle)| cycle.plan.is_none());
    if let Some((earlier, _)) = waiting.find(|(earlier, _)| **earlier < day) {
        return Err(Refusal::new(ClearingCode::CycleEarlierNotNetted, earlier));
    }
    let cycle = state.cycles.get(&day);
    if cycle.is_none() {
        not_passed(context, day)?;
        business_day(context, day)?;
        // What an earlier day has would be netted with it, and would be counted again.
        if let Some(earlier) = earliest_open(context).filter(|earlier| *earlier < day) {
            return Err(Refusal::new(ClearingCode::CycleEarlierOpen, earlier));
        }
    }
    let marks = cycle.map_or_else(|| marks(context, day), |cycle| cycle.marks.clone());
    Ok(AsOfNow {
        day,
        parent: state.plan.clone(),
        members: state.members.clone(),
        legs: state.to_net(&marks, day),
        marks,
    })
}

impl AsOfNow {
    /// The plan that it would come to.
    fn plan(&self) -> Result<NettingPlan, Refusal> {
        let inputs = Inputs {
            day: self.day,
            parent: self.parent.as_ref(),
            members: &self.members,
            marks: &self.marks,
            legs: &self.legs,
        };
        plan(&inputs).map_err(|error| Refusal::new(ClearingCode::CycleCannotNet, error))
    }
}

impl DayGrounds {
    /// What it comes to. Plans are asked for one after the other, and none is kept.
    ///
    /// # Errors
    /// A plan that is not to be had, sums out of range, or a member that stood in no region's place.
    pub(crate) fn found<E: From<Refusal>>(
        self,
        mut plan_of: impl FnMut(BusinessDay) -> Result<NettingPlan, E>,
    ) -> Result<WhatIf, E> {
        // Each plan's sums fit, those of several together need not.
        let too_large = |error| Refusal::new(ClearingCode::CycleCannotNet, error);
        let scenario = &self.scenario;
        let mut nets = Supposing::new(scenario);
        let mut take = |plan: &NettingPlan| -> Result<(), MoneyError> {
            nets.plans(plan)?;
            nets.supposes(plan)
        };
        for day in self.netted {
            take(&plan_of(day)?).map_err(too_large)?;
        }
        if let Some(open) = self.open {
            take(&open.plan()?).map_err(too_large)?;
        }
        let mut named = scenario.without.iter().chain(&scenario.unpaid);
        if let Some(stranger) = named.find(|member: &&Member| !nets.is_known(**member)) {
            return Err(Refusal::new(ClearingCode::CycleUnknownMember, stranger).into());
        }
        Ok(nets.ends().map_err(too_large)?)
    }
}
