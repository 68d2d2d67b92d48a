//! What is open of a region that is to leave: until nothing is, it stays.
//!
//! Deliberately absent: who may leave, and when that is decided.

use huitong_core::checkpoint::row::Pair;
use huitong_core::dispute::course::Stage;
use huitong_core::dispute::outcome::Outcome;
use huitong_core::membership::Standing;
use huitong_core::region::RegionCode;

use super::net::plan_of;
use super::{Context, Fault};
use crate::payments::Progress;

/// How much that is open a refusal names.
const NAMED: usize = 20;

/// What is open of a region: legs that no plan took, on either side, disputes, regions that clear through it, and
/// cycles that it is in and that are not paid.
pub(super) fn open(context: &Context<'_>, region: RegionCode) -> Result<Vec<String>, Fault> {
    let mut open = legs_open(context, region);
    open.extend(disputes_open(context, region)?);
    let members = context.state.members.iter();
    let directory = &context.state.directory;
    let through = members.filter(|(other, member)| {
        let left = directory.standing(*other) == Standing::Left;
        *other != region && member.code() == region && !left
    });
    open.extend(through.map(|(other, _)| format!("{other} clears through it")));
    open.extend(cycles_open(context, region)?);
    open.truncate(NAMED);
    Ok(open)
}

fn legs_open(context: &Context<'_>, region: RegionCode) -> Vec<String> {
    let mut open = Vec::new();
    let (mut own, mut others) = (0_u64, 0_u64);
    let matching = &context.state.matching;
    let keeps = context.state.kept_out();
    for (by, leg) in matching.untaken() {
        // Nothing is to come of what both took back.
        if matching.is_over(leg, &|leg| keeps.why_leg(leg)) {
            continue;
        }
        if by == region {
            own = own.saturating_add(1);
        } else if [leg.debtor, leg.creditor].contains(&region) {
            others = others.saturating_add(1);
        }
    }
    if own > 0 {
        open.push(format!("{own} of its legs in no plan"));
    }
    if others > 0 {
        open.push(format!("{others} legs of others with it in no plan"));
    }
    open
}

/// Disputes that are not over, and settled ones of which the correction is in no plan.
fn disputes_open(context: &Context<'_>, region: RegionCode) -> Result<Vec<String>, Fault> {
    let mut open = Vec::new();
    let all = context.state.disputes.after(None);
    for course in all.filter(|course| course.names(region)) {
        let name = course.name;
        match &course.stage {
            Stage::Raised(_) | Stage::Answered(_) | Stage::Escalated(_) => {
                open.push(format!("dispute {name} is not over"));
            }
            Stage::Settled(_) => {
                let leg = Outcome::of(course).and_then(|outcome| outcome.leg());
                if let Some(leg) = leg
                    && (context.plan_that_took(leg.debt(), Pair::of(&leg))?).is_none()
                {
                    open.push(format!("dispute {name} is settled and in no plan"));
                }
            }
            Stage::Withdrawn(_) => {}
        }
        if open.len() >= NAMED {
            break;
        }
    }
    Ok(open)
}

fn cycles_open(context: &Context<'_>, region: RegionCode) -> Result<Vec<String>, Fault> {
    let state = context.state;
    let mut open = Vec::new();
    for (day, cycle) in &state.cycles {
        if matches!(state.payments.progress(*day), Progress::Final(_)) {
            continue;
        }
        let is_in = match (cycle.plan, plan_of(context, *day)?) {
            (None, _) | (Some(_), Err(_)) => true,
            (Some(_), Ok(plan)) => plan
                .gross()
                .iter()
                .any(|row| [row.debtor, row.creditor].contains(&region)),
        };
        if is_in {
            open.push(format!("cycle {day} is not paid"));
        }
    }
    Ok(open)
}
