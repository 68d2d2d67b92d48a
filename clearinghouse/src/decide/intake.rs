//! Intake: a stream's next legs, and nothing but its next legs.
//!
//! In order of precedence: a stream outside the directory, a halted one, a number that came with other
//! content (which halts it), anything new of a region that is suspended or has left, a number that is not the next, a
//! first new leg that is not the caller's to report, a stream of which as much waits to be netted as may, a later leg that
//! is not the caller's. A report is taken as far as there is room, and as far as its legs may be reported: the answer names
//! the first that may not, and why. A leg with a region that is not in the directory or has left, and one that is too
//! large, is taken and waits: were it refused, nothing after it could be told. What is said beside the legs never decides
//! whether they are taken.

mod report;

use std::collections::BTreeMap;

use huitong_core::canonical::encode_to_vec;
use huitong_core::digest::{Digest, sha256};
use huitong_core::leg::{LegKind, NumberedLeg, Side};
use huitong_core::membership::Standing;
use huitong_core::money::Fen;
use huitong_core::record::clearing::{ClearingRecord, DeductionOf, LegsTaken, StreamHalted};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

pub(crate) use self::report::Report;
use self::report::may_agree;
use super::{Context, Decided, Decision, Fault};
use crate::refusal::{ClearingCode, Refusal};
use crate::state::{Restore, Stream};

/// The most of a region's stream that agrees and waits to be netted, in fen: five billion yuan, nine times what all the
/// country's funds owe each other in a day. Each debt agrees when the second of its two regions reports it, so what a
/// thousand regions may have netted at once, and what is booked of it on either side, is never more than a sum holds.
const AGREEING_AT_MOST: Fen = match Fen::new(500_000_000_000) {
    Ok(amount) => amount,
    Err(_) => Fen::MAX,
};

/// The most legs of one report.
pub(crate) const LEGS_AT_ONCE: usize = 8_192;

/// Whose stream it is, and in which incarnation of its node it is told.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Told {
    pub(crate) region: RegionCode,
    pub(crate) incarnation: u32,
}

/// The highest number held of the region's stream, and the own last restore.
pub(crate) fn position(context: &Context<'_>, by: Told) -> Decision<(u64, Restore)> {
    Ok(match told_now(context, by) {
        Ok(stream) => Decided::answer((stream.held, context.state.restored)),
        Err(refusal) => Decided::refuse(refusal),
    })
}

/// What a report came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Taken {
    /// The highest number held.
    pub(crate) held: u64,
    /// The first leg that is not taken, by its number, and why: nothing after it is.
    pub(crate) rejected: Option<(u64, Refusal)>,
}

impl Taken {
    /// The highest number held, when all of the report was taken for which there is room.
    pub(crate) fn whole(self) -> Result<u64, Refusal> {
        match self.rejected {
            Some((_, refusal)) => Err(refusal),
            None => Ok(self.held),
        }
    }
}

/// Takes the next legs of a stream, as far as they may be reported, with what is said beside them: of which settlements
/// deductions are.
pub(crate) fn report_legs(context: &Context<'_>, report: Report) -> Decision<Taken> {
    let by = report.by;
    let region = by.region;
    let stream = match told_now(context, by).and_then(|stream| going(stream, &report)) {
        Ok(stream) => stream,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let known = (report.legs).partition_point(|leg| leg.number <= stream.held);
    let again = report.legs.get(..known).unwrap_or_default();
    if let Some((held, offered)) = conflict(context, region, again)? {
        return Ok(halt(context, region, &held, offered));
    }
    let report = report.after(known);
    let Some(first) = report.legs.first() else {
        return Ok(Decided::answer(Taken {
            held: stream.held,
            rejected: None,
        }));
    };
    if let Err(refusal) = goes_on(context, (region, stream), first) {
        return Ok(Decided::refuse(refusal));
    }
    let fits = with_room(context, &report);
    // What comes after that for which there is no room is not looked at yet.
    let rejected = (report.rejected).filter(|_| fits == report.good);
    let mut legs = report.legs;
    legs.truncate(fits);
    let Some(last) = legs.last() else {
        return Ok(match rejected {
            Some(_) => Decided::answer(Taken {
                held: stream.held,
                rejected,
            }),
            None => Decided::refuse(Refusal::new(ClearingCode::StreamFull, AGREEING_AT_MOST)),
        });
    };
    let held = last.number;
    let of = counted(&legs, report.of);
    let taken = LegsTaken {
        region,
        at: context.now,
        legs,
    };
    let record = if of.is_empty() {
        ClearingRecord::LegsTaken(taken)
    } else {
        ClearingRecord::DeductionsTaken(taken, of)
    };
    let decided = Decided::record(record, Taken { held, rejected });
    Ok(decided.written(report.written))
}

/// Whether the stream goes on with this leg.
fn goes_on(
    context: &Context<'_>,
    (region, stream): (RegionCode, &Stream),
    first: &NumberedLeg,
) -> Result<(), Refusal> {
    match context.state.directory.standing(region) {
        Standing::Active => {}
        Standing::Suspended | Standing::Left => {
            let held = format_args!("held up to {}", stream.held);
            return Err(Refusal::new(ClearingCode::StreamSuspended, held));
        }
    }
    let expected = stream.held.saturating_add(1);
    if first.number != expected {
        return Err(gap(expected, first.number));
    }
    Ok(())
}

fn gap(expected: u64, found: u64) -> Refusal {
    let detail = format_args!("expected number {expected}, found {found}");
    Refusal::new(ClearingCode::StreamGap, detail)
}

/// What counts of what is said beside these consecutive legs: the first word on each that is a deduction which the caller
/// owes. All else says nothing, and is not refused: no other leg is to wait for it. Of a leg that is held already nothing is
/// said any more.
fn counted(legs: &[NumberedLeg], of: Vec<DeductionOf>) -> Vec<DeductionOf> {
    let first = legs.first().map_or(0, |leg| leg.number);
    let is_owed = |said: &DeductionOf| {
        let at = said.number.checked_sub(first);
        let leg = at.and_then(|at| legs.get(usize::try_from(at).ok()?));
        leg.is_some_and(|it| it.side == Side::Payable && it.leg.kind == LegKind::Deduction)
    };
    let mut counted = BTreeMap::new();
    for said in of.into_iter().filter(is_owed) {
        counted.entry(said.number).or_insert(said);
    }
    counted.into_values().collect()
}

/// The caller's stream, when it is told in just the incarnation that counts. A later one counts once the node has
/// asked for its stream in it (PROTOCOL 15): a clearinghouse that was restored may have lost that, and is asked
/// again.
pub(super) fn told_now<'a>(context: &Context<'a>, by: Told) -> Result<&'a Stream, Refusal> {
    let stream = stream(context, by)?;
    if by.incarnation > stream.incarnation {
        let known = stream.incarnation;
        return Err(Refusal::new(ClearingCode::StreamNotAskedFor, known));
    }
    Ok(stream)
}

/// The caller's stream, when it is told in no older incarnation than is known.
pub(super) fn stream<'a>(context: &Context<'a>, by: Told) -> Result<&'a Stream, Refusal> {
    let Told {
        region,
        incarnation,
    } = by;
    let known = context
        .state
        .members
        .of(region)
        .and_then(|_| context.state.streams.get(&region));
    let stream = known.ok_or_else(|| Refusal::new(ClearingCode::StreamUnknownRegion, region))?;
    if incarnation < stream.incarnation {
        let known = stream.incarnation;
        return Err(Refusal::general(RefusalCode::OldIncarnation, known));
    }
    Ok(stream)
}

/// The stream, when it goes on and the report can be read as one piece of it.
fn going<'a>(stream: &'a Stream, report: &Report) -> Result<&'a Stream, Refusal> {
    if let Some(number) = stream.halted_at {
        return Err(Refusal::new(
            ClearingCode::StreamHalted,
            format_args!("at number {number}"),
        ));
    }
    if report.legs.len() > LEGS_AT_ONCE {
        let detail = format_args!("legs: at most {LEGS_AT_ONCE}");
        return Err(Refusal::general(RefusalCode::Malformed, detail));
    }
    match report.gap {
        Some((one, next)) => Err(gap(one.saturating_add(1), next)),
        None => Ok(stream),
    }
}

/// How many of the legs that may be reported there is room for, as what may agree of them. While cycles wait after a restore
/// all of them are taken: the lost cycles are cut off again at marks that are held again, whichever regions report first.
fn with_room(context: &Context<'_>, report: &Report) -> usize {
    if context.state.restored.waits_since.is_some() {
        return report.good;
    }
    let at_most = AGREEING_AT_MOST.get().unsigned_abs();
    let mut comes_to = context.state.matching.agreeing(report.by.region);
    if comes_to.saturating_add(report.comes_to) <= at_most {
        return report.good;
    }
    let fits = |numbered: &&NumberedLeg| {
        comes_to = comes_to.saturating_add(may_agree(numbered));
        comes_to <= at_most
    };
    let good = report.legs.iter().take(report.good);
    good.take_while(fits).count()
}

/// The first leg that is held with other content, beside the one offered.
fn conflict<'a>(
    context: &Context<'_>,
    region: RegionCode,
    again: &'a [NumberedLeg],
) -> Result<Option<(NumberedLeg, &'a NumberedLeg)>, Fault> {
    let (Some(first), Some(last)) = (again.first(), again.last()) else {
        return Ok(None);
    };
    let here = |number| context.state.matching.leg((region, number));
    // What went with an earlier plan is no longer in memory and is read back, all of it at once.
    let all_here = again.iter().all(|leg| here(leg.number).is_some());
    let stored = if all_here {
        Vec::new()
    } else {
        context.store.legs(region, first.number..=last.number)?
    };
    for offered in again {
        let find = || {
            stored
                .iter()
                .find(|leg| leg.number == offered.number)
                .cloned()
        };
        let held = here(offered.number).or_else(find).ok_or_else(|| {
            Fault::Broken(format!(
                "leg {} of region {region} is held and not found",
                offered.number
            ))
        })?;
        if held != *offered {
            return Ok(Some((held, offered)));
        }
    }
    Ok(None)
}

/// The alarm: the stream stands still until an officer has looked.
fn halt(
    context: &Context<'_>,
    region: RegionCode,
    held: &NumberedLeg,
    offered: &NumberedLeg,
) -> Decided<Taken> {
    let digest = |leg: &NumberedLeg| -> Digest { sha256(&encode_to_vec(leg)) };
    let halted = StreamHalted {
        region,
        number: held.number,
        held: digest(held),
        offered: digest(offered),
        at: context.now,
    };
    let refusal = Refusal::new(
        ClearingCode::StreamConflict,
        format_args!("at number {}", held.number),
    );
    Decided::of(Some(ClearingRecord::StreamHalted(halted)), Err(refusal))
}
