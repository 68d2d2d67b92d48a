//! `huitong node external withdraw`: a recorded settlement counts no more.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::external::CoreId;
use huitong_core::vocabulary::ExternalEndReason;
use huitong_transport::ClientOptions;

use super::shown::{as_json, print};
use crate::command::{block_on, said};
use crate::grpc::external_client::ExternalClient;

/// Take a recorded settlement back, in full.
#[derive(Debug, clap::Args)]
pub struct Withdraw {
    /// The core system's own id / 核心系统结算编号
    core_id: CoreId,
    /// reversed, mistaken, duplicate or wrong_person / 撤回原因
    #[arg(long)]
    reason: ExternalEndReason,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Withdraw {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (told, version) = block_on(async {
            let mut client = ExternalClient::connect(&self.server).await?;
            let done = client.withdraw(&self.core_id, self.reason).await;
            done.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&told))?;
        } else {
            writeln!(
                out,
                "withdrawn; the record is at version {version} / 已撤回"
            )?;
            print(&told, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
