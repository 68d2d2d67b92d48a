//! `huitong policy list`: every document of the region, and how it stands.

use std::io::Write;
use std::process::ExitCode;

use huitong_transport::ClientOptions;
use serde_json::json;

use super::shown::print_policy;
use crate::command::{block_on, said};
use crate::grpc::office_client::OfficeClient;

/// List the region's documents.
#[derive(Debug, clap::Args)]
pub struct List {
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let list = block_on(async {
            let mut office = OfficeClient::connect(&self.server).await?;
            office.list().await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", json!({ "policies": list }))?;
        } else if list.is_empty() {
            writeln!(out, "no documents / 暂无政策")?;
        } else {
            for (nth, policy) in list.iter().enumerate() {
                if nth > 0 {
                    writeln!(out)?;
                }
                print_policy(policy, out)?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}
