//! `huitong node month …`: the clearing month, as the region's own days come to it, and its confirmation.

mod confirm;
mod shown;

use std::io::Write;
use std::process::ExitCode;

use huitong_core::payable::Month;
use huitong_transport::ClientOptions;

pub use confirm::Confirm;

use super::{block_on, said};
use crate::grpc::month_client::MonthDeskClient;

/// The clearing month / 月度清算确认
#[derive(Debug, clap::Subcommand)]
pub enum MonthCommand {
    /// The region's rows, each beside what its own days come to; exit 1 when one does not tie / 查看并核对
    Show(Show),
    /// Confirm the month, but for the rows you object to / 确认
    #[command(override_usage = "huitong node month confirm [OPTIONS] --digest <DIGEST> <MONTH>")]
    Confirm(Confirm),
}

impl MonthCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Show(show) => show.run(out),
            Self::Confirm(confirm) => confirm.run(out),
        }
    }
}

/// Show the region's rows of a month, each beside what its own days come to.
#[derive(Debug, clap::Args)]
pub struct Show {
    /// The month, such as 2026-03 / 月份
    month: Month,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Show {
    fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let own = block_on(async {
            let mut client = MonthDeskClient::connect(&self.server).await?;
            client.show(&self.month).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", shown::as_json(&own))?;
        } else {
            shown::print(&own, out)?;
        }
        let holds = own.rows.iter().all(|row| own.holds(row));
        Ok(if holds {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        })
    }
}
