//! An officer lets a halted stream go on. What is held under the number stands; the region must agree to
//! it, or correct it with a reversal and a new settlement.

use huitong_core::record::clearing::{Actor, ClearingRecord, StreamReleased};
use huitong_core::region::RegionCode;

use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Release {
    /// It was halted, and goes on.
    GoesOn,
    /// It was not halted, and is left as it is.
    NotHalted,
}

/// Releases a stream; answers with the highest number held.
pub(crate) fn release(
    context: &Context<'_>,
    region: RegionCode,
    by: Actor,
) -> Decision<(u64, Release)> {
    let Some(stream) = context.state.streams.get(&region) else {
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::StreamUnknownRegion,
            region,
        )));
    };
    if stream.halted_at.is_none() {
        return Ok(Decided::answer((stream.held, Release::NotHalted)));
    }
    let released = StreamReleased {
        region,
        by,
        at: context.now,
    };
    Ok(Decided::record(
        ClearingRecord::StreamReleased(released),
        (stream.held, Release::GoesOn),
    ))
}
