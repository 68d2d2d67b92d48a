//! A restored node's own stream, given back to it (PROTOCOL 15, 17).
//!
//! Its incarnation is noted first, and the answer waits for that to be synced: from then on nothing is taken
//! that it sends in an older one. What is held stands; the node books it again under the same numbers.

use huitong_core::date::BusinessDay;
use huitong_core::leg::NumberedLeg;
use huitong_core::record::clearing::{ClearingRecord, StreamRestored};
use huitong_core::record::recovery::RestoreMark;
use huitong_core::region::RegionCode;

use super::intake::LEGS_AT_ONCE;
use super::{Context, Decided, Decision, Fault};
use crate::refusal::{ClearingCode, Refusal};

/// What a restored node asks.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Regain {
    pub(crate) region: RegionCode,
    pub(crate) incarnation: u32,
    pub(crate) mark: RestoreMark,
    /// The last number that it has.
    pub(crate) after: u64,
}

/// What it is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Regained {
    /// The next of its legs.
    Page {
        /// Ascending from the number after.
        legs: Vec<NumberedLeg>,
        /// The highest number held.
        held: u64,
        /// The days that it closed, with the last page.
        closed: Vec<(BusinessDay, u64)>,
    },
    /// An incarnation that is as high, of another restore.
    Older(u32),
}

/// Notes the incarnation and gives the next legs of the stream.
pub(crate) fn regain(context: &Context<'_>, ask: Regain) -> Decision<Regained> {
    let Regain {
        region,
        incarnation,
        mark,
        after,
    } = ask;
    let known = context.state.members.of(region);
    let Some(stream) = known.and_then(|_| context.state.streams.get(&region)) else {
        let refusal = Refusal::new(ClearingCode::StreamUnknownRegion, region);
        return Ok(Decided::refuse(refusal));
    };
    let is_noted = (stream.incarnation, stream.mark) == (incarnation, mark);
    if !is_noted && stream.incarnation >= incarnation {
        return Ok(Decided::answer(Regained::Older(stream.incarnation)));
    }
    let legs = legs_after(context, region, after, stream.held)?;
    let last = legs.last().map_or(after, |leg| leg.number);
    let closed = if last >= stream.held {
        let closed = stream.closed.iter();
        closed.map(|(day, up_to)| (*day, *up_to)).collect()
    } else {
        Vec::new()
    };
    let page = Regained::Page {
        legs,
        held: stream.held,
        closed,
    };
    if is_noted {
        return Ok(Decided::answer(page));
    }
    let record = StreamRestored {
        region,
        incarnation,
        mark,
        at: context.now,
    };
    Ok(Decided::record(
        ClearingRecord::StreamRestored(record),
        page,
    ))
}

/// The next legs that are held, as many as go into one page.
fn legs_after(
    context: &Context<'_>,
    region: RegionCode,
    after: u64,
    held: u64,
) -> Result<Vec<NumberedLeg>, Fault> {
    let at_once = u64::try_from(LEGS_AT_ONCE).unwrap_or(u64::MAX);
    let last = after.saturating_add(at_once).min(held);
    let numbers = after.saturating_add(1)..=last;
    let here = |number| context.state.matching.leg((region, number));
    // What went with an earlier plan is no longer in memory.
    let stored = if numbers.clone().all(|number| here(number).is_some()) {
        Vec::new()
    } else {
        context.store.legs(region, numbers.clone())?
    };
    let find = |number| {
        let stored = stored.iter().find(|leg| leg.number == number);
        here(number).or_else(|| stored.cloned()).ok_or_else(|| {
            Fault::Broken(format!(
                "leg {number} of region {region} is held and not found"
            ))
        })
    };
    numbers.map(find).collect()
}
