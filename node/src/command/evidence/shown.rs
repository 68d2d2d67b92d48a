//! Evidence that holds, as it is shown: in lines for people, or as one JSON document.

use std::io::Write;

use huitong_core::decision::Decision;
use huitong_core::evidence::Became;
use huitong_core::final_refusal::RefusedRequest;
use huitong_core::money::Fen;
use huitong_core::reversal::HomeWord;
use serde_json::json;

use super::shown_deduction;
use super::shown_provisional as provisional;
use crate::evidence::{Checked, CheckedProof, CheckedRefusal};
use crate::home::figures::borne_by_patient;

/// Prints what holds.
pub(super) fn print(checked: &CheckedProof, out: &mut dyn Write) -> std::io::Result<()> {
    match checked {
        CheckedProof::Settlement(checked) => print_settlement(checked, out),
        CheckedProof::Refusal(checked) => print_refusal(checked, out),
        CheckedProof::Deduction(checked) => shown_deduction::print(checked, out),
    }
}

/// What holds, for a machine.
pub(super) fn as_json(checked: &CheckedProof) -> serde_json::Value {
    match checked {
        CheckedProof::Settlement(checked) => settlement_as_json(checked),
        CheckedProof::Refusal(checked) => refusal_as_json(checked),
        CheckedProof::Deduction(checked) => shown_deduction::as_json(checked),
    }
}

/// What was refused, in one word.
const fn refused(request: &RefusedRequest) -> (&'static str, &'static str) {
    match request {
        RefusedRequest::Unseen => (
            "given_up",
            "given up before its claim was seen / 未见费用即作废",
        ),
        RefusedRequest::Claim(_) => ("settlement", "the settlement / 该笔结算"),
        RefusedRequest::Reversal(_) => ("reversal", "a reversal of it / 对其冲正"),
    }
}

/// What the patient bears: of what was provisional the lower cash of the two.
fn patient(decision: &Decision, became: Option<&Became>) -> Fen {
    let borne = borne_by_patient(decision, became.map(|became| &became.true_up));
    // Both are parts of one bill, so the sum is in range.
    borne.unwrap_or(decision.patient_total)
}

fn print_refusal(checked: &CheckedRefusal, out: &mut dyn Write) -> std::io::Result<()> {
    let CheckedRefusal {
        evidence,
        signer,
        became,
    } = checked;
    let word = &evidence.word;
    let body = &word.body;
    let mut line = |label: &str, value: &dyn std::fmt::Display| writeln!(out, "{label}  {value}");
    line("the evidence holds / 凭证有效   ", &body.settlement)?;
    line(
        "refused 被拒付                  ",
        &refused(&word.request).1,
    )?;
    if let Some(reversal) = &body.reversal {
        line("reversal 冲正                   ", reversal)?;
    }
    line("why 原因                        ", &body.refusal)?;
    line(
        "what to do 处理                 ",
        &body.refusal.code.advice_zh(),
    )?;
    line(
        "                                ",
        &body.refusal.code.advice_en(),
    )?;
    line("refused at 拒付时间             ", &body.refused_at)?;
    line("home 参保地                     ", &body.home)?;
    line("treated in 就医地               ", &body.treatment)?;
    if let Some(claim) = &evidence.claim {
        line(
            "person 人员                     ",
            &claim.person.psn_no.expose(),
        )?;
        line("institution 机构                ", &claim.institution.code)?;
        line("visit 就诊                      ", &claim.visit.number)?;
        line("bill 费用总额                   ", &claim.bill.total())?;
    }
    line("signed by 签名方                ", signer.identity())?;
    line("key 密钥                        ", &word.group.key_id)?;
    let said = provisional::REFUSED;
    let became = became.as_ref();
    became.map_or(Ok(()), |it| provisional::print(it, said, out))
}

fn refusal_as_json(checked: &CheckedRefusal) -> serde_json::Value {
    let evidence = &checked.evidence;
    let body = &evidence.word.body;
    let claim = evidence.claim.as_ref().map(|claim| {
        json!({
            "person": claim.person.psn_no.expose(),
            "institution": claim.institution.code.to_string(),
            "visit": claim.visit.number.to_string(),
            "total_fen": claim.bill.total().get(),
        })
    });
    json!({
        "settlement": body.settlement.to_string(),
        "refused": refused(&evidence.word.request).0,
        "reversal": body.reversal.map(|id| id.to_string()),
        "code": body.refusal.code.code(),
        "detail": body.refusal.detail,
        "refused_at_ms": body.refused_at.as_millis(),
        "home": body.home.to_string(),
        "treatment": body.treatment.to_string(),
        "claim": claim,
        "signed_by": checked.signer.identity().to_string(),
        "key": evidence.word.group.key_id.to_string(),
        "provisional": checked.became.as_ref().map(provisional::as_json),
    })
}

fn print_settlement(checked: &Checked, out: &mut dyn Write) -> std::io::Result<()> {
    let Checked {
        evidence,
        signer,
        policy,
        became,
    } = checked;
    let HomeWord { receipt, reversal } = &evidence.word;
    let (body, claim, decision) = (&receipt.body, &evidence.claim, &evidence.decision);
    let clearing = &body.clearing;
    let mut line = |label: &str, value: &dyn std::fmt::Display| writeln!(out, "{label}  {value}");
    line("the evidence holds / 凭证有效   ", &clearing.settlement)?;
    line("committed 提交时间              ", &body.committed_at)?;
    line("business day 业务日             ", &clearing.business_day)?;
    line("home 参保地                     ", &clearing.home)?;
    line("treated in 就医地               ", &clearing.treatment)?;
    line(
        "person 人员                     ",
        &claim.person.psn_no.expose(),
    )?;
    line("institution 机构                ", &claim.institution.code)?;
    line("visit 就诊                      ", &claim.visit.number)?;
    line("bill 费用总额                   ", &decision.total)?;
    for (fund, amount) in &clearing.amounts {
        let value = format!("{amount}  {} {}", fund.chinese(), fund.english());
        line("paid 支付                       ", &value)?;
    }
    let patient = patient(decision, became.as_ref());
    line("the patient pays 个人负担       ", &patient)?;
    line("policy 待遇政策                 ", &policy.policy().title())?;
    line("policy digest 政策摘要          ", &clearing.policy)?;
    line("catalogue digest 目录摘要       ", &clearing.catalogue)?;
    line("engine 计算引擎                 ", &clearing.engine.0)?;
    line("signed by 签名方                ", signer.identity())?;
    line("key 密钥                        ", &receipt.group.key_id)?;
    let reversed = reversal.as_ref().map(|reversal| {
        let of = &reversal.body;
        format!("{}  {}  {}", of.reversed_at, of.reason, of.reversal)
    });
    let reversed = reversed.as_deref();
    let reversed = reversed.unwrap_or("not when this was written / 导出时未冲正");
    line("reversed 已冲正                 ", &reversed)?;
    let said = provisional::SETTLED;
    let became = became.as_ref();
    became.map_or(Ok(()), |it| provisional::print(it, said, out))
}

fn settlement_as_json(checked: &Checked) -> serde_json::Value {
    let evidence = &checked.evidence;
    let HomeWord { receipt, reversal } = &evidence.word;
    let (body, claim, decision) = (&receipt.body, &evidence.claim, &evidence.decision);
    let clearing = &body.clearing;
    let reversed = reversal.as_ref().map(|reversal| {
        let of = &reversal.body;
        json!({
            "id": of.reversal.to_string(),
            "at_ms": of.reversed_at.as_millis(),
            "reason": of.reason.to_string(),
            "business_day": of.clearing.business_day.to_string(),
        })
    });
    let amounts: Vec<_> = clearing
        .amounts
        .iter()
        .map(|(fund, amount)| json!({"fund": fund.to_string(), "amount_fen": amount.get()}))
        .collect();
    json!({
        "settlement": clearing.settlement.to_string(),
        "committed_at_ms": body.committed_at.as_millis(),
        "business_day": clearing.business_day.to_string(),
        "home": clearing.home.to_string(),
        "treatment": clearing.treatment.to_string(),
        "person": claim.person.psn_no.expose(),
        "institution": claim.institution.code.to_string(),
        "visit": claim.visit.number.to_string(),
        "total_fen": decision.total.get(),
        "amounts": amounts,
        "patient_total_fen": patient(decision, checked.became.as_ref()).get(),
        "policy": clearing.policy.to_string(),
        "catalogue": clearing.catalogue.to_string(),
        "engine": clearing.engine.0,
        "signed_by": checked.signer.identity().to_string(),
        "key": receipt.group.key_id.to_string(),
        "reversed": reversed,
        "provisional": checked.became.as_ref().map(provisional::as_json),
    })
}
