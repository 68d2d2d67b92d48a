//! `huitong clearing cut-off`.

use std::io::Write;

use huitong_core::date::BusinessDay;
use huitong_proto::clearing::v1;

use super::connection::{Connection, told};
use super::status;

/// Cut a business day off.
#[derive(Debug, clap::Args)]
pub(super) struct CutOff {
    #[command(flatten)]
    connection: Connection,
    /// The business day, such as 2026-03-31 / 业务日
    #[arg(long)]
    day: BusinessDay,
    /// Cut off although some regions have not closed / 截止时间已到，强制日切
    #[arg(long)]
    at_deadline: bool,
}

impl CutOff {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut officer = self.connection.open().await?;
        let request = v1::CutOffRequest {
            business_day: self.day.to_string(),
            at_deadline: self.at_deadline,
        };
        let answer = officer
            .cut_off(request)
            .await
            .map_err(|status| told(&status))?
            .into_inner();
        let status = answer
            .status
            .ok_or_else(|| anyhow::anyhow!("the answer has no status"))?;
        status::print(out, self.connection.shape(), &status)
    }
}
