//! `huitong node institution-month roll-back`: take a confirmation of the own month back, whole.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::id::ConfirmationId;
use huitong_core::payable::Month;
use huitong_transport::ClientOptions;
use serde_json::json;

use crate::command::{block_on, said};
use crate::grpc::institution_account_client::InstitutionAccountClient;

/// Take a confirmation back. Its lines wait again.
#[derive(Debug, clap::Args)]
pub struct RollBack {
    /// The confirmation / 确认编号
    confirmation: ConfirmationId,
    /// The month, as 2026-11 / 月份
    #[arg(long)]
    month: Month,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl RollBack {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        block_on(async {
            let mut client = InstitutionAccountClient::connect(&self.server).await?;
            let told = client.roll_back(&self.month, self.confirmation).await;
            told.map_err(said)
        })?;
        if self.json {
            let told =
                json!({ "confirmation": self.confirmation.to_string(), "rolled_back": true });
            writeln!(out, "{told}")?;
        } else {
            writeln!(out, "{}: taken back / 已回退", self.confirmation)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
