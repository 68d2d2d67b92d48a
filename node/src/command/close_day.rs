//! `huitong node close-day`: later commits fall on the next business day.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::BusinessDay;
use huitong_transport::ClientOptions;
use serde_json::json;

use super::{block_on, said};
use crate::grpc::officer::Officer;

/// Close a business day.
#[derive(Debug, clap::Args)]
pub struct CloseDay {
    /// The day, such as 2026-01-05 / 业务日
    #[arg(long)]
    day: BusinessDay,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl CloseDay {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let day = self.day;
        let closed = block_on(async {
            let mut officer = Officer::connect(&self.server).await?;
            officer.close_day(day).await.map_err(said)
        })?;
        let (up_to, acknowledged) = (closed.up_to, closed.acknowledged);
        if self.json {
            let day = day.to_string();
            writeln!(
                out,
                "{}",
                json!({"day": day, "up_to": up_to, "acknowledged": acknowledged})
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(
            out,
            "{day} is closed; its last leg is number {up_to} / 已日切，末笔编号 {up_to}"
        )?;
        if !acknowledged {
            writeln!(
                out,
                "the clearinghouse does not count the region as closed yet; it will be told again / 清算中心尚未确认，系统将继续发送"
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
