//! `huitong node provisional losses`: what provisional settlements cost, by region and month, in both roles.
//!
//! The month is that of the business day of the home region's word. What was reversed or taken back is left out,
//! and so is what is open: nobody knows yet what it will cost.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

use huitong_core::date::BusinessDay;
use huitong_core::money::Fen;
use huitong_core::provisional::TrueUp;
use huitong_core::region::RegionCode;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::shown::Sums;
use crate::command::{block_on, said};
use crate::grpc::provisional_client::{ProvisionalClient, Stands};

/// Sum the losses by region and month.
#[derive(Debug, clap::Args)]
pub struct Losses {
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// Sums by the other region and month.
#[derive(Debug, Default)]
struct ByMonth(BTreeMap<(RegionCode, String), Sums>);

impl ByMonth {
    fn add(
        &mut self,
        other: RegionCode,
        day: BusinessDay,
        stands: Stands,
        true_up: &TrueUp,
    ) -> anyhow::Result<()> {
        match stands {
            Stands::Open | Stands::Reversed | Stands::TakenBack => return Ok(()),
            Stands::TruedUp | Stands::Borne => {}
        }
        let day = day.to_string();
        let month = day
            .rsplit_once('-')
            .map_or(day.as_str(), |(month, _)| month);
        let sums = self.0.entry((other, month.to_owned()));
        let sums = sums.or_insert(Sums::NOTHING);
        sums.add(stands, Fen::ZERO, Some(true_up))
    }

    fn print(&self, out: &mut dyn Write) -> std::io::Result<()> {
        for ((other, month), sums) in &self.0 {
            sums.print(&format!("  {other} {month}"), out)?;
        }
        Ok(())
    }

    fn json(&self, other: &str) -> Value {
        let all = self.0.iter().map(|((region, month), sums)| {
            json!({ other: region.to_string(), "month": month, "sums": sums.json() })
        });
        all.collect()
    }
}

impl Losses {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (given, borne) = block_on(async {
            let mut client = ProvisionalClient::connect(&self.server).await?;
            Ok((given(&mut client).await?, borne(&mut client).await?))
        })?;
        if self.json {
            let (given, borne) = (given.json("home_region"), borne.json("treatment_region"));
            writeln!(
                out,
                "{}",
                json!({ "by_home_region": given, "by_treatment_region": borne })
            )?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "settled here, by home region / 本地就医，按参保地:")?;
        given.print(out)?;
        writeln!(
            out,
            "settled elsewhere, by treatment region / 异地就医，按就医地:"
        )?;
        borne.print(out)?;
        Ok(ExitCode::SUCCESS)
    }
}

async fn given(client: &mut ProvisionalClient) -> anyhow::Result<ByMonth> {
    let (mut sums, mut after) = (ByMonth::default(), None);
    loop {
        let (page, next) = client.given(after, 0).await.map_err(said)?;
        for told in &page {
            if let Some((true_up, day)) = &told.true_up {
                let (home, _) = told.person;
                sums.add(home, *day, told.stands, true_up)?;
            }
        }
        // A next page begins later than this one, or the list would never end.
        if next.is_none() || next <= after {
            return Ok(sums);
        }
        after = next;
    }
}

async fn borne(client: &mut ProvisionalClient) -> anyhow::Result<ByMonth> {
    let (mut sums, mut after) = (ByMonth::default(), None);
    loop {
        let (page, next) = client.trued_up(after, 0).await.map_err(said)?;
        for told in &page {
            sums.add(
                told.treatment,
                told.business_day,
                told.stands,
                &told.true_up,
            )?;
        }
        if next.is_none() || next <= after {
            return Ok(sums);
        }
        after = next;
    }
}
