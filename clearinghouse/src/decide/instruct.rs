//! The order to pay an approved cycle, in the order of the cycles, where money moves by the day.
//!
//! Where it moves by the month, what is ordered stays and nothing more is ordered by the day.

use huitong_core::clearing_month::ClearingMonth;
use huitong_core::date::BusinessDay;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::payment::Purpose;
use huitong_core::record::clearing::{ClearingRecord, Instructed, PaymentRecord};
use huitong_core::refusal::RefusalCode;

use super::net::plan_of;
use super::{Context, Decided, Decision, Fault, going_on};
use crate::payments::{Moves, Nets, OFFICERS_NEEDED, PaymentRules, Progress};
use crate::refusal::{ClearingCode, Refusal};

/// Orders payment of a cycle; one that is ordered already stays as it is.
pub(crate) fn instruct(
    context: &Context<'_>,
    day: BusinessDay,
    rules: PaymentRules,
    by: OfficerName,
) -> Decision<()> {
    if let Err(refusal) = going_on(context) {
        return Ok(Decided::refuse(refusal));
    }
    let plan = match plan_of(context, day)? {
        Ok(plan) => plan,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    if let Progress::Instructed | Progress::Final(_) = context.state.payments.progress(day) {
        return Ok(Decided::answer(()));
    }
    let due = may_be_ordered(context, day, rules).and_then(|()| due(context, rules));
    let due = match due {
        Ok(due) => due,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let broken = |error: &dyn std::fmt::Display| Fault::Broken(format!("plan of {day}: {error}"));
    let purpose = Purpose::plan(plan.number()).map_err(|error| broken(&error))?;
    let nets = Nets::of(&plan).map_err(|error| broken(&error))?;
    let instructed = Instructed {
        day,
        due,
        instructions: nets.instructions(purpose),
        by,
        at: context.now,
    };
    let record = PaymentRecord::Instructed(instructed);
    Ok(Decided::record(ClearingRecord::Payment(record), ()))
}

/// Whether a cycle that is not ordered can be by itself.
fn may_be_ordered(
    context: &Context<'_>,
    day: BusinessDay,
    rules: PaymentRules,
) -> Result<(), Refusal> {
    match rules.moves {
        Moves::Daily => {}
        Moves::Monthly => {
            return Err(Refusal::new(
                ClearingCode::PaymentByMonth,
                month_of(context, day),
            ));
        }
    }
    let payments = &context.state.payments;
    if payments.progress(day) == Progress::Netted {
        let approvals = payments.cycle(day).map_or(0, |cycle| cycle.approvals.len());
        let detail = format_args!("{day}: {approvals} of {OFFICERS_NEEDED}");
        return Err(Refusal::new(ClearingCode::CycleNotApproved, detail));
    }
    in_turn(context, day)
}

/// The month that a cycle is paid with: the one that took it, or else the next that its day allows. A day of a month
/// that is drawn up without it is the next month's.
fn month_of(context: &Context<'_>, day: BusinessDay) -> Month {
    let plan = context.state.cycles.get(&day).and_then(|cycle| cycle.plan);
    let took = |month: &&ClearingMonth| {
        plan.is_some_and(|plan| (month.first_plan..=month.last_plan).contains(&plan))
    };
    let mut drawn = context.state.months.latest().map(|held| &held.drawn.month);
    if let Some(month) = drawn.find(took) {
        return month.month.clone();
    }
    let last = context
        .state
        .months
        .last()
        .map(|held| held.drawn.month.month.last());
    let next = last.and_then(|last| last.ok()?.plus_days(1).ok());
    Month::of(next.map_or(day, |next| next.max(day)))
}

/// Refused while a cycle before a day is not ordered.
pub(super) fn in_turn(context: &Context<'_>, day: BusinessDay) -> Result<(), Refusal> {
    let mut earlier = context.state.cycles.range(..day);
    match earlier.find(|(day, _)| !is_ordered(context, **day)) {
        None => Ok(()),
        Some((earlier, _)) => Err(Refusal::new(
            ClearingCode::CycleEarlierNotInstructed,
            earlier,
        )),
    }
}

/// Whether an order was for a cycle.
pub(super) fn is_ordered(context: &Context<'_>, day: BusinessDay) -> bool {
    let paying = context.state.payments.cycle(day);
    paying.is_some_and(|paying| paying.ordered.is_some())
}

/// By when what is ordered now is due.
pub(super) fn due(context: &Context<'_>, rules: PaymentRules) -> Result<BusinessDay, Refusal> {
    let today = context.now.business_day_shanghai();
    let due = context.calendar.after(today, rules.due_days);
    due.map_err(|error| Refusal::general(RefusalCode::Malformed, error))
}
