//! Which cycles a month is made of: those after the month before, up to its last day. It is over when the last of its
//! business days is cut off, and all of it netted and proven.
//!
//! The rows are counted beside the writer: what is netted and proven never changes, so the decision has only to see that
//! the extent is still the same.

use std::collections::BTreeSet;

use huitong_core::canonical::Artifact;
use huitong_core::clearing_month::ClearingMonth;
use huitong_core::clearing_month::row::MonthTable;
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_core::officer::OfficerName;
use huitong_core::payable::Month;
use huitong_core::record::clearing::{ClearingRecord, MonthDrawnUp, MonthRecord, MonthRows};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;

use crate::decide::{Context, Decided, Decision, Fault, going_on};
use crate::months::MonthRules;
use crate::refusal::{ClearingCode, Refusal};

/// What a month is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) month: Month,
    /// The plans of its first and last cycle.
    pub(crate) plans: (u64, u64),
    /// The day of the cycle before.
    pub(crate) after: Option<BusinessDay>,
    /// Digest of the last plan's checkpoint.
    checkpoint: Digest,
    /// Digest of the month before.
    before: Option<Digest>,
}

/// Whether there is something to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Drawing {
    /// It is drawn up already.
    Drawn,
    /// Its rows are to be counted.
    Count(Extent),
}

/// What is to be counted of a month.
pub(crate) fn drawing(context: &Context<'_>, month: &Month) -> Decision<Drawing> {
    if let Err(refusal) = going_on(context) {
        return Ok(Decided::refuse(refusal));
    }
    if context.state.months.get(month).is_some() {
        return Ok(Decided::answer(Drawing::Drawn));
    }
    Ok(match extent(context, month)? {
        Ok(extent) => Decided::answer(Drawing::Count(extent)),
        Err(refusal) => Decided::refuse(refusal),
    })
}

/// Writes a piece of a month's rows down, before the month is.
pub(crate) fn write_rows(
    context: &Context<'_>,
    counted: &Extent,
    (piece, rows): (u32, MonthTable),
) -> Decision<()> {
    Ok(match still(context, counted)? {
        Ok(Still::Drawn) => Decided::answer(()),
        Ok(Still::ToDraw) => {
            let rows = MonthRows {
                month: counted.month.clone(),
                piece,
                rows,
            };
            Decided::record(ClearingRecord::Month(MonthRecord::Rows(rows)), ())
        }
        Err(refusal) => Decided::refuse(refusal),
    })
}

/// What a month's rows come to.
pub(crate) struct Drawn {
    /// In how many pieces they are written.
    pub(crate) pieces: u32,
    /// How many there are.
    pub(crate) rows: u64,
    /// The root of the tree over them.
    pub(crate) root: Digest,
    /// The regions that stand in them.
    pub(crate) regions: BTreeSet<RegionCode>,
}

/// Writes a month down whose rows are; one that is drawn up already stays as it is.
pub(crate) fn draw_up(
    context: &Context<'_>,
    counted: Extent,
    drawn: Drawn,
    by: OfficerName,
) -> Decision<()> {
    match still(context, &counted)? {
        Ok(Still::ToDraw) => {}
        Ok(Still::Drawn) => return Ok(Decided::answer(())),
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    }
    let drawn = MonthDrawnUp {
        month: ClearingMonth {
            month: counted.month,
            first_plan: counted.plans.0,
            last_plan: counted.plans.1,
            after: counted.after,
            checkpoint: counted.checkpoint,
            rows: drawn.rows,
            root: drawn.root,
            before: counted.before,
        },
        pieces: drawn.pieces,
        regions: drawn.regions,
        by,
        at: context.now,
    };
    let record = ClearingRecord::Month(MonthRecord::DrawnUp(drawn));
    Ok(Decided::record(record, ()))
}

/// How a month stands that was counted.
enum Still {
    Drawn,
    ToDraw,
}

/// Whether what was counted is still what is to be drawn up.
fn still(context: &Context<'_>, counted: &Extent) -> Result<Result<Still, Refusal>, Fault> {
    if let Err(refusal) = going_on(context) {
        return Ok(Err(refusal));
    }
    if context.state.months.get(&counted.month).is_some() {
        return Ok(Ok(Still::Drawn));
    }
    let found = extent(context, &counted.month)?;
    Ok(found.and_then(|extent| {
        if extent == *counted {
            return Ok(Still::ToDraw);
        }
        let detail = "the month before was drawn up meanwhile: ask again";
        Err(Refusal::general(RefusalCode::Overloaded, detail))
    }))
}

/// A month that is over and not drawn up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ToDraw {
    pub(crate) month: Month,
    /// Until when it is to be.
    pub(crate) by: BusinessDay,
    /// How many days that is over.
    pub(crate) days_late: u32,
}

/// The earliest month that has cycles, has passed, and is not drawn up.
pub(super) fn to_draw(context: &Context<'_>, rules: MonthRules) -> Option<ToDraw> {
    let today = context.now.business_day_shanghai();
    let last = context.state.months.last().map(|held| &held.drawn.month);
    let done = last.map_or(0, |last| last.last_plan);
    let mut days = context.state.cycles.iter();
    let (day, _) = days.find(|(_, cycle)| cycle.plan.is_none_or(|plan| plan > done))?;
    let after = last.and_then(|last| last.month.last().ok());
    let month =
        Month::of(after.map_or(*day, |after| (*day).max(after.plus_days(1).unwrap_or(*day))));
    if month.last().is_ok_and(|last| last >= today) {
        return None;
    }
    let by = super::due(context, &month, rules.draw_up_by_day);
    Some(ToDraw {
        days_late: u32::try_from(by.days_until(today)).unwrap_or(0),
        month,
        by,
    })
}

type Found = Result<Result<Extent, Refusal>, Fault>;

fn extent(context: &Context<'_>, month: &Month) -> Found {
    let before = context.state.months.last().map(|held| &held.drawn.month);
    let plans = match plans(context, month) {
        Ok(plans) => plans,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let ((first, _), (last, last_day)) = plans;
    let Some(checkpoint) = checkpoint(context, last)? else {
        return Ok(Err(Refusal::new(ClearingCode::CycleNotProven, last_day)));
    };
    let mut cycles = context.state.cycles.iter();
    let after = cycles.find(|(_, cycle)| cycle.plan == Some(first.saturating_sub(1)));
    Ok(Ok(Extent {
        month: month.clone(),
        plans: (first, last),
        after: after.map(|(day, _)| *day),
        checkpoint,
        before: before.map(Artifact::digest),
    }))
}

/// A plan and its day.
type Planned = (u64, BusinessDay);

/// The first and the last plan of a month that is over.
fn plans(context: &Context<'_>, month: &Month) -> Result<(Planned, Planned), Refusal> {
    let no_cycles = || Refusal::new(ClearingCode::MonthNoCycles, month);
    let before = context.state.months.last().map(|held| &held.drawn.month);
    if before.is_some_and(|before| before.month > *month) {
        return Err(no_cycles());
    }
    let done = before.map_or(0, |before| before.last_plan);
    let last_day = month.last().map_err(|_| no_cycles())?;
    // One of a month that is drawn up, which another calendar made a business day, is the next month's.
    let is_earlier = |of: &Month| of < month && before.is_none_or(|before| before.month < *of);
    let (mut first, mut last): (Option<Planned>, Option<Planned>) = (None, None);
    let mut earlier = None;
    for (day, cycle) in context.state.cycles.range(..=last_day) {
        let Some(plan) = cycle.plan else {
            return Err(Refusal::new(ClearingCode::MonthNotOver, day));
        };
        if plan > done {
            first = first.or(Some((plan, *day)));
            last = Some((plan, *day));
            earlier = earlier.or(Some(Month::of(*day)).filter(is_earlier));
        }
    }
    let (Some(first), Some(last)) = (first, last) else {
        return Err(no_cycles());
    };
    if Month::of(last.1) < *month {
        return Err(no_cycles());
    }
    if let Some(earlier) = earlier {
        return Err(Refusal::new(ClearingCode::MonthEarlierOpen, earlier));
    }
    if !is_over(context, last_day) {
        return Err(Refusal::new(ClearingCode::MonthNotOver, last_day));
    }
    Ok((first, last))
}

/// Whether no business day up to this one is left to be cut off.
fn is_over(context: &Context<'_>, last_day: BusinessDay) -> bool {
    let Some((cut_off, _)) = context.state.last_cut_off() else {
        return false;
    };
    let next = context.calendar.after(cut_off, 1);
    cut_off >= last_day || next.is_ok_and(|next| next > last_day)
}

/// The digest of a plan's checkpoint, once it is signed and can be found.
fn checkpoint(context: &Context<'_>, plan: u64) -> Result<Option<Digest>, Fault> {
    let last = context.state.proven.as_ref();
    if let Some(last) = last.filter(|last| last.signed.checkpoint.plan == plan) {
        return Ok(Some(last.signed.checkpoint.digest()));
    }
    let proven = context.store.proven(plan)?;
    Ok(proven.map(|proven| proven.signed.checkpoint.digest()))
}
