//! A check as it is printed.

use std::io::Write;

use huitong_core::date::BusinessDay;
use huitong_core::expense_check::Finding;
use huitong_core::vocabulary::{CheckStanding, SendBackReason};
use serde_json::{Value, json};

use crate::command::deduction::shown::word as deduction_word;
use crate::grpc::expense_check_client::{CheckTold, SaidTold};

/// A standing as a person reads it.
const fn said(standing: CheckStanding) -> &'static str {
    match standing {
        CheckStanding::Waiting => "waits to be taken up / 待就医地下载",
        CheckStanding::TakenUp => "waits for the answer / 待就医地答复",
        CheckStanding::Overdue => "not answered in time, rolled over / 逾期未答复，已顺延",
        CheckStanding::Answered => "answered, to be confirmed / 已答复，待参保地确认",
        CheckStanding::Confirmed => "confirmed / 已确认",
        CheckStanding::ConfirmedBySilence => "confirmed by silence / 逾期未确认，视同确认",
        CheckStanding::Reversed => "over, the settlement was reversed / 结算已冲正，协查终止",
        CheckStanding::Refused => "refused by the treatment region / 就医地未受理",
    }
}

pub(in crate::command) fn print(told: &CheckTold, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "{}: {}", told.check, said(told.standing))?;
    writeln!(
        out,
        "  {} of 结算日 {}, bill 费用 {}, home 参保地 {}, treatment 就医地 {}",
        told.settlement, told.settled_on, told.bill, told.home, told.treatment
    )?;
    writeln!(
        out,
        "  asked 发起日 {}, reason 事由: {}",
        told.asked_on, told.reason
    )?;
    if let (Some(take_up), Some(by)) = (told.take_up_on, told.answer_by) {
        writeln!(
            out,
            "  taken up on 下载日 {take_up}, answer by 答复期限 {by}"
        )?;
    }
    if told.late > 0 {
        writeln!(out, "  late 逾期次数 {}", told.late)?;
    }
    if let Some(reason) = told.sent_back {
        writeln!(out, "  sent back 退回事由: {reason}")?;
    }
    print_finding(told, out)?;
    if told.to_send > 0 {
        let words = "not with the other region yet; it is sent again / 尚未送达对方，将自动重发";
        writeln!(out, "  {words}")?;
    }
    for (code, en, zh) in told.refusal.iter().chain(&told.held) {
        writeln!(out, "  {code}: {en} / {zh}")?;
    }
    writeln!(out, "  digest of the last word 末条摘要: {}", told.digest)?;
    Ok(())
}

fn print_finding(told: &CheckTold, out: &mut dyn Write) -> std::io::Result<()> {
    match &told.finding {
        None => {}
        Some(Finding::Verified) => writeln!(out, "  verified / 核实无误")?,
        Some(Finding::Discrepancy {
            reason,
            amounts,
            deduction,
        }) => {
            writeln!(out, "  discrepancy / 存在差异: {reason}")?;
            for (fund, amount) in amounts.as_slice() {
                writeln!(out, "  {:26} {amount:>16}", fund.as_str())?;
            }
            if let Some(named) = deduction {
                let state = if told.is_of_another {
                    "another settlement's 非本笔结算的扣款"
                } else {
                    told.deduction
                        .map_or("not known here 本地无此扣款", deduction_word)
                };
                writeln!(out, "  deduction 审核扣款 {named}: {state}")?;
            }
        }
    }
    if told.standing == CheckStanding::Answered
        && let Some(by) = told.confirm_by
    {
        writeln!(out, "  confirm or send back by 确认期限 {by}")?;
    }
    Ok(())
}

pub(in crate::command) fn as_json(told: &CheckTold) -> Value {
    let day = |day: Option<BusinessDay>| day.map(|day| day.to_string());
    let amounts = |amounts: &[(huitong_core::fund::Fund, huitong_core::money::Fen)]| {
        let each = amounts.iter();
        let each = each.map(|(fund, amount)| (fund.as_str().to_owned(), json!(amount.get())));
        Value::Object(each.collect())
    };
    let finding = told.finding.as_ref().map(|finding| match finding {
        Finding::Verified => json!({ "result": "verified" }),
        Finding::Discrepancy {
            reason,
            amounts: wrong,
            deduction,
        } => json!({
            "result": "discrepancy",
            "reason": reason.word(),
            "amounts_fen": amounts(wrong.as_slice()),
            "deduction": deduction.map(|named| named.to_string()),
            "deduction_state": told.deduction.map(deduction_word),
            "deduction_is_of_another": told.is_of_another,
        }),
    });
    json!({
        "check": told.check.to_string(),
        "settlement": told.settlement.to_string(),
        "home_region": told.home.to_string(),
        "treatment_region": told.treatment.to_string(),
        "state": told.standing.word(),
        "open": told.standing.is_open(),
        "reason": told.reason.word(),
        "settled_on": told.settled_on.to_string(),
        "bill_fen": told.bill.get(),
        "paid_fen": amounts(&told.paid),
        "asked_on": told.asked_on.to_string(),
        "take_up_on": day(told.take_up_on),
        "answer_by": day(told.answer_by),
        "late": told.late,
        "finding": finding,
        "answered_on": day(told.answered_on),
        "confirm_by": day(told.confirm_by),
        "sent_back": told.sent_back.map(SendBackReason::word),
        "to_send": told.to_send,
        "refusal": told.refusal.as_ref().map(|(code, _, _)| code),
        "held": told.held.as_ref().map(|(code, _, _)| code),
        "digest": told.digest.to_string(),
    })
}

/// A check with all that was said in it.
pub(super) fn said_as_json(told: &CheckTold, words: &[SaidTold]) -> Value {
    let words = words.iter().map(|word| {
        json!({
            "region": word.region,
            "says": word.says,
            "officer": Some(&word.officer).filter(|officer| !officer.is_empty()),
            "at": word.at,
        })
    });
    let mut page = as_json(told);
    if let Value::Object(page) = &mut page {
        page.insert("said".to_owned(), words.collect());
    }
    page
}
