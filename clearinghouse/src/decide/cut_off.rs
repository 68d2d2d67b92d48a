//! Cut-off: one record with every region's mark, when all have closed or at the deadline.
//!
//! What a mark counts as held is in the journal before this record, so it is synced when the record is.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;
use huitong_core::record::clearing::{Actor, ClearingRecord, CutOff};
use huitong_core::region::RegionCode;

use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};

/// What must hold for a cut-off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    /// Every region has closed the day.
    AllClosed,
    /// The deadline: those that have not closed are cut off at what is held of them.
    Deadline,
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
    let refuse =
        |code, detail: &dyn std::fmt::Display| Ok(Decided::refuse(Refusal::new(code, detail)));
    if let Some((last, _)) = state.last_cut_off()
        && day < last
    {
        return refuse(
            ClearingCode::CyclePassed,
            &format_args!("{day}, cut off up to {last}"),
        );
    }
    if day > context.now.business_day_shanghai() {
        return refuse(ClearingCode::CycleNotBegun, &day);
    }
    if let Some(earlier) = state.closed_days().filter(|closed| *closed < day).min() {
        return refuse(ClearingCode::CycleEarlierOpen, &earlier);
    }
    let open = still_open(context, day);
    if condition == Condition::AllClosed && !open.is_empty() {
        return refuse(ClearingCode::CycleRegionsOpen, &list(&open));
    }
    let cut = CutOff {
        day,
        marks: marks(context, day),
        by,
        at: context.now,
    };
    Ok(Decided::record(ClearingRecord::CutOff(cut), ()))
}

/// The regions of the directory that have not closed the day with all of it held.
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
        .filter(open)
        .collect()
}

fn marks(context: &Context<'_>, day: BusinessDay) -> BTreeMap<RegionCode, u64> {
    let mark = |region| context.state.mark(region);
    let streams = context.state.streams.iter();
    streams
        .map(|(region, stream)| (*region, stream.mark(day, mark(*region))))
        .collect()
}

/// As many regions as a refusal names.
fn list(regions: &[RegionCode]) -> String {
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
