//! `huitong node withdraw-deduction`: what was taken off is paid after all.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::deduction::DeductionNote;
use huitong_core::id::DeductionId;
use huitong_core::vocabulary::DeductionEndReason;
use huitong_transport::ClientOptions;

use super::shown::{as_json, print};
use crate::command::{block_on, said};
use crate::grpc::deduction_client::DeductionClient;

/// Withdraw a deduction, in full.
#[derive(Debug, clap::Args)]
pub struct WithdrawDeduction {
    /// The deduction, ded_… / 扣款编号
    deduction: DeductionId,
    /// appeal_upheld, mistaken or ordered / 撤销原因
    #[arg(long)]
    reason: DeductionEndReason,
    /// What the institution is told: one line that names no patient / 告知医疗机构的说明，不得含患者信息
    #[arg(long)]
    note: Option<DeductionNote>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl WithdrawDeduction {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let told = block_on(async {
            let mut client = DeductionClient::connect(&self.server).await?;
            let withdrawn = client.withdraw(self.deduction, self.reason, self.note.as_ref());
            withdrawn.await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&told))?;
        } else {
            print(&told, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
