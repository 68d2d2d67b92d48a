//! `huitong node status`: what the node holds, and what waits.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::money::SignedFen;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::{block_on, hex, said};
use crate::grpc::officer::{Officer, StatusAnswer};
use crate::grpc::regained_client::{LegsAnswer, LostPolicyAnswer};
use crate::grpc::unsure::UnsureAnswer;
use crate::grpc::witness_client::WitnessAnswer;

/// Say what the node holds and what is open.
#[derive(Debug, clap::Args)]
pub struct ShowStatus {
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl ShowStatus {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let status = block_on(async {
            let mut officer = Officer::connect(&self.server).await?;
            officer.status().await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&status))?;
        } else {
            print(&status, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(status: &StatusAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    let catalogue = status
        .catalogue
        .as_deref()
        .map_or_else(|| "none / 无".to_owned(), hex);
    writeln!(out, "region                  {}", status.region)?;
    writeln!(out, "open business day       {}", status.open_business_day)?;
    writeln!(out, "outcomes not known      {}", status.prepared)?;
    writeln!(out, "reversals not known     {}", status.reversals_open)?;
    writeln!(out, "legs written            {}", status.legs_written)?;
    writeln!(out, "legs held by clearing   {}", status.legs_held)?;
    print_rejected(status, out)?;
    print_attested(status, out)?;
    writeln!(
        out,
        "receipts to deliver     {}",
        status.receipts_undelivered
    )?;
    writeln!(out, "members                 {}", status.members)?;
    writeln!(out, "institutions            {}", status.institutions)?;
    writeln!(out, "catalogue               {catalogue}")?;
    if !status.recovering_from.is_empty() {
        let from = status.recovering_from.join(", ");
        writeln!(out, "IN RECOVERY, waits for  {from} / 恢复中，等待各方")?;
    }
    print_lost(&status.policies_lost, out)?;
    if !status.left_out.is_empty() {
        let without = status.left_out.join(", ");
        writeln!(
            out,
            "SERVES WITHOUT          {without}: have it collected (huitong node recover) once it answers / 未收集，须补收"
        )?;
    }
    if status.incarnation > 1 {
        writeln!(out, "incarnation             {}", status.incarnation)?;
        writeln!(out, "people held             {}", status.held_count)?;
        let legs = status.legs_without_receipt;
        writeln!(out, "legs without receipt    {legs}")?;
    }
    print_unsure(status.unsure.as_ref(), out)?;
    for (psn_no, missing) in &status.held {
        writeln!(
            out,
            "held                    {psn_no}, {missing} changes missing / 暂停，缺失变更"
        )?;
    }
    print_regained(&status.without_receipt, out)?;
    print_witness(&status.witness, out)?;
    for policy in &status.policies {
        let until = if policy.until.is_empty() {
            "…"
        } else {
            &policy.until
        };
        writeln!(
            out,
            "policy                  {} {} {}–{until} {}",
            policy.title,
            policy.scheme,
            policy.from,
            hex(&policy.digest)
        )?;
    }
    Ok(())
}

/// The documents that a restored node waits for.
fn print_lost(lost: &[LostPolicyAnswer], out: &mut dyn Write) -> std::io::Result<()> {
    for policy in lost {
        let digest = hex(&policy.digest);
        let what = if policy.is_here {
            "another document decides in its place: publish or withdraw again what was since the backup / 现由另一政策裁决：请重新发布或撤回备份之后的政策"
        } else {
            "published after the backup: publish the same file again / 备份之后发布：请重新发布同一文件"
        };
        writeln!(out, "POLICY MISSING          {digest}: {what}")?;
    }
    Ok(())
}

/// What the region attested last.
fn print_attested(status: &StatusAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    let attested = match &status.attested {
        Some((day, rows, 0)) => format!("{day}, {rows} rows"),
        Some((day, rows, otherwise)) => {
            format!("{day}, {rows} rows, {otherwise} HELD OTHERWISE by clearing / 核对不符")
        }
        None => "nothing since the node started / 启动后尚未核对".to_owned(),
    };
    writeln!(out, "attested                {attested}")?;
    Ok(())
}

fn as_json(status: &StatusAnswer) -> Value {
    let policies: Vec<Value> = status
        .policies
        .iter()
        .map(|policy| {
            json!({
                "digest": hex(&policy.digest),
                "title": policy.title,
                "scheme": policy.scheme,
                "from": policy.from,
                "until": Some(&policy.until).filter(|until| !until.is_empty()),
            })
        })
        .collect();
    json!({
        "region": status.region,
        "open_business_day": status.open_business_day,
        "prepared": status.prepared,
        "reversals_open": status.reversals_open,
        "legs_written": status.legs_written,
        "legs_held": status.legs_held,
        "rejected": status.rejected.as_ref().map(|(number, code, detail)| json!({
            "number": number,
            "code": code,
            "detail": detail,
        })),
        "attested": status.attested.as_ref().map(|(day, rows, otherwise)| json!({
            "business_day": day,
            "rows": rows,
            "otherwise": otherwise,
        })),
        "receipts_undelivered": status.receipts_undelivered,
        "members": status.members,
        "institutions": status.institutions,
        "catalogue": status.catalogue.as_deref().map(hex),
        "policies": policies,
        "incarnation": status.incarnation,
        "recovering_from": status.recovering_from,
        "left_out": status.left_out,
        "policies_lost": status.policies_lost.iter().map(|policy| json!({
            "digest": hex(&policy.digest),
            "is_here": policy.is_here,
        })).collect::<Vec<_>>(),
        "held_count": status.held_count,
        "held": status.held.iter().map(|(psn_no, missing)| json!({
            "psn_no": psn_no,
            "missing": missing,
        })).collect::<Vec<_>>(),
        "legs_without_receipt": status.legs_without_receipt,
        "without_receipt": status.without_receipt.iter().map(|legs| json!({
            "settlement": legs.settlement,
            "kind": legs.kind,
            "debtor": legs.debtor,
            "creditor": legs.creditor,
            "amount_fen": legs.amount_fen,
            "business_day": legs.business_day,
            "standing": legs.standing,
        })).collect::<Vec<_>>(),
        "unsure": status.unsure.as_ref().map(|unsure| json!({
            "from": unsure.from,
            "to": unsure.to,
            "not_reconciled": unsure.left,
            "not_reconciled_count": unsure.count,
        })),
        "checkpoints": witness_json(&status.witness),
    })
}

/// The first leg that the clearinghouse does not take.
fn print_rejected(status: &StatusAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some((number, code, detail)) = &status.rejected {
        writeln!(
            out,
            "LEG NOT TAKEN           {number}, nor any after it: {code}, {detail} / 该序号及其后未被接收"
        )?;
    }
    Ok(())
}

/// What own institutions settled for the own insured after the backup, which nobody else gives back.
fn print_unsure(unsure: Option<&UnsureAnswer>, out: &mut dyn Write) -> std::io::Result<()> {
    let Some(of) = unsure else {
        return Ok(());
    };
    writeln!(
        out,
        "OWN SETTLEMENTS         of {} to {} may be lost: nobody else holds them; {} institutions have not reconciled these days since / 备份之后本地参保人在本地的结算可能遗失，待医疗机构对账",
        of.from, of.to, of.count
    )?;
    for institution in &of.left {
        writeln!(out, "not reconciled          {institution} / 未对账")?;
    }
    Ok(())
}

/// Legs that came back after a restore without the word that they are of.
fn print_regained(legs: &[LegsAnswer], out: &mut dyn Write) -> anyhow::Result<()> {
    for of in legs {
        let (kind, debtor, creditor) = (&of.kind, &of.debtor, &of.creditor);
        let amount = SignedFen::new(of.amount_fen)?;
        let standing = of.standing.as_deref().unwrap_or("-");
        writeln!(
            out,
            "without receipt         {} {kind}: {debtor} owes {creditor} {amount}, {}; in this book {standing} / 回执遗失",
            of.settlement, of.business_day
        )?;
    }
    Ok(())
}

fn print_witness(witness: &WitnessAnswer, out: &mut dyn Write) -> std::io::Result<()> {
    let (seen, newest) = (witness.seen, witness.newest.max(witness.seen));
    writeln!(out, "checkpoints seen        {seen} of {newest}")?;
    writeln!(out, "words held by clearing  {}", witness.witnessed)?;
    for (plan, day, findings, count) in &witness.refused {
        writeln!(
            out,
            "CHECKPOINT REFUSED      {day}, plan {plan}, {count} findings / 检查点与本区账簿不符"
        )?;
        for finding in findings {
            writeln!(out, "                        {finding}")?;
        }
    }
    if witness.split_views > 0 {
        writeln!(
            out,
            "TWO CHECKPOINTS         of {} plans: huitong node checkpoints --evidence / 同一方案有两份检查点",
            witness.split_views
        )?;
    }
    if !witness.trouble.is_empty() {
        writeln!(
            out,
            "CHECKPOINTS STAND STILL {} / 检查点核对受阻",
            witness.trouble
        )?;
    }
    Ok(())
}

fn witness_json(witness: &WitnessAnswer) -> Value {
    let refused = witness.refused.iter().map(|(plan, day, findings, count)| {
        json!({
            "plan": plan,
            "business_day": day,
            "findings": findings,
            "count": count,
        })
    });
    json!({
        "seen": witness.seen,
        "business_day": Some(&witness.business_day).filter(|day| !day.is_empty()),
        "newest": witness.newest,
        "witnessed": witness.witnessed,
        "refused": refused.collect::<Vec<_>>(),
        "refused_count": witness.refused_count,
        "split_views": witness.split_views,
        "trouble": Some(&witness.trouble).filter(|trouble| !trouble.is_empty()),
    })
}
