//! `huitong clearing deduct list`: what audits took off, and what was given back of it. It asks only, and writes nothing at
//! the clearinghouse: deductions are ordered and withdrawn at the treatment region's node.

mod shown;

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::date::BusinessDay;
use huitong_core::payable::Month;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;

use super::connection::{Connection, Shape, print_json, told};
use super::papers::{files_json, write_all};

const AFTER: &str = "\
A deduction is ordered, and withdrawn, by an officer of the treatment region at its node (huitong node deduct, withdraw-deduction);
here it is seen as cycles netted it: a debt of the treatment region, and its end one of the home region. Each row (debtor, creditor, fund)
is shown with what it comes to in all, which is held against the plan. What waits is shown with why; without a day and a month
it is all that is shown, with them what is of those days or earlier ones. Whom and what an audit was of, only the regions know.
扣款及撤销由就医地经办机构在本节点办理；此处列示各清算期已轧差的扣款及其终止，并与轧差方案逐行核对；未轧差的注明原因。";

/// What audits took off, as cycles netted it, and what of it waits.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct DeductCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// The deductions and the ends of deductions, with what they come to / 扣款清单
    List(List),
}

impl DeductCommand {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self.action {
            Action::List(list) => list.run(out).await.map(|()| ExitCode::SUCCESS),
        }
    }
}

/// The deductions and the ends of deductions that cycles netted, and those that wait.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
struct List {
    #[command(flatten)]
    connection: Connection,
    /// What this cycle netted / 业务日
    #[arg(long, conflicts_with = "month")]
    day: Option<BusinessDay>,
    /// What the cycles of this month netted / 月份
    #[arg(long)]
    month: Option<Month>,
    /// Only rows in which this region stands / 统筹区
    #[arg(long, conflicts_with = "member")]
    region: Option<RegionCode>,
    /// Only rows in which a region stands that this member clears for / 清算成员
    #[arg(long)]
    member: Option<RegionCode>,
    /// Write the tables deductions, deduction_rows and deductions_waiting into this folder; no file in it is written over / 输出目录
    #[arg(long)]
    out: Option<PathBuf>,
}

/// A cycle, and what it netted of deductions.
struct Cycle {
    head: v1::DeductedCycle,
    deductions: Vec<v1::NettedDeduction>,
}

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Period {
    /// A month, so that what is of an earlier one is told apart.
    Month,
    /// A day, or nothing but what waits.
    Other,
}

/// All that is listed.
struct All {
    period: Period,
    cycles: Vec<Cycle>,
    waiting: Vec<v1::WaitingDeduction>,
}

impl List {
    async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        // What waits first: what is netted meanwhile stands in both lists, and not in none.
        let waiting = self.waiting().await?;
        let all = All {
            period: self.month.as_ref().map_or(Period::Other, |_| Period::Month),
            cycles: self.cycles().await?,
            waiting,
        };
        let written = match &self.out {
            None => Vec::new(),
            Some(folder) => {
                std::fs::create_dir_all(folder)
                    .with_context(|| format!("{}: cannot be made / 无法创建", folder.display()))?;
                write_all(folder, &shown::tables(&all)?)?
            }
        };
        match self.connection.shape() {
            Shape::Json => {
                let mut document = shown::as_json(&all)?;
                if let Some(object) = document.as_object_mut() {
                    object.insert("files".to_owned(), files_json(&written).into());
                }
                print_json(out, &document)
            }
            Shape::Text => {
                shown::print(&all, out)?;
                for (file, rows) in written {
                    writeln!(out, "{}: {rows} rows / 行", file.display())?;
                }
                Ok(())
            }
        }
    }

    async fn waiting(&self) -> anyhow::Result<Vec<v1::WaitingDeduction>> {
        let mut client = self.connection.deductions().await?;
        let of_month = self.month.as_ref().map(Month::last).transpose()?;
        let request = v1::ListWaitingDeductionsRequest {
            region: of(self.region.as_ref()),
            member: of(self.member.as_ref()),
            until: of(self.day.or(of_month).as_ref()),
        };
        let parts = client.list_waiting_deductions(request).await;
        let mut parts = parts.map_err(|status| told(&status))?.into_inner();
        let mut waiting = Vec::new();
        while let Some(part) = parts.message().await.map_err(|status| told(&status))? {
            waiting.extend(part.deductions);
        }
        Ok(waiting)
    }

    /// What each cycle netted, one after the other.
    async fn cycles(&self) -> anyhow::Result<Vec<Cycle>> {
        let mut cycles: Vec<Cycle> = Vec::new();
        if self.day.is_none() && self.month.is_none() {
            return Ok(cycles);
        }
        loop {
            let after = cycles.last().map(|cycle| cycle.head.business_day.clone());
            let cycle = self.cycle(after.unwrap_or_default()).await?;
            let more = cycle.head.more;
            cycles.push(cycle);
            if !more {
                break;
            }
        }
        anyhow::ensure!(
            cycles.iter().any(|cycle| cycle.head.stands),
            "{} stands in none of these cycles / 所列清算期中无此统筹区或清算成员",
            of(self.region.or(self.member).as_ref())
        );
        Ok(cycles)
    }

    async fn cycle(&self, after: String) -> anyhow::Result<Cycle> {
        let mut client = self.connection.deductions().await?;
        let request = v1::ListNettedDeductionsRequest {
            business_day: of(self.day.as_ref()),
            month: of(self.month.as_ref()),
            after,
            region: of(self.region.as_ref()),
            member: of(self.member.as_ref()),
        };
        let parts = client.list_netted_deductions(request).await;
        let mut parts = parts.map_err(|status| told(&status))?.into_inner();
        let (mut head, mut deductions) = (None::<v1::DeductedCycle>, Vec::new());
        while let Some(part) = parts.message().await.map_err(|status| told(&status))? {
            match (&mut head, part.cycle) {
                (Some(head), Some(further)) => head.rows.extend(further.rows),
                (None, first) => head = first,
                (Some(_), None) => {}
            }
            deductions.extend(part.deductions);
        }
        let head = head.context("the answer has no cycle")?;
        let cycle = Cycle { head, deductions };
        cycle.is_whole()?;
        Ok(cycle)
    }
}

fn of(value: Option<&impl ToString>) -> String {
    value.map(ToString::to_string).unwrap_or_default()
}

impl Cycle {
    /// Whether what is listed comes to just what the rows say.
    fn is_whole(&self) -> anyhow::Result<()> {
        type Key<'a> = (&'a str, &'a str, i32, bool);
        let mut sums: BTreeMap<Key<'_>, (u64, i64)> = BTreeMap::new();
        for debt in &self.deductions {
            let is_end = debt.kind() == v1::LegKind::DeductionEnd;
            let sum = sums.entry((&debt.debtor, &debt.creditor, debt.fund, is_end));
            let sum = sum.or_default();
            *sum = (
                sum.0.saturating_add(1),
                sum.1.saturating_add(debt.amount_fen),
            );
        }
        let rows = self.head.rows.iter().flat_map(|row| {
            let of = |is_end| (&*row.debtor, &*row.creditor, row.fund, is_end);
            [
                (of(false), (row.deductions, row.deducted_fen)),
                (of(true), (row.ends, row.ended_fen)),
            ]
        });
        let expected: BTreeMap<_, _> = rows.filter(|(_, sum)| sum.0 > 0).collect();
        anyhow::ensure!(
            sums == expected,
            "the list of {} does not come to its rows: ask again / 清单与各行合计不符，请重新查询",
            self.head.business_day
        );
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_not_whole_is_not_shown() {
        let row = v1::DeductedRow {
            debtor: "510100".to_owned(),
            creditor: "330200".to_owned(),
            fund: 1,
            deductions: 2,
            deducted_fen: 30,
            legs: 3,
            amount_fen: 70,
            ..v1::DeductedRow::default()
        };
        let debt = |amount_fen| v1::NettedDeduction {
            kind: v1::LegKind::Deduction.into(),
            debtor: "510100".to_owned(),
            creditor: "330200".to_owned(),
            fund: 1,
            amount_fen,
            ..v1::NettedDeduction::default()
        };
        let cycle = |amounts: &[i64]| Cycle {
            head: v1::DeductedCycle {
                rows: vec![row.clone()],
                ..v1::DeductedCycle::default()
            },
            deductions: amounts.iter().copied().map(debt).collect(),
        };
        assert!(cycle(&[10, 20]).is_whole().is_ok());
        for amounts in [&[30][..], &[10, 21], &[10, 10, 10], &[]] {
            assert!(cycle(amounts).is_whole().is_err(), "{amounts:?}");
        }
        let mut other = cycle(&[10, 20]);
        other.deductions[1].kind = v1::LegKind::DeductionEnd.into();
        assert!(other.is_whole().is_err());
    }
}
