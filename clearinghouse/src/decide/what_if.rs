//! What nets would be if a member dropped out, did not pay or paid late, a day were no business day, or several days were netted
//! as one. Nothing is written.
//!
//! A netted day stands as its plan is. The earliest day that is not netted is taken as it would be netted now. The
//! writer says only what that is; plans are read, and what is not netted is planned, beside it, for one officer at a
//! time.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::payable::Month;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_netting::{
    AgreedLeg, Inputs, Member, Members, NettingPlan, Scenario, Shortfall, Supposing, WhatIf, plan,
};

use super::automatic::earliest_open;
use super::cut_off::{business_day, marks, not_passed};
use super::{Context, Decided, Decision};
use crate::payments::{Moves, Order, PaymentRules};
use crate::refusal::{ClearingCode, Refusal};

/// By how many business days somebody is late at most.
const LATE_AT_MOST: u32 = 250;
/// The most days that are looked at as one.
const DAYS_AT_MOST: usize = 31;

/// What is supposed of some days.
#[derive(Debug, Clone, Default)]
pub(crate) struct DaySuppose {
    pub(crate) scenario: Scenario,
    /// Members that pay late, by so many business days.
    pub(crate) late: BTreeSet<Member>,
    pub(crate) days_late: u32,
    /// Days that are no business days, each with the one to which it is carried over.
    pub(crate) moves: BTreeMap<BusinessDay, BusinessDay>,
}

/// What of some days stands in the state.
#[derive(Debug)]
pub(crate) struct DayGrounds {
    /// Those that are netted.
    netted: Vec<BusinessDay>,
    /// The one that is not.
    open: Option<AsOfNow>,
    suppose: DaySuppose,
    /// By when what is owed is paid, and by when whoever is late has; none where nobody is.
    due: Option<(BusinessDay, BusinessDay)>,
}

/// Who is short of what of a fund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SupposedShort {
    pub(crate) member: Member,
    pub(crate) fund: Fund,
    pub(crate) owed: Fen,
    /// On the day on which it is due, and once those have paid who are late.
    pub(crate) on_due: Fen,
    pub(crate) in_the_end: Fen,
}

/// What some days would come to.
#[derive(Debug)]
pub(crate) struct DaysFound {
    pub(crate) nets: WhatIf,
    pub(crate) due: Option<(BusinessDay, BusinessDay)>,
    /// What is missing of a fund on the day on which it is due.
    pub(crate) on_due: Vec<Shortfall>,
    pub(crate) short: Vec<SupposedShort>,
    /// Day by day, where one is moved.
    pub(crate) days: BTreeMap<BusinessDay, WhatIf>,
}

/// A day as it would be netted now.
#[derive(Debug)]
struct AsOfNow {
    day: BusinessDay,
    parent: Option<NettingPlan>,
    members: Members,
    marks: BTreeMap<RegionCode, u64>,
    legs: Vec<AgreedLeg>,
}

/// Looks up what some days are looked at upon.
pub(crate) fn what_if(
    context: &Context<'_>,
    days: &BTreeSet<BusinessDay>,
    mut suppose: DaySuppose,
    rules: PaymentRules,
) -> Decision<DayGrounds> {
    if days.is_empty() || days.len() > DAYS_AT_MOST {
        let refusal = Refusal::general(RefusalCode::Malformed, "business_days: 1 to 31");
        return Ok(Decided::refuse(refusal));
    }
    let found = carried_over(context, days, &suppose.moves)
        .and_then(|moves| Ok((moves, due(context, days, &suppose, rules)?)));
    let due = match found {
        Ok((moves, due)) => {
            suppose.moves = moves;
            due
        }
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let (mut netted, mut open) = (Vec::new(), None);
    for day in days {
        match context.state.cycles.get(day) {
            Some(cycle) if cycle.plan.is_some() => netted.push(*day),
            Some(_) | None => match as_of_now(context, *day) {
                // Only one comes this far: of two the later comes after one that is not netted.
                Ok(found) => open = Some(found),
                Err(refusal) => return Ok(Decided::refuse(refusal)),
            },
        }
    }
    // Two days may be carried over to the same.
    let targets: BTreeSet<_> = suppose.moves.values().copied().collect();
    for to in targets.difference(days) {
        match context.state.cycles.get(to) {
            Some(cycle) if cycle.plan.is_some() => netted.push(*to),
            Some(_) => match as_of_now(context, *to) {
                Ok(found) => open = Some(found),
                Err(refusal) => return Ok(Decided::refuse(refusal)),
            },
            // There may be nothing yet.
            None if open.is_none() => open = as_of_now(context, *to).ok(),
            None => {}
        }
    }
    Ok(Decided::answer(DayGrounds {
        netted,
        open,
        suppose,
        due,
    }))
}

/// The days that are moved, each with the business day to which it is carried over.
fn carried_over(
    context: &Context<'_>,
    days: &BTreeSet<BusinessDay>,
    moves: &BTreeMap<BusinessDay, BusinessDay>,
) -> Result<BTreeMap<BusinessDay, BusinessDay>, Refusal> {
    let mut to_days = BTreeMap::new();
    for (from, to) in moves {
        let to = context.cycle_of(*to);
        let wrong = if !days.contains(from) {
            "is none of the days that are looked at"
        } else if to <= *from {
            "is carried over to a later day"
        } else if moves.contains_key(&to) {
            "is carried over to a day that is moved itself"
        } else {
            to_days.insert(*from, to);
            continue;
        };
        let detail = format_args!("moves: {from} {wrong}");
        return Err(Refusal::general(RefusalCode::Malformed, detail));
    }
    Ok(to_days)
}

/// By when what the days come to is to be paid, and by when whoever is late has: of the last of their orders, or of one that is
/// given today where a day has none.
fn due(
    context: &Context<'_>,
    days: &BTreeSet<BusinessDay>,
    suppose: &DaySuppose,
    rules: PaymentRules,
) -> Result<Option<(BusinessDay, BusinessDay)>, Refusal> {
    let late = suppose.days_late;
    let malformed = |about: &dyn std::fmt::Display| Refusal::general(RefusalCode::Malformed, about);
    if suppose.late.is_empty() != (late == 0) || late > LATE_AT_MOST {
        let detail = format!("days_late: 1 to {LATE_AT_MOST}, with late");
        return Err(malformed(&detail));
    }
    if late == 0 {
        return Ok(None);
    }
    let order = |day: &BusinessDay| {
        let paying = context.state.payments.cycle(*day)?;
        paying.ordered.as_ref()
    };
    let by_month = |order: &&Arc<Order>| order.month.is_some();
    let is_by_month = match rules.moves {
        Moves::Daily => days.iter().filter_map(order).any(|of| by_month(&of)),
        Moves::Monthly => days
            .iter()
            .any(|day| order(day).is_none_or(|of| by_month(&of))),
    };
    if let Some(day) = days.first().filter(|_| is_by_month) {
        return Err(Refusal::new(ClearingCode::PaymentByMonth, Month::of(*day)));
    }
    let ordered: Option<Vec<_>> = days.iter().map(|day| order(day).map(|of| of.due)).collect();
    let due = match ordered.and_then(|due| due.into_iter().max()) {
        Some(due) => due,
        None => super::instruct::due(context, rules)?,
    };
    let until = context.calendar.after(due, late);
    Ok(Some((due, until.map_err(|error| malformed(&error))?)))
}

/// What the earliest day without a plan would be netted of now.
fn as_of_now(context: &Context<'_>, day: BusinessDay) -> Result<AsOfNow, Refusal> {
    let state = context.state;
    let mut waiting = state
        .cycles
        .iter()
        .filter(|(_, cycle)| cycle.plan.is_none());
    if let Some((earlier, _)) = waiting.find(|(earlier, _)| **earlier < day) {
        return Err(Refusal::new(ClearingCode::CycleEarlierNotNetted, earlier));
    }
    let cycle = state.cycles.get(&day);
    if cycle.is_none() {
        not_passed(context, day)?;
        business_day(context, day)?;
        // What an earlier day has would be netted with it, and would be counted again.
        if let Some(earlier) = earliest_open(context).filter(|earlier| *earlier < day) {
            return Err(Refusal::new(ClearingCode::CycleEarlierOpen, earlier));
        }
    }
    let marks = cycle.map_or_else(|| marks(context, day), |cycle| cycle.marks.clone());
    Ok(AsOfNow {
        day,
        parent: state.plan.clone(),
        members: state.members.clone(),
        legs: state.to_net(&marks, day),
        marks,
    })
}

impl AsOfNow {
    /// The plan that it would come to.
    fn plan(&self) -> Result<NettingPlan, Refusal> {
        let inputs = Inputs {
            day: self.day,
            parent: self.parent.as_ref(),
            members: &self.members,
            marks: &self.marks,
            legs: &self.legs,
        };
        plan(&inputs).map_err(|error| Refusal::new(ClearingCode::CycleCannotNet, error))
    }
}

impl DayGrounds {
    /// What it comes to. Plans are asked for one after the other, and none is kept.
    ///
    /// # Errors
    /// A plan that is not to be had, sums out of range, or a member that stood in no region's place.
    pub(crate) fn found<E: From<Refusal>>(
        self,
        mut plan_of: impl FnMut(BusinessDay) -> Result<NettingPlan, E>,
    ) -> Result<DaysFound, E> {
        // Each plan's sums fit, those of several together need not.
        let too_large = |error| Refusal::new(ClearingCode::CycleCannotNet, error);
        let DaySuppose {
            scenario,
            late,
            moves,
            ..
        } = &self.suppose;
        let mut nets = Supposing::new(scenario);
        let mut by_day: BTreeMap<BusinessDay, Supposing<'_>> = BTreeMap::new();
        let mut take = |plan: &NettingPlan| -> Result<(), MoneyError> {
            nets.plans(plan)?;
            nets.supposes(plan)?;
            if !moves.is_empty() {
                let day = plan.day();
                let anew = || Supposing::new(scenario);
                by_day.entry(day).or_insert_with(anew).plans(plan)?;
                let to = moves.get(&day).copied().unwrap_or(day);
                by_day.entry(to).or_insert_with(anew).supposes(plan)?;
            }
            Ok(())
        };
        for day in self.netted {
            take(&plan_of(day)?).map_err(too_large)?;
        }
        if let Some(open) = self.open {
            take(&open.plan()?).map_err(too_large)?;
        }
        let named = scenario.without.iter().chain(&scenario.unpaid);
        let mut named = named.chain(late);
        if let Some(stranger) = named.find(|member: &&Member| !nets.is_known(**member)) {
            return Err(Refusal::new(ClearingCode::CycleUnknownMember, stranger).into());
        }
        let nets = nets.ends().map_err(too_large)?;
        let days = by_day
            .into_iter()
            .map(|(day, nets)| Ok((day, nets.ends()?)));
        let days = days.collect::<Result<_, _>>().map_err(too_large)?;
        let not_on_due: BTreeSet<_> = scenario.unpaid.union(late).copied().collect();
        Ok(DaysFound {
            on_due: nets.missing(&not_on_due).map_err(too_large)?,
            short: short(&nets, &not_on_due, &scenario.unpaid).map_err(too_large)?,
            nets,
            due: self.due,
            days,
        })
    }
}

/// Who is short of what: whoever does not pay in the end has not when it is due.
fn short(
    nets: &WhatIf,
    not_on_due: &BTreeSet<Member>,
    unpaid: &BTreeSet<Member>,
) -> Result<Vec<SupposedShort>, MoneyError> {
    let in_the_end = nets.short(unpaid)?.into_iter();
    let in_the_end: BTreeMap<_, _> = in_the_end
        .map(|of| ((of.member, of.fund), of.missing))
        .collect();
    let rows = nets.short(not_on_due)?.into_iter();
    let rows = rows.map(|of| SupposedShort {
        member: of.member,
        fund: of.fund,
        owed: of.owed,
        on_due: of.missing,
        in_the_end: in_the_end
            .get(&(of.member, of.fund))
            .copied()
            .unwrap_or(Fen::ZERO),
    });
    Ok(rows.collect())
}
