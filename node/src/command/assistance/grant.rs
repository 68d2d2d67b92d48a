//! `huitong node assistance grant`: a year's assistance is granted to a person.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::date::ServiceDate;
use huitong_core::digest::Digest;
use huitong_core::id::RequestId;
use huitong_core::person::PsnNo;
use huitong_transport::ClientOptions;

use super::everyone::{self, As};
use super::shown::{grant_json, print_grant};
use crate::command::{block_on, said};
use crate::grpc::assistance_client::AssistanceClient;

/// What is said below the options.
const AFTER: &str = "\
Once for a person and year. Totals move as for any settlement, and no other region owes anything: the region pays the
person. The same id again answers the same. With --digest only what was assessed is granted.
每人每年一次；累计同步更新，不产生往来账，由参保地直接发放。同一编号重复办理结果不变；填写 --digest 时仅按测算结果核定。";

/// Grant a person's year.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Grant {
    /// The person's number / 人员编号
    #[arg(value_parser = PsnNo::parse, required_unless_present = "all", conflicts_with = "all")]
    person: Option<PsnNo>,
    /// Everyone who is entitled, each under this id with their number, at most 37 characters / 全部可救助人员
    #[arg(long, requires = "digest")]
    all: bool,
    /// The day on which need was found, YYYY-MM-DD; its year is granted / 认定日期
    #[arg(long)]
    on: ServiceDate,
    /// Your own id of this request, 1 to 64 of A–Z a–z 0–9 . _ : - / 请求编号
    #[arg(long)]
    id: RequestId,
    /// The digest that `assess` named / 测算摘要
    #[arg(long)]
    digest: Option<Digest>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Grant {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let Some(person) = &self.person else {
            let digest = self.digest.context("--digest / 缺少测算摘要")?;
            let shown = if self.json { As::Json } else { As::Text };
            return everyone::grant(&self.server, (self.on, self.id, digest), shown, out);
        };
        let (granted, version) = block_on(async {
            let mut client = AssistanceClient::connect(&self.server).await?;
            let asked = (person, self.on);
            let done = client.grant(self.id, asked, self.digest).await;
            done.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", grant_json(&granted)?)?;
        } else {
            writeln!(out, "granted; the record is at version {version} / 已核定")?;
            print_grant(&granted, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
