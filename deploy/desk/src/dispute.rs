//! A dispute as an officer reads it, of a region or of the operator, in text and JSON. Amounts are yuan.

use std::io::{self, Write};

use huitong_core::dispute::course::Ground;
use huitong_core::dispute::name::Subject;
use huitong_core::dispute::seen::DisputeSeen;
use huitong_core::dispute::word::Reply;
use huitong_core::vocabulary::DisputeStage;
use serde_json::{Value, json};

/// A stage, in Chinese.
const fn stage_zh(stage: DisputeStage) -> &'static str {
    match stage {
        DisputeStage::Raised => "待答复",
        DisputeStage::Answered => "待确认",
        DisputeStage::Escalated => "待裁定",
        DisputeStage::Settled => "已了结",
        DisputeStage::Withdrawn => "已撤回",
    }
}

/// Writes a dispute in text.
///
/// # Errors
/// When it cannot be written.
pub fn print(dispute: &DisputeSeen, out: &mut dyn Write) -> io::Result<()> {
    let DisputeSeen {
        name,
        respondent,
        claim,
        stage,
        days_old,
        ..
    } = dispute;
    writeln!(
        out,
        "{name}: {stage} {}; to region {respondent}, {} for {} about {}; {days_old} d / 已历天数",
        stage_zh(*stage),
        claim.amount,
        claim.reason,
        claim.subject
    )?;
    if let Some(reply) = &dispute.reply {
        writeln!(out, "  answered / 答复: {}", answer(reply))?;
    }
    if let Some(due) = dispute.due {
        let late = match dispute.days_late {
            0 => String::new(),
            days => format!(", {days} d overdue / 逾期"),
        };
        writeln!(out, "  due / 期限: {due}{late}")?;
    }
    if let (Some(proposal), None) = (&dispute.proposal, &dispute.settled) {
        let (ruling, by) = (proposal.ruling, &proposal.by);
        writeln!(
            out,
            "  proposed by {by} / 拟裁定: {} for {}; another officer confirms",
            ruling.amount, ruling.reason
        )?;
    }
    if let Some(settled) = &dispute.settled {
        let how = match &settled.ground {
            Ground::Conceded => "conceded / 对方全额认可".to_owned(),
            Ground::Accepted => "answer accepted / 认可答复".to_owned(),
            Ground::Stood => "answer stands / 逾期未确认".to_owned(),
            Ground::Decided {
                ruling,
                proposer,
                confirmer,
            } => format!(
                "decided by {proposer} and {confirmer}, {} / 裁定",
                ruling.reason
            ),
        };
        writeln!(
            out,
            "  settled at {} / 了结金额, number {}, corrected with {}: {how}",
            settled.amount, settled.settling.number, settled.settling.day
        )?;
    }
    Ok(())
}

fn answer(reply: &Reply) -> String {
    match reply {
        Reply::Accepted => "accepted".to_owned(),
        Reply::Partly(amount) => format!("partly, {amount}"),
        Reply::Rejected(reason) => format!("rejected, {reason}"),
    }
}

/// A dispute in JSON.
#[must_use]
pub fn as_json(dispute: &DisputeSeen) -> Value {
    let pair = dispute.claim.subject.pair();
    let (settlement, kind, day) = match dispute.claim.subject {
        Subject::Debt {
            settlement, kind, ..
        } => (settlement.to_string(), kind.to_string(), String::new()),
        Subject::Row { day, .. } => (String::new(), String::new(), day.to_string()),
    };
    let proposal = dispute.proposal.as_ref().map(|proposal| {
        let (amount, reason) = (proposal.ruling.amount, proposal.ruling.reason);
        json!({
            "amount": amount.to_string(),
            "reason": reason.word(),
            "officer": proposal.by.to_string(),
        })
    });
    let settled = dispute.settled.as_ref().map(|settled| {
        let officers = match &settled.ground {
            Ground::Conceded | Ground::Accepted | Ground::Stood => Vec::new(),
            Ground::Decided {
                proposer,
                confirmer,
                ..
            } => vec![proposer.to_string(), confirmer.to_string()],
        };
        json!({
            "amount": settled.amount.to_string(),
            "by": settled.ground.word(),
            "officers": officers,
            "number": settled.settling.number,
            "business_day": settled.settling.day.to_string(),
            "at": settled.at.to_string(),
        })
    });
    json!({
        "name": dispute.name.to_string(),
        "respondent": dispute.respondent.to_string(),
        "settlement": settlement,
        "kind": kind,
        "business_day": day,
        "debtor": pair.debtor.to_string(),
        "creditor": pair.creditor.to_string(),
        "fund": pair.fund.as_str(),
        "amount": dispute.claim.amount.to_string(),
        "reason": dispute.claim.reason.word(),
        "raised_at": dispute.raised.to_string(),
        "days_old": dispute.days_old,
        "stage": dispute.stage.word(),
        "answer": dispute.reply.as_ref().map(answer),
        "due": dispute.due.map(|due| due.to_string()),
        "days_late": dispute.days_late,
        "proposal": proposal,
        "settled": settled,
    })
}

#[cfg(test)]
mod tests;
