//! `huitong node assistance withdraw`: a grant stands no more.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::id::ActId;
use huitong_core::vocabulary::AssistanceEndReason;
use huitong_transport::ClientOptions;

use super::shown::{grant_json, print_grant};
use crate::command::{block_on, said};
use crate::grpc::assistance_client::AssistanceClient;

/// Take a grant back, in full.
#[derive(Debug, clap::Args)]
pub struct Withdraw {
    /// The grant, as it is listed: act_… / 核定编号
    grant: ActId,
    /// year_changed, not_entitled, mistaken or not_paid_out / 撤回原因
    #[arg(long)]
    reason: AssistanceEndReason,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Withdraw {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (granted, version) = block_on(async {
            let mut client = AssistanceClient::connect(&self.server).await?;
            let done = client.withdraw(self.grant, self.reason).await;
            done.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", grant_json(&granted)?)?;
        } else {
            writeln!(
                out,
                "withdrawn; the record is at version {version} / 已撤回"
            )?;
            print_grant(&granted, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
