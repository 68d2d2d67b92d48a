//! The order to pay an approved cycle, in the order of the cycles.

use huitong_core::date::BusinessDay;
use huitong_core::officer::OfficerName;
use huitong_core::record::clearing::{ClearingRecord, Instructed, PaymentRecord};
use huitong_core::refusal::RefusalCode;

use super::net::plan_of;
use super::{Context, Decided, Decision, going_on};
use crate::payments::{OFFICERS_NEEDED, Progress, instructions};
use crate::refusal::{ClearingCode, Refusal};

/// Orders payment within so many business days; a cycle that is ordered already stays as it is.
pub(crate) fn instruct(
    context: &Context<'_>,
    day: BusinessDay,
    within_days: u32,
    by: OfficerName,
) -> Decision<()> {
    if let Err(refusal) = going_on(context) {
        return Ok(Decided::refuse(refusal));
    }
    let plan = match plan_of(context, day)? {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let payments = &context.state.payments;
    match payments.progress(day) {
        Progress::Netted => {
            let approvals = payments.cycle(day).map_or(0, |cycle| cycle.approvals.len());
            let detail = format_args!("{day}: {approvals} of {OFFICERS_NEEDED}");
            return Ok(Decided::refuse(Refusal::new(
                ClearingCode::CycleNotApproved,
                detail,
            )));
        }
        Progress::Approved => {}
        Progress::Instructed | Progress::Final(_) => return Ok(Decided::answer(())),
    }
    let mut earlier = context.state.cycles.range(..day);
    let not_ordered = |(day, _): &(&BusinessDay, _)| {
        matches!(
            payments.progress(**day),
            Progress::Netted | Progress::Approved
        )
    };
    if let Some((earlier, _)) = earlier.find(not_ordered) {
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::CycleEarlierNotInstructed,
            earlier,
        )));
    }
    let today = context.now.business_day_shanghai();
    let due = match context.calendar.after(today, within_days) {
        Ok(due) => due,
        Err(error) => {
            let refusal = Refusal::general(RefusalCode::Malformed, error);
            return Ok(Decided::refuse(refusal));
        }
    };
    let instructed = Instructed {
        day,
        due,
        instructions: instructions(&plan),
        by,
        at: context.now,
    };
    let record = PaymentRecord::Instructed(instructed);
    Ok(Decided::record(ClearingRecord::Payment(record), ()))
}
