//! The clearing part of what home regions signed, called up where two regions do not agree, and only there.
//!
//! Evidence nets nothing: only legs that both regions report are netted. It tells officers, and both regions, which of
//! them is to report what. Either of the two regions that the signed clearing part names may show it, also when by it nothing
//! is owed. Deliberately absent: the signature, which is checked before anything is decided.

use std::collections::BTreeSet;

use huitong_core::clearing_evidence::ClearingEvidence;
use huitong_core::evidence::Chain;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::record::clearing::{ClearingRecord, EvidenceGiven};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};
use crate::state::{About, Waiting, WaitingLeg, Word, WordPlace};

/// How many are asked for at once.
const WANTED_AT_ONCE: usize = 256;

/// A page of debts of which a region is to show what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WantedPage {
    /// Each with the first leg of it that the region reported and that waits.
    pub(crate) legs: Vec<Leg>,
    /// The number in the region's stream after which the next page begins; none with the last.
    pub(crate) next: Option<u64>,
}

/// The debts of which a region is to show what was signed, the longest waiting first: those after a number of its stream.
/// What it cannot show stays wanted, and must not stand before all the others for ever.
pub(crate) fn wanted(
    context: &Context<'_>,
    region: RegionCode,
    after: u64,
) -> Decision<WantedPage> {
    if context.state.members.of(region).is_none() {
        let refusal = Refusal::new(ClearingCode::StreamUnknownRegion, region);
        return Ok(Decided::refuse(refusal));
    }
    let Some((over, _)) = context.state.last_cut_off() else {
        let (legs, next) = (Vec::new(), None);
        return Ok(Decided::answer(WantedPage { legs, next }));
    };
    let waiting = context.state.matching.waiting_of(region, over);
    let mut named = BTreeSet::new();
    let mut once = waiting
        .map(|leg| leg.among(&context.state.members))
        .filter(|leg| is_wanted(context, leg))
        .filter(|leg| named.insert(about(&leg.numbered.leg)))
        .filter(|leg| leg.numbered.number > after);
    let page: Vec<_> = once.by_ref().take(WANTED_AT_ONCE).collect();
    let last = page.last().map(|leg| leg.numbered.number);
    let next = last.filter(|_| once.next().is_some());
    let legs = page.into_iter().map(|leg| leg.numbered.leg).collect();
    Ok(Decided::answer(WantedPage { legs, next }))
}

fn is_wanted(context: &Context<'_>, waiting: &WaitingLeg) -> bool {
    let is_open = match waiting.why {
        Waiting::CounterpartMissing | Waiting::Differs(_) => true,
        Waiting::UnknownRegion
        | Waiting::Repeated
        | Waiting::Late
        | Waiting::AttestedOtherwise
        | Waiting::TooLarge
        | Waiting::OriginalNotNetted
        | Waiting::TakenBack
        | Waiting::LeftOut => false,
    };
    let leg = &waiting.numbered.leg;
    is_open && is_signed_at_home(leg.kind) && !context.state.words.has(about(leg))
}

/// Whether a debt of this kind follows from a receipt or a reversal.
const fn is_signed_at_home(kind: LegKind) -> bool {
    match kind {
        LegKind::Settlement | LegKind::Reversal => true,
        LegKind::Deduction | LegKind::DeductionEnd | LegKind::Correction => false,
    }
}

const fn about(leg: &Leg) -> About {
    (leg.settlement, leg.kind)
}

/// With what the directory says that a region signs now.
pub(crate) fn listed_signers(context: &Context<'_>, region: RegionCode) -> Decision<Vec<Chain>> {
    let listed = context.state.directory.listed(region);
    let signers = listed.map(|listed| listed.signers.clone());
    Ok(Decided::answer(signers.unwrap_or_default()))
}

/// Takes what a region shows of a debt that waits; the signature has been checked.
pub(crate) fn give(
    context: &Context<'_>,
    region: RegionCode,
    evidence: ClearingEvidence,
) -> Decision<()> {
    let (about, word) = (evidence.word.about(), Word::of(&evidence.word));
    let not_wanted = || {
        let refusal = Refusal::new(ClearingCode::EvidenceNotWanted, about.0);
        Ok(Decided::refuse(refusal))
    };
    let ends = [evidence.word.home(), evidence.word.treatment()];
    if !ends.contains(&region) {
        return not_wanted();
    }
    match context.state.words.place(about, &word) {
        WordPlace::Known => return Ok(Decided::answer(())),
        WordPlace::Full => return not_wanted(),
        WordPlace::New => {}
    }
    let is_about = |waiting: WaitingLeg| {
        let leg = &waiting.numbered.leg;
        (leg.settlement, leg.kind) == about
    };
    let today = context.now.business_day_shanghai();
    let mut waits = ends.into_iter().flat_map(|end| {
        let waiting = context.state.matching.waiting_of(end, today);
        waiting.map(is_about)
    });
    if !waits.any(|is_about| is_about) {
        return not_wanted();
    }
    let given = EvidenceGiven {
        region,
        evidence,
        at: context.now,
    };
    Ok(Decided::record(ClearingRecord::EvidenceGiven(given), ()))
}

/// A word that is not the home region's.
pub(crate) fn not_proven(why: impl std::fmt::Display) -> Refusal {
    Refusal::general(RefusalCode::Malformed, format_args!("evidence: {why}"))
}
