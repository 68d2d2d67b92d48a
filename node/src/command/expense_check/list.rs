//! `huitong node check list`: the region's checks in both roles, and how many of them are late, by region.

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

use huitong_core::region::RegionCode;
use huitong_core::vocabulary::CheckStanding;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::shown::{as_json, print};
use crate::command::{block_on, said};
use crate::grpc::expense_check_client::{CheckTold, CollectingTold, ExpenseCheckClient};

/// List the region's checks in both roles.
#[derive(Debug, clap::Args)]
pub struct List {
    /// Only those in which somebody is still to say something / 仅列未办结
    #[arg(long, conflicts_with = "overdue")]
    open: bool,
    /// Only those that are not answered in time / 仅列逾期未答复
    #[arg(long)]
    overdue: bool,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// What the checks of a treatment region come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Checks that somebody is still to say something in.
    pub open: u32,
    /// Those of them that are not answered in time.
    pub overdue: u32,
    /// How often a day to answer by has passed without an answer, over all checks.
    pub late: u32,
}

/// The counts of the regions that are to answer.
pub(super) fn counted(all: &[CheckTold]) -> BTreeMap<RegionCode, Count> {
    let mut counts: BTreeMap<RegionCode, Count> = BTreeMap::new();
    for told in all {
        let count = counts.entry(told.treatment).or_default();
        let is = |is: bool| u32::from(is);
        let is_overdue = told.standing == CheckStanding::Overdue;
        count.open = count.open.saturating_add(is(told.standing.is_open()));
        count.overdue = count.overdue.saturating_add(is(is_overdue));
        count.late = count.late.saturating_add(told.late);
    }
    counts
}

impl List {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (mut all, collecting) = block_on(async {
            let mut client = ExpenseCheckClient::connect(&self.server).await?;
            client.all().await.map_err(said)
        })?;
        let counts = counted(&all);
        all.retain(|told| {
            let is_overdue = told.standing == CheckStanding::Overdue;
            (!self.open || told.standing.is_open()) && (!self.overdue || is_overdue)
        });
        if self.json {
            let listed: Vec<Value> = all.iter().map(as_json).collect();
            let counts = counts.iter().map(|(region, count)| {
                json!({
                    "treatment_region": region.to_string(),
                    "open": count.open,
                    "overdue": count.overdue,
                    "late": count.late,
                })
            });
            let page = json!({
                "checks": listed,
                "regions": counts.collect::<Vec<_>>(),
                "collecting": collecting.iter().map(collecting_as_json).collect::<Vec<_>>(),
            });
            writeln!(out, "{page}")?;
            return Ok(ExitCode::SUCCESS);
        }
        writeln!(out, "{} checks / 笔协查", all.len())?;
        all.iter().try_for_each(|told| print(told, out))?;
        for (region, count) in &counts {
            writeln!(
                out,
                "answered by 就医地 {region}: open 未办结 {}, overdue 逾期 {}, late 逾期次数 {}",
                count.open, count.overdue, count.late
            )?;
        }
        collecting.iter().try_for_each(|told| not_back(told, out))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn collecting_as_json(told: &CollectingTold) -> Value {
    let why = told.not_accepted.as_ref();
    json!({
        "region": told.region.to_string(),
        "check": why.map(|(check, _)| check.to_string()),
        "refusal": why.map(|(_, (code, _, _))| code),
    })
}

fn not_back(told: &CollectingTold, out: &mut dyn Write) -> std::io::Result<()> {
    let region = told.region;
    let words = "has not given back every word; nothing is said to it before / 尚未收回全部协查记录，暂不可办理";
    writeln!(out, "{region}: {words}")?;
    if let Some((check, (code, en, zh))) = &told.not_accepted {
        writeln!(
            out,
            "  {check} not accepted 未通过核验: {code}: {en} / {zh}"
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::samples::told;
    use super::*;

    #[test]
    fn what_is_open_and_late_is_counted_for_the_region_that_is_to_answer() {
        let day = "2026-03-02";
        let all = [
            told("510100", CheckStanding::Overdue, 2, day),
            told("510100", CheckStanding::Answered, 0, day),
            told("510100", CheckStanding::Confirmed, 1, day),
            told("440300", CheckStanding::Reversed, 0, day),
        ];
        let count = |open, overdue, late| Count {
            open,
            overdue,
            late,
        };
        let expected = [
            ("510100".parse().unwrap(), count(2, 1, 3)),
            ("440300".parse().unwrap(), count(0, 0, 0)),
        ];
        assert_eq!(counted(&all), expected.into());
    }
}
