//! By when what comes after a month's confirmation is due: until it is approved and ordered, and until all of it moved; and
//! how late a month is with whatever of it is latest, drawing up and confirming too.
//!
//! A month stays late until it is done, whoever is to do it. Deliberately absent: by which day it is to be drawn up and
//! confirmed, which is told with the month itself; and by when one payment is due, which its order says.

use std::collections::BTreeSet;

use huitong_core::date::{BusinessDay, DateError};
use huitong_core::payable::Month;
use huitong_core::vocabulary::MonthStage;

use super::{confirm_by, draw, is_confirmation_open, stage};
use crate::decide::cycles::is_final;
use crate::decide::{Context, Decided, Decision};
use crate::months::{HeldMonth, MonthRules};
use crate::payments::{Moves, PaymentRules};

/// What is still to be done of a month that is drawn up, and by when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MonthDue {
    pub(crate) month: Month,
    /// By when it is approved, and ordered where money moves by the month; none once it is.
    pub(crate) order_by: Option<BusinessDay>,
    pub(crate) order_days_late: u32,
    /// By when all of it moved at the latest; none once it has.
    pub(crate) clear_by: Option<BusinessDay>,
    pub(crate) clear_days_late: u32,
}

/// The plans of which something is to be done yet.
struct Undone {
    not_ordered: BTreeSet<u64>,
    not_final: BTreeSet<u64>,
}

impl Undone {
    fn of(context: &Context<'_>) -> Self {
        let payments = &context.state.payments;
        let unpaid = payments.unpaid_days();
        let mut undone = Self {
            not_ordered: BTreeSet::new(),
            not_final: BTreeSet::new(),
        };
        for (day, cycle) in &context.state.cycles {
            let Some(plan) = cycle.plan else {
                continue;
            };
            if payments.cycle(*day).is_none_or(|of| of.ordered.is_none()) {
                undone.not_ordered.insert(plan);
            }
            if !is_final(context, *day, &unpaid) {
                undone.not_final.insert(plan);
            }
        }
        undone
    }
}

/// What is still to be done of some months that are drawn up.
pub(crate) fn dues(
    context: &Context<'_>,
    months: &[Month],
    rules: (MonthRules, PaymentRules),
) -> Decision<Vec<MonthDue>> {
    let undone = Undone::of(context);
    let held = months
        .iter()
        .filter_map(|month| context.state.months.get(month));
    let dues = held.map(|held| due_of(context, held, &undone, rules));
    Ok(Decided::answer(dues.collect()))
}

fn due_of(
    context: &Context<'_>,
    held: &HeldMonth,
    undone: &Undone,
    (rules, paying): (MonthRules, PaymentRules),
) -> MonthDue {
    let of = &held.drawn.month;
    let has = |plans: &BTreeSet<u64>| plans.range(of.first_plan..=of.last_plan).next().is_some();
    let is_open = stage(held) != MonthStage::Approved
        || (paying.moves == Moves::Monthly && has(&undone.not_ordered));
    let order_by = is_open.then(|| {
        // Whoever is silent is waited for until that day is over.
        let confirmed = confirm_by(context, held, rules);
        let after = context.calendar.after(confirmed, 1).unwrap_or(confirmed);
        day_after(context, &of.month, 1, rules.order_by_day).map_or(after, |by| by.max(after))
    });
    let months = rules.delay_months.saturating_add(1);
    let clear_by = has(&undone.not_final)
        .then(|| day_after(context, &of.month, months, rules.order_by_day).ok())
        .flatten();
    MonthDue {
        month: of.month.clone(),
        order_by,
        order_days_late: days_over(context, order_by),
        clear_by,
        clear_days_late: days_over(context, clear_by),
    }
}

/// How many days a month is late, with whatever of it is latest, of all months with which somebody is late; the one that is to
/// be drawn up is among them.
pub(in crate::decide) fn late(
    context: &Context<'_>,
    rules: (MonthRules, PaymentRules),
) -> Vec<(Month, u32)> {
    let undone = Undone::of(context);
    let drawn = context.state.months.latest().map(|held| {
        let due = due_of(context, held, &undone, rules);
        let confirm = if is_confirmation_open(held) {
            days_over(context, Some(confirm_by(context, held, rules.0)))
        } else {
            0
        };
        let days = due.order_days_late.max(due.clear_days_late).max(confirm);
        (due.month, days)
    });
    let to_draw = draw::to_draw(context, rules.0).map(|of| (of.month, of.days_late));
    let late = drawn.chain(to_draw).filter(|(_, days)| *days > 0);
    late.collect()
}

fn days_over(context: &Context<'_>, by: Option<BusinessDay>) -> u32 {
    let today = context.now.business_day_shanghai();
    by.map_or(0, |by| u32::try_from(by.days_until(today)).unwrap_or(0))
}

/// A day of the month that comes so many months after another, or the next business day; its last day where it has no such day.
fn day_after(
    context: &Context<'_>,
    month: &Month,
    months: u32,
    day: u8,
) -> Result<BusinessDay, DateError> {
    let mut of = month.clone();
    for _ in 0..months {
        of = Month::of(of.in_next(1)?);
    }
    let last = of.last()?;
    let asked = BusinessDay::new(last.year(), last.month(), day);
    Ok(context.cycle_of(asked.unwrap_or(last)))
}
