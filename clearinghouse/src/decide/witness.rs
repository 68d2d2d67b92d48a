//! Regions' words on checkpoints: taken in the order of the plans, each region's own, and never waited for.
//!
//! In order of precedence: a region outside the directory, a word that is not the next (which changes nothing: the
//! answer says which is), a word of a moment to come, a checkpoint that is not signed here yet, a word on another
//! checkpoint than the one signed here. Nothing of clearing follows from a word, whatever it says.

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::witness::CertifiedWord;
use huitong_core::digest::Digest;
use huitong_core::record::clearing::{ClearingRecord, Witnessed};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::{Context, Decided, Decision, Fault};
use crate::refusal::{ClearingCode, Refusal};

/// How far ahead of the own clock a region's may be.
const AHEAD_MS: i64 = 10 * 60 * 1_000;

/// How far checkpoints are signed, and how far a region's words on them are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reached {
    /// The plan of the last checkpoint; 0 for none.
    pub(crate) signed: u64,
    /// The plan of the last word; 0 for none.
    pub(crate) witnessed: u64,
}

/// How far checkpoints and the region's words are.
pub(crate) fn reached(context: &Context<'_>, region: RegionCode) -> Decision<Reached> {
    if let Err(refusal) = known(context, region) {
        return Ok(Decided::refuse(refusal));
    }
    Ok(Decided::answer(Reached {
        signed: context.state.next_checkpoint().saturating_sub(1),
        witnessed: witnessed(context, region),
    }))
}

/// The regions that may have a word: the directory.
pub(crate) fn witnesses(context: &Context<'_>) -> Decision<Vec<RegionCode>> {
    let members = context.state.members.iter();
    Ok(Decided::answer(members.map(|(region, _)| region).collect()))
}

/// Takes a region's next word, whose signature was checked; answers with the plan of its last.
pub(crate) fn witness(
    context: &Context<'_>,
    region: RegionCode,
    word: CertifiedWord,
) -> Decision<u64> {
    if let Err(refusal) = known(context, region) {
        return Ok(Decided::refuse(refusal));
    }
    let (last, said) = (witnessed(context, region), &word.word);
    if said.plan != last.saturating_add(1) {
        return Ok(Decided::answer(last));
    }
    if said.at.as_millis() > context.now.as_millis().saturating_add(AHEAD_MS) {
        let detail = "word: it was said at a moment that is to come";
        return Ok(Decided::refuse(Refusal::general(
            RefusalCode::Malformed,
            detail,
        )));
    }
    let plan = said.plan;
    let Some(own) = checkpoint_of(context, plan)? else {
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::CycleNotProven,
            format_args!("plan {plan}"),
        )));
    };
    if own != said.checkpoint {
        let detail = format_args!("plan {plan}: signed here is {own}");
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::WitnessOtherCheckpoint,
            detail,
        )));
    }
    let at = context.now;
    let record = ClearingRecord::Witnessed(Witnessed { word, at });
    Ok(Decided::record(record, plan))
}

fn known(context: &Context<'_>, region: RegionCode) -> Result<(), Refusal> {
    match context.state.members.of(region) {
        Some(_) => Ok(()),
        None => Err(Refusal::new(ClearingCode::StreamUnknownRegion, region)),
    }
}

fn witnessed(context: &Context<'_>, region: RegionCode) -> u64 {
    let last = context.state.witnessed.get(&region);
    last.copied().unwrap_or(0)
}

/// The digest of a plan's checkpoint, once it is signed and can be found.
fn checkpoint_of(context: &Context<'_>, plan: u64) -> Result<Option<Digest>, Fault> {
    let last = context.state.proven.as_ref();
    let last = last.filter(|proven| proven.signed.checkpoint.plan == plan);
    let proven = match last {
        Some(proven) => Some(proven.clone()),
        None => context.store.proven(plan)?,
    };
    Ok(proven.map(|proven| proven.signed.checkpoint.digest()))
}
