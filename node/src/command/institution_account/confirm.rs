//! `huitong node institution-month confirm`: answer lines of the own month, as they were listed.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_core::institution_account::LineVerdict;
use huitong_core::payable::Month;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::lines_file;
use crate::command::{block_on, said};
use crate::grpc::institution_account_client::{
    self as accounts, InstitutionAccountClient, LINES, Said,
};

/// Confirm lines of a month, or object to them. Sent again, it is the same confirmation.
#[derive(Debug, clap::Args)]
pub struct Confirm {
    /// The month, as 2026-11 / 月份
    #[arg(long)]
    month: Month,
    /// The file that list --out wrote, with a verdict in its last column: confirmed, or a reason to object / 明细文件
    #[arg(long, required_unless_present = "all", conflicts_with = "all")]
    lines: Option<PathBuf>,
    /// Confirm all that waits, as it is listed now / 确认全部待确认明细
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Confirm {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let read = self.lines.as_deref().map(lines_file::read).transpose()?;
        let made = block_on(async {
            let mut client = InstitutionAccountClient::connect(&self.server).await?;
            let answers = match read {
                Some(answers) => answers,
                None => waiting(&mut client, &self.month).await?,
            };
            let mut made = Vec::new();
            for part in answers.chunks(LINES) {
                let confirmation = client.confirm(&self.month, part).await;
                let confirmation = confirmation.map_err(said)?;
                // Each is told at once: what comes after it may be refused.
                if !self.json {
                    writeln!(out, "{confirmation}: {} lines / 条明细", part.len())?;
                }
                made.push((confirmation, part.len()));
            }
            anyhow::Ok(made)
        })?;
        if self.json {
            let made: Vec<Value> = made
                .iter()
                .map(|(id, count)| json!({ "confirmation": id, "count": count }))
                .collect();
            writeln!(out, "{}", json!({ "confirmations": made }))?;
        } else if made.is_empty() {
            writeln!(out, "nothing to confirm / 没有待确认明细")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn waiting(
    client: &mut InstitutionAccountClient,
    month: &Month,
) -> anyhow::Result<Vec<Said>> {
    let lines = client.lines(month, None).await.map_err(said)?;
    let waiting = lines.iter().filter(|told| told.answer.is_none());
    Ok(waiting
        .map(|told| accounts::said(&told.line, LineVerdict::Confirmed))
        .collect())
}
