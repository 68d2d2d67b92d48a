//! Prefunds: set for a year, topped up when nearly all is used, moved as the holder's bank says, and watched.
//!
//! Each word may be said again and changes nothing then. Deliberately absent: what nets, which no prefund changes.

mod ask;
mod levels;
mod look;
mod money;

use huitong_core::date::BusinessDay;
use huitong_core::money::{Fen, MoneyError};
use huitong_core::officer::OfficerName;
use huitong_core::prefund::Prefund;
use huitong_core::record::clearing::{ClearingRecord, PrefundRecord, PrefundSet};
use huitong_core::refusal::RefusalCode;

pub(crate) use ask::{top_up, top_up_of_holder};
pub(crate) use levels::{level_of, levels};
pub(crate) use look::{
    MovementRow, PrefundRow, ProposalRow, Wanted, late, movements, own, prefunds, proposal,
    standing,
};
pub(crate) use money::{correct, enter};

use super::{Context, Decided, Decision, Fault};
use crate::prefunds::{PrefundAccount, Rules};
use crate::refusal::{ClearingCode, Refusal};

/// Sets how much a prefund comes to this year.
pub(crate) fn set(
    context: &Context<'_>,
    prefund: Prefund,
    year: u16,
    amount: Fen,
    rules: &Rules,
    by: OfficerName,
) -> Decision<()> {
    let directory = &context.state.members;
    for member in [prefund.payer, prefund.holder] {
        if !directory.iter().any(|(_, of)| of.code() == member) {
            let refusal = Refusal::new(ClearingCode::PrefundUnknownMember, member);
            return Ok(Decided::refuse(refusal));
        }
    }
    let this_year = context.now.business_day_shanghai().year();
    if year != this_year {
        let refusal = Refusal::new(ClearingCode::PrefundOtherYear, this_year);
        return Ok(Decided::refuse(refusal));
    }
    let known = context.state.prefunds.account(prefund);
    if known.is_some_and(|known| (known.year, known.set_amount()) == (year, amount)) {
        return Ok(Decided::answer(()));
    }
    let on_top = known.filter(|known| known.year == year);
    let on_top = on_top.map_or(Ok(Fen::ZERO), PrefundAccount::topped_up);
    if let Err(refusal) = countable(on_top.and_then(|on_top| amount.checked_add(on_top))) {
        return Ok(Decided::refuse(refusal));
    }
    let due = match due(context, rules) {
        Ok(due) => due,
        Err(refusal) => return Ok(Decided::refuse(refusal)),
    };
    let set = PrefundSet {
        prefund,
        year,
        amount,
        due,
        by,
        at: context.now,
    };
    Ok(record(PrefundRecord::Set(set)))
}

/// By when money that is asked for now is to be paid.
fn due(context: &Context<'_>, rules: &Rules) -> Result<BusinessDay, Refusal> {
    let today = context.now.business_day_shanghai();
    let due = context.calendar.after(today, rules.due_days);
    due.map_err(|error| Refusal::general(RefusalCode::Malformed, error))
}

fn unknown(prefund: Prefund) -> Refusal {
    Refusal::new(ClearingCode::PrefundUnknown, prefund)
}

const fn record(record: PrefundRecord) -> Decided<()> {
    Decided::record(ClearingRecord::Prefund(record), ())
}

/// An amount is refused with which a sum is larger than any that is counted.
fn countable(sum: Result<Fen, MoneyError>) -> Result<(), Refusal> {
    let fits = sum.map(|_| ());
    fits.map_err(|error| Refusal::general(RefusalCode::Malformed, format_args!("amount: {error}")))
}

/// A sum that does not fit is a fault of this program: no amount is taken with which one does not.
fn broken(error: MoneyError) -> Fault {
    Fault::Broken(format!("a prefund: {error}"))
}
