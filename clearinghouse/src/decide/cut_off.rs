//! Cut-off: one record with every region's mark, when all have closed or at the deadline.
//!
//! What a mark counts as held is in the journal before this record, so it is synced when the record is. After the
//! clearinghouse was restored only cycles that were cut off before are, with the marks that they had: the legs below
//! them come again by the same numbers, so that each comes to the plan that it came to before.

use std::collections::BTreeMap;

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::membership::Standing;
use huitong_core::record::clearing::{Actor, ClearingRecord, CutOff};
use huitong_core::region::RegionCode;

use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};

/// What must hold for a cut-off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Every region has closed the day.
    AllClosed,
    /// The deadline, so many minutes after the day began in Shanghai: those that have not closed are cut off at what is held
    /// of them.
    Deadline(u32),
    /// It was cut off before the clearinghouse was restored, with these marks.
    Again(BTreeMap<RegionCode, u64>),
}

/// Cuts a cycle off; one that is cut off already stays as it is.
pub(crate) fn cut_off(
    context: &Context<'_>,
    day: BusinessDay,
    condition: Condition,
    by: Actor,
) -> Decision<()> {
    let state = context.state;
    if state.cycles.contains_key(&day) {
        return Ok(Decided::answer(()));
    }
    if let Err(refusal) = not_passed(context, day) {
        return Ok(Decided::refuse(refusal));
    }
    if let Some(since) = state.restored.waits_since
        && !matches!(condition, Condition::Again(_))
    {
        let refusal = Refusal::new(ClearingCode::CycleRestored, since);
        return Ok(Decided::refuse(refusal));
    }
    // One that was cut off before a restore was a business day then.
    let is_cycle = match condition {
        Condition::Again(_) => Ok(()),
        Condition::AllClosed | Condition::Deadline(_) => business_day(context, day),
    };
    if let Err(refusal) = is_cycle.and_then(|()| deadline(context, day, &condition)) {
        return Ok(Decided::refuse(refusal));
    }
    // Also of those that were cut off before a restore the earliest comes first.
    let closed = state.closed_days().map(|day| context.cycle_of(day));
    if let Some(earlier) = closed.filter(|closed| *closed < day).min() {
        let refusal = Refusal::new(ClearingCode::CycleEarlierOpen, earlier);
        return Ok(Decided::refuse(refusal));
    }
    let found = match condition {
        Condition::Again(marks) => marks_again(context, marks),
        Condition::AllClosed | Condition::Deadline(_) => marks_now(context, day, &condition),
    };
    let marks = match found {
        Ok(marks) => marks,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let cut = CutOff {
        day,
        marks,
        by,
        at: context.now,
    };
    Ok(Decided::record(ClearingRecord::CutOff(cut), ()))
}

/// Whether a day that is not cut off has begun, and no later one is cut off.
pub(super) fn not_passed(context: &Context<'_>, day: BusinessDay) -> Result<(), Refusal> {
    if let Some((last, _)) = context.state.last_cut_off()
        && day < last
    {
        let detail = format_args!("{day}, cut off up to {last}");
        return Err(Refusal::new(ClearingCode::CyclePassed, detail));
    }
    if day > context.now.business_day_shanghai() {
        return Err(Refusal::new(ClearingCode::CycleNotBegun, day));
    }
    Ok(())
}

/// Whether a day is a business day, which every cycle is.
pub(super) fn business_day(context: &Context<'_>, day: BusinessDay) -> Result<(), Refusal> {
    if context.calendar.is_business(day) {
        return Ok(());
    }
    let detail = format_args!("{day}, the next is {}", context.cycle_of(day));
    Err(Refusal::new(ClearingCode::CycleNoBusinessDay, detail))
}

/// Minutes from the beginning of a business day in Shanghai (UTC+8, no summer time) to a moment.
pub(super) fn minutes_since(day: BusinessDay, now: Timestamp) -> i64 {
    const DAY_MINUTES: i64 = 24 * 60;
    const OFFSET_MINUTES: i64 = 8 * 60;
    let of_day = (now.as_millis() / 60_000).saturating_add(OFFSET_MINUTES) % DAY_MINUTES;
    day.days_until(now.business_day_shanghai())
        .saturating_mul(DAY_MINUTES)
        .saturating_add(of_day)
}

/// Whether the deadline is there, where it is gone by. Nobody cuts off a day before it that regions still have legs of: what
/// comes later than a cut-off is netted a cycle later, and nothing takes a cut-off back.
fn deadline(context: &Context<'_>, day: BusinessDay, condition: &Condition) -> Result<(), Refusal> {
    let Condition::Deadline(minutes) = condition else {
        return Ok(());
    };
    let left = i64::from(*minutes).saturating_sub(minutes_since(day, context.now));
    let open = still_open(context, day);
    if left <= 0 || open.is_empty() {
        return Ok(());
    }
    let open = list(&open);
    let detail = format_args!("{day}: {left} minutes until the deadline, not closed: {open}");
    Err(Refusal::new(ClearingCode::CycleBeforeDeadline, detail))
}

/// The regions of the directory that have not closed the day with all of it held. Nobody waits for one that is suspended
/// or has left: it is cut off at what is held.
pub(super) fn still_open(context: &Context<'_>, day: BusinessDay) -> Vec<RegionCode> {
    let streams = &context.state.streams;
    let open = |region: &RegionCode| {
        !streams
            .get(region)
            .is_some_and(|stream| stream.has_closed(day))
    };
    context
        .state
        .members
        .iter()
        .map(|(region, _)| region)
        .filter(|region| context.state.directory.standing(*region) == Standing::Active)
        .filter(open)
        .collect()
}

/// The marks of a cycle that is cut off for the first time.
fn marks_now(
    context: &Context<'_>,
    day: BusinessDay,
    condition: &Condition,
) -> Result<BTreeMap<RegionCode, u64>, Refusal> {
    let open = still_open(context, day);
    if *condition == Condition::AllClosed && !open.is_empty() {
        return Err(Refusal::new(ClearingCode::CycleRegionsOpen, list(&open)));
    }
    Ok(marks(context, day))
}

/// The marks that a cycle had before a restore, when all below them is held again.
fn marks_again(
    context: &Context<'_>,
    marks: BTreeMap<RegionCode, u64>,
) -> Result<BTreeMap<RegionCode, u64>, Refusal> {
    let state = context.state;
    let bad = |detail: &dyn std::fmt::Display| Refusal::new(ClearingCode::CycleBadMarks, detail);
    if state.restored.waits_since.is_none() {
        return Err(bad(&"the clearinghouse was not restored"));
    }
    if let Some(stranger) = marks
        .keys()
        .find(|region| state.members.of(**region).is_none())
    {
        return Err(bad(stranger));
    }
    let mut not_held = Vec::new();
    for (region, stream) in &state.streams {
        let before = state.mark(*region);
        // A region that joined after the cycle had no mark in it, and none before.
        match marks.get(region).copied().unwrap_or(0) {
            mark if mark < before => {
                return Err(bad(&format_args!("{region}: {mark}, before {before}")));
            }
            mark if mark > stream.held => not_held.push(*region),
            _ => {}
        }
    }
    if not_held.is_empty() {
        Ok(marks)
    } else {
        Err(Refusal::new(
            ClearingCode::CycleMarksNotHeld,
            list(&not_held),
        ))
    }
}

/// The marks that a cut-off of the day would have now.
pub(super) fn marks(context: &Context<'_>, day: BusinessDay) -> BTreeMap<RegionCode, u64> {
    let mark = |region| context.state.mark(region);
    let streams = context.state.streams.iter();
    streams
        .map(|(region, stream)| (*region, stream.mark(day, mark(*region))))
        .collect()
}

/// Why a cycle is not worked on: it is not cut off, or it never will be.
pub(super) fn not_cut_off(context: &Context<'_>, day: BusinessDay) -> Refusal {
    match context.state.last_cut_off() {
        Some((last, _)) if day < last => {
            let detail = format_args!("{day}, cut off up to {last}");
            Refusal::new(ClearingCode::CyclePassed, detail)
        }
        Some(_) | None => Refusal::new(ClearingCode::CycleNotCutOff, day),
    }
}

/// As many regions as a refusal names.
pub(super) fn list(regions: &[RegionCode]) -> String {
    const NAMED: usize = 20;
    let mut named: Vec<_> = regions
        .iter()
        .take(NAMED)
        .map(ToString::to_string)
        .collect();
    if let Some(others @ 1..) = regions.len().checked_sub(NAMED) {
        named.push(format!("and {others} more"));
    }
    named.join(", ")
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
