//! `huitong clearing prefund propose`, `list` and `movements`.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::prefund::Prefund;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::PrefundLevel;
use huitong_proto::clearing::v1;
use huitong_proto::conversion::prefund::{prefund_level_to_wire, prefund_to_wire};
use serde_json::json;

use super::shown;
use crate::command::clearing::connection::{Connection, Shape, print_json, told};

/// What prefunds come to by last year's spending: so many months of its average.
#[derive(Debug, clap::Args)]
pub(super) struct Propose {
    #[command(flatten)]
    connection: Connection,
    /// The year that is to be set, four digits / 年度（四位）
    #[arg(long, value_parser = super::year)]
    year: u16,
    /// Print a CSV file that `set --file` reads / 以CSV输出
    #[arg(long, conflicts_with = "json")]
    csv: bool,
}

impl Propose {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.prefunds().await?;
        let (mut proposals, mut after) = (Vec::new(), None);
        loop {
            let request = v1::ProposePrefundsRequest {
                year: self.year.into(),
                after,
            };
            let page = client.propose(request).await;
            let page = page.map_err(|status| told(&status))?.into_inner();
            proposals.extend(page.proposals);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        if self.csv {
            return shown::proposals_csv(out, &proposals);
        }
        match self.connection.shape() {
            Shape::Json => {
                let proposals = proposals.iter().map(shown::proposal_json);
                let proposals = proposals.collect::<anyhow::Result<Vec<_>>>()?;
                print_json(out, &json!({ "year": self.year, "proposals": proposals }))
            }
            Shape::Text => shown::proposals_text(out, &proposals),
        }
    }
}

/// How prefunds stand: what is held, used, missing or over, and what is warned of.
#[derive(Debug, clap::Args)]
pub(super) struct List {
    #[command(flatten)]
    connection: Connection,
    /// Only those that this member pays or holds / 清算成员
    #[arg(long)]
    member: Option<RegionCode>,
    /// Only from this level on: normal, yellow or red / 预警等级下限
    #[arg(long, default_value = "normal")]
    from: PrefundLevel,
}

impl List {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut client = self.connection.prefunds().await?;
        let (mut prefunds, mut after) = (Vec::new(), None);
        loop {
            let request = v1::ListPrefundsRequest {
                member: self.member.map(|code| code.to_string()).unwrap_or_default(),
                from: prefund_level_to_wire(self.from),
                after,
            };
            let page = client.list_prefunds(request).await;
            let page = page.map_err(|status| told(&status))?.into_inner();
            prefunds.extend(page.prefunds);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        shown::print_standings(out, self.connection.shape(), &prefunds)?;
        Ok(if prefunds.iter().any(shown::is_late) {
            ExitCode::FAILURE
        } else {
            ExitCode::SUCCESS
        })
    }
}

/// What moved, and what was taken out again.
#[derive(Debug, clap::Args)]
pub(super) struct Movements {
    #[command(flatten)]
    connection: Connection,
    /// Only of this one: PAYER-HOLDER-FUND / 预付金
    #[arg(long)]
    prefund: Option<Prefund>,
}

impl Movements {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut client = self.connection.prefunds().await?;
        let (mut movements, mut after) = (Vec::new(), None);
        loop {
            let request = v1::ListPrefundMovementsRequest {
                prefund: self.prefund.map(prefund_to_wire),
                after,
            };
            let page = client.list_prefund_movements(request).await;
            let page = page.map_err(|status| told(&status))?.into_inner();
            movements.extend(page.movements);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        match self.connection.shape() {
            Shape::Json => {
                let movements = movements.iter().map(shown::movement_json);
                let movements = movements.collect::<anyhow::Result<Vec<_>>>()?;
                print_json(out, &json!({ "movements": movements }))
            }
            Shape::Text => shown::movements_text(out, &movements),
        }
    }
}
