//! An officer lets a halted stream go on. What is held under the number stands; the region must agree to
//! it, or correct it with a reversal and a new settlement.

use huitong_core::record::clearing::{Actor, ClearingRecord, StreamReleased};
use huitong_core::region::RegionCode;

use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};

/// Releases a stream; answers with the highest number held. One that goes on is left as it is.
pub(crate) fn release(context: &Context<'_>, region: RegionCode, by: Actor) -> Decision<u64> {
    let Some(stream) = context.state.streams.get(&region) else {
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::StreamUnknownRegion,
            region,
        )));
    };
    if stream.halted_at.is_none() {
        return Ok(Decided::answer(stream.held));
    }
    let released = StreamReleased {
        region,
        by,
        at: context.now,
    };
    Ok(Decided::record(
        ClearingRecord::StreamReleased(released),
        stream.held,
    ))
}
