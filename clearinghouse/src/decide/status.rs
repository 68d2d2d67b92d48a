//! Where a cycle stands and what blocks it.
//!
//! Of a cycle without a plan every leg is looked at, some at a time: between two steps the writer takes legs.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::leg::Leg;
use huitong_core::record::clearing::{LegsLeftOut, NettingFailed, ReopeningProposed};
use huitong_core::region::RegionCode;
use huitong_netting::{Member, Runs};

use super::attest::outstanding;
use super::attested::words;
use super::automatic::earliest_open;
use super::cut_off::{business_day, not_passed};
use super::cycles::{CycleState, OpenCycle, not_final, state_of};
use super::net::plan_of;
use super::{Context, Decided, Decision, Fault};
use crate::payments::{Paying, PaymentRules};
use crate::refusal::Refusal;
use crate::state::{Cycle, Standing, WaitingLeg};

/// Of which cycle is asked how it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WhichCycle {
    /// Of this day's.
    Of(BusinessDay),
    /// Of the earliest in which an officer has to do something; else of the earliest that is not cut off.
    Earliest(PaymentRules),
}

/// A cycle.
#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) day: BusinessDay,
    pub(crate) state: CycleState,
    /// By region of the directory.
    pub(crate) regions: Vec<RegionStatus>,
    /// Debts that both regions reported alike, each counted once.
    pub(crate) agreed: u64,
    /// Legs that wait for a counterpart or for what they take back, repeat another, were attested otherwise, or were left out.
    pub(crate) waiting: u64,
    /// Legs whose counterpart differs.
    pub(crate) differing: u64,
    /// Those that wait longest.
    pub(crate) oldest: Vec<WaitingLeg>,
    /// Since when no cycle goes on, because the clearinghouse was restored.
    pub(crate) restored: Option<Timestamp>,
    /// Who approved its plan, and the order to pay it.
    pub(crate) paying: Paying,
    /// Why it could not be netted, while that is so.
    pub(crate) failed: Option<NettingFailed>,
    /// What an officer wants to leave out of it.
    pub(crate) proposed: Option<ReopeningProposed>,
    /// What two officers left out of it.
    pub(crate) left_out: LegsLeftOut,
}

/// A region in a cycle.
#[derive(Debug, Clone)]
pub(crate) struct RegionStatus {
    pub(crate) region: RegionCode,
    pub(crate) member: Member,
    pub(crate) held: u64,
    pub(crate) closed: bool,
    pub(crate) mark: Option<u64>,
    pub(crate) halted_at: Option<u64>,
    pub(crate) attested: RegionAttestation,
}

/// What became of a region's word on its rows of a cycle.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RegionAttestation {
    /// It has no row, is suspended or has left, or the cycle is not the next to be netted.
    NotAsked,
    /// It is not given in the incarnation that counts, or the legs in which it differs are not told.
    Outstanding,
    /// Its book says what is held.
    Alike,
    /// Its book says otherwise.
    Otherwise,
}

/// What a status is counted for: which cycle, and how far that was when counting began.
#[derive(Debug, Clone)]
pub(crate) struct Counting {
    day: BusinessDay,
    /// The marks of a cycle that is cut off.
    marks: Option<BTreeMap<RegionCode, u64>>,
    /// Whether it has a plan, which counts by itself.
    is_netted: bool,
    /// What officers had left out of it.
    left_out: LegsLeftOut,
    counted: Standing,
}

impl Counting {
    /// Looks at so many more legs at most; whether there are more. What is cut off, netted or reopened meanwhile is counted no
    /// further.
    pub(crate) fn go_on(&mut self, context: &Context<'_>, at_most: usize) -> bool {
        let cycle = context.state.cycles.get(&self.day);
        if self.is_netted || !self.is_of(cycle) {
            return false;
        }
        let keeps = context.state.kept_out_of(self.day);
        let kept_out = |leg: &Leg| keeps.why_leg(leg);
        let asked = (self.marks.as_ref(), self.day);
        let matching = &context.state.matching;
        matching.count(&mut self.counted, asked, &kept_out, at_most)
    }

    /// Whether the cycle is as far as it was when counting began, and nothing else is left out of it.
    fn is_of(&self, cycle: Option<&Cycle>) -> bool {
        let marks = cycle.map(|cycle| &cycle.marks);
        let is_netted = cycle.is_some_and(|cycle| cycle.plan.is_some());
        let is_same = || {
            let left_out = cycle.map(|cycle| &cycle.left_out);
            marks == self.marks.as_ref() && left_out.is_none_or(|of| *of == self.left_out)
        };
        is_netted == self.is_netted && (is_netted || is_same())
    }
}

/// Begins to count for the status of a cycle. Of a day that is asked for and has no cycle and never will, or none yet, it is
/// refused: it has nothing that could be told.
pub(crate) fn begin_status(context: &Context<'_>, which: WhichCycle) -> Decision<Counting> {
    let day = match which {
        WhichCycle::Earliest(rules) => current(context, rules),
        WhichCycle::Of(day) => {
            if !context.state.cycles.contains_key(&day)
                && let Err(refusal) = may_come(context, day)
            {
                return Ok(Decided::refuse(refusal));
            }
            day
        }
    };
    let cycle = context.state.cycles.get(&day);
    Ok(Decided::answer(Counting {
        day,
        marks: cycle.map(|cycle| cycle.marks.clone()),
        is_netted: cycle.is_some_and(|cycle| cycle.plan.is_some()),
        left_out: left_out(cycle),
        counted: Standing::default(),
    }))
}

fn left_out(cycle: Option<&Cycle>) -> LegsLeftOut {
    cycle.map_or_else(LegsLeftOut::default, |cycle| cycle.left_out.clone())
}

/// The status of the day that was counted for; none when it was cut off, netted or reopened meanwhile, and is to be counted
/// anew.
pub(crate) fn status(context: &Context<'_>, counting: Counting) -> Decision<Option<Status>> {
    let day = counting.day;
    let cycle = context.state.cycles.get(&day);
    if !counting.is_of(cycle) {
        return Ok(Decided::answer(None));
    }
    let state = state_of(context, day, cycle);
    let counts = match state {
        CycleState::Netted(_) => match netted(context, day)? {
            Ok(counts) => counts,
            Err(refusal) => return Ok(Decided::refuse(refusal)),
        },
        CycleState::Open | CycleState::CutOff | CycleState::Attested | CycleState::Failed => {
            counting.counted
        }
    };
    let (agreed, waiting, differing) = (counts.agreed, counts.waiting, counts.differing);
    let oldest = counts.oldest().into_iter();
    let oldest = oldest.map(|leg| leg.among(&context.state.members));
    Ok(Decided::answer(Some(Status {
        day,
        state,
        regions: regions(context, day, cycle)?,
        agreed,
        waiting,
        differing,
        oldest: oldest.collect(),
        restored: context.state.restored.waits_since,
        failed: cycle.and_then(|cycle| cycle.failed.clone()),
        proposed: cycle.and_then(|cycle| cycle.proposed.clone()),
        left_out: left_out(cycle),
        paying: context
            .state
            .payments
            .cycle(day)
            .cloned()
            .unwrap_or_default(),
    })))
}

/// Whether a day without a cycle may have one. After a restore one that was cut off before was a business day then.
fn may_come(context: &Context<'_>, day: BusinessDay) -> Result<(), Refusal> {
    if context.state.restored.waits_since.is_none() {
        business_day(context, day)?;
    }
    not_passed(context, day)
}

/// The earliest cycle in which an officer has to do something, or else the earliest that is not cut off; when there is neither,
/// today, or the last cycle if that is today's or later.
fn current(context: &Context<'_>, rules: PaymentRules) -> BusinessDay {
    if let Some(of) = not_final(context, rules).find(OpenCycle::is_officers) {
        return of.day;
    }
    let today = context.now.business_day_shanghai();
    let last = context.state.last_cut_off().map(|(day, _)| day);
    earliest_open(context).unwrap_or_else(|| last.map_or(today, |last| last.max(today)))
}

/// What a plan did and left. Why the legs it left wait is told of the cycle that is open.
fn netted(context: &Context<'_>, day: BusinessDay) -> Result<Result<Standing, Refusal>, Fault> {
    Ok(plan_of(context, day)?.map(|plan| {
        let carried = plan
            .windows()
            .iter()
            .map(|window| &window.carried)
            .map(Runs::count);
        Standing::netted(plan.legs(), carried.fold(0, u64::saturating_add))
    }))
}

fn regions(
    context: &Context<'_>,
    day: BusinessDay,
    cycle: Option<&Cycle>,
) -> Result<Vec<RegionStatus>, Fault> {
    let streams = &context.state.streams;
    let words = words(context, day)?;
    let open: BTreeSet<_> = outstanding(context, day).into_iter().collect();
    let status = |(region, member)| {
        let stream = streams.get(&region);
        let mark = cycle.and_then(|cycle| cycle.marks.get(&region).copied());
        let attested = match words.get(&region) {
            Some(_) | None if open.contains(&region) => RegionAttestation::Outstanding,
            Some(word) if word.searched().next().is_some() => RegionAttestation::Outstanding,
            Some(word) if word.otherwise.is_empty() => RegionAttestation::Alike,
            Some(_) => RegionAttestation::Otherwise,
            None => RegionAttestation::NotAsked,
        };
        RegionStatus {
            region,
            member,
            held: stream.map_or(0, |stream| stream.held),
            closed: stream.is_some_and(|stream| stream.has_closed(day)),
            mark,
            halted_at: stream.and_then(|stream| stream.halted_at),
            attested,
        }
    };
    Ok(context.state.members.iter().map(status).collect())
}
