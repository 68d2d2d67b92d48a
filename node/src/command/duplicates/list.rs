//! `huitong node duplicates list`: the people whom another region insures too, by number.

use std::io::Write;
use std::process::ExitCode;

use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::shown::{as_json, print, print_standing, standing_json};
use crate::command::{block_on, said};
use crate::duplicates::seen::Which;
use crate::grpc::duplicate_client::DuplicateClient;

/// List the people.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Also those with whom there is nothing to do / 含无需办理的
    #[arg(long)]
    all: bool,
    /// Those after this one, where the last page ended / 上页末尾
    #[arg(long, default_value = "")]
    after: String,
    /// People of the page, at most 200 / 每页人数
    #[arg(long, default_value_t = 200)]
    limit: u32,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let which = if self.all { Which::All } else { Which::Open };
        let (duplicates, next, standing) = block_on(async {
            let mut client = DuplicateClient::connect(&self.server).await?;
            let page = client.page(&self.after, self.limit, which).await;
            page.map_err(said)
        })?;
        if self.json {
            let all: Vec<Value> = duplicates.iter().map(as_json).collect();
            let page = json!({
                "duplicates": all,
                "next": next,
                "standing": standing_json(&standing),
            });
            writeln!(out, "{page}")?;
            return Ok(ExitCode::SUCCESS);
        }
        print_standing(&standing, out)?;
        writeln!(out, "{} people / 人", duplicates.len())?;
        duplicates.iter().try_for_each(|told| print(told, out))?;
        if !next.is_empty() {
            writeln!(out, "more with / 下一页: --after {next}")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
