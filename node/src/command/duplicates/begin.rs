//! `huitong node duplicates begin`: everybody's tags are reported anew.

use std::io::Write;
use std::process::ExitCode;

use huitong_transport::ClientOptions;

use super::shown::{print_standing, standing_json};
use crate::command::{block_on, said};
use crate::grpc::duplicate_client::DuplicateClient;

/// Report everybody's tags anew: the first time, under another key, or when the clearinghouse takes nothing more.
#[derive(Debug, clap::Args)]
pub struct Begin {
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Begin {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let standing = block_on(async {
            let mut client = DuplicateClient::connect(&self.server).await?;
            client.begin().await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", standing_json(&standing))?;
        } else {
            print_standing(&standing, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
