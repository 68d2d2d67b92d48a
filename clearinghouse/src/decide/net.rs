//! Netting: plan k on plan k − 1, proven before it is written, and never planned twice. It waits until every region with a
//! row has attested it, but not for ever; what a region attested otherwise is left out, which is journaled before. Whoever
//! knows which plan it must be names its digest, and nothing else is netted. Only while cycles wait after a restore does
//! the digest also say what the plan was made of; at all other times nothing goes past attestation with it. A cycle that gives
//! no plan, or none that passes its proof, fails by itself ([`super::failed`]).

use std::collections::BTreeMap;
use std::thread;

use huitong_core::canonical::Artifact;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::{Digest, sha256};
use huitong_core::record::clearing::{Actor, ClearingRecord, Netted};
use huitong_core::region::RegionCode;
use huitong_netting::{AgreedLeg, Inputs, NettingPlan, PlanError, check, check_originals, plan};

use super::attest::outstanding;
use super::cut_off::{list, not_cut_off};
use super::failed::{Failure, NotNetted};
use super::{Context, Decided, Decision, Fault};
use crate::books;
use crate::refusal::{ClearingCode, Refusal};
use crate::state::LeftOut;

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

/// What makes a plan of inputs.
pub(crate) type Planner = fn(&Inputs<'_>) -> Result<NettingPlan, PlanError>;

/// Nets a cycle that is cut off; one that is netted gives the plan it has.
pub(crate) fn net(
    context: &Context<'_>,
    day: BusinessDay,
    expected: Expected,
    wait_minutes: u32,
    by: Actor,
) -> Decision<NettingPlan> {
    net_by(context, plan, (day, expected), wait_minutes, by)
}

/// Nets a cycle by a planner, which is not believed.
pub(crate) fn net_by(
    context: &Context<'_>,
    planner: Planner,
    (day, expected): (BusinessDay, Expected),
    wait_minutes: u32,
    by: Actor,
) -> Decision<NettingPlan> {
    let is_other = |plan: &NettingPlan| {
        let Expected::Plan(digest) = expected else {
            return None;
        };
        let found = sha256(&plan.to_bytes());
        (digest != found).then(|| Refusal::new(ClearingCode::CycleOtherPlan, found))
    };
    let state = context.state;
    let Some(cycle) = state.cycles.get(&day) else {
        return Ok(Decided::refuse(not_cut_off(context, day)));
    };
    if cycle.plan.is_some() {
        let answer = plan_of(context, day)?.and_then(|plan| is_other(&plan).map_or(Ok(plan), Err));
        return Ok(Decided::of(None, answer));
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
    if let Err(refusal) = attested(context, day, expected, wait_minutes) {
        return Ok(Decided::refuse(refusal));
    }
    let (legs, left_out) = legs_of(context, &cycle.marks, day, expected);
    let inputs = Inputs {
        day,
        parent: state.plan.as_ref(),
        members: &state.members,
        marks: &cycle.marks,
        legs: &legs,
    };
    // What its checkpoint is to commit to is found meanwhile.
    let is_attested = before_restore(context, expected).is_none();
    let (planned, rows) = thread::scope(|scope| {
        let beside = thread::Builder::new().name("clearing-rows".to_owned());
        let beside = beside.spawn_scoped(scope, || {
            is_attested.then(|| state.rows_to_net(&cycle.marks, day))
        });
        let planned = proven(context, planner, (&inputs, left_out), is_other);
        // Where nobody found them, they are found when the checkpoint is made.
        let rows = beside.ok().and_then(|beside| beside.join().ok());
        (planned, rows.flatten().flatten())
    });
    let planned = match planned? {
        Ok(planned) => planned,
        Err(NotNetted::Refused(refusal)) => return Ok(Decided::refuse(refusal)),
        Err(NotNetted::Failed(failure)) => return Ok(failure.decided(context, day)),
    };
    state.found.keep(rows.map(|rows| (planned.number(), rows)));
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

/// The plan of these inputs, proven, and such that it can be booked.
pub(super) fn proven(
    context: &Context<'_>,
    planner: Planner,
    (inputs, left_out): (&Inputs<'_>, &[LeftOut]),
    is_other: impl Fn(&NettingPlan) -> Option<Refusal>,
) -> Result<Result<NettingPlan, NotNetted>, Fault> {
    let failed = |failure| Ok(Err(NotNetted::Failed(failure)));
    let planned = match planner(inputs) {
        Ok(planned) => planned,
        Err(error) => return failed(Failure::of_planning(error, inputs.legs)),
    };
    if let Some(refusal) = is_other(&planned) {
        return Ok(Err(NotNetted::Refused(refusal)));
    }
    let mut proof = check(&planned, inputs);
    if proof.is_ok() && left_out.contains(&LeftOut::WithoutOriginal) {
        let knows_deductions = left_out.contains(&LeftOut::WithoutSettlement);
        let matching = Some(&context.state.matching).filter(|_| knows_deductions);
        let settlement_of =
            |leg: &AgreedLeg| matching.and_then(|held| held.said_of((leg.debtor, leg.payable)));
        proof = check_originals(inputs, settlement_of, |debt, pair| {
            let plan = context.plan_that_took(debt, pair);
            plan.map(|plan| plan.is_some())
        })?;
    }
    if let Err(fault) = proof {
        return failed(Failure::of_proof(fault, inputs.legs));
    }
    // Each sum of a plan fits, and what is booked of it need not: regions may agree on any amount.
    match books::entries(&planned) {
        Ok(_) => Ok(Ok(planned)),
        Err(error) => failed(Failure::of(error)),
    }
}

/// The digest of a plan that was made before a restore. While no cycle waits after one, a digest is only a check.
fn before_restore(context: &Context<'_>, expected: Expected) -> Option<Digest> {
    let waits = context.state.restored.waits_since.is_some();
    match expected {
        Expected::Plan(digest) => waits.then_some(digest),
        Expected::Unknown | Expected::Never => None,
    }
}

/// Whether every region with a row has attested it, or netting waits for none any more. Whoever knows the plan of before
/// a restore need not wait: it was attested then.
fn attested(
    context: &Context<'_>,
    day: BusinessDay,
    expected: Expected,
    wait_minutes: u32,
) -> Result<(), Refusal> {
    let waits = waits_until(context, day, wait_minutes).is_some_and(|until| context.now < until);
    if !waits || before_restore(context, expected).is_some() {
        return Ok(());
    }
    let open = outstanding(context, day);
    if open.is_empty() {
        return Ok(());
    }
    Err(Refusal::new(ClearingCode::CycleNotAttested, list(&open)))
}

/// Until when netting waits for regions that have not attested a cycle which is cut off.
pub(crate) fn waits_until(
    context: &Context<'_>,
    day: BusinessDay,
    wait_minutes: u32,
) -> Option<Timestamp> {
    let cycle = context.state.cycles.get(&day)?;
    let wait = i64::from(wait_minutes).saturating_mul(60_000);
    Timestamp::from_millis(cycle.at.as_millis().saturating_add(wait)).ok()
}

/// The legs that a cycle takes, and why others are left out. After a restore a plan that is known may have been made when
/// nobody had attested anything otherwise, or by a program that took deductions without their settlement, or all that takes
/// back without its original: then its digest says so, and it stands.
fn legs_of(
    context: &Context<'_>,
    marks: &BTreeMap<RegionCode, u64>,
    day: BusinessDay,
    expected: Expected,
) -> (Vec<AgreedLeg>, &'static [LeftOut]) {
    const BEFORE: [&[LeftOut]; 5] = [
        &[LeftOut::WithoutOriginal, LeftOut::WithoutSettlement],
        &[LeftOut::AttestedOtherwise, LeftOut::WithoutOriginal],
        &[LeftOut::WithoutOriginal],
        &[LeftOut::AttestedOtherwise],
        &[],
    ];
    let state = context.state;
    let now = state.to_net(marks, day);
    let Some(digest) = before_restore(context, expected) else {
        return (now, &LeftOut::ALL);
    };
    let comes_to = |legs: &[AgreedLeg]| {
        let inputs = Inputs {
            day,
            parent: state.plan.as_ref(),
            members: &state.members,
            marks,
            legs,
        };
        plan(&inputs).is_ok_and(|planned| sha256(&planned.to_bytes()) == digest)
    };
    if comes_to(&now) {
        return (now, &LeftOut::ALL);
    }
    let before = BEFORE.into_iter().find_map(|left_out| {
        let legs = state.to_net_but(marks, day, left_out);
        (legs.len() != now.len() && comes_to(&legs)).then_some((legs, left_out))
    });
    before.unwrap_or((now, &LeftOut::ALL))
}

/// Whether a cycle is netted; refused when it is not.
pub(crate) fn is_netted(context: &Context<'_>, day: BusinessDay) -> Decision<()> {
    let answer = match context.state.cycles.get(&day) {
        None => Err(not_cut_off(context, day)),
        Some(cycle) if cycle.plan.is_none() => Err(Refusal::new(ClearingCode::CycleNotNetted, day)),
        Some(_) => Ok(()),
    };
    Ok(Decided::of(None, answer))
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
    Ok(context.store.plan(day)?.ok_or_else(Refusal::being_indexed))
}
