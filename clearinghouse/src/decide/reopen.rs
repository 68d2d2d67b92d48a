//! A cycle that could not be netted is reopened: two different officers leave the same legs or rows out of it. It keeps its
//! marks, and what is left out waits for the next cycle. Said again, it changes nothing; said otherwise, it is another
//! proposal, and the other officer has to say the same.

use std::collections::BTreeSet;

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::officer::OfficerName;
use huitong_core::record::clearing::{
    ClearingRecord, CycleRecord, CycleReopened, LegsLeftOut, ReopeningProposed,
};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::cut_off::not_cut_off;
use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};

/// What an officer wants to leave out; nothing said is what the fault names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Named {
    /// Legs by their numbers, in the stream of either region.
    pub(crate) legs: BTreeSet<(RegionCode, u64)>,
    /// Whole rows.
    pub(crate) rows: BTreeSet<Pair>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reopening {
    /// A second officer has to want the same.
    Proposed(LegsLeftOut),
    /// The cycle is netted without this.
    Reopened(LegsLeftOut),
}

/// Leaves something out of a cycle that could not be netted; while cycles wait after a restore, also out of one that may have
/// failed before it.
pub(crate) fn reopen(
    context: &Context<'_>,
    day: BusinessDay,
    named: &Named,
    by: OfficerName,
) -> Decision<Reopening> {
    let Some(cycle) = context.state.cycles.get(&day) else {
        return Ok(Decided::refuse(not_cut_off(context, day)));
    };
    let wanted = match wanted(context, named) {
        Ok(wanted) => wanted,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let before = &cycle.left_out;
    if cycle.failed.is_none() && !before.is_empty() && before.covers(&wanted) {
        return Ok(Decided::answer(Reopening::Reopened(before.clone())));
    }
    // That it failed before a restore may be lost, and by its digest it does not fail again: what was left out is named then.
    let is_restored = context.state.restored.waits_since.is_some() && cycle.plan.is_none();
    let wanted = match &cycle.failed {
        Some(failed) if wanted.is_empty() => &failed.named,
        Some(_) => &wanted,
        None if is_restored && !wanted.is_empty() => &wanted,
        None => {
            let refusal = match cycle.plan {
                Some(plan) => {
                    let detail = format_args!("{day}, netted as plan {plan}");
                    Refusal::new(ClearingCode::CycleNotFailed, detail)
                }
                None => Refusal::new(ClearingCode::CycleNotFailed, day),
            };
            return Ok(Decided::refuse(refusal));
        }
    };
    let left_out = before.and(wanted);
    // What is left out already does not help: the cycle failed without it.
    if *before == left_out {
        let detail = "legs, rows: name what is to be left out";
        return Ok(Decided::refuse(Refusal::general(
            RefusalCode::Malformed,
            detail,
        )));
    }
    let same = cycle.proposed.as_ref();
    let same = same.filter(|proposed| proposed.left_out == left_out);
    let at = context.now;
    let (record, answer) = match same {
        Some(proposed) if proposed.by == by => {
            return Ok(Decided::answer(Reopening::Proposed(left_out)));
        }
        Some(proposed) => (
            CycleRecord::Reopened(CycleReopened {
                day,
                left_out: left_out.clone(),
                proposed_by: proposed.by.clone(),
                by,
                at,
            }),
            Reopening::Reopened(left_out),
        ),
        None => (
            CycleRecord::Proposed(ReopeningProposed {
                day,
                left_out: left_out.clone(),
                by,
                at,
            }),
            Reopening::Proposed(left_out),
        ),
    };
    Ok(Decided::record(ClearingRecord::Cycle(record), answer))
}

/// The debts of the legs that are named, and the rows.
fn wanted(context: &Context<'_>, named: &Named) -> Result<LegsLeftOut, Refusal> {
    let debt = |(region, number): &(RegionCode, u64)| {
        let found = context.state.matching.leg((*region, *number));
        let leg = found.map(|numbered| numbered.leg).ok_or_else(|| {
            let detail = format_args!("legs: number {number} of region {region} is not held");
            Refusal::general(RefusalCode::Malformed, detail)
        })?;
        Ok((leg.debt(), Pair::of(&leg)))
    };
    Ok(LegsLeftOut {
        debts: named.legs.iter().map(debt).collect::<Result<_, _>>()?,
        rows: named.rows.clone(),
    })
}
