//! Cut-offs that the clearinghouse makes by itself: at the deadline, or as soon as all have closed.

use std::collections::BTreeSet;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::record::clearing::Actor;

use super::cut_off::still_open;
use super::{Condition, Context, Decided, Decision, cut_off};

/// When the clearinghouse cuts off by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Schedule {
    /// Never: officers do.
    Never,
    /// At the deadline, so many minutes after the business day began in Shanghai.
    Deadline(u32),
    /// As soon as all regions have closed, and at the deadline at the latest.
    AllClosed(u32),
}

const DAY_MINUTES: i64 = 24 * 60;

/// Cuts off the earliest cycle that is due, if one is; answers which.
pub(crate) fn cut_off_when_due(
    context: &Context<'_>,
    schedule: Schedule,
) -> Decision<Option<BusinessDay>> {
    if context.state.restored.waits_since.is_some() {
        return Ok(Decided::answer(None));
    }
    let deadline = match schedule {
        Schedule::Never => return Ok(Decided::answer(None)),
        Schedule::Deadline(minutes) | Schedule::AllClosed(minutes) => i64::from(minutes),
    };
    let Some(day) = earliest_open(context) else {
        return Ok(Decided::answer(None));
    };
    let (condition, by) = if minutes_since(day, context.now) >= deadline {
        (Condition::Deadline, Actor::Deadline)
    } else if matches!(schedule, Schedule::AllClosed(_)) && still_open(context, day).is_empty() {
        (Condition::AllClosed, Actor::AllClosed)
    } else {
        return Ok(Decided::answer(None));
    };
    let decided = cut_off(context, day, condition, by)?;
    Ok(Decided {
        record: decided.record,
        answer: decided.answer.map(|()| Some(day)),
    })
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

/// Minutes from the beginning of a business day in Shanghai (UTC+8, no summer time) to a moment.
fn minutes_since(day: BusinessDay, now: Timestamp) -> i64 {
    const OFFSET_MINUTES: i64 = 8 * 60;
    let of_day = (now.as_millis() / 60_000).saturating_add(OFFSET_MINUTES) % DAY_MINUTES;
    day.days_until(now.business_day_shanghai())
        .saturating_mul(DAY_MINUTES)
        .saturating_add(of_day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_counts_from_midnight_in_shanghai() {
        let day = BusinessDay::new(2026, 3, 2).unwrap();
        for (now, minutes) in [
            ("2026-03-01T16:00:00.000Z", 0),
            ("2026-03-01T15:59:00.000Z", -1),
            ("2026-03-02T15:30:00.000Z", 23 * 60 + 30),
            ("2026-03-02T17:00:00.000Z", 25 * 60),
        ] {
            assert_eq!(
                minutes_since(day, Timestamp::parse(now).unwrap()),
                minutes,
                "{now}"
            );
        }
    }
}
