//! What is held, looked through some at a time, so that legs are taken in between: a million of them in one go would hold
//! up whoever reports.
//!
//! Whoever looks for a list begins with where each stream ends then ([`Ends`]), and goes no further: so it comes to an end
//! however much is reported meanwhile. How a leg stands is found when it is looked at. Deliberately absent: what is kept of
//! it, which is the caller's.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;
use huitong_core::leg::{Leg, LegKind};
use huitong_core::region::RegionCode;

use super::held::Held;
use super::waiting::{NotTaken, Waiting, WaitingLeg};
use super::{Matching, Place, ready, waits};

/// Where each region's stream ended when somebody began to look: the number after the last that was held.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Ends(BTreeMap<RegionCode, u64>);

impl Ends {
    fn of(&self, region: RegionCode) -> u64 {
        self.0.get(&region).copied().unwrap_or(0)
    }
}

/// Up to where is looked, and at how many legs at most in one go.
pub(super) type Bounds<'a> = (Option<&'a Ends>, usize);

/// The last day that is cut off, and the marks of its cycle while that is yet to be netted.
pub(crate) type CutOff<'a> = (BusinessDay, Option<&'a BTreeMap<RegionCode, u64>>);

impl Matching {
    /// Where each stream ends now.
    pub(crate) fn ends(&self) -> Ends {
        let ends = self.held.iter();
        Ends(ends.map(|(region, slots)| (*region, slots.end())).collect())
    }

    /// Shows so many more legs at most, from a place on; where the next one lies, if there are more.
    pub(super) fn step(
        &self,
        from: Option<Place>,
        (ends, at_most): Bounds<'_>,
        mut show: impl FnMut(Place, Held<'_>),
    ) -> Option<Place> {
        let regions = self.held.iter();
        let regions = regions.skip_while(|(region, _)| from.is_some_and(|from| **region < from.0));
        let mut left = at_most;
        for (region, slots) in regions {
            let first = from
                .filter(|from| from.0 == *region)
                .map_or(0, |from| from.1);
            let end = ends.map_or(u64::MAX, |ends| ends.of(*region));
            for held in slots.after(first).take_while(|held| held.number() < end) {
                let place = (*region, held.number());
                let Some(rest) = left.checked_sub(1) else {
                    return Some(place);
                };
                left = rest;
                show(place, held);
            }
        }
        None
    }

    /// Shows, of so many more legs at most, those that do not agree or are late although their day is over; where the next
    /// lies, if there are more. What agrees and is kept out waits for that; what goes with a cycle that is yet to be netted
    /// is not late.
    pub(crate) fn excepted(
        &self,
        from: Option<Place>,
        (ends, at_most): (&Ends, usize),
        (cut_off, kept_out): (CutOff<'_>, &impl Fn(&Leg) -> Option<Waiting>),
        mut show: impl FnMut(WaitingLeg),
    ) -> Option<Place> {
        self.step(from, (Some(ends), at_most), |place, held| {
            if let Some(why) = self.why_excepted(place, held, cut_off, kept_out) {
                show(waits(place.0, held, why));
            }
        })
    }

    /// The leg at a place, if it does not agree or is late: what [`Self::excepted`] shows of it.
    pub(crate) fn waiting_at(
        &self,
        place: Place,
        cut_off: CutOff<'_>,
        kept_out: &impl Fn(&Leg) -> Option<Waiting>,
    ) -> Option<WaitingLeg> {
        let held = self.at(place)?;
        let why = self.why_excepted(place, held, cut_off, kept_out)?;
        Some(waits(place.0, held, why))
    }

    fn why_excepted(
        &self,
        place: Place,
        held: Held<'_>,
        cut_off: CutOff<'_>,
        kept_out: &impl Fn(&Leg) -> Option<Waiting>,
    ) -> Option<Waiting> {
        if !held.agrees() && held.leg.business_day <= cut_off.0 {
            return Some(self.why(place, held));
        }
        self.why_late(place, held, cut_off, kept_out)
    }

    /// Shows, of so many more legs at most, those of some kinds that went with no plan; where the next lies, if there are
    /// more. Of two that agree the creditor's alone.
    pub(crate) fn not_taken(
        &self,
        from: Option<Place>,
        (ends, at_most): (&Ends, usize),
        (cut_off, kept_out): (Option<CutOff<'_>>, &impl Fn(&Leg) -> Option<Waiting>),
        is_such: impl Fn(LegKind) -> bool,
        mut show: impl FnMut(NotTaken),
    ) -> Option<Place> {
        self.step(from, (Some(ends), at_most), |place, held| {
            if !is_such(held.leg.kind) {
                return;
            }
            let why = if !held.agrees() {
                Some(self.why(place, held))
            } else if ready(place, held, None, held.leg.business_day).is_some() {
                cut_off.and_then(|cut_off| self.why_late(place, held, cut_off, kept_out))
            } else {
                return;
            };
            show(NotTaken {
                region: place.0,
                numbered: held.numbered(),
                since: held.since(),
                why,
            });
        })
    }
}
