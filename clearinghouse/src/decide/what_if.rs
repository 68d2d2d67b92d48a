//! What nets would be if a member dropped out or did not pay, or several days were netted as one. Nothing is written.
//!
//! A netted day stands as its plan is. The earliest day that is not netted is taken as it would be netted now.

use std::collections::BTreeSet;

use huitong_core::date::BusinessDay;
use huitong_core::refusal::RefusalCode;
use huitong_netting::{Inputs, Member, NettingPlan, Scenario, WhatIf, plan};

use super::automatic::earliest_open;
use super::cut_off::{business_day, marks, not_passed};
use super::net::plan_of;
use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};

/// The most days that are looked at as one: a month's plans are read back in the writer, which does nothing else then.
const DAYS_AT_MOST: usize = 31;

/// Looks at some days as one.
pub(crate) fn what_if(
    context: &Context<'_>,
    days: &BTreeSet<BusinessDay>,
    scenario: &Scenario,
) -> Decision<WhatIf> {
    if days.is_empty() || days.len() > DAYS_AT_MOST {
        let refusal = Refusal::general(RefusalCode::Malformed, "business_days: 1 to 31");
        return Ok(Decided::refuse(refusal));
    }
    let mut plans = Vec::with_capacity(days.len());
    for day in days {
        let found = match context.state.cycles.get(day) {
            Some(cycle) if cycle.plan.is_some() => plan_of(context, *day)?,
            Some(_) | None => as_of_now(context, *day),
        };
        match found {
            Ok(plan) => plans.push(plan),
            Err(refusal) => return Ok(Decided::refuse(refusal)),
        }
    }
    if let Some(stranger) = stranger(&plans, scenario) {
        let refusal = Refusal::new(ClearingCode::CycleUnknownMember, stranger);
        return Ok(Decided::refuse(refusal));
    }
    let plans: Vec<_> = plans.iter().collect();
    // Each plan's sums fit, those of several together need not.
    Ok(match huitong_netting::what_if(&plans, scenario) {
        Ok(found) => Decided::answer(found),
        Err(error) => Decided::refuse(Refusal::new(ClearingCode::CycleCannotNet, error)),
    })
}

/// The plan that the earliest day without one would come to now.
fn as_of_now(context: &Context<'_>, day: BusinessDay) -> Result<NettingPlan, Refusal> {
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
    let legs = state.to_net(&marks, day);
    let inputs = Inputs {
        day,
        parent: state.plan.as_ref(),
        members: &state.members,
        marks: &marks,
        legs: &legs,
    };
    plan(&inputs).map_err(|error| Refusal::new(ClearingCode::CycleCannotNet, error))
}

/// A member supposed to do something that stands in no region's place on these days.
fn stranger(plans: &[NettingPlan], scenario: &Scenario) -> Option<Member> {
    let windows = plans.iter().flat_map(NettingPlan::windows);
    let known: BTreeSet<_> = windows.map(|window| window.member).collect();
    let mut named = scenario.without.iter().chain(&scenario.unpaid);
    named.find(|member| !known.contains(member)).copied()
}
