//! Parked money: an officer says what it was for, or that it went back.

use std::collections::BTreeMap;

use huitong_core::date::BusinessDay;
use huitong_core::fund::Fund;
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::payment::{BankReference, PaymentReference};
use huitong_core::record::clearing::{
    Applied, ClearingRecord, Delayed, Joined, PaymentRecord, Returned,
};
use huitong_core::refusal::RefusalCode;
use huitong_core::vocabulary::{DelayReason, Direction};

use super::bank::{booked_by_now, taken};
use super::{Context, Decided, Decision, Fault, going_on};
use crate::payments::Line;
use crate::refusal::{ClearingCode, Refusal};

/// The most payments that one movement is said to be for at once.
const PURPOSES_AT_MOST: usize = 1_000;

/// Has parked money count for payments of the same member, fund and direction. What is given is all that counts for a
/// payment, with what counts already, so that the same word may be given again.
pub(crate) fn count_parked(
    context: &Context<'_>,
    bank_reference: BankReference,
    to: &BTreeMap<PaymentReference, Fen>,
    by: OfficerName,
) -> Decision<()> {
    let line = match going_on(context).and_then(|()| known(context, bank_reference)) {
        Ok(line) => line,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let news = match more(line, to) {
        Ok(news) => news,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    if news.is_empty() && !to.is_empty() {
        return Ok(Decided::answer(()));
    }
    let fits = fitting(line, &news).and_then(|()| each_fits(context, line, &news));
    if let Err(refusal) = fits {
        return Ok(Decided::refuse(refusal));
    }
    if let Some(refusal) = out_of_turn(context, line, &news)? {
        return Ok(Decided::refuse(refusal));
    }
    let applied = Applied {
        line: line.line,
        to: news.into_iter().collect(),
        by,
        at: context.now,
    };
    let record = PaymentRecord::Applied(applied);
    Ok(Decided::record(ClearingRecord::Payment(record), ()))
}

/// What is parked of a movement went back by another movement.
pub(crate) fn send_back(
    context: &Context<'_>,
    bank_reference: BankReference,
    (back, on): (BankReference, BusinessDay),
    by: OfficerName,
) -> Decision<()> {
    let known = going_on(context).and_then(|()| known(context, bank_reference));
    let line = match known.and_then(|line| booked_by_now(context, on).map(|()| line)) {
        Ok(line) => line,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    if line.back == Some((back, on)) {
        return Ok(Decided::answer(()));
    }
    if let Err(refusal) = moved_before(line, on) {
        return Ok(Decided::refuse(refusal));
    }
    let amount = line.parked_rest();
    if amount.is_zero() {
        let refusal = Refusal::new(ClearingCode::PaymentNotParked, bank_reference);
        return Ok(Decided::refuse(refusal));
    }
    let payments = &context.state.payments;
    if let Some(known) = payments.line(back)
        && takes_back(known, line, on)
    {
        let joined = Joined {
            line: line.line,
            back: known.line,
            by,
            at: context.now,
        };
        let record = PaymentRecord::Joined(joined);
        return Ok(Decided::record(ClearingRecord::Payment(record), ()));
    }
    if payments.line(back).is_some() || payments.taken_back_by(back).is_some() {
        let detail = format!("{back} is entered already, and is not the way back of {amount}");
        return Ok(Decided::refuse(taken(&line.line, &detail)));
    }
    let returned = Returned {
        line: line.line,
        amount,
        back,
        on,
        by,
        at: context.now,
    };
    let record = PaymentRecord::Returned(returned);
    Ok(Decided::record(ClearingRecord::Payment(record), ()))
}

/// Nothing goes back before it came: the account would have had what it had not.
fn moved_before(line: &Line, on: BusinessDay) -> Result<(), Refusal> {
    let came = line.line.on;
    if on < came {
        let detail =
            format_args!("on: {on} is before {came}, the day on which it came / 早于入账日");
        return Err(Refusal::general(RefusalCode::Malformed, detail));
    }
    Ok(())
}

/// Whether a movement that was entered for itself can be the way back of what is parked of another.
fn takes_back(back: &Line, of: &Line, on: BusinessDay) -> bool {
    let (one, other) = (&back.line, &of.line);
    (one.member, one.fund, one.on) == (other.member, other.fund, on)
        && one.direction != other.direction
        && one.amount == back.parked_rest()
        && one.amount == of.parked_rest()
}

/// Why a payment is late, for those who are owed.
pub(crate) fn delay(
    context: &Context<'_>,
    reference: PaymentReference,
    why: DelayReason,
    by: OfficerName,
) -> Decision<()> {
    let Some(payment) = context.state.payments.payment(reference) else {
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::PaymentUnknown,
            reference,
        )));
    };
    if payment.open().is_zero() {
        return Ok(Decided::refuse(Refusal::new(
            ClearingCode::PaymentMade,
            reference,
        )));
    }
    if payment.delay == Some(why) {
        return Ok(Decided::answer(()));
    }
    let delayed = Delayed {
        reference,
        why,
        by,
        at: context.now,
    };
    let record = PaymentRecord::Delayed(delayed);
    Ok(Decided::record(ClearingRecord::Payment(record), ()))
}

fn known<'a>(context: &Context<'a>, bank_reference: BankReference) -> Result<&'a Line, Refusal> {
    let line = context.state.payments.line(bank_reference);
    line.ok_or_else(|| Refusal::new(ClearingCode::PaymentBankReferenceUnknown, bank_reference))
}

/// How much more is to count for each payment than does.
fn more(
    line: &Line,
    to: &BTreeMap<PaymentReference, Fen>,
) -> Result<BTreeMap<PaymentReference, Fen>, Refusal> {
    let mut more = BTreeMap::new();
    for (reference, all) in to {
        if all.is_zero() {
            let detail = "to: amounts above zero";
            return Err(Refusal::general(RefusalCode::Malformed, detail));
        }
        let counted = line.counted_for(*reference);
        let news = all.checked_sub(counted).map_err(|_| {
            let detail = format_args!("{reference}: {counted} counts already");
            Refusal::new(ClearingCode::PaymentOtherPurpose, detail)
        })?;
        if !news.is_zero() {
            more.insert(*reference, news);
        }
    }
    Ok(more)
}

/// Whether so much is parked of a movement, and may be said to be for so many payments.
fn fitting(line: &Line, to: &BTreeMap<PaymentReference, Fen>) -> Result<(), Refusal> {
    if to.is_empty() || to.len() > PURPOSES_AT_MOST {
        let detail = "to: 1 to 1,000 payments";
        return Err(Refusal::general(RefusalCode::Malformed, detail));
    }
    let bank_reference = line.line.bank_reference;
    let rest = line.parked_rest();
    if rest.is_zero() {
        return Err(Refusal::new(ClearingCode::PaymentNotParked, bank_reference));
    }
    let sum = Fen::sum(to.values().copied());
    if sum.is_ok_and(|sum| sum <= rest) {
        return Ok(());
    }
    let detail = format_args!("{bank_reference}: {rest} is parked");
    Err(Refusal::new(ClearingCode::PaymentExceeds, detail))
}

/// Whether each payment is one that this movement may be for, and has so much open.
fn each_fits(
    context: &Context<'_>,
    line: &Line,
    to: &BTreeMap<PaymentReference, Fen>,
) -> Result<(), Refusal> {
    for (reference, amount) in to {
        let payment = context.state.payments.payment(*reference);
        let payment =
            payment.ok_or_else(|| Refusal::new(ClearingCode::PaymentUnknown, reference))?;
        let of = &line.line;
        let same = (
            reference.member,
            reference.fund,
            payment.instruction.direction,
        ) == (of.member, of.fund, of.direction);
        if !same {
            return Err(Refusal::new(ClearingCode::PaymentOtherPurpose, reference));
        }
        let open = payment.open();
        if *amount > open {
            let detail = format_args!("{reference}: {open} is open");
            return Err(Refusal::new(ClearingCode::PaymentExceeds, detail));
        }
    }
    Ok(())
}

/// The payment that would be made out of its turn: before one of an earlier cycle, or beyond what was paid in.
fn out_of_turn(
    context: &Context<'_>,
    line: &Line,
    to: &BTreeMap<PaymentReference, Fen>,
) -> Result<Option<Refusal>, Fault> {
    let payments = &context.state.payments;
    let (member, fund) = (line.line.member, line.line.fund);
    match line.line.direction {
        Direction::PayIn => {
            let turns = to
                .keys()
                .filter_map(|of| Some(payments.payment(*of)?.turn()));
            let last = turns.max();
            let owed = payments.owed(member, fund);
            let left = owed
                .into_iter()
                .take_while(|payment| Some(payment.turn()) < last)
                .find(|payment| to.get(&payment.instruction.reference) != Some(&payment.open()));
            let left = left.map(|payment| payment.instruction.reference);
            Ok(left.map(|earlier| Refusal::new(ClearingCode::PaymentEarlierOpen, earlier)))
        }
        Direction::PayOut => not_covered(context, fund, to),
    }
}

fn not_covered(
    context: &Context<'_>,
    fund: Fund,
    to: &BTreeMap<PaymentReference, Fen>,
) -> Result<Option<Refusal>, Fault> {
    let payments = &context.state.payments;
    for (reference, amount) in to {
        let Some(payment) = payments.payment(*reference) else {
            continue;
        };
        let cover = payments.cover(&payment.order, fund);
        let cover = cover.map_err(|error| Fault::Broken(error.to_string()))?;
        if *amount > cover {
            let detail = format_args!("{reference}: {cover} is there");
            return Ok(Some(Refusal::new(ClearingCode::PaymentNotCovered, detail)));
        }
    }
    Ok(None)
}
