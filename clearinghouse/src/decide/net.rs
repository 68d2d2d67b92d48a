//! Netting: plan k on plan k − 1, proven before it is written, and never planned twice. Whoever knows which plan it
//! must be (it was netted before a restore) names its digest, and nothing else is netted.

use huitong_core::canonical::Artifact;
use huitong_core::date::BusinessDay;
use huitong_core::digest::{Digest, sha256};
use huitong_core::record::clearing::{Actor, ClearingRecord, Netted};
use huitong_core::refusal::RefusalCode;
use huitong_netting::{Inputs, NettingPlan, check, plan};

use super::{Context, Decided, Decision, Fault};
use crate::books;
use crate::refusal::{ClearingCode, Refusal};

/// What whoever nets knows of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Nothing. After a restore that is not enough: it may have been netted before.
    Unknown,
    /// It was netted before the restore, and its plan has this digest.
    Plan(Digest),
    /// It was not netted before the restore.
    Never,
}

/// Nets a cycle that is cut off; one that is netted gives the plan it has.
pub(crate) fn net(
    context: &Context<'_>,
    day: BusinessDay,
    expected: Expected,
    by: Actor,
) -> Decision<NettingPlan> {
    let is_other = |plan: &NettingPlan| {
        let found = sha256(&plan.to_bytes());
        let is_other = matches!(expected, Expected::Plan(digest) if digest != found);
        is_other.then(|| Refusal::new(ClearingCode::CycleOtherPlan, found))
    };
    let state = context.state;
    let Some(cycle) = state.cycles.get(&day) else {
        return Ok(Decided::refuse(not_cut_off(context, day)));
    };
    if cycle.plan.is_some() {
        let answer = plan_of(context, day)?.and_then(|plan| is_other(&plan).map_or(Ok(plan), Err));
        return Ok(Decided {
            record: None,
            answer,
        });
    }
    if expected == Expected::Unknown && state.restored.waits_since.is_some() {
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::CycleDigestNeeded,
            day,
        )));
    }
    let earlier = state
        .cycles
        .range(..day)
        .find(|(_, cycle)| cycle.plan.is_none());
    if let Some((earlier, _)) = earlier {
        let refusal = Refusal::new(ClearingCode::CycleEarlierNotNetted, earlier);
        return Ok(Decided::refuse(refusal));
    }
    let legs = state.matching.agreed(&cycle.marks, day);
    let inputs = Inputs {
        day,
        parent: state.plan.as_ref(),
        members: &state.members,
        marks: &cycle.marks,
        legs: &legs,
    };
    let planned = match plan(&inputs) {
        Ok(planned) => planned,
        Err(error) => {
            return Ok(Decided::refuse(Refusal::new(
                ClearingCode::CycleCannotNet,
                error,
            )));
        }
    };
    if let Some(refusal) = is_other(&planned) {
        return Ok(Decided::refuse(refusal));
    }
    check(&planned, &inputs).map_err(|fault| {
        Fault::Broken(format!(
            "the plan of {day} does not pass its proof: {fault}"
        ))
    })?;
    books::entries(&planned)
        .map_err(|error| Fault::Broken(format!("the plan of {day} cannot be booked: {error}")))?;
    let (number, bytes) = (planned.number(), planned.to_bytes());
    let netted = Netted {
        day,
        number,
        plan: bytes,
        by,
        at: context.now,
    };
    Ok(Decided::record(ClearingRecord::Netted(netted), planned))
}

/// Whether a cycle is netted; refused when it is not.
pub(crate) fn is_netted(context: &Context<'_>, day: BusinessDay) -> Decision<()> {
    let answer = match context.state.cycles.get(&day) {
        None => Err(not_cut_off(context, day)),
        Some(cycle) if cycle.plan.is_none() => Err(Refusal::new(ClearingCode::CycleNotNetted, day)),
        Some(_) => Ok(()),
    };
    Ok(Decided {
        record: None,
        answer,
    })
}

/// The plan of a cycle that is netted.
pub(super) fn plan_of(
    context: &Context<'_>,
    day: BusinessDay,
) -> Result<Result<NettingPlan, Refusal>, Fault> {
    let state = context.state;
    let Some(cycle) = state.cycles.get(&day) else {
        return Ok(Err(not_cut_off(context, day)));
    };
    if cycle.plan.is_none() {
        return Ok(Err(Refusal::new(ClearingCode::CycleNotNetted, day)));
    }
    if let Some(last) = state.plan.as_ref().filter(|plan| plan.day() == day) {
        return Ok(Ok(last.clone()));
    }
    // Not the last plan, so it is long journaled; the index may still be on its way to it.
    let busy = || Refusal::general(RefusalCode::Overloaded, "the index is being brought up");
    Ok(context.store.plan(day)?.ok_or_else(busy))
}

fn not_cut_off(context: &Context<'_>, day: BusinessDay) -> Refusal {
    match context.state.last_cut_off() {
        Some((last, _)) if day < last => {
            let detail = format_args!("{day}, cut off up to {last}");
            Refusal::new(ClearingCode::CyclePassed, detail)
        }
        Some(_) | None => Refusal::new(ClearingCode::CycleNotCutOff, day),
    }
}
