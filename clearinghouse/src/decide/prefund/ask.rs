//! Asking for more of a prefund that is red: an officer of the clearinghouse for the holder, or the holder itself at the node of one
//! of its regions. Deliberately absent: what is paid on it, which the holder's bank says.

use huitong_core::id::RequestId;
use huitong_core::money::Fen;
use huitong_core::officer::OfficerName;
use huitong_core::prefund::Prefund;
use huitong_core::record::clearing::{PrefundAsked, PrefundAskedByHolder, PrefundRecord};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::PrefundLevel;

use super::levels::level_now;
use super::{Context, Decided, Decision, countable, due, record, unknown};
use crate::prefunds::Rules;
use crate::refusal::{ClearingCode, Refusal};

/// Asks for more, of a prefund that is red by now. Under an id it is asked for once, whatever was paid since and whoever asks again; and
/// what was asked for and is not paid yet is not asked for twice.
pub(crate) fn top_up(
    context: &Context<'_>,
    which: (Prefund, RequestId),
    amount: Fen,
    rules: &Rules,
    by: OfficerName,
) -> Decision<()> {
    Ok(match asked(context, which, amount, (rules, by)) {
        Err(refusal) => Decided::refuse(refusal),
        Ok(None) => Decided::answer(()),
        Ok(Some(asked)) => record(PrefundRecord::Asked(asked)),
    })
}

/// The same, said by an officer of a region at its node: by the holder's regions, and by no others.
pub(crate) fn top_up_of_holder(
    context: &Context<'_>,
    which: (Prefund, RequestId),
    amount: Fen,
    rules: &Rules,
    (region, by): (RegionCode, OfficerName),
) -> Decision<()> {
    let Some(member) = context.state.members.of(region) else {
        let refusal = Refusal::new(ClearingCode::StreamUnknownRegion, region);
        return Ok(Decided::refuse(refusal));
    };
    if member.code() != which.0.holder {
        let refusal = Refusal::new(ClearingCode::PrefundNotHolder, member);
        return Ok(Decided::refuse(refusal));
    }
    Ok(match asked(context, which, amount, (rules, by)) {
        Err(refusal) => Decided::refuse(refusal),
        Ok(None) => Decided::answer(()),
        Ok(Some(asked)) => {
            let asked = PrefundAskedByHolder { region, asked };
            record(PrefundRecord::AskedByHolder(asked))
        }
    })
}

/// What is asked for; none when it was asked for under its id already.
fn asked(
    context: &Context<'_>,
    (prefund, id): (Prefund, RequestId),
    amount: Fen,
    (rules, by): (&Rules, OfficerName),
) -> Result<Option<PrefundAsked>, Refusal> {
    if amount.is_zero() {
        return Err(Refusal::general(
            RefusalCode::Malformed,
            "amount: above zero",
        ));
    }
    let account = context.state.prefunds.account(prefund);
    let account = account.ok_or_else(|| unknown(prefund))?;
    if let Some(known) = account.asked_as(id) {
        if known == amount {
            return Ok(None);
        }
        let detail = format_args!("{id}: {known}");
        return Err(Refusal::new(ClearingCode::PrefundTopUpTaken, detail));
    }
    if let Some(open) = account.open_top_up() {
        return Err(Refusal::new(ClearingCode::PrefundAskedAlready, open));
    }
    let level = level_now(context, prefund, account, rules);
    if level != PrefundLevel::Red {
        return Err(Refusal::new(ClearingCode::PrefundNotRed, level));
    }
    countable(account.asked_with(amount))?;
    Ok(Some(PrefundAsked {
        id,
        prefund,
        amount,
        due: due(context, rules)?,
        by,
        at: context.now,
    }))
}
