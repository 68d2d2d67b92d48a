//! `huitong node deductions`: what audits took off, by month, institution and state. An institution lists its own with its
//! own certificate.

use std::io::Write;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::date::BusinessDay;
use huitong_core::institution::InstitutionCode;
use huitong_core::money::Fen;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::shown::{as_json, print};
use crate::command::{block_on, said};
use crate::grpc::deduction_client::{DeductionClient, DeductionTold, Standing};

/// List audit deductions, by the days on which they were ordered.
#[derive(Debug, clap::Args)]
pub struct Deductions {
    /// The month, as 2026-11; or a day / 月份或日期
    #[arg(long, value_parser = days)]
    month: (BusinessDay, BusinessDay),
    /// Of this institution alone / 仅列某医疗机构
    #[arg(long)]
    institution: Option<InstitutionCode>,
    /// Only those of one state / 仅列某一状态
    #[arg(long)]
    state: Option<State>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// Which deductions are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum State {
    /// The home region has not answered yet, also to a withdrawal / 待参保地确认
    Open,
    /// It is deducted / 已扣款
    Stands,
    /// The home region refused it / 参保地拒绝
    Refused,
    /// Withdrawn, or ended with the reversal of its settlement / 已撤销或随冲正终止
    Ended,
}

impl State {
    fn is(self, standing: Standing) -> bool {
        match standing {
            Standing::Asked | Standing::Withdrawing => self == Self::Open,
            Standing::Stands => self == Self::Stands,
            Standing::Refused => self == Self::Refused,
            Standing::Withdrawn | Standing::Lifted => self == Self::Ended,
        }
    }
}

/// The first and the last day of a month, or a day twice.
pub(in crate::command) fn days(text: &str) -> anyhow::Result<(BusinessDay, BusinessDay)> {
    if let Ok(day) = BusinessDay::parse(text) {
        return Ok((day, day));
    }
    let first = BusinessDay::parse(&format!("{text}-01"));
    let first = first.with_context(|| "a month, as 2026-11, or a day / 应为月份或日期")?;
    let (year, month) = (first.year(), first.month());
    let next = if month == 12 {
        BusinessDay::new(year.saturating_add(1), 1, 1)
    } else {
        BusinessDay::new(year, month.saturating_add(1), 1)
    };
    Ok((first, next?.plus_days(-1)?))
}

impl Deductions {
    pub(in crate::command) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let mut all = block_on(async {
            let mut client = DeductionClient::connect(&self.server).await?;
            let all = client.all(self.month, self.institution).await;
            all.map_err(said)
        })?;
        all.retain(|told| self.state.is_none_or(|state| state.is(told.standing)));
        let deducted = deducted(&all)?;
        if self.json {
            let listed: Vec<Value> = all.iter().map(as_json).collect();
            let page = json!({ "deductions": listed, "deducted_fen": deducted.get() });
            writeln!(out, "{page}")?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "{} deductions / 笔扣款", all.len())?;
        all.iter().try_for_each(|told| print(told, out))?;
        writeln!(out, "deducted of these 其中已扣款: {deducted}")?;
        Ok(ExitCode::SUCCESS)
    }
}

/// What is deducted by those that stand.
fn deducted(all: &[DeductionTold]) -> anyhow::Result<Fen> {
    let standing = all.iter().filter(|told| match told.standing {
        Standing::Stands | Standing::Withdrawing => true,
        Standing::Asked | Standing::Refused | Standing::Withdrawn | Standing::Lifted => false,
    });
    Ok(Fen::sum(standing.flat_map(|told| {
        told.amounts.iter().map(|(_, amount)| *amount)
    }))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_its_days_and_a_day_is_itself() {
        let read = |text| {
            let (first, last) = days(text).unwrap();
            (first.to_string(), last.to_string())
        };
        let of = |first: &str, last: &str| (first.to_owned(), last.to_owned());
        assert_eq!(read("2024-02"), of("2024-02-01", "2024-02-29"));
        assert_eq!(read("2026-12"), of("2026-12-01", "2026-12-31"));
        assert_eq!(read("2026-11-05"), of("2026-11-05", "2026-11-05"));
        assert!(days("2026-13").is_err());
    }
}
