//! The order to pay a month that two officers approved, where money moves by the month: one payment for each member and
//! fund, the sum of the nets of its cycles that no order was for.
//!
//! Whoever approved the month approved its cycles: it names the last checkpoint, and that all before it. So a cycle of it
//! takes no approval of its own. What was ordered by the day before the operator chose the month stays as it is, and is left
//! out; so the earliest cycles are always ordered first.

use std::collections::BTreeSet;
use std::sync::Arc;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::digest::Digest;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::payment::Purpose;
use huitong_core::record::clearing::{ClearingRecord, MonthInstructed, PaymentRecord};
use huitong_core::vocabulary::MonthStage;

use super::{looked_at, stage};
use crate::decide::instruct::{due, in_turn, is_ordered};
use crate::decide::net::plan_of;
use crate::decide::{Context, Decided, Decision, going_on};
use crate::months::HeldMonth;
use crate::payments::{Moves, Nets, OFFICERS_NEEDED, Order, PaymentRules};
use crate::refusal::{ClearingCode, Refusal};

/// The most cycles of one order: a month's days, and as many that another calendar added to the month before when that was
/// drawn up. Their plans are read back in the writer.
pub(super) const CYCLES_AT_MOST: usize = 62;

/// Orders payment of a month, by the digest of what was approved; one of which everything is ordered stays as it is.
pub(crate) fn instruct(
    context: &Context<'_>,
    (month, digest): (&Month, Digest),
    rules: PaymentRules,
    by: OfficerName,
) -> Decision<()> {
    let held = going_on(context)
        .and_then(|()| by_month(context, month, rules))
        .and_then(|()| looked_at(context, month, digest));
    let held = match held {
        Ok(held) => held,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let days = open_days(context, held);
    let is_ordered = context.state.payments.month(month).is_some();
    let Some(first) = days.first().copied().filter(|_| !is_ordered) else {
        return Ok(Decided::answer(()));
    };
    let due = match may_be_ordered(held, &days)
        .and_then(|()| in_turn(context, first))
        .and_then(|()| due(context, rules))
    {
        Ok(due) => due,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let mut nets = Nets::default();
    for day in &days {
        let plan = match plan_of(context, *day)? {
            Ok(plan) => plan,
            Err(refusal) => return Ok(Decided::refuse(refusal)),
        };
        // Each plan's sums fit, those of several together need not.
        if let Err(error) = nets.add(&plan) {
            return Ok(Decided::refuse(Refusal::new(
                ClearingCode::CycleCannotNet,
                error,
            )));
        }
    }
    let instructed = MonthInstructed {
        month: month.clone(),
        digest,
        days,
        due,
        instructions: nets.instructions(Purpose::month(month.first())),
        by,
        at: context.now,
    };
    let record = PaymentRecord::MonthInstructed(instructed);
    Ok(Decided::record(ClearingRecord::Payment(record), ()))
}

/// Whether money moves by the month; what was ordered when it did may be said again.
fn by_month(context: &Context<'_>, month: &Month, rules: PaymentRules) -> Result<(), Refusal> {
    match rules.moves {
        Moves::Monthly => Ok(()),
        Moves::Daily if context.state.payments.month(month).is_some() => Ok(()),
        Moves::Daily => Err(Refusal::new(ClearingCode::PaymentByDay, month)),
    }
}

/// The cycles of a month that no order was for.
fn open_days(context: &Context<'_>, held: &HeldMonth) -> BTreeSet<BusinessDay> {
    let month = &held.drawn.month;
    let plans = month.first_plan..=month.last_plan;
    let cycles = context.state.cycles.iter();
    let of_month = cycles.filter(|(_, cycle)| cycle.plan.is_some_and(|plan| plans.contains(&plan)));
    let days = of_month.map(|(day, _)| *day);
    days.filter(|day| !is_ordered(context, *day)).collect()
}

/// Whether a month is approved, and not of more cycles than can be.
fn may_be_ordered(held: &HeldMonth, days: &BTreeSet<BusinessDay>) -> Result<(), Refusal> {
    let month = &held.drawn.month.month;
    if stage(held) != MonthStage::Approved {
        let approvals = held.approvals.len();
        let detail = format_args!("{month}: {approvals} of {OFFICERS_NEEDED}");
        return Err(Refusal::new(ClearingCode::MonthNotApproved, detail));
    }
    if days.len() > CYCLES_AT_MOST {
        let detail = format_args!("{month}: {} cycles", days.len());
        return Err(Refusal::new(ClearingCode::CycleCannotNet, detail));
    }
    Ok(())
}

/// How far the payment of a month is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ordered {
    pub(crate) order: Arc<Order>,
    /// When the last of it was entered, once all of it is paid.
    pub(crate) paid: Option<Timestamp>,
}

/// The orders to pay some months, of those for which there is one.
pub(crate) fn ordered(context: &Context<'_>, months: &[Month]) -> Decision<Vec<Ordered>> {
    let payments = &context.state.payments;
    let orders = months.iter().filter_map(|month| payments.month(month));
    let ordered = orders.map(|order| Ordered {
        order: Arc::clone(order),
        paid: payments.paid(order),
    });
    Ok(Decided::answer(ordered.collect()))
}
