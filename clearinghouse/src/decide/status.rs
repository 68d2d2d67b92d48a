//! Where a cycle stands and what blocks it.

use std::collections::BTreeSet;

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::leg::Leg;
use huitong_core::record::clearing::{LegsLeftOut, NettingFailed, ReopeningProposed};
use huitong_core::region::RegionCode;
use huitong_netting::{Member, Runs};

use super::attest::outstanding;
use super::attested::words;
use super::automatic::earliest_open;
use super::cut_off::{business_day, not_passed};
use super::net::plan_of;
use super::{Context, Decided, Decision, Fault};
use crate::payments::{Paying, Progress};
use crate::refusal::Refusal;
use crate::state::{Cycle, Waiting, WaitingLeg};

/// The most waiting legs that a status names.
const NAMED: usize = 100;

/// How far a cycle is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CycleState {
    /// Legs are taken for it.
    Open,
    /// Every region has its mark.
    CutOff,
    /// Every region with a row has said what it comes to in its own book.
    Attested,
    /// It could not be netted: officers have to leave out what is wrong.
    Failed,
    /// It has a plan, and how far that is on its way to being paid.
    Netted(Progress),
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
    /// Legs that wait for a counterpart or for what they take back, repeat another, or were attested otherwise.
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

/// The status of a day; without one, of the earliest that is open. One of which there is no cycle and never will be, or none
/// yet, is refused: it has nothing that could be told.
pub(crate) fn status(context: &Context<'_>, day: Option<BusinessDay>) -> Decision<Status> {
    let asked = day;
    let day = asked.unwrap_or_else(|| current(context));
    let cycle = context.state.cycles.get(&day);
    if asked.is_some()
        && cycle.is_none()
        && let Err(refusal) = may_come(context, day)
    {
        return Ok(Decided::refuse(refusal));
    }
    let state = match cycle {
        None => CycleState::Open,
        Some(Cycle {
            failed: Some(_), ..
        }) => CycleState::Failed,
        Some(Cycle { plan: None, .. }) if is_attested(context, day) => CycleState::Attested,
        Some(Cycle { plan: None, .. }) => CycleState::CutOff,
        Some(Cycle { plan: Some(_), .. }) => {
            CycleState::Netted(context.state.payments.progress(day))
        }
    };
    let counts = match state {
        CycleState::Netted(_) => match netted(context, day)? {
            Ok(counts) => counts,
            Err(refusal) => return Ok(Decided::refuse(refusal)),
        },
        CycleState::Open | CycleState::CutOff | CycleState::Attested | CycleState::Failed => {
            counted(context, day, cycle)
        }
    };
    Ok(Decided::answer(Status {
        day,
        state,
        regions: regions(context, day, cycle)?,
        agreed: counts.agreed,
        waiting: counts.waiting,
        differing: counts.differing,
        oldest: counts.oldest,
        restored: context.state.restored.waits_since,
        failed: cycle.and_then(|cycle| cycle.failed.clone()),
        proposed: cycle.and_then(|cycle| cycle.proposed.clone()),
        left_out: cycle
            .map(|cycle| cycle.left_out.clone())
            .unwrap_or_default(),
        paying: context
            .state
            .payments
            .cycle(day)
            .cloned()
            .unwrap_or_default(),
    }))
}

/// Whether a day without a cycle may have one. After a restore one that was cut off before was a business day then.
fn may_come(context: &Context<'_>, day: BusinessDay) -> Result<(), Refusal> {
    if context.state.restored.waits_since.is_none() {
        business_day(context, day)?;
    }
    not_passed(context, day)
}

/// The earliest open day; when nothing is open, today, or the last cycle if that is today's or later.
fn current(context: &Context<'_>) -> BusinessDay {
    let today = context.now.business_day_shanghai();
    let last = context.state.last_cut_off().map(|(day, _)| day);
    earliest_open(context).unwrap_or_else(|| last.map_or(today, |last| last.max(today)))
}

struct Counts {
    agreed: u64,
    waiting: u64,
    differing: u64,
    oldest: Vec<WaitingLeg>,
}

/// What is known of the legs of a cycle without a plan.
fn counted(context: &Context<'_>, day: BusinessDay, cycle: Option<&Cycle>) -> Counts {
    let marks = cycle.map(|cycle| &cycle.marks);
    let matching = &context.state.matching;
    let keeps = context.state.kept_out_of(day);
    let kept_out = |leg: &Leg| keeps.why_leg(leg);
    let held_back = matching.held_back((marks, day), &|leg| keeps.why_leg(leg).is_some());
    let left_out = matching.late(day, marks, kept_out);
    let left_out = left_out.filter(|leg| leg.why != Waiting::Late);
    let is_inside = |leg: &WaitingLeg| {
        let leg = &leg.numbered.leg;
        let (debt, whose) = (leg.debt(), Pair::of(leg));
        let held = |marks| matching.agreed_leg(debt, |pair| pair == whose, marks, day);
        marks.is_none_or(|marks| held(marks).is_some())
    };
    let left_out: Vec<_> = left_out.filter(is_inside).collect();
    let places = left_out.iter().map(|leg| (leg.region, leg.numbered.number));
    let left = held_back.into_iter().chain(places).collect::<BTreeSet<_>>();
    let left = u64::try_from(left.len()).unwrap_or(u64::MAX);
    let waiting = matching.waiting(marks, day).chain(left_out);
    // Of what both took back nothing is to come.
    let waiting = waiting.filter(|leg| leg.why != Waiting::TakenBack);
    let waiting = waiting.map(|leg| leg.among(&context.state.members));
    let mut oldest: Vec<_> = waiting.collect();
    let differs = |leg: &&WaitingLeg| matches!(leg.why, Waiting::Differs(_));
    let differing = oldest.iter().filter(differs).count();
    let waiting = oldest.len().saturating_sub(differing);
    oldest.sort_by_key(|leg| (leg.since, leg.region, leg.numbered.number));
    oldest.truncate(NAMED);
    let wide = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    Counts {
        agreed: matching.count_agreed(marks, day).saturating_sub(left),
        waiting: wide(waiting),
        differing: wide(differing),
        oldest,
    }
}

/// What a plan did and left. Why the legs it left wait is told of the cycle that is open.
fn netted(context: &Context<'_>, day: BusinessDay) -> Result<Result<Counts, Refusal>, Fault> {
    Ok(plan_of(context, day)?.map(|plan| {
        let carried = plan
            .windows()
            .iter()
            .map(|window| &window.carried)
            .map(Runs::count);
        Counts {
            agreed: plan.legs(),
            waiting: carried.fold(0, u64::saturating_add),
            differing: 0,
            oldest: Vec::new(),
        }
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

/// Whether all that was asked of a cycle is answered. One without rows has nothing to be asked.
fn is_attested(context: &Context<'_>, day: BusinessDay) -> bool {
    let attesting = context.state.attesting();
    attesting.is_some_and(|of| of.day == day && !of.rows.is_empty())
        && outstanding(context, day).is_empty()
}
