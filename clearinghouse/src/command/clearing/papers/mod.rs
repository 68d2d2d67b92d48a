//! `huitong clearing papers`: what members' statements say, as tables that other tools read. It asks no server.

mod tables;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use huitong_core::canonical::Artifact;
use huitong_netting::statement::{MemberStatement, check};
use huitong_papers::Table;
use serde_json::json;

use self::tables::Gathered;
use super::connection::print_json;
use super::file;

const AFTER: &str = "\
Written are, each as .csv and .parquet: legs (each once, also when both members' statements have it), rows (who owes whom for
which fund), nets (of all members) and regions (who clears for whom, as far as the statements tell). Amounts are yuan.
Only statements that hold in themselves are taken; whose word they are says `huitong clearing verify`.
每种表均以 .csv 与 .parquet 输出：明细、对账行、轧差额、统筹区。仅接受自身一致的对账单；签名请用 verify 核验。";

/// Write the tables of members' statements, of one cycle or of many.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Papers {
    /// A statement, as `huitong clearing statement --out` wrote it; may be repeated / 对账单文件
    #[arg(long, required = true, num_args = 1..)]
    statement: Vec<PathBuf>,
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
        std::fs::create_dir_all(&self.out)
            .with_context(|| format!("{}: cannot be made / 无法创建", self.out.display()))?;
        let written = self.write(&gathered)?;
        if self.json {
            let files = written
                .iter()
                .map(|(file, rows)| json!({ "file": file.display().to_string(), "rows": rows }));
            return print_json(out, &json!({ "files": files.collect::<Vec<_>>() }));
        }
        for (file, rows) in written {
            writeln!(out, "{}: {rows} rows / 行", file.display())?;
        }
        Ok(())
    }
}

/// A file that was written, and how many rows are in it.
type Written = (PathBuf, usize);

impl Papers {
    /// Writes all tables, or leaves none behind: half of them would stand in the way of the next try.
    fn write(&self, gathered: &Gathered) -> anyhow::Result<Vec<Written>> {
        let mut written = Vec::new();
        for (name, table) in gathered.tables()? {
            if let Err(error) = write(&self.out, name, &table, &mut written) {
                for (file, _) in written {
                    drop(std::fs::remove_file(file));
                }
                return Err(error);
            }
        }
        Ok(written)
    }
}

fn read(path: &Path) -> anyhow::Result<MemberStatement> {
    let shown = path.display();
    let statement = MemberStatement::from_bytes(&file::read(path)?);
    let statement = statement.with_context(|| format!("{shown}: no statement / 不是对账单"))?;
    let faults = check(&statement).len();
    anyhow::ensure!(
        faults == 0,
        "{shown}: it does not hold, {faults} things are wrong: look at them with `huitong clearing verify` \
         / 对账单有误，请用 huitong clearing verify 查看"
    );
    Ok(statement)
}

fn write(
    folder: &Path,
    name: &str,
    table: &Table,
    written: &mut Vec<Written>,
) -> anyhow::Result<()> {
    for (kind, bytes) in [("csv", table.to_csv()?), ("parquet", table.to_parquet()?)] {
        let path = folder.join(name).with_extension(kind);
        file::write(&path, &bytes)?;
        written.push((path, table.rows().len()));
    }
    Ok(())
}
