//! `huitong clearing papers`: what members' statements say, as tables that other tools read. It asks no server.

mod deductions;
mod standing;
mod tables;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use huitong_core::checkpoint::row::Pair;
use huitong_core::clearing_month::MonthFile;
use huitong_core::region::RegionCode;
use huitong_netting::statement::{MemberStatement, check};
use huitong_papers::Table;
use serde_json::{Value, json};

use self::deductions::Of;
pub(super) use self::deductions::{Listed, listed};
use self::standing::NotTied;
use self::tables::Gathered;
use super::connection::print_json;
use super::file;
use super::kind::{self, Kind};
use super::month::rows_fault;

const AFTER: &str = "\
Written are, each as .csv and .parquet: legs (each once, also when both members' statements have it), rows (who owes whom for
which fund), nets (of all members), regions (who clears for whom, as far as the statements tell) and deductions (what audits
took off, and the ends of that; with --month only the month's, and all of them or nothing is written, but that rows of a region
that changed its member are named and not held against the month). With --region they are those of one region's rows: give the
statements of whichever member cleared for it in each cycle; so a region that changed its member in the month is held against
all of it, and nothing is expected of what else those members clear for. Amounts are yuan. Only statements and a month that hold in
themselves are taken; whose word they are say `huitong clearing verify` and `huitong clearing month verify`: run them first.
A run that was ended in the middle may leave files that end in .part, and beside them some that have their names:
remove all files of that run, named and .part, and run it again.
每种表均以 .csv 与 .parquet 输出：明细、对账行、轧差额、统筹区、审核扣款清单；加 --region 则仅列该统筹区的扣款，各期提供当期代其清算的成员对账单。仅接受自身一致的对账单；签名请先用 verify 与 month verify 核验。
运行中断时可能遗留以 .part 结尾的文件，以及部分已正式命名的文件：请将该次运行的两类文件全部删除后重试。";

/// Write the tables of members' statements, of one cycle or of many.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Papers {
    /// A statement, as `huitong clearing statement --out` wrote it; may be repeated / 对账单文件
    #[arg(long, required = true, num_args = 1..)]
    statement: Vec<PathBuf>,
    /// A month, as `huitong clearing month show --out` wrote it: its deductions are listed / 月度清算文件
    #[arg(long)]
    month: Option<PathBuf>,
    /// List only deductions of rows in which this region stands, whichever members' statements they are in / 仅列此统筹区
    #[arg(long)]
    region: Option<RegionCode>,
    /// The folder to write into; no file in it is written over / 输出目录
    #[arg(long)]
    out: PathBuf,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Papers {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut gathered = Gathered::default();
        for path in &self.statement {
            let shown = path.display();
            gathered
                .take(&read(path)?)
                .with_context(|| shown.to_string())?;
        }
        if let Some(region) = self.region {
            anyhow::ensure!(
                gathered.clears().keys().any(|(_, of)| *of == region),
                "{region} stands in none of these statements / 所给对账单中无此统筹区"
            );
        }
        let month = self
            .month
            .as_deref()
            .map(|path| read_month(path, &gathered, self.region));
        let (month, not_tied) = month.transpose()?.unzip();
        let not_tied = not_tied.unwrap_or_default();
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("{}: cannot be made / 无法创建", self.out.display()))?;
        let mut tables = gathered.tables()?.to_vec();
        let month = month.as_ref().map(|held: &MonthFile| &held.certified.month);
        let of = Of {
            month,
            region: self.region,
        };
        tables.push(("deductions", deductions::table(&gathered, of)?));
        let written = write_all(&self.out, &tables)?;
        if self.json {
            let not_tied: Vec<_> = not_tied.iter().map(not_tied_json).collect();
            let document = json!({ "files": files_json(&written), "not_tied": not_tied });
            return print_json(out, &document);
        }
        for (file, rows) in written {
            writeln!(out, "{}: {rows} rows / 行", file.display())?;
        }
        not_tied.iter().try_for_each(|of| tell(of, out))
    }
}

/// Says of which rows the deductions may not be all.
fn tell(of: &NotTied, out: &mut dyn Write) -> anyhow::Result<()> {
    let (region, days) = (of.region, of.elsewhere.len());
    writeln!(
        out,
        "region {region}: another member cleared for it in {days} of these cycles; not held against the month are \
         its rows / 该统筹区当月曾变更清算成员，下列各行未与月度核对:"
    )?;
    for pair in &of.rows {
        let fund = pair.fund.as_str();
        writeln!(out, "  {} {} {fund}", pair.debtor, pair.creditor)?;
    }
    Ok(())
}

fn not_tied_json(of: &NotTied) -> Value {
    let row = |pair: &Pair| {
        json!({
            "debtor": pair.debtor.to_string(),
            "creditor": pair.creditor.to_string(),
            "fund": pair.fund.as_str(),
        })
    };
    let elsewhere: Vec<_> = of.elsewhere.iter().map(ToString::to_string).collect();
    let rows: Vec<_> = of.rows.iter().map(row).collect();
    json!({ "region": of.region.to_string(), "cycles_elsewhere": elsewhere, "rows": rows })
}

/// A file that was written, and how many rows are in it.
pub(super) type Written = (PathBuf, usize);

pub(super) fn files_json(written: &[Written]) -> Vec<Value> {
    let files = written.iter();
    files
        .map(|(file, rows)| json!({ "file": file.display().to_string(), "rows": rows }))
        .collect()
}

/// Writes all tables, or leaves none behind: half of them would stand in the way of the next try. Ended in the middle
/// it may leave files that end in .part and some that have their names, and no half list that reads like a whole one.
pub(super) fn write_all(
    folder: &Path,
    tables: &[(&'static str, Table)],
) -> anyhow::Result<Vec<Written>> {
    let (mut together, mut written) = (file::Together::new(folder), Vec::new());
    for (name, table) in tables {
        for (kind, bytes) in [("csv", table.to_csv()?), ("parquet", table.to_parquet()?)] {
            let path = folder.join(name).with_extension(kind);
            together.add(path.clone(), &bytes)?;
            written.push((path, table.rows().len()));
        }
    }
    together.finish()?;
    Ok(written)
}

/// A month's file that holds in itself, and has just the deductions that the statements have; and of which rows that is
/// not known.
fn read_month(
    path: &Path,
    gathered: &Gathered,
    region: Option<RegionCode>,
) -> anyhow::Result<(MonthFile, Vec<NotTied>)> {
    let shown = path.display();
    let held: MonthFile = kind::need(Kind::Month, path)?;
    if let Some(fault) = rows_fault(&held) {
        anyhow::bail!("{shown}: {fault}");
    }
    let not_tied = deductions::ties(gathered, &held, region).with_context(|| shown.to_string())?;
    Ok((held, not_tied))
}

fn read(path: &Path) -> anyhow::Result<MemberStatement> {
    let shown = path.display();
    let statement: MemberStatement = kind::need(Kind::Statement, path)?;
    let faults = check(&statement).len();
    anyhow::ensure!(
        faults == 0,
        "{shown}: it does not hold, {faults} things are wrong: look at them with `huitong clearing verify` \
         / 对账单有误，请用 huitong clearing verify 查看"
    );
    Ok(statement)
}
