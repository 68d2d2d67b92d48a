//! A region's word that its business day is complete.
//!
//! The end of a day never moves back, and days end in their order: what a region said of one day holds
//! for all that was said of others.

use huitong_core::date::BusinessDay;
use huitong_core::record::clearing::{ClearingRecord, RegionClosed};

use super::intake::{Told, told_now};
use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};

/// Notes that the region's day is complete up to a number; answers whether all of it is held.
pub(crate) fn close_day(
    context: &Context<'_>,
    by: Told,
    day: BusinessDay,
    up_to: u64,
) -> Decision<bool> {
    let state = context.state;
    let refuse =
        |code, detail: std::fmt::Arguments<'_>| Ok(Decided::refuse(Refusal::new(code, detail)));
    let region = by.region;
    let stream = match told_now(context, by) {
        Ok(stream) => stream,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    if let Some((_, cycle)) = state.cycles.range(day..).next() {
        // Said again after the cut-off, when the first answer was lost: inside the mark it stands.
        let mark = cycle.marks.get(&region).copied().unwrap_or(0);
        return if up_to <= mark {
            Ok(Decided::answer(true))
        } else {
            refuse(
                ClearingCode::CycleCutOff,
                format_args!("{day}, mark {mark}"),
            )
        };
    }
    if day > context.now.business_day_shanghai() {
        return refuse(ClearingCode::CycleNotBegun, format_args!("{day}"));
    }
    let before = stream.closed.range(..=day).next_back();
    let after = stream.closed.range(day..).find(|(later, _)| **later > day);
    let lowered = before.filter(|(_, earlier)| up_to < **earlier);
    let overtaken = after.filter(|(_, later)| up_to > **later);
    if let Some((other, number)) = lowered.or(overtaken) {
        return refuse(
            ClearingCode::CycleCloseLowered,
            format_args!("{other} ended with {number}"),
        );
    }
    let closed = up_to <= stream.held;
    if stream.closed.get(&day) == Some(&up_to) {
        return Ok(Decided::answer(closed));
    }
    let record = RegionClosed {
        region,
        day,
        up_to,
        at: context.now,
    };
    Ok(Decided::record(
        ClearingRecord::RegionClosed(record),
        closed,
    ))
}
