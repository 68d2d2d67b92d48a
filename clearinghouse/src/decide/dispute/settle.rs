//! Officers of the operator decide an escalated dispute: one proposes how, and another confirms exactly that, as with
//! the plan of a cycle. What is proposed anew takes the place of what was proposed before.

use huitong_core::dispute::course::{Course, Ground};
use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::seen::DisputeSeen;
use huitong_core::dispute::step::{DisputeConfirmed, DisputeProposed, DisputeStep, Ruling};
use huitong_core::officer::OfficerName;

use super::{refused, settling, stepped, unknown};
use crate::decide::{Context, Decided, Decision, going_on};
use crate::refusal::Refusal;

/// Proposes how a dispute is decided.
pub(crate) fn propose(
    context: &Context<'_>,
    name: DisputeName,
    ruling: Ruling,
    by: OfficerName,
) -> Decision<DisputeSeen> {
    let course = match escalated(context, name) {
        Ok(course) => course,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let proposal = course.proposal.as_ref();
    let is_proposed = proposal.is_some_and(|it| it.ruling == ruling && it.by == by);
    if is_decided(course, &ruling) || (course.due().is_some() && is_proposed) {
        return Ok(Decided::answer(DisputeSeen::of(course, context.now)));
    }
    if let Err(fault) = course.may_rule(&ruling) {
        return Ok(Decided::refuse(refused(&fault, name)?));
    }
    let proposed = DisputeProposed {
        dispute: name,
        ruling,
        by,
        at: context.now,
    };
    stepped(context, Some(course), DisputeStep::Proposed(proposed))
}

/// Confirms that a dispute is decided as another officer proposed.
pub(crate) fn confirm(
    context: &Context<'_>,
    name: DisputeName,
    ruling: Ruling,
    by: OfficerName,
) -> Decision<DisputeSeen> {
    let course = match escalated(context, name) {
        Ok(course) => course,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    if is_decided(course, &ruling) {
        return Ok(Decided::answer(DisputeSeen::of(course, context.now)));
    }
    if let Err(fault) = course.may_confirm(&ruling, &by) {
        return Ok(Decided::refuse(refused(&fault, name)?));
    }
    let settling = match settling(context) {
        Ok(settling) => settling,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let confirmed = DisputeConfirmed {
        dispute: name,
        ruling,
        by,
        settling,
        at: context.now,
    };
    stepped(context, Some(course), DisputeStep::Confirmed(confirmed))
}

/// A dispute, while cycles go on.
fn escalated<'a>(context: &'a Context<'_>, name: DisputeName) -> Result<&'a Course, Refusal> {
    going_on(context)?;
    let course = context.state.disputes.course(name);
    course.ok_or_else(|| unknown(name))
}

/// Whether it is decided so already.
fn is_decided(course: &Course, ruling: &Ruling) -> bool {
    let settled = course.settled();
    settled.is_some_and(
        |settled| matches!(&settled.ground, Ground::Decided { ruling: of, .. } if of == ruling),
    )
}
