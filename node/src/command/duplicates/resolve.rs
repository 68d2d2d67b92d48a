//! `huitong node duplicates resolve`: an officer says what becomes of a person whom another region insures too.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::person::PsnNo;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::DuplicateReason;
use huitong_transport::ClientOptions;

use super::shown::{as_json, print};
use crate::command::{block_on, said};
use crate::grpc::duplicate_client::DuplicateClient;

/// Say what becomes of one; the other region is shown the reason and the day.
#[derive(Debug, clap::Args)]
pub struct Resolve {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse)]
    person: PsnNo,
    /// The other region / 对方统筹区
    region: RegionCode,
    /// kept_here, ended_here, lawful or other_person / 处理结果
    #[arg(long)]
    reason: DuplicateReason,
    /// In your own words, at most 200 characters; required for lawful. It stays in this region / 备注
    #[arg(long, default_value = "")]
    note: String,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Resolve {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let told = block_on(async {
            let mut client = DuplicateClient::connect(&self.server).await?;
            let named = (self.person, self.region);
            let done = client.resolve(named, self.reason, &self.note).await;
            done.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&told))?;
        } else {
            print(&told, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
