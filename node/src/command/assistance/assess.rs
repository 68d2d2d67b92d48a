//! `huitong node assistance assess`: what the policy pays on a person's year, or on everyone's. Nothing is written.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::ServiceDate;
use huitong_core::id::RequestId;
use huitong_core::person::PsnNo;
use huitong_transport::ClientOptions;

use super::everyone::{self, As};
use super::shown::{print_year, year_json};
use crate::command::{block_on, said};
use crate::grpc::assistance_client::AssistanceClient;

/// Assess a person's year.
#[derive(Debug, clap::Args)]
pub struct Assess {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse, required_unless_present = "all", conflicts_with = "all")]
    person: Option<PsnNo>,
    /// Everyone's year, with counts and sums / 全部人员
    #[arg(long)]
    all: bool,
    /// With --all: the id of a run, whose grants count as they were granted / 批次编号
    #[arg(long, requires = "all")]
    run: Option<RequestId>,
    /// The day on which need was found, YYYY-MM-DD; its year is assessed / 认定日期
    #[arg(long)]
    on: ServiceDate,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Assess {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let Some(person) = &self.person else {
            let shown = if self.json { As::Json } else { As::Text };
            return everyone::assess(&self.server, (self.on, self.run), shown, out);
        };
        let (year, version) = block_on(async {
            let mut client = AssistanceClient::connect(&self.server).await?;
            client.assess(person, self.on).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", year_json(&year)?)?;
        } else {
            writeln!(
                out,
                "assessed on version {version} of the record; nothing was written / 测算，未写入"
            )?;
            print_year(&year, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
