//! Cut-offs that the clearinghouse makes by itself: at the deadline, or as soon as all have closed.

use std::collections::BTreeSet;

use huitong_core::date::BusinessDay;
use huitong_core::record::clearing::Actor;

use super::cut_off::{minutes_since, still_open};
use super::{Condition, Context, Decided, Decision, cut_off};

/// When the clearinghouse cuts off by itself, and the deadline: so many minutes after the business day began in Shanghai.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schedule {
    /// Never: officers do.
    Never(u32),
    /// At the deadline.
    Deadline(u32),
    /// As soon as all regions have closed, and at the deadline at the latest.
    AllClosed(u32),
}

impl Schedule {
    /// The deadline, before which nobody cuts off a day that some region has not closed.
    pub(crate) fn deadline_minutes(self) -> u32 {
        match self {
            Self::Never(minutes) | Self::Deadline(minutes) | Self::AllClosed(minutes) => minutes,
        }
    }
}

/// Cuts off the earliest cycle that is due, if one is; answers which.
pub(crate) fn cut_off_when_due(
    context: &Context<'_>,
    schedule: Schedule,
) -> Decision<Option<BusinessDay>> {
    if context.state.restored.waits_since.is_some() {
        return Ok(Decided::answer(None));
    }
    let deadline = match schedule {
        Schedule::Never(_) => return Ok(Decided::answer(None)),
        Schedule::Deadline(minutes) | Schedule::AllClosed(minutes) => minutes,
    };
    let Some(day) = earliest_open(context) else {
        return Ok(Decided::answer(None));
    };
    let (condition, by) = if minutes_since(day, context.now) >= i64::from(deadline) {
        (Condition::Deadline(deadline), Actor::Deadline)
    } else if matches!(schedule, Schedule::AllClosed(_)) && still_open(context, day).is_empty() {
        (Condition::AllClosed, Actor::AllClosed)
    } else {
        return Ok(Decided::answer(None));
    };
    let decided = cut_off(context, day, condition, by)?;
    Ok(Decided::of(
        decided.record,
        decided.answer.map(|()| Some(day)),
    ))
}

/// The earliest day after the last cut-off that has begun and that some region closed or has legs of.
pub(super) fn earliest_open(context: &Context<'_>) -> Option<BusinessDay> {
    let state = context.state;
    let last = state.last_cut_off().map(|(day, _)| day);
    let days = state.closed_days().chain(state.matching.days());
    let days: BTreeSet<_> = days.map(|day| context.cycle_of(day)).collect();
    let begun = days
        .into_iter()
        .filter(|day| *day <= context.now.business_day_shanghai());
    begun
        .into_iter()
        .find(|day| last.is_none_or(|last| *day > last))
}
