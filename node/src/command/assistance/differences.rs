//! `huitong node assistance differences`: the grants that stand and would come out differently.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::person::PsnNo;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::shown::{funds_json, grant_json, print_head, yuan};
use crate::command::{block_on, said};
use crate::grpc::assistance_answer::{DifferenceAnswer, OutcomeAnswer};
use crate::grpc::assistance_client::AssistanceClient;

/// What is said below the options.
const AFTER: &str = "\
A grant stands as it was made, whatever is reversed or settled later; nothing is written here. `then` is what it would
have paid on what stands now of its year; `anew` what it comes to when it is withdrawn and granted again, on the totals
that later settlements have moved on.
核定后发生的冲正或新结算不改变已核定的救助；本命令只列出差异，不写入。then 为按现有结算重算，anew 为撤回后重新核定的结果。";

/// List the grants that would come out differently.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Differences {
    /// The person's number; without it, everyone's / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: Option<PsnNo>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Differences {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (all, examined) = block_on(async {
            let mut client = AssistanceClient::connect(&self.server).await?;
            let (mut all, mut examined, mut after) = (Vec::new(), 0_u64, None);
            loop {
                let page = client.differences(self.person.as_ref(), after).await;
                let (found, of, next) = page.map_err(said)?;
                all.extend(found);
                examined = examined.saturating_add(of);
                if next.is_none() {
                    return Ok((all, examined));
                }
                after = next;
            }
        })?;
        if self.json {
            let listed = all.iter().map(as_json);
            let listed = listed.collect::<anyhow::Result<Vec<Value>>>()?;
            writeln!(
                out,
                "{}",
                json!({ "examined": examined, "differences": listed })
            )?;
        } else {
            all.iter().try_for_each(|told| print(told, out))?;
            let differ = all.len();
            writeln!(
                out,
                "{differ} of {examined} grants would come out differently / 有效核定 {examined} 笔，差异 {differ} 笔"
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(told: &DifferenceAnswer, out: &mut dyn Write) -> anyhow::Result<()> {
    print_head(&told.granted, out)?;
    let (psn_no, on) = (&told.granted.year.psn_no, &told.granted.year.on);
    writeln!(out, "{psn_no}  need found on 认定日期 {on}")?;
    for id in &told.gone {
        writeln!(out, "  counts no more 不再计入 {id}")?;
    }
    for id in &told.come {
        writeln!(out, "  counts now 新计入 {id}")?;
    }
    let granted = Ok(told.granted.year.pays.clone());
    for (what, pays) in [
        ("granted 已核定", &granted),
        ("then 重算", &told.then),
        ("anew 撤回后重新核定", &told.anew),
    ] {
        writeln!(out, "  {what}: {}", words(pays)?)?;
    }
    Ok(())
}

fn words(pays: &OutcomeAnswer) -> anyhow::Result<String> {
    Ok(match pays {
        Err(refused) => refused.clone(),
        Ok(pays) if pays.is_empty() => "0.00".to_owned(),
        Ok(pays) => {
            let each = pays.iter().map(|(fund, fen)| {
                let paid = yuan(*fen)?;
                Ok(format!("{fund} {paid}"))
            });
            each.collect::<anyhow::Result<Vec<_>>>()?.join(", ")
        }
    })
}

fn as_json(told: &DifferenceAnswer) -> anyhow::Result<Value> {
    let outcome = |pays: &OutcomeAnswer| match pays {
        Ok(pays) => funds_json(pays),
        Err(refused) => Ok(json!({ "refused": refused })),
    };
    Ok(json!({
        "granted": grant_json(&told.granted)?,
        "then": outcome(&told.then)?,
        "anew": outcome(&told.anew)?,
        "gone": told.gone,
        "come": told.come,
    }))
}
