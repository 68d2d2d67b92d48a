//! Notices as people read them, and as JSON. Amounts are yuan.

use std::io::Write;

use huitong_core::date::Timestamp;
use huitong_core::vocabulary::Direction;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::payment::direction_from_wire;
use serde_json::{Value, json};

use crate::command::clearing::shown;

/// The payment of a notice, its direction, and what it is called.
pub(super) struct Headed<'a> {
    pub(super) payment: &'a v1::Payment,
    pub(super) direction: Direction,
    pub(super) name: &'static str,
}

/// What stands at the head of a notice.
pub(super) fn head(notice: &v1::Notice) -> anyhow::Result<Headed<'_>> {
    let payment = notice.payment.as_ref();
    let payment = payment.ok_or_else(|| anyhow::anyhow!("a notice has no payment"))?;
    let direction = direction_from_wire(payment.direction, Path::root("direction"))?;
    let name = match direction {
        Direction::PayIn => "payment",
        Direction::PayOut => "receipt",
    };
    Ok(Headed {
        payment,
        direction,
        name,
    })
}

/// How many debts a notice is made of.
pub(super) fn debts(notice: &v1::Notice) -> u64 {
    let legs = notice.parts.iter().map(|part| part.legs);
    legs.fold(0, u64::saturating_add)
}

const fn title(direction: Direction) -> &'static str {
    match direction {
        Direction::PayIn => "PAYMENT NOTICE / 付款通知书",
        Direction::PayOut => "RECEIPT NOTICE / 收款通知书",
    }
}

pub(super) fn print(answer: &v1::ListNoticesResponse, out: &mut dyn Write) -> anyhow::Result<()> {
    if answer.notices.is_empty() {
        writeln!(out, "nothing to pay and nothing to be paid / 无应付应收")?;
    }
    for notice in &answer.notices {
        let Headed {
            payment, direction, ..
        } = head(notice)?;
        writeln!(out, "{} {}", title(direction), payment.reference)?;
        writeln!(
            out,
            "  member {} fund {}: {} yuan, due {} / 成员、基金、金额与期限",
            payment.member,
            shown::fund(payment.fund)?,
            shown::yuan(payment.amount_fen)?,
            payment.due
        )?;
        for part in &notice.parts {
            writeln!(
                out,
                "  {} plan {}: receivable {}, payable {}, net {}, {} debts / 应收、应付、净额、笔数",
                part.business_day,
                part.plan,
                shown::yuan(part.receivable_fen)?,
                shown::yuan(part.payable_fen)?,
                shown::yuan(part.net_fen)?,
                part.legs
            )?;
        }
        writeln!(out, "  {} debts in all / 合计笔数", debts(notice))?;
        for approval in &answer.approvals {
            let at = Timestamp::from_millis(approval.at_ms)?;
            writeln!(out, "  approved by {} at {at} / 审批", approval.officer)?;
        }
        let at = Timestamp::from_millis(answer.ordered_at_ms)?;
        writeln!(out, "  ordered by {} at {at} / 下达", answer.ordered_by)?;
    }
    Ok(())
}

pub(super) fn as_json(answer: &v1::ListNoticesResponse) -> anyhow::Result<Value> {
    let notices = answer.notices.iter().map(|notice| {
        let Headed { payment, name, .. } = head(notice)?;
        let parts = notice.parts.iter().map(|part| {
            Ok(json!({
                "business_day": part.business_day,
                "plan": part.plan,
                "receivable": shown::yuan(part.receivable_fen)?,
                "payable": shown::yuan(part.payable_fen)?,
                "net": shown::yuan(part.net_fen)?,
                "debts": part.legs,
            }))
        });
        Ok(json!({
            "notice": name,
            "reference": payment.reference,
            "member": payment.member,
            "fund": shown::fund(payment.fund)?.as_str(),
            "amount": shown::yuan(payment.amount_fen)?,
            "due": payment.due,
            "debts": debts(notice),
            "parts": parts.collect::<anyhow::Result<Vec<_>>>()?,
        }))
    });
    let approvals = answer.approvals.iter().map(|approval| {
        let at = Timestamp::from_millis(approval.at_ms)?;
        Ok(json!({ "officer": approval.officer, "at": at.to_string() }))
    });
    Ok(json!({
        "business_days": answer.business_days,
        "notices": notices.collect::<anyhow::Result<Vec<_>>>()?,
        "approvals": approvals.collect::<anyhow::Result<Vec<_>>>()?,
        "ordered_by": answer.ordered_by,
        "ordered_at": Timestamp::from_millis(answer.ordered_at_ms)?.to_string(),
    }))
}
