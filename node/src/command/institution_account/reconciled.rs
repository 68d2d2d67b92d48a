//! `huitong node reconciled`: which institutions have reconciled which days, and which have not.

use std::io::Write;
use std::process::ExitCode;

use anyhow::bail;
use huitong_core::date::BusinessDay;
use huitong_core::institution::InstitutionCode;
use huitong_core::institution_account::{DayStanding, Span};
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::shown::{day_as_json, print_day};
use crate::command::{block_on, said};
use crate::grpc::institution_account_client::InstitutionAccountClient;

/// Show who has reconciled a day, or which days an institution has reconciled.
#[derive(Debug, clap::Args)]
pub struct Reconciled {
    /// This day / 业务日
    #[arg(long, conflicts_with_all = ["from", "to"])]
    day: Option<BusinessDay>,
    /// The first of at most 31 days, of one institution / 起始日
    #[arg(long, requires = "to")]
    from: Option<BusinessDay>,
    /// The last of them / 终止日
    #[arg(long, requires = "from")]
    to: Option<BusinessDay>,
    /// Of this institution alone; the own one with an institution's certificate / 仅列某医疗机构
    #[arg(long)]
    institution: Option<InstitutionCode>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Reconciled {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let span = match (self.from, self.to) {
            (Some(from), Some(to)) => Some(Span::new(from, to)?),
            (Some(_), None) | (None, Some(_) | None) => None,
        };
        if self.day.is_none() && span.is_none() {
            bail!("name --day, or --from and --to / 请填写 --day，或 --from 与 --to");
        }
        let days = block_on(async {
            let mut client = InstitutionAccountClient::connect(&self.server).await?;
            let days = client.reconciled((self.day, span), self.institution).await;
            days.map_err(said)
        })?;
        let missing = days
            .iter()
            .filter(|day| day.standing == DayStanding::Missing)
            .count();
        if self.json {
            let listed: Vec<Value> = days.iter().map(day_as_json).collect();
            writeln!(out, "{}", json!({ "days": listed, "missing": missing }))?;
            return Ok(ExitCode::SUCCESS);
        }
        days.iter().try_for_each(|day| print_day(day, out))?;
        writeln!(out, "missing 未对账: {missing}")?;
        Ok(ExitCode::SUCCESS)
    }
}
