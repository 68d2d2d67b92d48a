//! Evidence of a deduction that holds, as it is shown.

use std::io::Write;

use huitong_core::deduction::{DeductionAct, DeductionBody, DeductionVerdict, DeductionWord};
use serde_json::{Value, json};

use crate::evidence::CheckedDeduction;

pub(super) fn print(checked: &CheckedDeduction, out: &mut dyn Write) -> std::io::Result<()> {
    let CheckedDeduction {
        evidence,
        treatment,
        home,
    } = checked;
    let order = &evidence.word.order.body;
    let mut line = |label: &str, value: &dyn std::fmt::Display| writeln!(out, "{label}  {value}");
    line("the evidence holds / 凭证有效   ", &order.deduction)?;
    line("settlement 结算                 ", &order.settlement)?;
    line("receipt digest 回执摘要         ", &order.receipt)?;
    line("treated in 就医地               ", &order.treatment)?;
    line("home 参保地                     ", &order.home)?;
    line("institution 机构                ", &order.institution)?;
    for (fund, amount) in order.amounts.as_slice() {
        let value = format!("{amount}  {} {}", fund.chinese(), fund.english());
        line("deducted 扣款                   ", &value)?;
    }
    line("ordered 扣款原因                ", &ordered(order))?;
    line("the home region says 参保地     ", &said(&evidence.word))?;
    line("ordered by 扣款方               ", treatment.identity())?;
    line("answered by 答复方              ", home.identity())?;
    let withdrawn = evidence.withdrawn.as_ref();
    let withdrawn = withdrawn.map(|word| format!("{}; {}", ordered(&word.order.body), said(word)));
    let withdrawn = withdrawn.as_deref();
    let withdrawn = withdrawn.unwrap_or("not when this was written / 导出时未撤销");
    line("withdrawn 已撤销                ", &withdrawn)
}

fn ordered(order: &DeductionBody) -> String {
    let (reason, at) = (reason(order), order.ordered_at);
    format!("{reason}  {at}  {}", order.officer)
}

fn reason(order: &DeductionBody) -> String {
    match order.act {
        DeductionAct::Deduct(reason) => reason.to_string(),
        DeductionAct::Withdraw(reason) => reason.to_string(),
    }
}

fn said(word: &DeductionWord) -> String {
    let at = word.answer.body.answered_at;
    match &word.answer.body.verdict {
        DeductionVerdict::Accepted(day) => format!("accepted / 同意  {day}  {at}"),
        DeductionVerdict::Refused(refusal) => format!("refused / 拒绝  {refusal}  {at}"),
    }
}

pub(super) fn as_json(checked: &CheckedDeduction) -> Value {
    let CheckedDeduction {
        evidence,
        treatment,
        home,
    } = checked;
    let order = &evidence.word.order.body;
    let amounts = order.amounts.as_slice().iter();
    let amounts: Vec<_> = amounts
        .map(|(fund, amount)| json!({"fund": fund.to_string(), "amount_fen": amount.get()}))
        .collect();
    json!({
        "deduction": order.deduction.to_string(),
        "settlement": order.settlement.to_string(),
        "receipt": order.receipt.to_string(),
        "home": order.home.to_string(),
        "treatment": order.treatment.to_string(),
        "institution": order.institution.to_string(),
        "amounts": amounts,
        "deducted": word_as_json(&evidence.word),
        "withdrawn": evidence.withdrawn.as_ref().map(word_as_json),
        "ordered_by": treatment.identity().to_string(),
        "answered_by": home.identity().to_string(),
    })
}

fn word_as_json(word: &DeductionWord) -> Value {
    let (order, answer) = (&word.order, &word.answer);
    let (business_day, code) = match &answer.body.verdict {
        DeductionVerdict::Accepted(day) => (Some(day.to_string()), None),
        DeductionVerdict::Refused(refusal) => (None, Some(refusal.code.code())),
    };
    json!({
        "reason": reason(&order.body),
        "officer": order.body.officer.to_string(),
        "ordered_at_ms": order.body.ordered_at.as_millis(),
        "order_key": order.group.key_id.to_string(),
        "business_day": business_day,
        "refusal": code,
        "answered_at_ms": answer.body.answered_at.as_millis(),
        "answer_key": answer.group.key_id.to_string(),
    })
}
