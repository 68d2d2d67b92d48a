//! What the bank says moved: counted for what it was ordered for, or parked with a typed reason, never absorbed.
//!
//! One bank reference is one movement, however often it is entered. Of what a member owes of a fund the earliest cycle
//! comes first, and for no cycle is more paid out than was paid in.

use huitong_core::date::{BusinessDay, Timestamp};
use huitong_core::officer::OfficerName;
use huitong_core::payment::{BankLine, PaymentReference};
use huitong_core::record::clearing::{ClearingRecord, Confirmed, Parked, PaymentRecord};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::{Direction, ParkReason};

use super::{Context, Decided, Decision, Fault, going_on};
use crate::payments::Line;
use crate::refusal::{ClearingCode, Refusal};

/// The most letters of what a movement bears as its reference.
pub(crate) const BEARS_AT_MOST: usize = 140;

/// Enters a movement of money that bears a text as its reference.
pub(crate) fn confirm(
    context: &Context<'_>,
    line: BankLine,
    bears: String,
    by: OfficerName,
) -> Decision<()> {
    if let Err(refusal) = going_on(context).and_then(|()| readable(context, &line, &bears)) {
        return Ok(Decided::refuse(refusal));
    }
    let payments = &context.state.payments;
    if let Some(known) = payments.line(line.bank_reference) {
        return Ok(if known.line == line && known.bears == bears {
            Decided::answer(())
        } else {
            Decided::refuse(taken(&line, &describe(known)))
        });
    }
    if let Some(of) = payments.taken_back_by(line.bank_reference) {
        let detail = format!("it took {of} back");
        return Ok(Decided::refuse(taken(&line, &detail)));
    }
    let at = context.now;
    let purpose = purpose(context, &line, &bears)?;
    if let Ok(reference) = purpose
        && let Err(refusal) = ordered_by_then(context, reference, line.on)
    {
        return Ok(Decided::refuse(refusal));
    }
    let record = match purpose {
        Ok(reference) => PaymentRecord::Confirmed(Confirmed {
            line,
            reference,
            by,
            at,
        }),
        Err(why) => PaymentRecord::Parked(Parked {
            line,
            bears,
            why,
            by,
            at,
        }),
    };
    Ok(Decided::record(ClearingRecord::Payment(record), ()))
}

/// Whether a movement can be entered at all.
fn readable(context: &Context<'_>, line: &BankLine, bears: &str) -> Result<(), Refusal> {
    let malformed = |detail: &str| Err(Refusal::general(RefusalCode::Malformed, detail));
    if line.amount.is_zero() {
        return malformed("amount: above zero");
    }
    if bears.chars().count() > BEARS_AT_MOST {
        return malformed("reference: at most 140 letters");
    }
    booked_by_now(context, line.on)?;
    known_member(context, line.member)
}

/// Whether a member clears for anybody, or ever paid or was to pay.
pub(super) fn known_member(context: &Context<'_>, member: RegionCode) -> Result<(), Refusal> {
    let mut members = context.state.members.iter();
    if members.any(|(_, of)| of.code() == member) {
        return Ok(());
    }
    // Whoever left the directory may still owe.
    let mut ordered = context.state.payments.after(None);
    if ordered.any(|(reference, _)| reference.member == member) {
        return Ok(());
    }
    Err(Refusal::new(ClearingCode::PaymentUnknownMember, member))
}

/// No bank has booked anything on a day to come.
pub(super) fn booked_by_now(context: &Context<'_>, on: BusinessDay) -> Result<(), Refusal> {
    if on > context.now.business_day_shanghai() {
        let detail = format_args!("on: {on} has not come yet");
        return Err(Refusal::general(RefusalCode::Malformed, detail));
    }
    Ok(())
}

/// Nothing that was booked before a payment was ordered is for it. Of cycles of which the last day had come when the
/// clearinghouse was restored the order may have been lost then and be given anew, under the same reference: money that moved
/// on the first is held against that day, whenever it moved.
fn ordered_by_then(
    context: &Context<'_>,
    reference: PaymentReference,
    on: BusinessDay,
) -> Result<(), Refusal> {
    let Some(payment) = context.state.payments.payment(reference) else {
        return Ok(());
    };
    let order = &payment.order;
    let restored = context.state.restored.since;
    let restored = restored.map(Timestamp::business_day_shanghai);
    let last = order.days.last().copied();
    let from = last
        .filter(|last| restored.is_some_and(|restored| *last <= restored))
        .or_else(|| Some(order.at.business_day_shanghai()));
    match from.filter(|from| on < *from) {
        Some(from) => {
            let detail = format_args!("{reference}: {from}");
            Err(Refusal::new(ClearingCode::PaymentBeforeOrder, detail))
        }
        None => Ok(()),
    }
}

pub(super) fn describe(known: &Line) -> String {
    let line = &known.line;
    format!(
        "{} {} {} {} on {}, {:?}",
        line.member, line.fund, line.direction, line.amount, line.on, known.bears
    )
}

pub(super) fn taken(line: &BankLine, detail: &str) -> Refusal {
    let detail = format_args!("{}: {detail}", line.bank_reference);
    Refusal::new(ClearingCode::PaymentBankReferenceTaken, detail)
}

/// What a movement counts for, or why for nothing.
fn purpose(
    context: &Context<'_>,
    line: &BankLine,
    bears: &str,
) -> Result<Result<PaymentReference, ParkReason>, Fault> {
    let payments = &context.state.payments;
    let borne = bears.parse::<PaymentReference>().ok();
    let ordered = borne.and_then(|of| payments.payment(of).map(|payment| (of, payment)));
    let Some((reference, payment)) = ordered else {
        return Ok(Err(ParkReason::UnknownReference));
    };
    let why = if payment.instruction.direction != line.direction {
        Some(ParkReason::OtherDirection)
    } else if reference.member != line.member {
        Some(ParkReason::OtherMember)
    } else if reference.fund != line.fund {
        Some(ParkReason::OtherFund)
    } else if line.amount > payment.open() {
        Some(ParkReason::Exceeds)
    } else {
        match line.direction {
            Direction::PayIn => payments
                .owed(line.member, line.fund)
                .first()
                .filter(|earliest| earliest.turn() < payment.turn())
                .map(|_| ParkReason::EarlierOpen),
            Direction::PayOut => {
                let cover = payments.cover(&payment.order, reference.fund);
                let cover = cover.map_err(|error| Fault::Broken(error.to_string()))?;
                (line.amount > cover).then_some(ParkReason::NotCovered)
            }
        }
    };
    Ok(why.map_or(Ok(reference), Err))
}
