//! The clearing part of what home regions signed, called up where two regions do not agree, and only there.
//!
//! Evidence nets nothing: only legs that both regions report are netted. It tells officers, and both regions, which of
//! them is to report what. Deliberately absent: the signature, which is checked before anything is decided.

use std::collections::BTreeSet;

use huitong_core::clearing_evidence::ClearingEvidence;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::record::clearing::{ClearingRecord, EvidenceGiven};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};
use crate::state::{About, Waiting, WaitingLeg, Word, WordPlace};

/// How many are asked for at once.
const WANTED_AT_ONCE: usize = 256;

/// The debts of which a region is to show what was signed, the longest waiting first; each with a leg that it reported.
pub(crate) fn wanted(context: &Context<'_>, region: RegionCode) -> Decision<Vec<Leg>> {
    if context.state.members.of(region).is_none() {
        let refusal = Refusal::new(ClearingCode::StreamUnknownRegion, region);
        return Ok(Decided::refuse(refusal));
    }
    let Some((over, _)) = context.state.last_cut_off() else {
        return Ok(Decided::answer(Vec::new()));
    };
    let waiting = context.state.matching.waiting_of(region, over);
    let mut waiting: Vec<_> = waiting.filter(|leg| is_wanted(context, leg)).collect();
    waiting.sort_by_key(|leg| (leg.since, leg.numbered.number));
    let mut named = BTreeSet::new();
    let legs = waiting.into_iter().map(|waiting| waiting.numbered.leg);
    let once = legs.filter(|leg| named.insert(about(leg)));
    Ok(Decided::answer(once.take(WANTED_AT_ONCE).collect()))
}

fn is_wanted(context: &Context<'_>, waiting: &WaitingLeg) -> bool {
    let is_open = match waiting.why {
        Waiting::CounterpartMissing | Waiting::Differs(_) => true,
        Waiting::Repeated | Waiting::Late | Waiting::AttestedOtherwise => false,
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
    let names = |of: RegionCode| {
        let mut legs = word.legs.iter();
        legs.any(|leg| leg.debtor == of || leg.creditor == of)
    };
    if !names(region) {
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
    let ends = word.legs.iter().flat_map(|leg| [leg.debtor, leg.creditor]);
    let ends: BTreeSet<_> = ends.collect();
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
