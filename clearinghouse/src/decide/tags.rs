//! Tags of people with cover: a stream's next batch and nothing else, and what regions have in common.
//!
//! In order of precedence: a region outside the directory or of an older incarnation, a batch that is too large, a
//! stream that another took the place of, a stream that was halted, a batch that does not stand on what is held
//! (which halts it), a number that is not the next. A region is told its own tags and with whom it shares each.

use std::collections::BTreeSet;

use huitong_core::canonical::Artifact;
use huitong_core::duplicate::{CHANGES_AT_MOST, TagBatch};
use huitong_core::record::clearing::{ClearingRecord, TagsHalted, TagsTaken};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::intake::{Told, stream};
use super::members::not_left;
use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};
use crate::state::TagsHeld;

/// The most pairs that one page is made of.
pub(crate) const PAIRS_AT_ONCE: usize = 512;

/// What is held of the region's tags.
pub(crate) fn tag_position(context: &Context<'_>, by: Told) -> Decision<Option<TagsHeld>> {
    Ok(match stream(context, by) {
        Ok(_) => Decided::answer(context.state.tags.get(&by.region).cloned()),
        Err(refusal) => Decided::refuse(refusal),
    })
}

/// Takes the next batch of a region's tags; answers with the last number held.
pub(crate) fn report_tags(
    context: &Context<'_>,
    region: RegionCode,
    batch: TagBatch,
) -> Decision<u64> {
    let (number, chain) = match standing(context, region, &batch) {
        Ok(standing) => standing,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    if batch.number <= number {
        // One before the last that was another is found by the batch after it.
        let is_other = batch.number == number && batch.digest() != chain;
        return Ok(if is_other {
            halt(context, region, &batch)
        } else {
            Decided::answer(number)
        });
    }
    let expected = number.saturating_add(1);
    if batch.number != expected {
        let detail = format_args!("expected number {expected}, found {}", batch.number);
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::StreamGap,
            detail,
        )));
    }
    if batch.before != chain {
        return Ok(halt(context, region, &batch));
    }
    let taken = TagsTaken {
        region,
        batch,
        at: context.now,
    };
    Ok(Decided::record(ClearingRecord::TagsTaken(taken), expected))
}

/// The number and the digest that the batch must stand on.
fn standing(
    context: &Context<'_>,
    region: RegionCode,
    batch: &TagBatch,
) -> Result<(u64, huitong_core::digest::Digest), Refusal> {
    let incarnation = batch.stream.incarnation;
    stream(
        context,
        Told {
            region,
            incarnation,
        },
    )?;
    if batch.number == 0 {
        let detail = "batch: numbers begin with 1";
        return Err(Refusal::general(RefusalCode::Malformed, detail));
    }
    if batch.changes.len() > CHANGES_AT_MOST {
        let detail = format_args!("batch: at most {CHANGES_AT_MOST} changes");
        return Err(Refusal::general(RefusalCode::Malformed, detail));
    }
    let beginning = (0, TagBatch::BEGINNING);
    let Some(held) = context.state.tags.get(&region) else {
        return begins(batch, beginning);
    };
    if held.stream == batch.stream {
        return match held.halted_at {
            Some(number) => Err(conflict(number)),
            None => Ok((held.held, held.chain)),
        };
    }
    if !batch.stream.succeeds(&held.stream) {
        let counts = held.stream;
        let detail = format_args!(
            "incarnation {}, generation {}, key {}",
            counts.incarnation, counts.generation, counts.key
        );
        return Err(Refusal::new(ClearingCode::TagsOldStream, detail));
    }
    begins(batch, beginning)
}

/// The first batch of a stream stands on nothing: one that says otherwise has no stream that could be halted.
fn begins<T>(batch: &TagBatch, beginning: T) -> Result<T, Refusal> {
    if batch.number == 1 && batch.before != TagBatch::BEGINNING {
        let detail = "batch: the first stands on nothing";
        return Err(Refusal::general(RefusalCode::Malformed, detail));
    }
    Ok(beginning)
}

fn conflict(number: u64) -> Refusal {
    Refusal::new(
        ClearingCode::TagsConflict,
        format_args!("at number {number}"),
    )
}

/// The alarm: nothing more of the stream is taken.
fn halt(context: &Context<'_>, region: RegionCode, batch: &TagBatch) -> Decided<u64> {
    let halted = TagsHalted {
        region,
        stream: batch.stream,
        number: batch.number,
        at: context.now,
    };
    Decided::of(
        Some(ClearingRecord::TagsHalted(halted)),
        Err(conflict(batch.number)),
    )
}

/// Whether a region may ask for its matches: with whom it may have any, those of the directory that have not left. One
/// that has left itself is told nothing.
pub(crate) fn may_match(context: &Context<'_>, by: Told) -> Decision<BTreeSet<RegionCode>> {
    if let Err(refusal) = stream(context, by).and_then(|_| not_left(context, by.region)) {
        return Ok(Decided::refuse(refusal));
    }
    let members = context.state.members.iter().map(|(region, _)| region);
    let there = members.filter(|region| not_left(context, *region).is_ok());
    Ok(Decided::answer(there.collect()))
}

#[cfg(test)]
mod tests;
