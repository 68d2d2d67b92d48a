//! Payables as they are printed.

use std::io::Write;

use huitong_core::money::SignedFen;
use serde_json::{Value, json};

use crate::grpc::payable_client::PayableTold;

/// An amount of either sign.
pub(super) fn yuan(fen: i64) -> anyhow::Result<SignedFen> {
    Ok(SignedFen::new(fen)?)
}

pub(super) fn print(told: &PayableTold, out: &mut dyn Write) -> anyhow::Result<()> {
    writeln!(out, "{} {}", told.institution, told.month)?;
    let names = [
        "settled 已结算",
        "reversed 已冲正",
        "deducted 审核扣款",
        "deductions ended 扣款终止",
    ];
    for (name, (count, amount)) in names.into_iter().zip(told.counted) {
        writeln!(out, "  {name}: {count}, {}", yuan(amount)?)?;
    }
    let (applied, fen, waiting) = told.applied;
    writeln!(
        out,
        "  applied 已申报: {applied}, {}, waiting for confirmation 待确认 {waiting}",
        yuan(fen)?
    )?;
    let (due, paid, remains) = told.due;
    writeln!(
        out,
        "  due 应付 {}, paid 已付 {}, remains 余额 {}",
        yuan(due)?,
        yuan(paid)?,
        yuan(remains)?
    )?;
    for payout in &told.payouts {
        writeln!(
            out,
            "  paid 付款 {} on {}: {}",
            payout.reference, payout.paid_on, payout.amount
        )?;
    }
    match told.days_late {
        0 => writeln!(out, "  to be paid by 付款期限 {}", told.due_by)?,
        days => writeln!(
            out,
            "  to be paid by 付款期限 {}, {days} days late / 已逾期 {days} 日",
            told.due_by
        )?,
    }
    Ok(())
}

pub(super) fn as_json(told: &PayableTold) -> Value {
    let [settled, reversed, deducted, ended] = told
        .counted
        .map(|(count, fen)| json!({ "count": count, "fen": fen }));
    let (due, paid, remains) = told.due;
    let payouts = told.payouts.iter().map(|payout| {
        json!({
            "reference": payout.reference.to_string(),
            "paid_on": payout.paid_on.to_string(),
            "fen": payout.amount.get(),
        })
    });
    json!({
        "institution": told.institution.to_string(),
        "month": told.month,
        "settled": settled,
        "reversed": reversed,
        "deducted": deducted,
        "ended": ended,
        "applied": { "count": told.applied.0, "fen": told.applied.1 },
        "waiting": told.applied.2,
        "due_fen": due,
        "paid_fen": paid,
        "remains_fen": remains,
        "due_by": told.due_by,
        "days_late": told.days_late,
        "payouts": payouts.collect::<Vec<_>>(),
    })
}
