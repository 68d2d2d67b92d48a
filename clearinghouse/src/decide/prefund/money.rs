//! What the holder's bank says moved, and what was entered wrongly.
//!
//! Whatever moved is entered as it was, also more than was asked for: what is over is told, and goes back. One reference
//! of a holder's bank is one movement, however often it is entered. Nothing goes out on a day on which it was not there; what was
//! entered wrongly is taken out in any order, and held against what there is now alone.

use huitong_core::officer::OfficerName;
use huitong_core::prefund::PrefundLine;
use huitong_core::record::clearing::{PrefundCorrected, PrefundMoved, PrefundRecord};
use huitong_core::refusal::RefusalCode;
use huitong_core::vocabulary::{CorrectionReason, Direction};

use super::{countable, record, unknown};
use crate::decide::bank::booked_by_now;
use crate::decide::{Context, Decided, Decision};
use crate::prefunds::{PrefundAccount, key};
use crate::refusal::{ClearingCode, Refusal};

/// Enters a movement of money.
pub(crate) fn enter(context: &Context<'_>, line: PrefundLine, by: OfficerName) -> Decision<()> {
    if line.amount.is_zero() {
        let refusal = Refusal::general(RefusalCode::Malformed, "amount: above zero");
        return Ok(Decided::refuse(refusal));
    }
    if let Err(refusal) = booked_by_now(context, line.on) {
        return Ok(Decided::refuse(refusal));
    }
    let prefunds = &context.state.prefunds;
    let Some(account) = prefunds.account(line.prefund) else {
        return Ok(Decided::refuse(unknown(line.prefund)));
    };
    if let Some(known) = prefunds.line(key(&line)) {
        return Ok(if *known == line {
            Decided::answer(())
        } else {
            Decided::refuse(taken(known))
        });
    }
    let counts = counts(account, &line, line.direction);
    if let Err(refusal) = counts.and_then(|()| there_by_then(account, &line)) {
        return Ok(Decided::refuse(refusal));
    }
    let moved = PrefundMoved {
        line,
        by,
        at: context.now,
    };
    Ok(record(PrefundRecord::Moved(moved)))
}

/// Takes a movement out again that was entered wrongly. It is named whole, so that saying so again does not take out
/// what was entered in its place.
pub(crate) fn correct(
    context: &Context<'_>,
    line: PrefundLine,
    why: CorrectionReason,
    by: OfficerName,
) -> Decision<()> {
    let prefunds = &context.state.prefunds;
    let known = prefunds.line(key(&line));
    if known != Some(&line) {
        let mut before = prefunds.corrections(key(&line)).iter();
        let is_done = before.any(|corrected| (corrected.line, corrected.why) == (line, why));
        return Ok(match known {
            _ if is_done => Decided::answer(()),
            Some(known) => Decided::refuse(taken(known)),
            None => Decided::refuse(Refusal::new(
                ClearingCode::PrefundBankReferenceUnknown,
                line.bank_reference,
            )),
        });
    }
    let account = prefunds.account(line.prefund);
    let back = match line.direction {
        Direction::PayIn => Direction::PayOut,
        Direction::PayOut => Direction::PayIn,
    };
    if let Some(Err(refusal)) = account.map(|account| counts(account, &line, back)) {
        return Ok(Decided::refuse(refusal));
    }
    let corrected = PrefundCorrected {
        line,
        why,
        by,
        at: context.now,
    };
    Ok(record(PrefundRecord::Corrected(corrected)))
}

/// Whether so much can move this way: no more than is held goes out, and no more comes in than can be counted.
fn counts(account: &PrefundAccount, line: &PrefundLine, way: Direction) -> Result<(), Refusal> {
    let (held, amount) = (account.held, line.amount);
    match way {
        Direction::PayOut if amount > held => Err(Refusal::new(ClearingCode::PrefundExceeds, held)),
        Direction::PayOut => Ok(()),
        Direction::PayIn => countable(held.checked_add(amount)),
    }
}

/// Whether what went out was there on the day on which it did, and on each day since.
fn there_by_then(account: &PrefundAccount, line: &PrefundLine) -> Result<(), Refusal> {
    let (day, least) = account.least_from(line.on);
    match line.direction {
        Direction::PayOut if line.amount > least => {
            let detail = format_args!("{day}: {least}");
            Err(Refusal::new(ClearingCode::PrefundNotYetHeld, detail))
        }
        Direction::PayOut | Direction::PayIn => Ok(()),
    }
}

fn taken(known: &PrefundLine) -> Refusal {
    let PrefundLine {
        bank_reference,
        prefund,
        direction,
        amount,
        on,
    } = known;
    let detail = format_args!("{bank_reference}: {prefund} {direction} {amount} on {on}");
    Refusal::new(ClearingCode::PrefundBankReferenceTaken, detail)
}
