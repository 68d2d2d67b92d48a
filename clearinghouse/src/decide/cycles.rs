//! How far cycles are, which of them are not final, what each waits for, and by when officers are to have done it.
//!
//! The cut-off comes by itself; netting, approving and ordering do not. So what nobody does is named here with its day.
//! Deliberately absent: what blocks one cycle, which is `status`.

use std::collections::BTreeSet;

use huitong_core::date::{BusinessDay, Timestamp};

use super::attest::outstanding;
use super::automatic::earliest_open;
use super::{Context, Decided, Decision};
use crate::payments::{Moves, OFFICERS_NEEDED, PaymentRules, Progress};
use crate::state::Cycle;

/// The most cycles of one page: about two years of them.
const ROWS_AT_ONCE: usize = 500;

/// How far a cycle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CycleState {
    /// Legs are taken for it.
    Open,
    /// Every region has its mark.
    CutOff,
    /// Every region with a row has said what it comes to in its own book.
    Attested,
    /// It could not be netted: officers have to leave out what is wrong.
    Failed,
    /// It has a plan, and how far that is on its way to being paid.
    Netted(Progress),
}

/// What a cycle waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitsFor {
    /// Its cut-off.
    CutOff,
    /// An officer nets it.
    Netting,
    /// Two officers leave out of it what it cannot be netted with.
    Reopening,
    /// Two officers approve its plan.
    Approval,
    /// An officer orders its payment.
    Order,
    /// Money moves by the month: what is to be done is done for the month.
    Month,
    /// What was ordered moves.
    Money,
}

/// A cycle that is not final.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OpenCycle {
    pub(crate) day: BusinessDay,
    pub(crate) state: CycleState,
    pub(crate) waits_for: WaitsFor,
    /// When it was cut off, if it is.
    pub(crate) cut_off: Option<Timestamp>,
    /// By when officers are to have done what is theirs to do, or what was ordered is to have moved.
    pub(crate) due: Option<BusinessDay>,
    /// How many days that is over.
    pub(crate) days_late: u32,
}

impl OpenCycle {
    /// Whether an officer has to do something for it to go on.
    pub(crate) const fn is_officers(&self) -> bool {
        match self.waits_for {
            WaitsFor::Netting | WaitsFor::Reopening | WaitsFor::Approval | WaitsFor::Order => true,
            WaitsFor::CutOff | WaitsFor::Month | WaitsFor::Money => false,
        }
    }

    /// Whether somebody should have done something: one that failed waits for officers at once.
    pub(crate) fn is_late(&self) -> bool {
        self.days_late > 0 || self.waits_for == WaitsFor::Reopening
    }
}

/// How far the cycle of a day is.
pub(super) fn state_of(
    context: &Context<'_>,
    day: BusinessDay,
    cycle: Option<&Cycle>,
) -> CycleState {
    match cycle {
        None => CycleState::Open,
        Some(Cycle {
            failed: Some(_), ..
        }) => CycleState::Failed,
        Some(Cycle { plan: None, .. }) if is_attested(context, day) => CycleState::Attested,
        Some(Cycle { plan: None, .. }) => CycleState::CutOff,
        Some(Cycle { plan: Some(_), .. }) => {
            CycleState::Netted(context.state.payments.progress(day))
        }
    }
}

/// Whether all that was asked of a cycle is answered. One without rows has nothing to be asked.
fn is_attested(context: &Context<'_>, day: BusinessDay) -> bool {
    let attesting = context.state.attesting();
    attesting.is_some_and(|of| of.day == day && !of.rows.is_empty())
        && outstanding(context, day).is_empty()
}

/// The cycles that are not final, ascending, a page at a time, the earliest that is not cut off with the last page; and after
/// which the next page begins.
pub(crate) fn cycles(
    context: &Context<'_>,
    rules: PaymentRules,
    after: Option<BusinessDay>,
) -> Decision<(Vec<OpenCycle>, Option<BusinessDay>)> {
    let mut all = not_final(context, rules).filter(|of| after.is_none_or(|after| of.day > after));
    let rows: Vec<_> = all.by_ref().take(ROWS_AT_ONCE).collect();
    let next = all.next().and_then(|_| rows.last().map(|last| last.day));
    Ok(Decided::answer((rows, next)))
}

/// The cycles that are not final, ascending.
pub(super) fn not_final<'a>(
    context: &'a Context<'_>,
    rules: PaymentRules,
) -> impl Iterator<Item = OpenCycle> + 'a {
    let unpaid = context.state.payments.unpaid_days();
    let cycles = context.state.cycles.iter();
    let cycles = cycles.filter(move |(day, _)| !is_final(context, **day, &unpaid));
    let cycles = cycles.map(move |(day, cycle)| open_cycle(context, *day, cycle, rules));
    let taking = earliest_open(context).map(|day| OpenCycle {
        day,
        state: CycleState::Open,
        waits_for: WaitsFor::CutOff,
        cut_off: None,
        due: None,
        days_late: 0,
    });
    cycles.chain(taking)
}

/// Whether a cycle is ordered and nothing of it is open.
pub(super) fn is_final(
    context: &Context<'_>,
    day: BusinessDay,
    unpaid: &BTreeSet<BusinessDay>,
) -> bool {
    let paying = context.state.payments.cycle(day);
    paying.is_some_and(|paying| paying.ordered.is_some()) && !unpaid.contains(&day)
}

fn open_cycle(
    context: &Context<'_>,
    day: BusinessDay,
    cycle: &Cycle,
    rules: PaymentRules,
) -> OpenCycle {
    let paying = context.state.payments.cycle(day);
    let ordered = paying.and_then(|paying| paying.ordered.as_ref());
    let is_approved = paying.is_some_and(|paying| paying.approvals.len() >= OFFICERS_NEEDED);
    let waits_for = match (cycle.plan, ordered, rules.moves) {
        (None, ..) if cycle.failed.is_some() => WaitsFor::Reopening,
        (None, ..) => WaitsFor::Netting,
        (Some(_), Some(_), Moves::Daily | Moves::Monthly) => WaitsFor::Money,
        (Some(_), None, Moves::Monthly) => WaitsFor::Month,
        (Some(_), None, Moves::Daily) if is_approved => WaitsFor::Order,
        (Some(_), None, Moves::Daily) => WaitsFor::Approval,
    };
    let officers_by = || {
        let cut_off = cycle.at.business_day_shanghai();
        context.calendar.after(cut_off, rules.order_days).ok()
    };
    let due = match waits_for {
        WaitsFor::Netting | WaitsFor::Reopening | WaitsFor::Approval | WaitsFor::Order => {
            officers_by()
        }
        WaitsFor::Money => ordered.map(|order| order.due),
        WaitsFor::CutOff | WaitsFor::Month => None,
    };
    let over = due.map_or(0, |due| due.days_until(context.now.business_day_shanghai()));
    OpenCycle {
        day,
        state: state_of(context, day, Some(cycle)),
        waits_for,
        cut_off: Some(cycle.at),
        due,
        days_late: u32::try_from(over).unwrap_or(0),
    }
}
