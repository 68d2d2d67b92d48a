//! `huitong node month …`: the clearing month, as the region's own days come to it, and its confirmation.

mod confirm;
mod shown;

use std::io::Write;
use std::process::ExitCode;

use huitong_core::payable::Month;
use huitong_transport::ClientOptions;
use serde_json::Value;

pub use confirm::Confirm;

use super::expense_check::shown as checks;
use super::{block_on, said};
use crate::grpc::expense_check_client::{CheckTold, ExpenseCheckClient};
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

/// Show the region's rows of a month, each beside what its own days come to, and the open checks of its settlements.
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
        let (own, checks) = block_on(async {
            let mut client = MonthDeskClient::connect(&self.server).await?;
            let own = client.show(&self.month).await.map_err(said)?;
            let mut client = ExpenseCheckClient::connect(&self.server).await?;
            let (checks, _) = client.all().await.map_err(said)?;
            Ok((own, checks))
        })?;
        let open = open_of(&self.month, checks);
        if self.json {
            writeln!(out, "{}", with_checks(shown::as_json(&own), &open))?;
        } else {
            shown::print(&own, out)?;
            for told in &open {
                writeln!(out, "  under check / 费用协查未完成:")?;
                checks::print(told, out)?;
            }
        }
        let holds = own.rows.iter().all(|row| own.holds(row));
        Ok(if holds {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(1)
        })
    }
}

/// The checks of settlements of a month in which somebody is still to say something.
fn open_of(month: &Month, mut checks: Vec<CheckTold>) -> Vec<CheckTold> {
    checks.retain(|told| told.standing.is_open() && Month::of(told.settled_on) == *month);
    checks
}

fn with_checks(mut page: Value, open: &[CheckTold]) -> Value {
    if let Value::Object(page) = &mut page {
        let open = open.iter().map(checks::as_json);
        page.insert("open_checks".to_owned(), open.collect());
    }
    page
}

#[cfg(test)]
mod tests {
    use huitong_core::vocabulary::CheckStanding;
    use serde_json::json;

    use super::super::expense_check::samples::told;
    use super::*;

    #[test]
    fn a_month_shows_the_open_checks_of_its_own_settlements() {
        let checks = vec![
            told("510100", CheckStanding::Overdue, 1, "2026-03-31"),
            told("510100", CheckStanding::Confirmed, 0, "2026-03-02"),
            told("510100", CheckStanding::Waiting, 0, "2026-04-01"),
        ];
        let open = open_of(&"2026-03".parse().unwrap(), checks);
        let page = with_checks(json!({"month": "2026-03"}), &open);
        let shown = page["open_checks"].as_array().unwrap();
        assert_eq!(shown.len(), 1);
        assert_eq!(shown[0]["state"], "overdue");
    }
}
