//! Who is a member: regions join, change, are suspended, come back and leave.
//!
//! What decides over money takes two different officers, who say the same: who joins and leaves, who is suspended and
//! comes back, and who clears for whom. Where a node is and with what it signs takes one, since its certificate says who
//! it is. Whoever says of a region that it is to stand as it stands ends what waits of that. In order of precedence: what stands already, an unknown or left region, one that is there already, a clearing
//! member of another province, a step that does not follow, what is open.

use std::collections::BTreeMap;

use huitong_core::checkpoint::row::Pair;
use huitong_core::dispute::course::Stage;
use huitong_core::dispute::outcome::Outcome;
use huitong_core::membership::{Changing, Joining, ListedRegion, MemberChange, Standing};
use huitong_core::officer::OfficerName;
use huitong_core::record::clearing::{
    ClearingRecord, MemberProposed, MembersDecided, MembersRecord,
};
use huitong_core::region::RegionCode;
use huitong_netting::{Member, Members};

use super::net::plan_of;
use super::{Context, Decided, Decision, Fault};
use crate::payments::Progress;
use crate::refusal::{ClearingCode, Refusal};

/// How much that is open a refusal names.
const NAMED: usize = 20;

/// How a region stands, and what waits of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberRow {
    pub(crate) region: RegionCode,
    pub(crate) listed: ListedRegion,
    /// What an officer wants and another has not said yet.
    pub(crate) waiting: Option<MemberProposed>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    /// The version of the directory in force.
    pub(crate) number: u64,
    /// The region as it stands; none while it waits to join.
    pub(crate) row: Option<MemberRow>,
}

/// The directory as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MembersListed {
    /// The number of the version in force.
    pub(crate) number: u64,
    /// Every region of it.
    pub(crate) rows: Vec<MemberRow>,
    /// What waits of regions that are not in it.
    pub(crate) joining: Vec<MemberProposed>,
}

/// Every region of the directory, and what waits of others.
pub(crate) fn members(context: &Context<'_>) -> Decision<MembersListed> {
    let held = &context.state.directory;
    let regions = held.next(&context.state.members).regions;
    let waiting = held.all_waiting();
    let joining = waiting.filter(|proposed| !regions.contains_key(&proposed.region));
    let joining = joining.cloned().collect();
    let rows = regions.into_iter().map(|(region, listed)| MemberRow {
        region,
        listed,
        waiting: held.waiting(region).cloned(),
    });
    Ok(Decided::answer(MembersListed {
        number: held.number(),
        rows: rows.collect(),
        joining,
    }))
}

/// Changes a member, or notes that an officer wants it, where another must want it too.
pub(crate) fn change_member(
    context: &Context<'_>,
    region: RegionCode,
    change: MemberChange,
    by: OfficerName,
) -> Decision<Changed> {
    let held = &context.state.directory;
    let mut directory = held.next(&context.state.members);
    let now = directory.regions.get(&region);
    if now.is_some_and(|listed| says_already(listed, &change)) {
        return Ok(stands(context, region, change, by));
    }
    let changed = match changed(context, region, now, &change) {
        Ok(changed) => changed,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    if change == MemberChange::Leave {
        let open = open(context, region)?;
        if !open.is_empty() {
            let refusal = Refusal::new(ClearingCode::MemberOpen, open.join("; "));
            return Ok(Decided::refuse(refusal));
        }
    }
    let waiting = held.waiting(region);
    let same = waiting.filter(|waiting| waiting.change == change);
    let proposed_by = match same {
        _ if !takes_two(&change) => None,
        Some(waiting) if waiting.by != by => Some(waiting.by.clone()),
        Some(_) => return Ok(Decided::answer(answer(context, region))),
        None => {
            let proposed = MemberProposed {
                region,
                change,
                by,
                at: context.now,
            };
            let mut told = answer(context, region);
            if let Some(row) = &mut told.row {
                row.waiting = Some(proposed.clone());
            }
            let record = ClearingRecord::Members(MembersRecord::Proposed(proposed));
            return Ok(Decided::record(record, told));
        }
    };
    directory.regions.insert(region, changed.clone());
    let row = MemberRow {
        region,
        listed: changed,
        waiting: None,
    };
    let told = Changed {
        number: directory.number,
        row: Some(row),
    };
    let decided = MembersDecided {
        region,
        change,
        proposed_by,
        by,
        at: context.now,
        directory,
    };
    let record = ClearingRecord::Members(MembersRecord::Decided(decided));
    Ok(Decided::record(record, told))
}

/// A region stands as the change would have it already. Where another change of its standing waits, that waits no more: an
/// officer says that it is to stay as it is.
fn stands(
    context: &Context<'_>,
    region: RegionCode,
    change: MemberChange,
    by: OfficerName,
) -> Decided<Changed> {
    let mut told = answer(context, region);
    let waits = context.state.directory.waiting(region).is_some();
    if !waits || !context.state.directory.withdraws(region, &change) {
        return Decided::answer(told);
    }
    if let Some(row) = &mut told.row {
        row.waiting = None;
    }
    let withdrawn = MemberProposed {
        region,
        change,
        by,
        at: context.now,
    };
    let record = MembersRecord::Proposed(withdrawn);
    Decided::record(ClearingRecord::Members(record), told)
}

fn answer(context: &Context<'_>, region: RegionCode) -> Changed {
    let held = &context.state.directory;
    let listed = held.next(&context.state.members).regions.remove(&region);
    Changed {
        number: held.number(),
        row: listed.map(|listed| MemberRow {
            region,
            listed,
            waiting: held.waiting(region).cloned(),
        }),
    }
}

/// Whether a second officer must say it too.
const fn takes_two(change: &MemberChange) -> bool {
    match change {
        MemberChange::Join(_)
        | MemberChange::Suspend
        | MemberChange::Resume
        | MemberChange::Leave => true,
        MemberChange::Change(changing) => changing.member.is_some(),
    }
}

/// Whether a region stands as the change would have it.
fn says_already(listed: &ListedRegion, change: &MemberChange) -> bool {
    match change {
        MemberChange::Join(joining) => {
            listed.standing == Standing::Active && *listed == joined(joining, listed.clone())
        }
        MemberChange::Change(changing) => *listed == with(changing, listed.clone()),
        MemberChange::Suspend => listed.standing == Standing::Suspended,
        MemberChange::Resume => listed.standing == Standing::Active,
        MemberChange::Leave => listed.standing == Standing::Left,
    }
}

fn joined(joining: &Joining, listed: ListedRegion) -> ListedRegion {
    ListedRegion {
        member: joining.member,
        endpoint: Some(joining.endpoint.clone()),
        signers: joining.signers.clone(),
        ..listed
    }
}

fn with(changing: &Changing, listed: ListedRegion) -> ListedRegion {
    let mut listed = listed;
    if let Some(member) = changing.member {
        listed.member = member;
    }
    if let Some(endpoint) = &changing.endpoint {
        listed.endpoint = Some(endpoint.clone());
    }
    if !changing.signers.is_empty() {
        listed.signers.clone_from(&changing.signers);
    }
    listed
}

/// The region as it stands after the change.
fn changed(
    context: &Context<'_>,
    region: RegionCode,
    now: Option<&ListedRegion>,
    change: &MemberChange,
) -> Result<ListedRegion, Refusal> {
    let refuse = |code| Refusal::new(code, region);
    let today = context.cycle_of(context.now.business_day_shanghai());
    let since = |listed: ListedRegion, standing| ListedRegion {
        standing,
        since: Some(today),
        ..listed
    };
    if let MemberChange::Join(joining) = change {
        if now.is_some_and(|listed| listed.standing != Standing::Left) {
            return Err(refuse(ClearingCode::MemberStands));
        }
        clears(context, region, joining.member)?;
        let empty = ListedRegion {
            member: joining.member,
            endpoint: None,
            signers: Vec::new(),
            standing: Standing::Active,
            since: None,
        };
        return Ok(since(joined(joining, empty), Standing::Active));
    }
    let listed = now.ok_or_else(|| refuse(ClearingCode::MemberUnknown))?;
    if listed.standing == Standing::Left {
        return Err(refuse(ClearingCode::MemberLeft));
    }
    match change {
        MemberChange::Join(_) | MemberChange::Resume => Ok(since(listed.clone(), Standing::Active)),
        MemberChange::Change(changing) => {
            if let Some(member) = changing.member {
                clears(context, region, member)?;
                not_between(context)?;
            }
            Ok(with(changing, listed.clone()))
        }
        MemberChange::Suspend => Ok(since(listed.clone(), Standing::Suspended)),
        MemberChange::Leave => {
            if listed.standing != Standing::Suspended {
                return Err(refuse(ClearingCode::MemberNotSuspended));
            }
            Ok(since(listed.clone(), Standing::Left))
        }
    }
}

/// A region clears itself, or a region of its province does that has not left.
fn clears(context: &Context<'_>, region: RegionCode, member: RegionCode) -> Result<(), Refusal> {
    if member != region {
        not_left(context, member)?;
    }
    let pair = BTreeMap::from([(region, Member::new(member))]);
    match Members::new(pair) {
        Ok(_) => Ok(()),
        Err(fault) => Err(Refusal::new(ClearingCode::MemberOtherProvince, fault)),
    }
}

/// Who clears for whom does not change between a cut-off and its netting.
fn not_between(context: &Context<'_>) -> Result<(), Refusal> {
    let mut cycles = context.state.cycles.iter();
    match cycles.find(|(_, cycle)| cycle.plan.is_none()) {
        Some((day, _)) => Err(Refusal::new(ClearingCode::MemberCycleOpen, day)),
        None => Ok(()),
    }
}

/// Refused for a region that has left: it says and is told nothing any more.
pub(super) fn not_left(context: &Context<'_>, region: RegionCode) -> Result<(), Refusal> {
    match context.state.directory.standing(region) {
        Standing::Active | Standing::Suspended => Ok(()),
        Standing::Left => Err(Refusal::new(ClearingCode::MemberLeft, region)),
    }
}

/// What is open of a region: legs that no plan took, on either side, disputes, regions that clear through it, and
/// cycles that it is in and that are not paid.
fn open(context: &Context<'_>, region: RegionCode) -> Result<Vec<String>, Fault> {
    let mut open = legs_open(context, region);
    open.extend(disputes_open(context, region)?);
    let members = context.state.members.iter();
    let through = members.filter(|(other, member)| {
        *other != region && member.code() == region && not_left(context, *other).is_ok()
    });
    open.extend(through.map(|(other, _)| format!("{other} clears through it")));
    open.extend(cycles_open(context, region)?);
    open.truncate(NAMED);
    Ok(open)
}

fn legs_open(context: &Context<'_>, region: RegionCode) -> Vec<String> {
    let mut open = Vec::new();
    let (mut own, mut others) = (0_u64, 0_u64);
    let matching = &context.state.matching;
    let keeps = context.state.kept_out();
    for (by, leg) in matching.untaken() {
        // Nothing is to come of what both took back.
        if matching.is_over(leg, &|leg| keeps.why_leg(leg)) {
            continue;
        }
        if by == region {
            own = own.saturating_add(1);
        } else if [leg.debtor, leg.creditor].contains(&region) {
            others = others.saturating_add(1);
        }
    }
    if own > 0 {
        open.push(format!("{own} of its legs in no plan"));
    }
    if others > 0 {
        open.push(format!("{others} legs of others with it in no plan"));
    }
    open
}

/// Disputes that are not over, and settled ones of which the correction is in no plan.
fn disputes_open(context: &Context<'_>, region: RegionCode) -> Result<Vec<String>, Fault> {
    let mut open = Vec::new();
    let all = context.state.disputes.after(None);
    for course in all.filter(|course| course.names(region)) {
        let name = course.name;
        match &course.stage {
            Stage::Raised(_) | Stage::Answered(_) | Stage::Escalated(_) => {
                open.push(format!("dispute {name} is not over"));
            }
            Stage::Settled(_) => {
                let leg = Outcome::of(course).and_then(|outcome| outcome.leg());
                if let Some(leg) = leg
                    && (context.plan_that_took(leg.debt(), Pair::of(&leg))?).is_none()
                {
                    open.push(format!("dispute {name} is settled and in no plan"));
                }
            }
            Stage::Withdrawn(_) => {}
        }
        if open.len() >= NAMED {
            break;
        }
    }
    Ok(open)
}

fn cycles_open(context: &Context<'_>, region: RegionCode) -> Result<Vec<String>, Fault> {
    let state = context.state;
    let mut open = Vec::new();
    for (day, cycle) in &state.cycles {
        if matches!(state.payments.progress(*day), Progress::Final(_)) {
            continue;
        }
        let is_in = match (cycle.plan, plan_of(context, *day)?) {
            (None, _) | (Some(_), Err(_)) => true,
            (Some(_), Ok(plan)) => plan
                .gross()
                .iter()
                .any(|row| [row.debtor, row.creditor].contains(&region)),
        };
        if is_in {
            open.push(format!("cycle {day} is not paid"));
        }
    }
    Ok(open)
}
