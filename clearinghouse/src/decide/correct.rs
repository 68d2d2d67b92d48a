//! A movement of money that was entered wrongly, or that the bank took back, is taken out again with all that it counted
//! for. What is right is entered as another.

use std::collections::{BTreeMap, BTreeSet};

use huitong_core::date::BusinessDay;
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::payment::BankLine;
use huitong_core::prefund::Prefund;
use huitong_core::record::clearing::{ClearingRecord, Corrected, PaymentRecord};
use huitong_core::vocabulary::{CorrectionReason, Direction};

use super::bank::{describe, taken};
use super::net::plan_of;
use super::{Context, Decided, Decision, Fault, going_on};
use crate::payments::Line;
use crate::prefunds::between_members;
use crate::refusal::{ClearingCode, Refusal};

/// Takes a movement out again. It is named whole, so that saying so again does not take out what was entered in its
/// place.
pub(crate) fn correct(
    context: &Context<'_>,
    line: BankLine,
    why: CorrectionReason,
    by: OfficerName,
) -> Decision<()> {
    if let Err(refusal) = going_on(context) {
        return Ok(Decided::refuse(refusal));
    }
    let payments = &context.state.payments;
    let known = payments.line(line.bank_reference);
    let Some(known) = known.filter(|known| known.line == line) else {
        let mut before = payments.corrections(line.bank_reference).iter();
        let is_done = before.any(|of| of.line == line && of.was_corrected_as(why));
        return Ok(match known {
            _ if is_done => Decided::answer(()),
            Some(known) => Decided::refuse(taken(&line, &describe(known))),
            None => Decided::refuse(unknown(context, &line)),
        });
    };
    if let Some(refusal) = stood_on(context, known)? {
        return Ok(Decided::refuse(refusal));
    }
    let reopened = match reopened(context, known)? {
        Ok(reopened) => reopened,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let counted = known.counted.iter();
    let corrected = Corrected {
        line,
        counted: counted.map(|(of, amount)| (*of, *amount)).collect(),
        parked: known.parked_rest(),
        reopened,
        why,
        by,
        at: context.now,
    };
    let record = PaymentRecord::Corrected(corrected);
    Ok(Decided::record(ClearingRecord::Payment(record), ()))
}

/// Nothing stands under a reference; what was taken out of it last, if anything was, is named.
fn unknown(context: &Context<'_>, line: &BankLine) -> Refusal {
    let of = line.bank_reference;
    let last = context.state.payments.corrections(of).last();
    let done = last.and_then(|last| Some((last, last.corrected.as_ref()?)));
    let code = ClearingCode::PaymentBankReferenceUnknown;
    match done {
        Some((last, (why, by, _))) => {
            let was = describe(last);
            Refusal::new(
                code,
                format_args!("{of}: taken out again by {by} as {why}, it was {was}"),
            )
        }
        None => Refusal::new(code, of),
    }
}

/// What else was entered that rests on a movement: its way back, or money that was paid out because it was paid in.
fn stood_on(context: &Context<'_>, known: &Line) -> Result<Option<Refusal>, Fault> {
    let way_back = known.back.map(|(back, _)| back);
    if let Some(other) = way_back.or(known.takes_back) {
        return Ok(Some(Refusal::new(ClearingCode::PaymentSentBack, other)));
    }
    if known.line.direction == Direction::PayOut {
        return Ok(None);
    }
    let payments = &context.state.payments;
    for (reference, amount) in &known.counted {
        let cover = payments
            .payment(*reference)
            .map_or(Ok(Fen::ZERO), |payment| {
                payments.cover(&payment.order, reference.fund)
            });
        let cover = cover.map_err(|error| Fault::Broken(error.to_string()))?;
        if cover < *amount {
            let detail = format_args!("{reference}: {cover}");
            return Ok(Some(Refusal::new(ClearingCode::PaymentPaidOut, detail)));
        }
    }
    Ok(None)
}

type Owed = BTreeMap<Prefund, Fen>;

/// The orders that are paid in full and will not be, each by its first cycle with what members owe each other by all of
/// its cycles. One sum for an order: a month's days, each by itself, could be more than a record takes.
fn reopened(
    context: &Context<'_>,
    known: &Line,
) -> Result<Result<BTreeMap<BusinessDay, Owed>, Refusal>, Fault> {
    let payments = &context.state.payments;
    let mut reopened = BTreeMap::new();
    for reference in known.counted.keys() {
        let Some(payment) = payments.payment(*reference) else {
            continue;
        };
        let order = &payment.order;
        if reopened.contains_key(&order.first) || payments.paid(order).is_none() {
            continue;
        }
        match owed_by(context, &order.days)? {
            Ok(owed) => reopened.insert(order.first, owed),
            Err(refusal) => return Ok(Err(refusal)),
        };
    }
    Ok(Ok(reopened))
}

/// What members owe each other by some cycles; as much as is counted where it comes to more.
fn owed_by(
    context: &Context<'_>,
    days: &BTreeSet<BusinessDay>,
) -> Result<Result<Owed, Refusal>, Fault> {
    let mut sums = Owed::new();
    for day in days {
        let plan = match plan_of(context, *day)? {
            Ok(plan) => plan,
            Err(refusal) => return Ok(Err(refusal)),
        };
        for (prefund, amount) in between_members(&plan) {
            let sum = sums.entry(prefund).or_insert(Fen::ZERO);
            *sum = sum.checked_add(amount).unwrap_or(Fen::MAX);
        }
    }
    Ok(Ok(sums))
}
