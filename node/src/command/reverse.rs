//! `huitong node reverse`: the bureau takes a settlement of its insured back, in full.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::id::{RequestId, SettlementId};
use huitong_core::money::SignedFen;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::ReversalReason;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::true_up_shown::{print_was_provisional, true_up_json};
use super::{block_on, said};
use crate::grpc::officer::Officer;
use crate::grpc::reversal_client::{LaterAnswer, ReverseAnswer, ReverseAsked};

/// What is said below the options.
const AFTER: &str = "\
Always in full: totals and accounts go back, the institution gives the cash back and is told, the legs are owed back in the open cycle.
Of a bill settled by hand no institution is told and no leg is owed: the person owes the region what it had paid to them.
Later settlements stand; those that would come out differently are listed. The same id again changes nothing and answers the same.
一律全额冲正：累计与账户恢复，机构退还现金并收到告知，往来账在当前业务日反向入账。
手工报销的冲正不通知医疗机构、不产生往来账：原支付给参保人的金额由参保人退回。
其后的结算不受影响，有差异的逐笔列出；相同请求编号重复执行，不再变更，结果相同。";

/// Reverse a settlement of an insured person of the region.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Reverse {
    /// The settlement, stl_… / 结算编号
    settlement: SettlementId,
    /// The region where the person was treated / 就医地统筹区代码
    #[arg(long)]
    treatment: RegionCode,
    /// wrong_person, wrong_bill, duplicate, wrong_place, correction, fraud or ordered / 冲正原因
    #[arg(long)]
    reason: ReversalReason,
    /// Your own id of this request, 1 to 64 of A–Z a–z 0–9 . _ : - / 请求编号
    #[arg(long)]
    id: RequestId,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Reverse {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let asked = ReverseAsked {
            request: self.id,
            treatment: self.treatment,
            settlement: self.settlement,
            reason: self.reason,
        };
        let answer = block_on(async {
            let mut officer = Officer::connect(&self.server).await?;
            officer.reverse(asked).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&answer)?)?;
        } else {
            print(&answer, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(answer: &ReverseAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    let body = &answer.reversal.body;
    let part = &body.clearing;
    writeln!(
        out,
        "{} is reversed by {} on {} ({}) / 已冲正",
        part.settlement, body.reversal, part.business_day, body.reason
    )?;
    for (fund, amount) in &part.amounts {
        let amount = amount.to_string();
        writeln!(out, "  {:26} {amount:>16}", fund.as_str())?;
    }
    if answer.paid_out_fen > 0 {
        let owed = yuan(answer.paid_out_fen)?;
        writeln!(out, "  {:26} {owed:>16}", "owed by the person 参保人应退")?;
    } else {
        let cash = yuan(answer.cash_fen)?;
        writeln!(out, "  {:26} {cash:>16}", "cash to give back 应退现金")?;
    }
    if let Some(true_up) = &answer.true_up {
        print_was_provisional(true_up, out)?;
    }
    let (standing, examined) = (answer.later_standing, answer.later_examined);
    let differing = answer.later.len();
    writeln!(
        out,
        "{standing} later settlements stand, {examined} looked at, {differing} would differ / 其后 {standing} 笔，已复核 {examined} 笔，{differing} 笔有差异"
    )?;
    for later in &answer.later {
        let LaterAnswer {
            settlement,
            treatment,
            business_day,
            ..
        } = later;
        writeln!(out, "{settlement}  {treatment}  {business_day}")?;
        if let Some(why) = &later.undecided {
            writeln!(out, "  nothing would be decided / 无法计算: {why}")?;
        }
        for (fund, before, now) in &later.amounts {
            let (before, now) = (yuan(*before)?, yuan(*now)?);
            writeln!(out, "  {:26} {before:>16} → {now}", fund.as_str())?;
        }
        let (before, now) = later.patient_fen;
        let (before, now) = (yuan(before)?, yuan(now)?);
        writeln!(out, "  {:26} {before:>16} → {now}", "patient 个人")?;
        if let Some(true_up) = &later.true_up {
            print_was_provisional(true_up, out)?;
        }
    }
    Ok(())
}

fn as_json(answer: &ReverseAnswer) -> anyhow::Result<Value> {
    let body = &answer.reversal.body;
    let part = &body.clearing;
    let amounts: serde_json::Map<_, _> = part
        .amounts
        .iter()
        .map(|(fund, amount)| (fund.as_str().to_owned(), json!(amount.to_string())))
        .collect();
    let later = answer.later.iter().map(|later| {
        let moved = |before, now| -> anyhow::Result<Value> {
            Ok(json!({"before": yuan(before)?, "now": yuan(now)?}))
        };
        let amounts = later.amounts.iter().map(|(fund, before, now)| {
            moved(*before, *now).map(|moved| (fund.as_str().to_owned(), moved))
        });
        let (before, now) = later.patient_fen;
        Ok(json!({
            "settlement": later.settlement,
            "treatment": later.treatment,
            "business_day": later.business_day,
            "amounts": amounts.collect::<anyhow::Result<serde_json::Map<_, _>>>()?,
            "patient": moved(before, now)?,
            "undecided": later.undecided,
            "true_up": later.true_up.as_ref().map(true_up_json),
        }))
    });
    Ok(json!({
        "reversal": body.reversal.to_string(),
        "settlement": part.settlement.to_string(),
        "treatment": part.treatment.to_string(),
        "reason": body.reason.word(),
        "business_day": part.business_day.to_string(),
        "amounts": amounts,
        "cash": yuan(answer.cash_fen)?,
        "paid_out": yuan(answer.paid_out_fen)?,
        "true_up": answer.true_up.as_ref().map(true_up_json),
        "later_standing": answer.later_standing,
        "later_examined": answer.later_examined,
        "later": later.collect::<anyhow::Result<Vec<_>>>()?,
    }))
}

fn yuan(fen: i64) -> anyhow::Result<String> {
    Ok(SignedFen::new(fen)?.to_string())
}
