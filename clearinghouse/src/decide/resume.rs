//! Cycles go on after the clearinghouse was restored, once an officer has said which was cut off last.
//!
//! What came after the backup is not known here: legs and closed days come again from the regions, cut-offs and
//! plans do not. A cycle cut off a second time with other marks would net legs in another cycle than the members
//! were told, so nobody may cut off before the lost ones are back. A cycle that is cut off and has no plan is netted
//! first, by a digest or as never netted before: once cycles go on nobody is asked for a digest any more. One that is netted
//! and has no checkpoint gets that first, where signing had to wait: once cycles go on it would be signed as one that is new,
//! and not as the one that was lost.

use huitong_core::date::BusinessDay;
use huitong_core::record::clearing::{Actor, ClearingRecord, Resumed};

use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};

/// Lets cycles go on when the last that is cut off is the one named; again, it changes nothing.
pub(crate) fn resume(context: &Context<'_>, last: Option<BusinessDay>, by: Actor) -> Decision<()> {
    let state = context.state;
    if state.restored.waits_since.is_none() {
        return Ok(Decided::answer(()));
    }
    let found = state.last_cut_off().map(|(day, _)| day);
    if found != last {
        let shown = found.map_or_else(|| "none".to_owned(), |day| day.to_string());
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::CycleNotLast,
            shown,
        )));
    }
    let unplanned = state.cycles.iter().find(|(_, cycle)| cycle.plan.is_none());
    if let Some((day, _)) = unplanned {
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::CycleDigestNeeded,
            day,
        )));
    }
    let next = state.next_checkpoint();
    let mut cycles = state.cycles.iter();
    if let Some((day, _)) = cycles.find(|(_, cycle)| cycle.plan == Some(next)) {
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::CycleNotProven,
            day,
        )));
    }
    let resumed = Resumed {
        by,
        at: context.now,
    };
    Ok(Decided::record(ClearingRecord::Resumed(resumed), ()))
}
