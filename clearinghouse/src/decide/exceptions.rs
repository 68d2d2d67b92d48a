//! The legs that no plan took although their day is over: why, since when, and what the other region said.
//!
//! A leg of the open cycle is no exception yet. When the side that is missing comes, the two agree by themselves and go
//! into the next cycle under their own day; what a region attested otherwise goes with the first cycle in which that region
//! attests it as it is held. Nothing here is closed by hand.
//!
//! Which there are is found once, for all pages of a list: in the writer legs are looked at some at a time, so that others
//! are taken in between, and beside it they are put in order. A list is of the legs that were held when it was begun, each
//! as it stood when it was looked at, with its age at the beginning. When a cycle is cut off, netted or reopened meanwhile it is begun anew,
//! since that makes other legs exceptions. A page then looks up its own rows alone. What is no exception any more is left
//! out of it, and what has become one since it was looked at is in the next list.

mod own;

use std::collections::BTreeMap;

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::Timestamp;
use huitong_core::leg::{Leg, NumberedLeg};
use huitong_core::own_clearing::{WAITS_AT_MOST_DAYS, WaitingPlace, Waits};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::WaitingReason;

#[cfg(test)]
pub(super) use self::own::begin_at_most;
pub(crate) use self::own::{
    FindingOwn, OwnListing, begin_own_exceptions, own_exceptions, own_exceptions_page,
};
use super::over::{Over, last_cut_off};
use super::{Context, Decided, Decision, Fault, has_stream};
use crate::refusal::Refusal;
use crate::state::{Ends, Says, Waiting, WaitingLeg};

/// How many exceptions a page has at most.
const ROWS_AT_ONCE: usize = 1_000;
/// How many exceptions one list has at most: some hundred megabytes.
const LISTED_AT_MOST: usize = 4_000_000;
/// For so long pages are read of a list.
const LISTED_MILLIS: i64 = 600_000;
/// The last day of each group of ages but the last.
const AGES: [u32; 3] = [1, 7, WAITS_AT_MOST_DAYS];

const DAY_MILLIS: i64 = 86_400_000;

/// Why a leg waits, without the field that differs.
pub(crate) const fn reason_of(why: Waiting) -> WaitingReason {
    match why {
        Waiting::CounterpartMissing => WaitingReason::CounterpartMissing,
        Waiting::Differs(_) => WaitingReason::Differs,
        Waiting::Repeated => WaitingReason::Repeated,
        Waiting::Late => WaitingReason::Late,
        Waiting::AttestedOtherwise => WaitingReason::AttestedOtherwise,
        Waiting::TooLarge => WaitingReason::TooLarge,
        Waiting::OriginalNotNetted => WaitingReason::OriginalNotNetted,
        Waiting::TakenBack => WaitingReason::TakenBack,
        Waiting::LeftOut => WaitingReason::LeftOut,
        Waiting::UnknownRegion => WaitingReason::UnknownRegion,
    }
}

/// Which exceptions are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) region: Option<RegionCode>,
    pub(crate) reason: Option<WaitingReason>,
    pub(crate) at_least_days: u32,
}

/// A leg that no plan took.
#[derive(Debug)]
pub(crate) struct Exception {
    pub(crate) leg: WaitingLeg,
    pub(crate) days: i64,
    /// What the other region reported of the same debt.
    pub(crate) other: Option<(RegionCode, NumberedLeg)>,
    /// What the home region signed says of the leg, once that is here.
    pub(crate) says: Option<Says>,
    /// A plan took a debt of two others under its id: nothing that its two regions report of it is netted any more.
    pub(crate) id_taken: bool,
}

/// Legs of one age: how many, and what they come to in fen, which is more than an amount may be where some are too large.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AgeGroup {
    pub(crate) legs: u64,
    pub(crate) amount: i64,
}

/// A page of exceptions, and how old all of them are.
#[derive(Debug)]
pub(crate) struct Exceptions {
    /// Oldest first.
    pub(crate) rows: Vec<Exception>,
    /// After which the next page begins; none with the last.
    pub(crate) next: Option<WaitingPlace>,
    pub(crate) ageing: BTreeMap<WaitingReason, [AgeGroup; 4]>,
}

/// All exceptions of a list, in no order yet.
#[derive(Debug)]
pub(crate) struct Unordered(Listing);

impl Unordered {
    /// Puts them in their order; for many of them that takes long.
    pub(crate) fn ordered(self) -> Listing {
        let mut listing = self.0;
        listing.places.sort_unstable();
        listing
    }
}

/// All exceptions as they were asked for, in their order.
#[derive(Debug)]
pub(crate) struct Listing {
    asked: Asked,
    at: Timestamp,
    places: Vec<WaitingPlace>,
    ageing: BTreeMap<WaitingReason, [AgeGroup; 4]>,
}

impl Listing {
    /// Whether it is of what is asked for.
    pub(crate) fn is_of(&self, asked: Asked) -> bool {
        self.asked == asked
    }

    /// How many exceptions it has.
    pub(crate) fn rows(&self) -> usize {
        self.places.len()
    }
}

/// A list of exceptions as far as they are found.
#[derive(Debug)]
pub(crate) struct Finding {
    listing: Listing,
    over: Option<Over>,
    ends: Ends,
    /// The first leg that is not looked at yet.
    next: Option<(RegionCode, u64)>,
}

/// Begins to find which exceptions there are, as asked for.
pub(crate) fn begin_exceptions(context: &Context<'_>, asked: Asked) -> Decision<Finding> {
    if let Err(refusal) = has_stream(context, asked.region) {
        return Ok(Decided::refuse(refusal));
    }
    Ok(Decided::answer(Finding {
        listing: Listing {
            asked,
            at: context.now,
            places: Vec::new(),
            ageing: BTreeMap::new(),
        },
        over: Over::of(context.state),
        ends: context.state.matching.ends(),
        next: None,
    }))
}

impl Finding {
    /// Looks at so many more legs at most; whether there are more. When cycles went on meanwhile it looks no further.
    ///
    /// # Errors
    /// There are more exceptions than a list has.
    pub(crate) fn go_on(&mut self, context: &Context<'_>, at_most: usize) -> Result<bool, Refusal> {
        let Some(cut_off) = last_cut_off(context).filter(|_| self.is_of(context)) else {
            return Ok(false);
        };
        let (keeps, members) = (context.state.kept_out(), &context.state.members);
        let kept_out = |leg: &Leg| keeps.why_leg(leg);
        let (listing, ends) = (&mut self.listing, (&self.ends, at_most));
        let matching = &context.state.matching;
        let next = matching.excepted(self.next, ends, (cut_off, &kept_out), |leg| {
            listing.take(&leg.among(members));
        });
        self.next = next;
        if self.listing.rows() > LISTED_AT_MOST {
            let detail = format_args!("more than {LISTED_AT_MOST}: ask for those of one region");
            return Err(Refusal::general(RefusalCode::Malformed, detail));
        }
        Ok(next.is_some())
    }

    fn is_of(&self, context: &Context<'_>) -> bool {
        self.over == Over::of(context.state)
    }
}

impl Listing {
    fn take(&mut self, leg: &WaitingLeg) {
        let days = days_since(leg.since, self.at);
        let reason = reason_of(leg.why);
        count(self.ageing.entry(reason).or_default(), days, leg);
        if self.asked.wants(leg) && days >= i64::from(self.asked.at_least_days) {
            self.places
                .push((leg.since, leg.region, leg.numbered.number));
        }
    }
}

/// Which exceptions were found; none when cycles went on meanwhile, and they are to be found anew.
pub(crate) fn exceptions(context: &Context<'_>, found: Finding) -> Decision<Option<Unordered>> {
    let found = found.is_of(context).then_some(Unordered(found.listing));
    Ok(Decided::answer(found))
}

impl Asked {
    fn wants(&self, leg: &WaitingLeg) -> bool {
        self.region.is_none_or(|region| region == leg.region)
            && self
                .reason
                .is_none_or(|wanted| wanted == reason_of(leg.why))
    }
}

/// The exceptions of a list after a place, as they stand now; none when the list is too old to be read on.
pub(crate) fn exceptions_page(
    context: &Context<'_>,
    listing: &Listing,
    after: Option<WaitingPlace>,
) -> Decision<Option<Exceptions>> {
    let age = context
        .now
        .as_millis()
        .saturating_sub(listing.at.as_millis());
    if age > LISTED_MILLIS {
        return Ok(Decided::answer(None));
    }
    let matching = &context.state.matching;
    let keeps = context.state.kept_out();
    let kept_out = |leg: &Leg| keeps.why_leg(leg);
    let first = after.map_or(0, |after| {
        listing.places.partition_point(|place| *place <= after)
    });
    let rest = listing.places.get(first..).unwrap_or_default();
    let (page, further) = rest.split_at(rest.len().min(ROWS_AT_ONCE));
    let mut rows = Vec::new();
    for (_, region, number) in page {
        let place = (*region, *number);
        let over = last_cut_off(context);
        let leg = over.and_then(|over| matching.waiting_at(place, over, &kept_out));
        let leg = leg.map(|leg| leg.among(&context.state.members));
        let Some(leg) = leg.filter(|leg| listing.asked.wants(leg)) else {
            continue;
        };
        rows.push(Exception {
            days: days_since(leg.since, context.now),
            other: matching.other_side(place),
            says: context.state.words.says(&leg.numbered.leg),
            id_taken: is_id_taken(context, &leg)?,
            leg,
        });
    }
    Ok(Decided::answer(Some(Exceptions {
        rows,
        next: page.last().copied().filter(|_| !further.is_empty()),
        ageing: listing.ageing.clone(),
    })))
}

/// Whether a leg is called repeated for a debt of two others alone, which a plan took under its id.
fn is_id_taken(context: &Context<'_>, leg: &WaitingLeg) -> Result<bool, Fault> {
    let place = (leg.region, leg.numbered.number);
    if leg.why != Waiting::Repeated || !context.state.matching.is_first(place) {
        return Ok(false);
    }
    let (debt, pair) = (leg.numbered.leg.debt(), Pair::of(&leg.numbered.leg));
    let back = Pair {
        debtor: pair.creditor,
        creditor: pair.debtor,
        ..pair
    };
    let taken = context.plan_that_took(debt, pair)?;
    Ok(taken.is_none() && context.plan_that_took(debt, back)?.is_none())
}

/// Whether a leg waits for longer than it should. What cannot be looked up is counted: better one too many.
pub(super) fn is_late(context: &Context<'_>, leg: &WaitingLeg, days: i64) -> bool {
    let days = u32::try_from(days).unwrap_or(u32::MAX);
    let why = reason_of(leg.why);
    let late = |id_taken| Waits {
        why,
        id_taken,
        days,
    };
    // Plans are looked up only where it depends on them.
    late(false).is_late() || (late(true).is_late() && is_id_taken(context, leg).unwrap_or(true))
}

pub(super) fn days_since(since: Timestamp, now: Timestamp) -> i64 {
    let millis = now.as_millis().saturating_sub(since.as_millis());
    millis.max(0) / DAY_MILLIS
}

fn count(groups: &mut [AgeGroup; 4], days: i64, leg: &WaitingLeg) {
    let at = AGES.iter().position(|last| days <= i64::from(*last));
    if let Some(group) = groups.get_mut(at.unwrap_or(AGES.len())) {
        group.legs = group.legs.saturating_add(1);
        let amount = leg.numbered.leg.amount.get();
        group.amount = group.amount.saturating_add(amount);
    }
}
