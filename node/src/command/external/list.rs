//! `huitong node external list`: a person's settlements of the core system.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::person::PsnNo;
use huitong_transport::ClientOptions;
use serde_json::Value;

use super::shown::{as_json, print};
use crate::command::{block_on, said};
use crate::grpc::external_client::ExternalClient;

/// List a person's settlements of the core system.
#[derive(Debug, clap::Args)]
pub struct List {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let all = block_on(async {
            let mut client = ExternalClient::connect(&self.server).await?;
            client.all(self.person).await.map_err(said)
        })?;
        if self.json {
            let all: Vec<Value> = all.iter().map(as_json).collect();
            writeln!(out, "{}", Value::Array(all))?;
        } else if all.is_empty() {
            writeln!(out, "none is recorded / 无网外结算记录")?;
        } else {
            all.iter().try_for_each(|told| print(told, out))?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
