//! A month: drawn up from cycles that are netted and proven, confirmed by the regions that stand in it, approved by two
//! officers.
//!
//! | room | its question |
//! |---|---|
//! | `draw` | Which cycles come to it, and is it over? |
//! | `say` | Is a region's word on it taken? |
//! | `instruct` | What is to be paid for it? |
//! | `late` | By when is what comes after its confirmation due? |
//! | `suppose`, `supposed` | What would it come to, if something were other? |
//!
//! Neither an objection nor a region that says nothing stops it: after the day until which regions may confirm, it is
//! approved without them, and shows who said nothing.

mod draw;
mod instruct;
mod late;
mod moved;
mod say;
mod suppose;
mod supposed;

use huitong_core::canonical::Artifact;
use huitong_core::clearing_month::seen::{MonthSeen, SaidSeen};
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::record::clearing::{ClearingRecord, MonthApproved, MonthRecord};
use huitong_core::vocabulary::MonthStage;

pub(crate) use draw::{Drawing, Drawn, ToDraw, draw_up, drawing, write_rows};
pub(crate) use instruct::{Ordered, instruct, ordered};
pub(in crate::decide) use late::late;
pub(crate) use late::{MonthDue, dues};
pub(crate) use say::{may_say, party, say};
pub(in crate::decide) use suppose::cycles;
pub(crate) use suppose::{MonthPaying, Suppose, SupposeRules, suppose};
#[cfg(test)]
pub(crate) use supposed::Missing;
pub(crate) use supposed::{Found, SupposedPrefund, Use};

use super::{Context, Decided, Decision, going_on};
use crate::months::{HeldMonth, MonthRules};
use crate::payments::OFFICERS_NEEDED;
use crate::refusal::{ClearingCode, Refusal};

/// Months of one answer: ten years.
const MONTHS_AT_ONCE: usize = 120;
/// Regions that a refusal names.
const NAMED_AT_MOST: usize = 10;

/// A month that is drawn up.
fn known<'a>(context: &Context<'a>, month: &Month) -> Result<&'a HeldMonth, Refusal> {
    let held = context.state.months.get(month);
    held.ok_or_else(|| Refusal::new(ClearingCode::MonthUnknown, month))
}

/// A month that is signed, and is the one that was looked at.
fn looked_at<'a>(
    context: &Context<'a>,
    month: &Month,
    digest: Digest,
) -> Result<&'a HeldMonth, Refusal> {
    let held = known(context, month)?;
    if held.signed.is_none() {
        return Err(Refusal::new(ClearingCode::MonthNotSigned, month));
    }
    let own = held.drawn.month.digest();
    if own != digest {
        return Err(Refusal::new(ClearingCode::MonthOther, own));
    }
    Ok(held)
}

/// The business day that a day of the next month is, or that comes after it.
fn due(context: &Context<'_>, month: &Month, day: u8) -> BusinessDay {
    let day = month.in_next(day).unwrap_or_else(|_| month.first());
    context.cycle_of(day)
}

/// Until when regions are to confirm a month: by the day set, and never before so many business days after it was signed.
fn confirm_by(context: &Context<'_>, held: &HeldMonth, rules: MonthRules) -> BusinessDay {
    let by = due(context, &held.drawn.month.month, rules.confirm_by_day);
    let signed = held.signed.map(|at| at.business_day_shanghai());
    let after = signed.and_then(|day| context.calendar.after(day, rules.confirm_days).ok());
    after.map_or(by, |after| after.max(by))
}

fn stage(held: &HeldMonth) -> MonthStage {
    if held.approvals.len() >= OFFICERS_NEEDED {
        return MonthStage::Approved;
    }
    match held.signed {
        None => MonthStage::DrawnUp,
        Some(_) if held.silent().next().is_some() => MonthStage::Signed,
        Some(_) => MonthStage::Answered,
    }
}

/// Whether regions are still to say something of a month.
fn is_confirmation_open(held: &HeldMonth) -> bool {
    match stage(held) {
        MonthStage::DrawnUp | MonthStage::Signed => true,
        MonthStage::Answered | MonthStage::Approved => false,
    }
}

fn shown(context: &Context<'_>, held: &HeldMonth, rules: MonthRules) -> MonthSeen {
    let signed = &held.drawn.month;
    let (stage, confirm_by) = (stage(held), confirm_by(context, held, rules));
    let is_open = is_confirmation_open(held);
    let over = confirm_by.days_until(context.now.business_day_shanghai());
    let said = |region| {
        let said = held.said.get(&region)?;
        Some(SaidSeen {
            objected: said.objected,
            officer: said.officer.clone(),
            at: said.at,
        })
    };
    MonthSeen {
        month: signed.month.clone(),
        digest: signed.digest(),
        plans: (signed.first_plan, signed.last_plan),
        rows: signed.rows,
        stage,
        drawn_by: held.drawn.by.clone(),
        drawn_at: held.drawn.at,
        confirm_by,
        days_late: if is_open {
            u32::try_from(over).unwrap_or(0)
        } else {
            0
        },
        regions: held
            .drawn
            .regions
            .iter()
            .map(|region| (*region, said(*region)))
            .collect(),
        approvals: held
            .approvals
            .iter()
            .map(|(by, at)| (by.clone(), *at))
            .collect(),
    }
}

/// The day of the cycle before the first of a month, by the month where it is drawn up.
pub(in crate::decide) fn after_cycle(
    context: &Context<'_>,
    month: &Month,
    first: BusinessDay,
) -> Option<BusinessDay> {
    let state = context.state;
    match state.months.get(month) {
        Some(held) => held.drawn.month.after,
        None => state.cycles.range(..first).next_back().map(|(day, _)| *day),
    }
}

/// A month as it stands.
pub(crate) fn seen(context: &Context<'_>, month: &Month, rules: MonthRules) -> Decision<MonthSeen> {
    let held = known(context, month);
    Ok(match held {
        Ok(held) => Decided::answer(shown(context, held, rules)),
        Err(refusal) => Decided::refuse(refusal),
    })
}

/// The months that are drawn up, the latest first, at most the last ten years'; and the one that is to be drawn up.
pub(crate) fn months(
    context: &Context<'_>,
    rules: MonthRules,
) -> Decision<(Vec<MonthSeen>, Option<ToDraw>)> {
    let months = context.state.months.latest().take(MONTHS_AT_ONCE);
    let months = months.map(|held| shown(context, held, rules)).collect();
    Ok(Decided::answer((months, draw::to_draw(context, rules))))
}

/// Approves a month, by the digest of what the officer looked at. Whoever has approved it already, or comes when two others
/// have, changes nothing.
pub(crate) fn approve(
    context: &Context<'_>,
    (month, digest): (&Month, Digest),
    rules: MonthRules,
    by: OfficerName,
) -> Decision<MonthSeen> {
    let held = going_on(context).and_then(|()| looked_at(context, month, digest));
    let held = match held {
        Ok(held) => held,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    if stage(held) == MonthStage::Approved || held.approvals.contains_key(&by) {
        return Ok(Decided::answer(shown(context, held, rules)));
    }
    if let Err(refusal) = confirmed(context, held, rules) {
        return Ok(Decided::refuse(refusal));
    }
    let approved = MonthApproved {
        month: month.clone(),
        digest,
        by: by.clone(),
        at: context.now,
    };
    let mut after = held.clone();
    after.approvals.insert(by, context.now);
    let answer = shown(context, &after, rules);
    let record = ClearingRecord::Month(MonthRecord::Approved(approved));
    Ok(Decided::record(record, answer))
}

/// Whether nobody is waited for any more.
fn confirmed(context: &Context<'_>, held: &HeldMonth, rules: MonthRules) -> Result<(), Refusal> {
    let until = confirm_by(context, held, rules);
    if context.now.business_day_shanghai() > until {
        return Ok(());
    }
    let silent: Vec<_> = held
        .silent()
        .take(NAMED_AT_MOST)
        .map(|region| region.to_string())
        .collect();
    if silent.is_empty() {
        return Ok(());
    }
    let detail = format_args!(
        "{}: {}, until {until}",
        held.drawn.month.month,
        silent.join(", ")
    );
    Err(Refusal::new(ClearingCode::MonthNotConfirmed, detail))
}
