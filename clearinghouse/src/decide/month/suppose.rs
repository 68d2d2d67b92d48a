//! What a month would come to if something were other: what of it stands in the state. Nothing is written.
//!
//! A month that is not drawn up is looked at as far as it is netted. Its plans are many, and are looked through beside the
//! writer ([`super::supposed`]). Deliberately absent: a cycle that is not netted, which the day's what-if shows.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::date::BusinessDay;
use huitong_core::money::Fen;
use huitong_core::payable::Month;
use huitong_core::prefund::Prefund;
use huitong_core::refusal::RefusalCode;
use huitong_netting::{Member, Scenario};

use super::instruct::CYCLES_AT_MOST;
use super::moved::Moved;
use crate::decide::instruct::{due, is_ordered};
use crate::decide::{Context, Decided, Decision};
use crate::payments::{Moves, PaymentRules, Progress};
use crate::prefunds::{PrefundAccount, Rules};
use crate::refusal::{ClearingCode, Refusal};

/// The most cycles that are netted with a month.
const ADDED_AT_MOST: usize = 31;
/// The most business days that somebody pays late.
const LATE_AT_MOST: u32 = 250;

/// What is supposed of a month.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Suppose {
    /// Who is not netted at all, and who is and does not pay.
    pub(crate) scenario: Scenario,
    /// Who pays so many business days after it is due.
    pub(crate) late: BTreeSet<Member>,
    pub(crate) days_late: u32,
    /// Cycles of the month that are not paid with it.
    pub(crate) leave_out: BTreeSet<BusinessDay>,
    /// Netted cycles of other months that are.
    pub(crate) add: BTreeSet<BusinessDay>,
}

/// The rules by which a month is looked at.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SupposeRules {
    pub(crate) paying: PaymentRules,
    pub(crate) prefunds: Rules,
}

/// The order of a month that is paid as one: the one there is, or the one that would be given today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MonthPaying {
    pub(crate) days: BTreeSet<BusinessDay>,
    pub(crate) is_ordered: bool,
    pub(crate) due: BusinessDay,
    /// When those have paid who are late; none when nobody is supposed to be.
    pub(crate) late_until: Option<BusinessDay>,
}

/// A prefund as it stands.
#[derive(Debug, Clone)]
pub(crate) struct PrefundNow {
    pub(crate) prefund: Prefund,
    pub(crate) account: PrefundAccount,
    pub(crate) used: Fen,
}

/// What of a month stands in the state.
#[derive(Debug, Clone)]
pub(crate) struct Grounds {
    pub(crate) month: Month,
    /// Its cycles that are netted.
    pub(crate) days: BTreeSet<BusinessDay>,
    /// Those that are cut off and not netted, which are not looked at.
    pub(crate) not_netted: Vec<BusinessDay>,
    /// None where money moves by the day, and none of it was ordered by the month.
    pub(crate) paying: Option<MonthPaying>,
    /// Of these and the cycles that are added, those of which not all is paid, and those that an order was for.
    pub(crate) open: BTreeSet<BusinessDay>,
    pub(crate) ordered: BTreeSet<BusinessDay>,
    /// What the bank moved already: of each of the open ones that is ordered by itself, and of the month's order.
    pub(crate) moved: BTreeMap<BusinessDay, Moved>,
    pub(crate) moved_of_order: Moved,
    /// Of the open ones, the prefunds of which they use nothing any more.
    pub(crate) freed: BTreeMap<BusinessDay, BTreeSet<Prefund>>,
    /// Those of which something is used.
    pub(crate) prefunds: Vec<PrefundNow>,
    pub(crate) suppose: Suppose,
    pub(crate) rules: Rules,
}

/// Looks up what a month is supposed upon.
pub(crate) fn suppose(
    context: &Context<'_>,
    month: &Month,
    suppose: Suppose,
    rules: SupposeRules,
) -> Decision<Grounds> {
    let found = cycles(context, month).and_then(|(days, not_netted)| {
        fits(context, (month, &days), &suppose)?;
        let paying = paying(context, (month, &days), &suppose, rules.paying)?;
        Ok((days, not_netted, paying))
    });
    let (days, not_netted, paying) = match found {
        Ok(found) => found,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let state = context.state;
    let all = || days.iter().chain(&suppose.add).copied();
    let is_open = |day: &BusinessDay| !matches!(state.payments.progress(*day), Progress::Final(_));
    let prefunds = state.prefunds.after(None);
    // One of which nothing is used is used by none of these cycles either.
    let prefunds = prefunds.filter_map(|(prefund, account)| {
        let used = state.prefunds.used(prefund);
        (!used.is_zero()).then(|| PrefundNow {
            prefund,
            account: account.clone(),
            used,
        })
    });
    let open: BTreeSet<_> = all().filter(is_open).collect();
    let by_itself = open.iter().filter_map(|day| {
        let ordered = state.payments.cycle(*day)?.ordered.as_ref()?;
        let is_by_itself = ordered.month.is_none();
        is_by_itself.then(|| (*day, Moved::of(state.payments.of_order(ordered))))
    });
    let of_order = state.payments.month(month);
    let moved_of_order = of_order.map(|order| Moved::of(state.payments.of_order(order)));
    let freed = open.iter().map(|day| (*day, freed(context, *day)));
    Ok(Decided::answer(Grounds {
        freed: freed.collect(),
        month: month.clone(),
        moved: by_itself.collect(),
        moved_of_order: moved_of_order.unwrap_or_default(),
        open,
        ordered: all().filter(|day| is_ordered(context, *day)).collect(),
        days,
        not_netted,
        paying,
        prefunds: prefunds.collect(),
        suppose,
        rules: rules.prefunds,
    }))
}

/// The prefunds of which a cycle that is not paid uses nothing any more.
fn freed(context: &Context<'_>, day: BusinessDay) -> BTreeSet<Prefund> {
    let paying = context.state.payments.cycle(day);
    let first = paying.and_then(|paying| Some(paying.ordered.as_ref()?.first));
    let days = [Some(day), first.filter(|first| *first != day)];
    let days = days.into_iter().flatten();
    let freed = days.flat_map(|day| context.state.prefunds.freed(day));
    freed.collect()
}

/// The cycles that are netted, and those that are not.
type Cycles = (BTreeSet<BusinessDay>, Vec<BusinessDay>);

/// The cycles of a month: those of the one that is drawn up, or else those that would be.
pub(in crate::decide) fn cycles(context: &Context<'_>, month: &Month) -> Result<Cycles, Refusal> {
    let no_cycles = || Refusal::new(ClearingCode::MonthNoCycles, month);
    let state = context.state;
    if let Some(held) = state.months.get(month) {
        let plans = held.drawn.month.first_plan..=held.drawn.month.last_plan;
        let of_month = state.cycles.iter();
        let of_month =
            of_month.filter(|(_, cycle)| cycle.plan.is_some_and(|plan| plans.contains(&plan)));
        return Ok((of_month.map(|(day, _)| *day).collect(), Vec::new()));
    }
    let before = state.months.last().map(|held| &held.drawn.month);
    if before.is_some_and(|before| before.month > *month) {
        return Err(no_cycles());
    }
    let done = before.map_or(0, |before| before.last_plan);
    let last_day = month.last().map_err(|_| no_cycles())?;
    let (mut netted, mut not_netted) = (BTreeSet::new(), Vec::new());
    let is_open = |of: &Month| before.is_none_or(|before| before.month < *of);
    let open_before = state.cycles.range(..=last_day).any(|(day, _)| {
        let of = Month::of(*day);
        of < *month && is_open(&of)
    });
    for (day, cycle) in state.cycles.range(..=last_day) {
        // One of a month that is drawn up without it is the next month's that is not.
        let of = Month::of(*day);
        if of != *month && (open_before || is_open(&of)) {
            continue;
        }
        match cycle.plan {
            Some(plan) if plan > done => {
                netted.insert(*day);
            }
            Some(_) => {}
            None => not_netted.push(*day),
        }
    }
    // One of a month that is drawn up without it makes no later month by itself.
    if !netted.iter().any(|day| Month::of(*day) == *month) {
        return Err(no_cycles());
    }
    Ok((netted, not_netted))
}

/// Whether what is supposed can be, of these cycles of the month.
fn fits(
    context: &Context<'_>,
    (month, days): (&Month, &BTreeSet<BusinessDay>),
    suppose: &Suppose,
) -> Result<(), Refusal> {
    let malformed =
        |detail: std::fmt::Arguments<'_>| Err(Refusal::general(RefusalCode::Malformed, detail));
    let late = suppose.days_late;
    if suppose.late.is_empty() != (late == 0) || late > LATE_AT_MOST {
        return malformed(format_args!("days_late: 1 to {LATE_AT_MOST}, with late"));
    }
    if let Some(day) = suppose.leave_out.difference(days).next() {
        return malformed(format_args!("leave_out: {day} is no cycle of {month}"));
    }
    if suppose.add.len() > ADDED_AT_MOST {
        return malformed(format_args!("add: at most {ADDED_AT_MOST}"));
    }
    if let Some(day) = suppose.add.intersection(days).next() {
        return malformed(format_args!("add: {day} is a cycle of {month}"));
    }
    let is_netted = |day: &&BusinessDay| {
        let cycle = context.state.cycles.get(*day);
        cycle.is_some_and(|cycle| cycle.plan.is_some())
    };
    if let Some(day) = suppose.add.iter().find(|day| !is_netted(day)) {
        return Err(Refusal::new(ClearingCode::CycleNotNetted, day));
    }
    let paid_with = |day: &BusinessDay| {
        let paying = context.state.payments.cycle(*day)?;
        paying.ordered.as_ref()?.month.as_ref()
    };
    let mut added = suppose.add.iter();
    if let Some((day, other)) = added.find_map(|day| Some((day, paid_with(day)?))) {
        return malformed(format_args!("add: {day} is ordered with {other}"));
    }
    if days.len() > CYCLES_AT_MOST {
        let detail = format_args!("{month}: {} cycles", days.len());
        return Err(Refusal::new(ClearingCode::CycleCannotNet, detail));
    }
    Ok(())
}

/// How the month is paid, where it is paid as one.
fn paying(
    context: &Context<'_>,
    (month, days): (&Month, &BTreeSet<BusinessDay>),
    suppose: &Suppose,
    rules: PaymentRules,
) -> Result<Option<MonthPaying>, Refusal> {
    let order = context.state.payments.month(month);
    let (days, due) = match (order, rules.moves) {
        (Some(order), _) => (order.days.clone(), order.due),
        (None, Moves::Daily) => return Ok(None),
        (None, Moves::Monthly) => {
            let days = days.iter().copied();
            let days = days.filter(|day| !is_ordered(context, *day));
            (days.collect(), due(context, rules)?)
        }
    };
    let late_until = match suppose.days_late {
        0 => None,
        late => {
            let until = context.calendar.after(due, late);
            Some(until.map_err(|error| Refusal::general(RefusalCode::Malformed, error))?)
        }
    };
    Ok(Some(MonthPaying {
        days,
        is_ordered: order.is_some(),
        due,
        late_until,
    }))
}
