//! `huitong node institution-month close`: the bureau closes an institution's month, or opens it again.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::MonthStanding;
use huitong_core::payable::Month;
use huitong_transport::ClientOptions;

use super::shown::{month_as_json, print_month};
use crate::command::{block_on, said};
use crate::grpc::institution_account_client::InstitutionAccountClient;

/// Close an institution's month: nothing is confirmed or taken back any more.
#[derive(Debug, clap::Args)]
pub struct Close {
    /// The institution / 医疗机构
    institution: InstitutionCode,
    /// The month, as 2026-11 / 月份
    #[arg(long)]
    month: Month,
    /// Open it again / 重新开放
    #[arg(long)]
    reopen: bool,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Close {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let standing = if self.reopen {
            MonthStanding::Open
        } else {
            MonthStanding::Closed
        };
        let month = block_on(async {
            let mut client = InstitutionAccountClient::connect(&self.server).await?;
            let month = client.set(&self.month, self.institution, standing).await;
            month.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", month_as_json(&month))?;
        } else {
            print_month(&month, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
