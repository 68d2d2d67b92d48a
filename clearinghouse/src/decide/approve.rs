//! Approval: two different officers say that a plan is to be paid, each of exactly the plan that they looked at.

use huitong_core::canonical::Artifact;
use huitong_core::date::BusinessDay;
use huitong_core::digest::{Digest, sha256};
use huitong_core::officer::OfficerName;
use huitong_core::record::clearing::{Approved, ClearingRecord, PaymentRecord};

use super::net::plan_of;
use super::{Context, Decided, Decision, going_on};
use crate::payments::Progress;
use crate::refusal::{ClearingCode, Refusal};

/// Approves a netted cycle's plan. Whoever has approved it already, or comes when two others have, changes nothing.
pub(crate) fn approve(
    context: &Context<'_>,
    day: BusinessDay,
    digest: Digest,
    by: OfficerName,
) -> Decision<()> {
    let plan = match going_on(context).map(|()| plan_of(context, day)) {
        Ok(plan) => plan?,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let plan = match plan {
        Ok(plan) => sha256(&plan.to_bytes()),
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    if plan != digest {
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::ApprovalOtherPlan,
            plan,
        )));
    }
    let payments = &context.state.payments;
    let has_approved = |cycle: &crate::payments::Paying| cycle.approvals.contains_key(&by);
    if payments.progress(day) != Progress::Netted || payments.cycle(day).is_some_and(has_approved) {
        return Ok(Decided::answer(()));
    }
    let approved = Approved {
        day,
        plan,
        by,
        at: context.now,
    };
    let record = PaymentRecord::Approved(approved);
    Ok(Decided::record(ClearingRecord::Payment(record), ()))
}
