//! Who is a member: regions join, change, are suspended, come back and leave.
//!
//! What decides over money takes two different officers, who say the same: who joins and leaves, who is suspended and
//! comes back, and who clears for whom. Where a node is and with what it signs takes one, since its certificate says who
//! it is. One change waits of a region at a time: another that takes two ends it, and so does whoever says of an active
//! region that it is to go on, or of a suspended one that it is to be suspended, whatever it was that waited, and also when
//! that only repeats an earlier word; the answer names what was ended. What waits of any region is ended by name too
//! (`ending`). In order of precedence: what stands already, an unknown or left region, one
//! that is there already, a clearing member of another province, a step that does not follow, what is open.

mod ending;

use std::collections::BTreeMap;

use huitong_core::membership::{Changing, Joining, ListedRegion, MemberChange, Standing};
use huitong_core::officer::OfficerName;
use huitong_core::record::clearing::{
    ClearingRecord, MemberProposed, MembersDecided, MembersRecord,
};
use huitong_core::region::RegionCode;
use huitong_netting::{Member, Members};

pub(crate) use ending::{Kind, end_proposal};

use super::leaving::open;
use super::{Context, Decided, Decision};
use crate::refusal::{ClearingCode, Refusal};

/// How a region stands, and what waits of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MemberRow {
    pub(crate) region: RegionCode,
    pub(crate) listed: ListedRegion,
    /// What an officer wants and another has not said yet.
    pub(crate) waiting: Option<MemberProposed>,
}

/// What came of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Came {
    /// The region stood so already.
    StoodSo,
    /// A second officer has to say it too.
    Waits,
    /// It is in force.
    InForce,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Changed {
    pub(crate) came: Came,
    /// The version of the directory in force.
    pub(crate) number: u64,
    /// The region as it stands; none while it waits to join.
    pub(crate) row: Option<MemberRow>,
    /// What waited of the region until this was said, and does not any more although it did not come to be.
    pub(crate) ended: Option<MemberProposed>,
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
        Some(_) => return Ok(Decided::answer(answer(context, region, Came::Waits))),
        None => {
            let proposed = MemberProposed {
                region,
                change,
                by,
                at: context.now,
            };
            let mut told = answer(context, region, Came::Waits);
            told.ended = waiting.cloned();
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
        waiting: waiting.filter(|waiting| waiting.change != change).cloned(),
    };
    let told = Changed {
        came: Came::InForce,
        number: directory.number,
        row: Some(row),
        ended: None,
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

/// A region stands as the change would have it already. Where an officer says that an active region is to go on, or that a
/// suspended one is to be suspended, whatever waits of it waits no more: another clearing member too.
fn stands(
    context: &Context<'_>,
    region: RegionCode,
    change: MemberChange,
    by: OfficerName,
) -> Decided<Changed> {
    let mut told = answer(context, region, Came::StoodSo);
    let directory = &context.state.directory;
    let waits = directory.waiting(region);
    let Some(ended) = waits.filter(|_| directory.withdraws(region, &change)) else {
        return Decided::answer(told);
    };
    told.ended = Some(ended.clone());
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

fn answer(context: &Context<'_>, region: RegionCode, came: Came) -> Changed {
    let held = &context.state.directory;
    let listed = held.next(&context.state.members).regions.remove(&region);
    Changed {
        came,
        number: held.number(),
        row: listed.map(|listed| MemberRow {
            region,
            listed,
            waiting: held.waiting(region).cloned(),
        }),
        ended: None,
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
