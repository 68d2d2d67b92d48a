//! The legs that no plan took although their day is over: why, since when, and what the other region said.
//!
//! A leg of the open cycle is no exception yet. When the side that is missing comes, the two agree by themselves and go
//! into the next cycle under their own day; what a region attested otherwise goes with the first cycle in which that region
//! attests it as it is held. Nothing here is closed by hand.

use std::collections::BTreeMap;

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::Timestamp;
use huitong_core::leg::NumberedLeg;
use huitong_core::region::RegionCode;

use super::{Context, Decided, Decision};
use crate::state::{Says, Waiting, WaitingLeg};

/// How many exceptions a page has at most.
const ROWS_AT_ONCE: usize = 1_000;
/// The last day of each group of ages but the last.
const AGES: [i64; 3] = [1, 7, 30];

const DAY_MILLIS: i64 = 86_400_000;

/// Where an exception stands in the list: since when it is held, whose, its number.
pub(crate) type ExceptionPlace = (Timestamp, RegionCode, u64);

/// Why a leg waits, without the field that differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reason {
    CounterpartMissing,
    Differs,
    Repeated,
    Late,
    AttestedOtherwise,
}

impl Reason {
    pub(crate) const fn of(why: Waiting) -> Self {
        match why {
            Waiting::CounterpartMissing => Self::CounterpartMissing,
            Waiting::Differs(_) => Self::Differs,
            Waiting::Repeated => Self::Repeated,
            Waiting::Late => Self::Late,
            Waiting::AttestedOtherwise => Self::AttestedOtherwise,
        }
    }
}

/// Which exceptions are asked for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) region: Option<RegionCode>,
    pub(crate) reason: Option<Reason>,
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
}

impl Exception {
    pub(crate) const fn place(&self) -> ExceptionPlace {
        (self.leg.since, self.leg.region, self.leg.numbered.number)
    }
}

/// Legs of one age: how many, and what they come to in fen.
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
    pub(crate) next: Option<ExceptionPlace>,
    pub(crate) ageing: BTreeMap<Reason, [AgeGroup; 4]>,
}

/// The exceptions after a place, as asked for.
pub(crate) fn exceptions(
    context: &Context<'_>,
    asked: Asked,
    after: Option<ExceptionPlace>,
) -> Decision<Exceptions> {
    let matching = &context.state.matching;
    let attestations = &context.state.attestations;
    let Some((over, cycle)) = context.state.last_cut_off() else {
        return Ok(Decided::answer(Exceptions {
            rows: Vec::new(),
            next: None,
            ageing: BTreeMap::new(),
        }));
    };
    let marks = cycle.plan.is_none().then_some(&cycle.marks);
    let all = matching
        .waiting(None, over)
        .chain(matching.late(over, marks, |leg| {
            attestations.keeps_out(Pair::of(leg), leg.debt())
        }));
    let mut ageing: BTreeMap<Reason, [AgeGroup; 4]> = BTreeMap::new();
    let mut wanted = Vec::new();
    for leg in all {
        let days = days_since(leg.since, context.now);
        let reason = Reason::of(leg.why);
        count(ageing.entry(reason).or_default(), days, &leg);
        let place = (leg.since, leg.region, leg.numbered.number);
        let is_wanted = asked.region.is_none_or(|region| region == leg.region)
            && asked.reason.is_none_or(|wanted| wanted == reason)
            && days >= i64::from(asked.at_least_days)
            && after.is_none_or(|after| place > after);
        if is_wanted {
            wanted.push((place, days, leg));
        }
    }
    wanted.sort_unstable_by_key(|(place, ..)| *place);
    let is_last = wanted.len() <= ROWS_AT_ONCE;
    wanted.truncate(ROWS_AT_ONCE);
    let rows = wanted.into_iter().map(|((_, region, number), days, leg)| {
        let other = matching.other_side((region, number));
        let says = context.state.words.says(&leg.numbered.leg);
        Exception {
            other,
            leg,
            days,
            says,
        }
    });
    let rows: Vec<_> = rows.collect();
    let next = rows.last().map(Exception::place).filter(|_| !is_last);
    Ok(Decided::answer(Exceptions { rows, next, ageing }))
}

fn days_since(since: Timestamp, now: Timestamp) -> i64 {
    let millis = now.as_millis().saturating_sub(since.as_millis());
    millis.max(0) / DAY_MILLIS
}

fn count(groups: &mut [AgeGroup; 4], days: i64, leg: &WaitingLeg) {
    let at = AGES.iter().position(|last| days <= *last);
    if let Some(group) = groups.get_mut(at.unwrap_or(AGES.len())) {
        group.legs = group.legs.saturating_add(1);
        let amount = leg.numbered.leg.amount.get();
        group.amount = group.amount.saturating_add(amount);
    }
}
