//! What is past its day, kind by kind: how many, and the latest of it. It is told once a day to whoever reads the server's log,
//! since nobody need ask for a list.
//!
//! Deliberately absent: prefunds, each of which is told by itself (`prefund`).

use huitong_core::date::BusinessDay;
use huitong_core::leg::Leg;
use huitong_core::own_clearing::WAITS_AT_MOST_DAYS;
use huitong_core::region::RegionCode;

use super::cycles::{OpenCycle, not_final};
use super::exceptions::{days_since, is_late};
use super::month::late as months_late;
use super::over::{Over, last_cut_off};
use super::{Context, Decided, Decision};
use crate::months::MonthRules;
use crate::payments::PaymentRules;
use crate::refusal::Refusal;
use crate::state::Ends;

/// What of one kind is past its day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Overdue {
    pub(crate) what: &'static str,
    pub(crate) count: u64,
    /// That of it which is the latest.
    pub(crate) latest: String,
    /// By how many days that is past its day.
    pub(crate) days_late: u32,
}

/// Counts what is late of one kind.
fn counted(
    what: &'static str,
    late: impl Iterator<Item = (impl ToString, u32)>,
) -> Option<Overdue> {
    let (mut count, mut latest) = (0_u64, None);
    for (of, days) in late {
        count = count.saturating_add(1);
        if latest.as_ref().is_none_or(|(_, most)| days > *most) {
            latest = Some((of, days));
        }
    }
    latest.map(|(of, days_late)| Overdue {
        what,
        count,
        latest: of.to_string(),
        days_late,
    })
}

/// Today, and what is past its day, each kind once; none when that was said today. Legs are counted by themselves.
pub(crate) fn overdue(
    context: &Context<'_>,
    said: Option<BusinessDay>,
    (months, paying): (MonthRules, PaymentRules),
) -> Decision<Option<(BusinessDay, Vec<Overdue>)>> {
    let today = context.now.business_day_shanghai();
    if said == Some(today) {
        return Ok(Decided::answer(None));
    }
    let payments = context.state.payments.late(today);
    // What was ordered and has not moved is told as payments.
    let cycles = not_final(context, paying).filter(OpenCycle::is_officers);
    let cycles = cycles.filter(OpenCycle::is_late);
    let cycles = cycles.map(|of| (of.day, of.days_late));
    let disputes = context.state.disputes.after(None).filter_map(|course| {
        let days = u32::try_from(course.due()?.days_until(today)).ok();
        days.filter(|days| *days > 0)
            .map(|days| (course.name, days))
    });
    let kinds = [
        counted("cycles that wait for officers", cycles),
        counted("payments", payments),
        counted("disputes", disputes),
        counted("months", months_late(context, (months, paying)).into_iter()),
    ];
    let found = kinds.into_iter().flatten().collect();
    Ok(Decided::answer(Some((today, found))))
}

/// The legs that have waited longest and long, as far as they are counted.
#[derive(Debug)]
pub(crate) struct LateLegs {
    over: Option<Over>,
    ends: Ends,
    /// The first leg that is not looked at yet.
    next: Option<(RegionCode, u64)>,
    count: u64,
    latest: Option<((RegionCode, u64), i64)>,
}

/// Begins to count the legs that wait for more than thirty days.
pub(crate) fn begin_late_legs(context: &Context<'_>) -> Decision<LateLegs> {
    Ok(Decided::answer(LateLegs {
        over: Over::of(context.state),
        ends: context.state.matching.ends(),
        next: None,
        count: 0,
        latest: None,
    }))
}

impl LateLegs {
    /// Looks at so many more legs at most; whether there are more. When cycles went on meanwhile it looks no further.
    ///
    /// # Errors
    /// None: it is counted, and nothing of it is kept.
    pub(crate) fn go_on(&mut self, context: &Context<'_>, at_most: usize) -> Result<bool, Refusal> {
        let is_same = self.over == Over::of(context.state);
        let Some(cut_off) = last_cut_off(context).filter(|_| is_same) else {
            return Ok(false);
        };
        let keeps = context.state.kept_out();
        let kept_out = |leg: &Leg| keeps.why_leg(leg);
        let matching = &context.state.matching;
        let (ends, count, latest) = (&self.ends, &mut self.count, &mut self.latest);
        self.next = matching.excepted(self.next, (ends, at_most), (cut_off, &kept_out), |leg| {
            let days = days_since(leg.since, context.now);
            if is_late(context, &leg, days) {
                *count = count.saturating_add(1);
                if latest.is_none_or(|(_, most)| days > most) {
                    *latest = Some(((leg.region, leg.numbered.number), days));
                }
            }
        });
        Ok(self.next.is_some())
    }
}

/// What was counted; none when cycles went on meanwhile, and it is to be counted anew.
pub(crate) fn late_legs(
    context: &Context<'_>,
    counted: LateLegs,
) -> Decision<Option<Option<Overdue>>> {
    if counted.over != Over::of(context.state) {
        return Ok(Decided::answer(None));
    }
    let overdue = counted.latest.map(|((region, number), days)| Overdue {
        what: "legs that wait for more than 30 days",
        count: counted.count,
        latest: format!("{region}:{number}"),
        days_late: u32::try_from(days)
            .unwrap_or(u32::MAX)
            .saturating_sub(WAITS_AT_MOST_DAYS),
    });
    Ok(Decided::answer(Some(overdue)))
}
