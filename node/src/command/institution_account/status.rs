//! `huitong node institution-month status`: how months stand.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::institution::InstitutionCode;
use huitong_core::payable::Month;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::shown::{month_as_json, print_month};
use crate::command::{block_on, said};
use crate::grpc::institution_account_client::InstitutionAccountClient;

/// Show how much of a month is confirmed, by institution.
#[derive(Debug, clap::Args)]
pub struct Status {
    /// The month, as 2026-11 / 月份
    #[arg(long)]
    month: Month,
    /// Of this institution alone; the own one with an institution's certificate / 医疗机构
    #[arg(long)]
    institution: Option<InstitutionCode>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Status {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let months = block_on(async {
            let mut client = InstitutionAccountClient::connect(&self.server).await?;
            let months = client.status(&self.month, self.institution).await;
            months.map_err(said)
        })?;
        if self.json {
            let months: Vec<Value> = months.iter().map(month_as_json).collect();
            writeln!(out, "{}", json!({ "months": months }))?;
        } else {
            months
                .iter()
                .try_for_each(|month| print_month(month, out))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
