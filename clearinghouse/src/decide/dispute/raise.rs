//! Whether a dispute may be raised: what it is about is known, it is not too long ago, and no more of it is claimed than
//! there is.
//!
//! What one region claims of a row is bounded by the row over all its disputes, of the row and of debts in it, so that
//! nothing is corrected twice.

use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::dispute::course::Course;
use huitong_core::dispute::name::{DisputeName, Subject};
use huitong_core::dispute::word::Claim;
use huitong_core::leg::{Debt, LARGEST_LEG, Leg, LegKind};
use huitong_core::money::{Fen, MoneyError};
use huitong_core::refusal::RefusalCode;

use super::after;
use crate::decide::members::not_left;
use crate::decide::net::plan_of;
use crate::decide::{Context, Fault};
use crate::disputes::DisputeRules;
use crate::refusal::{ClearingCode, Refusal};

/// A netted leg that was found in the index.
#[derive(Debug, Clone)]
pub(crate) struct Found {
    /// The leg.
    pub(crate) leg: Leg,
    /// The cycle that took it.
    pub(crate) day: BusinessDay,
}

/// What a claim is about, as the clearinghouse knows it.
struct Known {
    /// How much there is of it.
    amount: Fen,
    /// The cycle from which on it counts how long ago it is.
    since: BusinessDay,
    /// The row that it stands in, and how much that is; none of what is not netted.
    row: Option<(BusinessDay, Fen)>,
}

/// Why a dispute is not raised.
pub(super) fn refusal(
    context: &Context<'_>,
    name: DisputeName,
    claim: &Claim,
    found: Option<Found>,
    rules: &DisputeRules,
) -> Result<Option<Refusal>, Fault> {
    let members = &context.state.members;
    let pair = claim.subject.pair();
    let gone = [pair.debtor, pair.creditor].map(|region| not_left(context, region));
    if let Some(refusal) = gone.into_iter().find_map(Result::err) {
        return Ok(Some(refusal));
    }
    let is_known = [pair.debtor, pair.creditor]
        .iter()
        .all(|region| members.of(*region).is_some());
    let known = match (is_known, &claim.subject) {
        (false, _) => None,
        (true, Subject::Row { day, .. }) => row(context, *day, pair)?,
        (
            true,
            Subject::Debt {
                settlement, kind, ..
            },
        ) => debt(context, (*settlement, *kind, pair.fund), pair, found)?,
    };
    let Some(known) = known else {
        let refusal = Refusal::new(ClearingCode::DisputeSubjectUnknown, claim.subject);
        return Ok(Some(refusal));
    };
    if let Err(refusal) = in_term(context, known.since, rules) {
        return Ok(Some(refusal));
    }
    let left = match left(context, name, claim, &known)? {
        Ok(left) => left,
        Err(error) => return Ok(Some(Refusal::general(RefusalCode::Malformed, error))),
    };
    // What it is settled at is owed as one leg. Of a row that comes to more the rest is raised by itself.
    let most = left.min(LARGEST_LEG);
    Ok((claim.amount > most).then(|| Refusal::new(ClearingCode::DisputeExceeds, most)))
}

/// Whether it is not too long ago. A region says of which day its legs are, so the term counts from today at the
/// latest. What was raised and lost with a disk may be raised again for as long as an answer may take.
fn in_term(context: &Context<'_>, since: BusinessDay, rules: &DisputeRules) -> Result<(), Refusal> {
    let today = context.now.business_day_shanghai();
    let mut last = after(context, since.min(today), rules.raise_days)?;
    if let Some(restored) = context.state.restored.since {
        let again = after(context, restored.business_day_shanghai(), rules.answer_days)?;
        last = last.max(again);
    }
    if today > last {
        return Err(Refusal::new(ClearingCode::DisputeOutOfTerm, last));
    }
    Ok(())
}

/// A row of a netted cycle.
fn row(context: &Context<'_>, day: BusinessDay, pair: Pair) -> Result<Option<Known>, Fault> {
    // A refusal says that the cycle is not netted, or that its plan cannot be read just now: neither knows a row.
    let Ok(plan) = plan_of(context, day)? else {
        return Ok(None);
    };
    let of_pair = plan.gross().iter().find(|gross| {
        (gross.debtor, gross.creditor, gross.fund) == (pair.debtor, pair.creditor, pair.fund)
    });
    Ok(of_pair.map(|gross| Known {
        amount: gross.amount,
        since: day,
        row: Some((day, gross.amount)),
    }))
}

/// A debt, as it is held or was netted.
fn debt(
    context: &Context<'_>,
    debt: Debt,
    pair: Pair,
    found: Option<Found>,
) -> Result<Option<Known>, Fault> {
    let is_of = |leg: &&Leg| leg.debt() == debt && Pair::of(leg) == pair;
    // By a leg that is too large nothing was ever owed: there is nothing to correct.
    let owed = |leg: &&Leg| is_of(leg) && !leg.is_too_large();
    let here = context.state.matching.of_debt(debt).filter(owed);
    let here = here.max_by_key(|leg| leg.amount);
    let cycle = cycle_of(context, debt, pair)?;
    let found = found.filter(|found| is_of(&&found.leg));
    let (leg, cycle) = match (here, found) {
        (Some(leg), _) => (leg.clone(), cycle),
        (None, Some(found)) => (found.leg, Some(found.day)),
        (None, None) => return Ok(None),
    };
    let row = match cycle {
        Some(day) => row(context, day, pair)?.map(|known| (day, known.amount)),
        None => None,
    };
    let amount = if is_reversed(context, debt, pair)? {
        Fen::ZERO
    } else {
        leg.amount
    };
    Ok(Some(Known {
        amount,
        since: cycle.unwrap_or_else(|| context.cycle_of(leg.business_day)),
        row,
    }))
}

/// Whether what a settlement came to was given back: both of the two reported its reversal alike, or that was netted. Then
/// nothing is left of it that could be corrected. What one side alone says takes nothing from the other.
fn is_reversed(context: &Context<'_>, debt: Debt, pair: Pair) -> Result<bool, Fault> {
    let (settlement, kind, fund) = debt;
    if kind != LegKind::Settlement {
        return Ok(false);
    }
    let reversal = (settlement, LegKind::Reversal, fund);
    let matching = &context.state.matching;
    let back = Pair {
        debtor: pair.creditor,
        creditor: pair.debtor,
        fund,
    };
    if matching.agrees(reversal, back) {
        return Ok(true);
    }
    Ok(cycle_of(context, reversal, back)?.is_some())
}

/// The cycle that took a debt of these two, if one did.
fn cycle_of(context: &Context<'_>, debt: Debt, pair: Pair) -> Result<Option<BusinessDay>, Fault> {
    let plan = context.plan_that_took(debt, pair)?;
    let cycles = context.state.cycles.iter();
    let mut of_plan = cycles.filter(|(_, cycle)| plan.is_some() && cycle.plan == plan);
    Ok(of_plan.next().map(|(day, _)| *day))
}

/// How much of what a claim is about the region has not disputed otherwise.
fn left(
    context: &Context<'_>,
    name: DisputeName,
    claim: &Claim,
    known: &Known,
) -> Result<Result<Fen, MoneyError>, Fault> {
    let pair = claim.subject.pair();
    let (mut same, mut of_row) = (Fen::ZERO, Fen::ZERO);
    for other in context.state.disputes.of(name.raiser, pair) {
        let is_same = other.claim.subject == claim.subject;
        let cycle = cycle_disputed(context, other)?;
        let is_of_row = known.row.is_some_and(|(day, _)| cycle == Some(day));
        let sums = [(is_same, &mut same), (is_of_row, &mut of_row)];
        for (counts, sum) in sums {
            if counts {
                match sum.checked_add(other.disputed()) {
                    Ok(more) => *sum = more,
                    Err(error) => return Ok(Err(error)),
                }
            }
        }
    }
    let of_subject = known.amount.checked_sub(same).unwrap_or(Fen::ZERO);
    let of_row = known.row.map(|(_, amount)| amount.checked_sub(of_row));
    let of_row = of_row.map_or(of_subject, |left| left.unwrap_or(Fen::ZERO));
    Ok(Ok(of_subject.min(of_row)))
}

/// The cycle that a dispute is about, if what it is about is netted.
fn cycle_disputed(context: &Context<'_>, course: &Course) -> Result<Option<BusinessDay>, Fault> {
    match course.claim.subject {
        Subject::Row { day, .. } => Ok(Some(day)),
        Subject::Debt {
            settlement,
            kind,
            pair,
        } => cycle_of(context, (settlement, kind, pair.fund), pair),
    }
}
