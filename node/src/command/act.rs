//! What every act on a person's record is typed with, and what is printed of it.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::id::RequestId;
use huitong_core::person::PsnNo;
use huitong_core::record::person::PersonChange;
use huitong_transport::ClientOptions;
use serde_json::json;

use super::filing_shown::{filing_json, print_filing};
use super::{block_on, said};
use crate::grpc::people_client::PeopleClient;

/// The options of an act.
#[derive(Debug, clap::Args)]
pub struct Act {
    /// Your own id of this request, 1 to 64 of A–Z a–z 0–9 . _ : - / 请求编号
    #[arg(long)]
    id: RequestId,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Act {
    pub(super) fn run(
        self,
        person: PsnNo,
        change: &PersonChange,
        out: &mut dyn Write,
    ) -> anyhow::Result<ExitCode> {
        let done = block_on(async {
            let mut people = PeopleClient::connect(&self.server).await?;
            people.change(self.id, person, change).await.map_err(said)
        })?;
        if self.json {
            let filing = done.filing.as_ref().map(filing_json);
            let answer = json!({ "act": done.act, "version": done.version, "filing": filing });
            writeln!(out, "{answer}")?;
            return Ok(ExitCode::SUCCESS);
        }
        let (act, version) = (&done.act, done.version);
        writeln!(
            out,
            "done by {act}; the record is at version {version} / 已办理"
        )?;
        if let Some(filing) = &done.filing {
            print_filing(filing, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
