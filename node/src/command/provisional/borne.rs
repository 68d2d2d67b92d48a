//! `huitong node provisional borne`: what was settled provisionally elsewhere for the region's insured, and what
//! this region bears of it.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::shown::{Sums, said as state, word};
use crate::command::true_up_shown::{print_true_up, true_up_json};
use crate::command::{block_on, said};
use crate::grpc::provisional_client::{Place, ProvisionalClient, TruedUpTold};

/// List what was settled provisionally elsewhere for the region's insured.
#[derive(Debug, clap::Args)]
pub struct Borne {
    /// Those after this one, region/stl_…, where the last page ended / 上页末尾
    #[arg(long, value_parser = place)]
    after: Option<Place>,
    /// Settlements of the page, at most 200 / 每页件数
    #[arg(long, default_value_t = 200)]
    limit: u32,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// Reads where a page ended.
fn place(text: &str) -> anyhow::Result<Place> {
    let parts = text.split_once('/');
    let (region, settlement) =
        parts.context("a region and stl_…, with / between / 应为 地区/编号")?;
    Ok((RegionCode::parse(region)?, SettlementId::parse(settlement)?))
}

impl Borne {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (all, next) = block_on(async {
            let mut client = ProvisionalClient::connect(&self.server).await?;
            client.trued_up(self.after, self.limit).await.map_err(said)
        })?;
        let mut sums = Sums::NOTHING;
        for told in &all {
            sums.add(told.stands, Fen::ZERO, Some(&told.true_up))?;
        }
        let next = next.map(|(region, settlement)| format!("{region}/{settlement}"));
        if self.json {
            let all: Vec<Value> = all.iter().map(as_json).collect();
            let page = json!({ "settlements": all, "sums": sums.json(), "next": next });
            writeln!(out, "{page}")?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "{} trued up here / 件在此补结算", all.len())?;
        all.iter().try_for_each(|told| print(told, out))?;
        sums.print("sums of the page / 本页合计", out)?;
        if let Some(next) = next {
            writeln!(out, "more with / 下一页: --after {next}")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(told: &TruedUpTold, out: &mut dyn Write) -> std::io::Result<()> {
    let (day, institution, psn_no) = (told.business_day, &told.institution, &told.psn_no);
    writeln!(out, "{}: {}", told.settlement, state(told.stands))?;
    let treatment = told.treatment;
    writeln!(
        out,
        "  {psn_no} at 就医于 {treatment} {institution}, booked 入账日 {day}"
    )?;
    print_true_up(&told.true_up, out)
}

fn as_json(told: &TruedUpTold) -> Value {
    json!({
        "settlement": told.settlement.to_string(),
        "state": word(told.stands),
        "treatment_region": told.treatment.to_string(),
        "person": told.psn_no,
        "institution": told.institution,
        "business_day": told.business_day.to_string(),
        "true_up": true_up_json(&told.true_up),
    })
}
