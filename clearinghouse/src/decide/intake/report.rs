//! A report, and what is to be known of it whatever stands: found out by whoever brings it, while the writer is at work for
//! others. Nothing is decided here.

use huitong_core::leg::{NumberedLeg, Side};
use huitong_core::record::clearing::DeductionOf;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use super::Told;
use crate::refusal::{ClearingCode, Refusal};
use crate::store::LegsWritten;

/// Legs of a stream as a region told them, with what it said beside them.
#[derive(Debug)]
pub(crate) struct Report {
    pub(super) by: Told,
    /// How many legs are of more than is ever netted.
    pub(crate) too_large: usize,
    pub(super) legs: Vec<NumberedLeg>,
    pub(super) of: Vec<DeductionOf>,
    /// The first two numbers of which one does not follow on the other.
    pub(super) gap: Option<(u64, u64)>,
    /// How many legs stand before the first that this region may not report.
    pub(super) good: usize,
    /// That one's number, and why it may not.
    pub(super) rejected: Option<(u64, Refusal)>,
    /// What those before it come to in fen, but for legs that are too large.
    pub(super) comes_to: u64,
    /// Those before it as a record has them.
    pub(super) written: LegsWritten,
}

impl Report {
    pub(crate) fn new(by: Told, (legs, of): (Vec<NumberedLeg>, Vec<DeductionOf>)) -> Self {
        let (mut gap, mut rejected) = (None, None);
        let (mut good, mut comes_to, mut too_large) = (0, 0_u64, 0_usize);
        let mut before: Option<u64> = None;
        for (at, numbered) in legs.iter().enumerate() {
            if numbered.leg.is_too_large() {
                too_large = too_large.saturating_add(1);
            }
            if gap.is_none() {
                let follows = |before: u64| before.checked_add(1) == Some(numbered.number);
                gap = before
                    .filter(|before| !follows(*before))
                    .map(|before| (before, numbered.number));
                before = Some(numbered.number);
            }
            if rejected.is_none() {
                rejected = not_to_be_reported(by.region, numbered);
                if rejected.is_none() {
                    good = at.saturating_add(1);
                    comes_to = comes_to.saturating_add(may_agree(numbered));
                }
            }
        }
        Self {
            written: LegsWritten::of(legs.get(..good).unwrap_or_default()),
            by,
            too_large,
            legs,
            of,
            gap,
            good,
            rejected,
            comes_to,
        }
    }

    /// The report without so many of its first legs.
    pub(super) fn after(mut self, known: usize) -> Self {
        if known == 0 {
            return self;
        }
        self.legs.drain(..known);
        Self::new(self.by, (self.legs, self.of))
    }
}

/// What of a leg may agree, in fen.
pub(super) fn may_agree(numbered: &NumberedLeg) -> u64 {
    if numbered.leg.is_too_large() {
        0
    } else {
        numbered.leg.amount.get().unsigned_abs()
    }
}

/// Why this region may not report this leg, with its number.
fn not_to_be_reported(region: RegionCode, numbered: &NumberedLeg) -> Option<(u64, Refusal)> {
    let (number, leg) = (numbered.number, &numbered.leg);
    let refuse = |code, detail: std::fmt::Arguments<'_>| Some((number, Refusal::new(code, detail)));
    let (own, other) = match numbered.side {
        Side::Receivable => (leg.creditor, leg.debtor),
        Side::Payable => (leg.debtor, leg.creditor),
    };
    if own != region {
        return refuse(
            ClearingCode::LegOtherRegion,
            format_args!("number {number}: region {own}"),
        );
    }
    if own == other {
        return refuse(ClearingCode::LegSameRegion, format_args!("number {number}"));
    }
    if leg.amount.is_zero() {
        let detail = format_args!("number {number}: the amount is zero");
        return Some((number, Refusal::general(RefusalCode::Malformed, detail)));
    }
    None
}
