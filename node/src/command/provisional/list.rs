//! `huitong node provisional list`: what was settled provisionally in this region.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::id::SettlementId;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::shown::{Sums, said as state, word};
use crate::command::true_up_shown::{print_true_up, true_up_json};
use crate::command::{block_on, said};
use crate::grpc::provisional_client::{GivenTold, ProvisionalClient, Stands};

/// Which settlements are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Which {
    /// The home region has not answered yet / 待参保地确认
    Open,
    /// The home region booked it / 已补结算
    TruedUp,
    /// The home region finally refused it / 参保地拒付
    Borne,
    /// Reversed, or taken back before it was booked / 已冲正或已撤回
    Reversed,
}

impl Which {
    fn is(self, stands: Stands) -> bool {
        match stands {
            Stands::Open => self == Self::Open,
            Stands::TruedUp => self == Self::TruedUp,
            Stands::Borne => self == Self::Borne,
            Stands::Reversed | Stands::TakenBack => self == Self::Reversed,
        }
    }
}

/// List what was settled provisionally here.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only those of one state / 仅列某一状态
    #[arg(long)]
    only: Option<Which>,
    /// Those after this one, where the last page ended / 上页末尾
    #[arg(long)]
    after: Option<SettlementId>,
    /// Settlements of the page, at most 200 / 每页件数
    #[arg(long, default_value_t = 200)]
    limit: u32,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl List {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (mut given, next) = block_on(async {
            let mut client = ProvisionalClient::connect(&self.server).await?;
            client.given(self.after, self.limit).await.map_err(said)
        })?;
        given.retain(|told| self.only.is_none_or(|only| only.is(told.stands)));
        let mut sums = Sums::NOTHING;
        for told in &given {
            let true_up = told.true_up.as_ref().map(|(true_up, _)| true_up);
            sums.add(told.stands, told.advanced, true_up)?;
        }
        if self.json {
            let all: Vec<Value> = given.iter().map(as_json).collect();
            let next = next.map(|next| next.to_string());
            let page = json!({ "settlements": all, "sums": sums.json(), "next": next });
            writeln!(out, "{page}")?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "{} provisional settlements / 件先行结算", given.len())?;
        given.iter().try_for_each(|told| print(told, out))?;
        sums.print("sums of the page / 本页合计", out)?;
        if let Some(next) = next {
            writeln!(out, "more with / 下一页: --after {next}")?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(told: &GivenTold, out: &mut dyn Write) -> std::io::Result<()> {
    let (institution, request) = &told.institution;
    let (home, psn_no) = &told.person;
    writeln!(out, "{}: {}", told.settlement, state(told.stands))?;
    writeln!(
        out,
        "  {home} {psn_no} at 就医于 {institution} ({request}), {}",
        told.settled_at
    )?;
    writeln!(
        out,
        "  given provisionally 先行给付 {}, cash told 告知现金 {}",
        told.advanced, told.told
    )?;
    if let Some((true_up, day)) = &told.true_up {
        writeln!(out, "  home region's word of 参保地确认日 {day}")?;
        print_true_up(true_up, out)?;
    }
    Ok(())
}

fn as_json(told: &GivenTold) -> Value {
    let (institution, request) = &told.institution;
    let (home, psn_no) = &told.person;
    let of = told.true_up.as_ref();
    json!({
        "settlement": told.settlement.to_string(),
        "state": word(told.stands),
        "home_region": home.to_string(),
        "person": psn_no,
        "institution": institution,
        "request_id": request,
        "settled_at": told.settled_at.to_string(),
        "told_fen": told.told.get(),
        "advanced_fen": told.advanced.get(),
        "business_day": of.map(|(_, day)| day.to_string()),
        "true_up": of.map(|(true_up, _)| true_up_json(true_up)),
    })
}
