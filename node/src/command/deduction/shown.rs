//! A deduction as it is printed.

use std::io::Write;

use huitong_core::date::BusinessDay;
use serde_json::{Value, json};

use crate::grpc::deduction_client::{DeductionTold, Standing};

/// The word of a standing.
pub(in crate::command) const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Asked => "asked",
        Standing::Stands => "stands",
        Standing::Refused => "refused",
        Standing::Withdrawing => "withdrawing",
        Standing::Withdrawn => "withdrawn",
        Standing::Lifted => "lifted",
    }
}

/// A standing as a person reads it.
const fn said(standing: Standing) -> &'static str {
    match standing {
        Standing::Asked => "waits for the home region; no money moves yet / 待参保地确认，尚未扣款",
        Standing::Stands => "deducted / 已扣款",
        Standing::Refused => "refused by the home region; no money moved / 参保地拒绝，未扣款",
        Standing::Withdrawing => {
            "deducted; its withdrawal waits for the home region / 已扣款，撤销待参保地确认"
        }
        Standing::Withdrawn => "withdrawn / 已撤销",
        Standing::Lifted => "ended with the reversal of its settlement / 已随结算冲正终止",
    }
}

pub(super) fn print(told: &DeductionTold, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{}: {}", told.deduction, said(told.standing))?;
    writeln!(
        out,
        "  {} at 医疗机构 {}, home 参保地 {}, ordered 扣款日 {} {}",
        told.settlement, told.institution, told.home, told.ordered_on, told.officer
    )?;
    for (fund, amount) in &told.amounts {
        writeln!(out, "  {:26} {amount:>16}", fund.as_str())?;
    }
    writeln!(out, "  reason 原因: {}", told.reason)?;
    if !told.note.is_empty() {
        writeln!(out, "  note 说明: {}", told.note)?;
    }
    if let Some(day) = told.business_day {
        writeln!(out, "  business day 业务日 {day}")?;
    }
    if let Some(reason) = told.end_reason {
        writeln!(out, "  to be withdrawn for 撤销原因: {reason}")?;
    }
    if let Some(day) = told.ended_on {
        writeln!(out, "  ended 终止业务日 {day}")?;
    }
    if let Some((code, en, zh)) = &told.refusal {
        writeln!(out, "  {code}: {en} / {zh}")?;
    }
    Ok(())
}

pub(super) fn as_json(told: &DeductionTold) -> Value {
    let amounts = told.amounts.iter();
    let amounts = amounts.map(|(fund, amount)| (fund.as_str().to_owned(), json!(amount.get())));
    let day = |day: Option<BusinessDay>| day.map(|day| day.to_string());
    json!({
        "deduction": told.deduction.to_string(),
        "settlement": told.settlement.to_string(),
        "institution": told.institution.to_string(),
        "home_region": told.home.to_string(),
        "state": word(told.standing),
        "amounts_fen": amounts.collect::<serde_json::Map<_, _>>(),
        "reason": told.reason.word(),
        "note": Some(&told.note).filter(|note| !note.is_empty()),
        "ordered_on": told.ordered_on.to_string(),
        "officer": Some(&told.officer).filter(|officer| !officer.is_empty()),
        "business_day": day(told.business_day),
        "refusal": told.refusal.as_ref().map(|(code, _, _)| code),
        "end_reason": told.end_reason.map(huitong_core::vocabulary::DeductionEndReason::word),
        "ended_on": day(told.ended_on),
    })
}
