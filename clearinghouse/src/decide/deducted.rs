//! What audits took off: which cycles are looked through for it, and what of it waits.
//!
//! A deduction and its end are debts like others. What cycles took of them is read beside the writer
//! ([`crate::store::Proofs::deducted`]); what waits is found here, some legs at a time, as exceptions are. Deliberately
//! absent: ordering and withdrawing a deduction, which regions' nodes do.

use std::collections::BTreeSet;

use huitong_core::date::BusinessDay;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::payable::Month;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_netting::Member;

use super::month::{after_cycle, cycles};
use super::net::is_netted;
use super::over::{Over, last_cut_off};
use super::{Context, Decided, Decision, has_stream};
use crate::refusal::Refusal;
use crate::state::{Ends, NotTaken};

/// How many are listed at once at most: some hundred megabytes.
pub(crate) const DEDUCTIONS_AT_MOST: usize = 1_000_000;

/// Whether a debt is of a deduction or of the end of one.
const fn is_deduction(kind: LegKind) -> bool {
    match kind {
        LegKind::Deduction | LegKind::DeductionEnd => true,
        LegKind::Settlement | LegKind::Reversal | LegKind::Correction => false,
    }
}

/// Too many are to be listed.
pub(crate) fn too_many_deductions() -> Refusal {
    let detail = format_args!(
        "more than {DEDUCTIONS_AT_MOST}: ask for those of one region or one day / 请按统筹区或按日查询"
    );
    Refusal::general(RefusalCode::Malformed, detail)
}

/// Whose: nobody's in particular, of one region, or of the regions of a member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Whose {
    pub(crate) region: Option<RegionCode>,
    pub(crate) member: Option<Member>,
}

impl Whose {
    /// Whether a region is one of these, where a member clears for it.
    pub(crate) fn is_of(&self, region: RegionCode, member: Option<Member>) -> bool {
        self.region.is_none_or(|of| of == region) && self.member.is_none_or(|of| Some(of) == member)
    }
}

/// Cycles of which deductions are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Period {
    Day(BusinessDay),
    Month(Month),
}

/// Those of them that are netted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeductedCycles {
    pub(crate) days: BTreeSet<BusinessDay>,
    /// Of a month: those that are cut off and not netted.
    pub(crate) not_netted: Vec<BusinessDay>,
    /// Of a month: the day of the cycle before its first. What is of that day or an earlier one is of an earlier month.
    pub(crate) after: Option<BusinessDay>,
}

/// Which cycles are looked through.
pub(crate) fn deducted_cycles(context: &Context<'_>, period: &Period) -> Decision<DeductedCycles> {
    match period {
        Period::Day(day) => {
            let netted = is_netted(context, *day)?;
            Ok(Decided::of(
                None,
                netted.answer.map(|()| DeductedCycles {
                    days: BTreeSet::from([*day]),
                    not_netted: Vec::new(),
                    after: None,
                }),
            ))
        }
        Period::Month(month) => Ok(Decided::of(
            None,
            cycles(context, month).map(|(days, not_netted)| DeductedCycles {
                after: days
                    .first()
                    .and_then(|first| after_cycle(context, month, *first)),
                days,
                not_netted,
            }),
        )),
    }
}

/// What waits of deductions, as far as it is found.
#[derive(Debug)]
pub(crate) struct WaitingDeductions {
    whose: Whose,
    until: Option<BusinessDay>,
    over: Option<Over>,
    ends: Ends,
    next: Option<(RegionCode, u64)>,
    found: Vec<NotTaken>,
}

/// Begins to find what waits of deductions of a day or an earlier one, where that is given.
pub(crate) fn begin_waiting_deductions(
    context: &Context<'_>,
    whose: Whose,
    until: Option<BusinessDay>,
) -> Decision<WaitingDeductions> {
    if let Err(refusal) = has_stream(context, whose.region) {
        return Ok(Decided::refuse(refusal));
    }
    Ok(Decided::answer(WaitingDeductions {
        whose,
        until,
        over: Over::of(context.state),
        ends: context.state.matching.ends(),
        next: None,
        found: Vec::new(),
    }))
}

impl WaitingDeductions {
    /// Looks at so many more legs at most; whether there are more. When cycles went on meanwhile it looks no further.
    ///
    /// # Errors
    /// There are more than are listed.
    pub(crate) fn go_on(&mut self, context: &Context<'_>, at_most: usize) -> Result<bool, Refusal> {
        if !self.is_of(context) {
            return Ok(false);
        }
        let (keeps, members) = (context.state.kept_out(), &context.state.members);
        let kept_out = |leg: &Leg| keeps.why_leg(leg);
        let (whose, until) = (self.whose, self.until);
        let (found, ends) = (&mut self.found, (&self.ends, at_most));
        let how = (last_cut_off(context), &kept_out);
        let matching = &context.state.matching;
        let next = matching.not_taken(self.next, ends, how, is_deduction, |mut leg| {
            let day = leg.numbered.leg.business_day;
            let is_asked = whose.is_of(leg.region, members.of(leg.region))
                && until.is_none_or(|until| day <= until);
            if is_asked {
                let why = leg.why.map(|why| why.among(&leg.numbered, members));
                leg.why = why;
                found.push(leg);
            }
        });
        self.next = next;
        if self.found.len() > DEDUCTIONS_AT_MOST {
            return Err(too_many_deductions());
        }
        Ok(next.is_some())
    }

    fn is_of(&self, context: &Context<'_>) -> bool {
        self.over == Over::of(context.state)
    }
}

/// What waits of deductions, by region and number; none when cycles went on meanwhile, and it is to be found anew.
pub(crate) fn waiting_deductions(
    context: &Context<'_>,
    found: WaitingDeductions,
) -> Decision<Option<Vec<NotTaken>>> {
    let found = found.is_of(context).then_some(found.found);
    Ok(Decided::answer(found))
}
