//! The exceptions that concern one region: what it owes or is owed, whoever told of it.
//!
//! All that is held is looked through, as for officers, since what others told of it lies in their streams; what is between two
//! others is passed over and never counted. Of a debt of which both told, the own word is the row, and the other's stands beside
//! it; what the other told is a row only where no own word on it is one: when the region told nothing, or the two agree and
//! the creditor's word stands for both. Of many the oldest are listed, and all are counted. Deliberately absent: who asks.

use huitong_core::leg::Leg;
use huitong_core::own_clearing::WaitingPlace;
use huitong_core::region::RegionCode;

use super::{
    Context, Decided, Decision, Exceptions, Finding, Listing, Unordered, begin_exceptions,
    exceptions, exceptions_page, last_cut_off,
};
use crate::decide::exceptions::Asked;
use crate::decide::over::CutOff;
use crate::refusal::Refusal;

/// How many exceptions the list of a region has at most: the oldest.
const OWN_AT_MOST: usize = 100_000;

/// A region's exceptions as far as they are found.
#[derive(Debug)]
pub(crate) struct FindingOwn {
    region: RegionCode,
    found: Finding,
    kept_at_most: usize,
    left_off: u64,
}

/// A region's exceptions in no order yet.
#[derive(Debug)]
pub(crate) struct OwnUnordered {
    region: RegionCode,
    found: Unordered,
    left_off: u64,
}

/// A region's exceptions in their order.
#[derive(Debug)]
pub(crate) struct OwnListing {
    region: RegionCode,
    listing: Listing,
    left_off: u64,
}

impl OwnUnordered {
    /// Puts them in their order.
    pub(crate) fn ordered(self) -> OwnListing {
        OwnListing {
            region: self.region,
            listing: self.found.ordered(),
            left_off: self.left_off,
        }
    }
}

impl OwnListing {
    /// Whose they are.
    pub(crate) const fn region(&self) -> RegionCode {
        self.region
    }

    /// How many exceptions it has.
    pub(crate) fn rows(&self) -> usize {
        self.listing.rows()
    }

    /// How many are counted and not listed.
    pub(crate) const fn left_off(&self) -> u64 {
        self.left_off
    }
}

/// Begins to find which exceptions concern a region.
pub(crate) fn begin_own_exceptions(
    context: &Context<'_>,
    region: RegionCode,
) -> Decision<FindingOwn> {
    begin_at_most(context, region, OWN_AT_MOST)
}

/// Begins to find them, and keeps so many.
pub(in crate::decide) fn begin_at_most(
    context: &Context<'_>,
    region: RegionCode,
    kept_at_most: usize,
) -> Decision<FindingOwn> {
    let asked = Asked {
        region: Some(region),
        ..Asked::default()
    };
    let begun = begin_exceptions(context, asked)?;
    Ok(Decided::of(
        None,
        begun.answer.map(|mut found| {
            // Of whom is told says the leg's own pair.
            found.listing.asked = Asked::default();
            FindingOwn {
                region,
                found,
                kept_at_most,
                left_off: 0,
            }
        }),
    ))
}

impl FindingOwn {
    /// Looks at so many more legs at most; whether there are more. When cycles went on meanwhile it looks no further.
    ///
    /// # Errors
    /// None; the type is that of what is found in steps.
    pub(crate) fn go_on(&mut self, context: &Context<'_>, at_most: usize) -> Result<bool, Refusal> {
        let Some(cut_off) = last_cut_off(context).filter(|_| self.found.is_of(context)) else {
            return Ok(false);
        };
        let (keeps, members) = (context.state.kept_out(), &context.state.members);
        let kept_out = |leg: &Leg| keeps.why_leg(leg);
        let (region, matching) = (self.region, &context.state.matching);
        let Finding {
            listing,
            ends,
            next,
            ..
        } = &mut self.found;
        *next = matching.concerning(region, *next, (ends, at_most), |place| {
            let Some(leg) = matching.waiting_at(place, cut_off, &kept_out) else {
                return;
            };
            if leg.region == region || !is_beside_own(context, region, place, cut_off) {
                listing.take(&leg.among(members));
            }
        });
        let is_more = next.is_some();
        self.keep_the_oldest();
        Ok(is_more)
    }

    /// Lets the youngest go once there are twice as many as are kept, or no more come.
    fn keep_the_oldest(&mut self) {
        let (places, keep) = (&mut self.found.listing.places, self.kept_at_most);
        let may_have = match self.found.next {
            Some(_) => keep.saturating_mul(2),
            None => keep,
        };
        if places.len() <= may_have {
            return;
        }
        let _ = places.select_nth_unstable(keep);
        let over = places.len().saturating_sub(keep);
        places.truncate(keep);
        let over = u64::try_from(over).unwrap_or(u64::MAX);
        self.left_off = self.left_off.saturating_add(over);
    }
}

/// Whether what the other told stands beside an own word that waits itself.
fn is_beside_own(
    context: &Context<'_>,
    region: RegionCode,
    place: (RegionCode, u64),
    cut_off: CutOff<'_>,
) -> bool {
    let (keeps, matching) = (context.state.kept_out(), &context.state.matching);
    let kept_out = |leg: &Leg| keeps.why_leg(leg);
    let beside = |of| {
        matching
            .other_side(of)
            .map(|(whose, of)| (whose, of.number))
    };
    let own = beside(place).filter(|own| own.0 == region);
    own.is_some_and(|own| {
        beside(own) == Some(place) && matching.waiting_at(own, cut_off, &kept_out).is_some()
    })
}

/// Which exceptions were found; none when cycles went on meanwhile, and they are to be found anew.
pub(crate) fn own_exceptions(
    context: &Context<'_>,
    found: FindingOwn,
) -> Decision<Option<OwnUnordered>> {
    let FindingOwn {
        region,
        found,
        left_off,
        ..
    } = found;
    let found = exceptions(context, found)?;
    Ok(Decided::of(
        None,
        found.answer.map(|found| {
            found.map(|found| OwnUnordered {
                region,
                found,
                left_off,
            })
        }),
    ))
}

/// The exceptions of a region's list after a place, as they stand now; none when the list is too old to be read on. What the
/// other region told under the same id of itself and a third is not told.
pub(crate) fn own_exceptions_page(
    context: &Context<'_>,
    listing: &OwnListing,
    after: Option<WaitingPlace>,
) -> Decision<Option<Exceptions>> {
    let region = listing.region;
    let page = exceptions_page(context, &listing.listing, after)?;
    Ok(Decided::of(
        None,
        page.answer.map(|page| {
            page.map(|mut page| {
                for row in &mut page.rows {
                    row.other = row.other.take().filter(|(_, of)| is_of(region, &of.leg));
                }
                page.rows.retain(|row| is_of(region, &row.leg.numbered.leg));
                page
            })
        }),
    ))
}

fn is_of(region: RegionCode, leg: &Leg) -> bool {
    leg.debtor == region || leg.creditor == region
}
