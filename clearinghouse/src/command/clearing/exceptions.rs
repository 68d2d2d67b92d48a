//! `huitong clearing exceptions`.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::own_clearing::DebtWaiting;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::WaitingReason;
use huitong_desk::waiting;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::own_clearing::{
    debt_waiting_from_wire, waiting_ages_from_wire, waiting_reason_to_wire,
};
use serde_json::json;

use super::connection::{Connection, Shape, print_json, told};
use super::shown;

/// The legs that no plan took although their day is over: why, how long already, and what both regions said.
#[derive(Debug, clap::Args)]
pub(super) struct Exceptions {
    #[command(flatten)]
    connection: Connection,
    /// Only what this region reported / 统筹区
    #[arg(long)]
    region: Option<RegionCode>,
    /// Only those that wait for this reason / 原因
    #[arg(long, value_parser = waiting::reasons())]
    reason: Option<WaitingReason>,
    /// Only those held for so many days / 挂账天数下限
    #[arg(long, default_value_t = 0)]
    days: u32,
}

impl Exceptions {
    /// Fails with 1 when a leg that is listed, and about which something is to be done, waits for more than 30 days.
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let reason = self.reason.map_or(0, waiting_reason_to_wire);
        let mut client = self.connection.exceptions().await?;
        let (mut debts, mut after) = (Vec::new(), None);
        let ages = loop {
            let request = v1::ListExceptionsRequest {
                region: self
                    .region
                    .map(|region| region.to_string())
                    .unwrap_or_default(),
                reason,
                at_least_days: self.days,
                after,
            };
            let page = client.list_exceptions(request).await;
            let page = page.map_err(|status| told(&status))?.into_inner();
            for exception in page.exceptions {
                debts.push(debt_waiting_from_wire(exception, Path::root("exceptions"))?);
            }
            after = page.next;
            if after.is_none() {
                let ages = page.ageing.iter();
                let ages = ages.map(|of| waiting_ages_from_wire(of, Path::root("ageing")));
                break ages.collect::<Result<Vec<_>, _>>()?;
            }
        };
        match self.connection.shape() {
            Shape::Json => {
                let shown = debts.iter().map(waiting::document);
                let document = json!({
                    "exceptions": shown.collect::<Vec<_>>(),
                    "ageing": waiting::ages_document(&ages),
                });
                print_json(out, &document)?;
            }
            Shape::Text => {
                for debt in &debts {
                    waiting::print(debt, out)?;
                }
                waiting::print_ages(&ages, out)?;
            }
        }
        Ok(shown::exit_by(&debts, DebtWaiting::is_late))
    }
}
