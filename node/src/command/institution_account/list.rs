//! `huitong node institution-month list`: the lines of a month, and a file of them.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_core::canonical::Artifact as _;
use huitong_core::institution::InstitutionCode;
use huitong_core::payable::Month;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::lines_file;
use crate::command::{block_on, file, said};
use crate::grpc::institution_account_client::{InstitutionAccountClient, LineTold};

/// List what an institution settled for other regions in a month.
#[derive(Debug, clap::Args)]
pub struct List {
    /// The month, as 2026-11 / 月份
    #[arg(long)]
    month: Month,
    /// Of this institution; the own one with an institution's certificate / 医疗机构
    #[arg(long)]
    institution: Option<InstitutionCode>,
    /// Only what waits for an answer / 仅列待确认明细
    #[arg(long)]
    waiting: bool,
    /// Write the lines into this file for you alone (mode 0600), to be answered in its last column / 导出明细文件（仅本人可读）
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl List {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut lines = block_on(async {
            let mut client = InstitutionAccountClient::connect(&self.server).await?;
            let lines = client.lines(&self.month, self.institution).await;
            lines.map_err(said)
        })?;
        lines.retain(|told| !self.waiting || told.answer.is_none());
        if let Some(path) = &self.out {
            let text = lines_file::text(&lines);
            file::replace_private(path, text.as_bytes())?;
        }
        if self.json {
            let listed: Vec<Value> = lines.iter().map(as_json).collect();
            writeln!(out, "{}", json!({ "lines": listed }))?;
            return Ok(ExitCode::SUCCESS);
        }
        lines.iter().try_for_each(|told| print(told, out))?;
        writeln!(out, "{} lines / 条明细", lines.len())?;
        Ok(ExitCode::SUCCESS)
    }
}

fn print(told: &LineTold, out: &mut dyn Write) -> anyhow::Result<()> {
    let line = &told.line;
    writeln!(
        out,
        "{} {} home 参保地 {}, {}, total 总额 {}, pays 应付 {}",
        line.business_day, line.settlement, line.home, line.setting, line.total, line.pays
    )?;
    if line.advanced {
        writeln!(out, "  settled provisionally 先行结算")?;
    }
    if !line.deducted.is_zero() {
        writeln!(out, "  deducted 已扣款 {}", line.deducted)?;
    }
    if !line.reversed.is_zero() {
        writeln!(out, "  reversed 已冲正 {}", line.reversed)?;
    }
    match &told.answer {
        None => writeln!(out, "  waits for confirmation 待确认")?,
        Some((confirmation, verdict)) => {
            let word = lines_file::word(*verdict);
            writeln!(out, "  {word} under 确认编号 {confirmation}")?;
        }
    }
    if told.changed_since {
        writeln!(out, "  has changed since 确认后有变动")?;
    }
    Ok(())
}

fn as_json(told: &LineTold) -> Value {
    let line = &told.line;
    let answer = told.answer.as_ref();
    json!({
        "settlement": line.settlement.to_string(),
        "at": line.at.to_string(),
        "business_day": line.business_day.to_string(),
        "home_region": line.home.to_string(),
        "setting": line.setting.word(),
        "total_fen": line.total.get(),
        "pays_fen": line.pays.get(),
        "advanced": line.advanced,
        "deducted_fen": line.deducted.get(),
        "reversed_fen": line.reversed.get(),
        "digest": line.digest().to_string(),
        "confirmation": answer.map(|(confirmation, _)| confirmation),
        "verdict": answer.map(|(_, verdict)| lines_file::word(*verdict)),
        "changed_since": told.changed_since,
    })
}
