//! `huitong node payables`: what is owed to institutions for a month. An institution lists its own with its own certificate.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::institution::InstitutionCode;
use huitong_core::payable::Month;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::shown::{as_json, print, yuan};
use crate::command::{block_on, said};
use crate::grpc::payable_client::PayableClient;

/// List what is owed to institutions for a month, and what was paid.
#[derive(Debug, clap::Args)]
pub struct Payables {
    /// The month, as 2026-11 / 月份
    #[arg(long)]
    month: Month,
    /// Of this institution alone / 仅列某医疗机构
    #[arg(long)]
    institution: Option<InstitutionCode>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Payables {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let all = block_on(async {
            let mut client = PayableClient::connect(&self.server).await?;
            let all = client.all(&self.month, self.institution).await;
            all.map_err(said)
        })?;
        let restored = all.restored;
        let all = all.payables;
        let remains = all.iter().map(|told| told.due.2);
        let remains = remains.fold(0, i64::saturating_add);
        if self.json {
            let listed: Vec<Value> = all.iter().map(as_json).collect();
            let page = json!({ "payables": listed, "remains_fen": remains, "restored": restored.map(|at| at.to_string()) });
            writeln!(out, "{page}")?;
            return Ok(ExitCode::SUCCESS);
        }
        if let Some(at) = restored {
            writeln!(
                out,
                "restored from a backup at {at}: payments entered shortly before are lost; enter them again from the bank's list before you pay 节点曾由备份恢复，此前登记的付款可能缺失，付款前请按银行流水补登"
            )?;
        }
        writeln!(out, "{} institutions / 家医疗机构", all.len())?;
        all.iter().try_for_each(|told| print(told, out))?;
        writeln!(out, "remains in all 应付余额合计: {}", yuan(remains)?)?;
        Ok(ExitCode::SUCCESS)
    }
}
