//! `huitong node import`: a file to the own region's node, which takes every row or none.
//!
//! The command counts rows and sums itself before it sends, so that a file cut short on the way is noticed.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use huitong_core::date::ServiceDate;
use huitong_transport::ClientOptions;
use serde_json::json;

use super::{BAD_FILE, block_on, hex, said};
use crate::grpc::officer::{ImportAnswer, Officer};
use crate::import::{ControlSums, FILE_BYTES_AT_MOST, FileKind, ImportHeader, Mode};

/// Bring a file in.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// members, filings, opening-totals, balances, institutions, catalogue or externals / 文件种类
    kind: FileKind,
    /// The file; deploy/docs/import-formats.md has the columns / 文件
    file: PathBuf,
    #[command(flatten)]
    server: ClientOptions,
    /// The day that opening totals and balances stand for / 累计和余额的截止日
    #[arg(long)]
    as_of: Option<ServiceDate>,
    /// Check everything, write nothing / 只检查，不写入
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Import {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let bytes = read(&self.file)?;
        let header = ImportHeader {
            kind: self.kind,
            as_of: self.as_of,
            sums: ControlSums::of(self.kind, &bytes),
            mode: if self.dry_run {
                Mode::DryRun
            } else {
                Mode::Commit
            },
        };
        let answer = block_on(async {
            let mut officer = Officer::connect(&self.server).await?;
            officer.import(&header, bytes).await.map_err(said)
        })?;
        if self.json {
            writeln!(out, "{}", as_json(&answer, &header))?;
        } else {
            print(&answer, &header, &self.file, out)?;
        }
        Ok(if answer.fault_count == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::from(BAD_FILE)
        })
    }
}

/// Reads a file that a node would take.
fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    let name = file.display();
    let unreadable = || format!("{name}: cannot be read / 文件无法读取");
    let length = std::fs::metadata(file).with_context(unreadable)?.len();
    if usize::try_from(length).unwrap_or(usize::MAX) > FILE_BYTES_AT_MOST {
        bail!(
            "{name}: {length} bytes, at most {FILE_BYTES_AT_MOST} are taken: split it / 文件过大，请拆分"
        );
    }
    std::fs::read(file).with_context(unreadable)
}

fn print(
    answer: &ImportAnswer,
    header: &ImportHeader,
    file: &Path,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let name = file.display();
    if answer.fault_count > 0 {
        for fault in &answer.faults {
            writeln!(out, "{name}: {fault}")?;
        }
        let count = answer.fault_count;
        return writeln!(
            out,
            "{name}: {count} faults; nothing was brought in / 共 {count} 处错误，未导入任何数据"
        );
    }
    let (rows, sum, digest) = (answer.rows, header.sums.sum, hex(&answer.digest));
    match header.mode {
        Mode::Commit => writeln!(out, "{name}: {rows} rows brought in / 已导入 {rows} 行")?,
        Mode::DryRun => writeln!(
            out,
            "{name}: {rows} rows are sound; nothing was written / {rows} 行检查无误，未写入"
        )?,
    }
    if !sum.is_zero() {
        writeln!(out, "sum     {sum}")?;
    }
    writeln!(out, "sha256  {digest}")
}

fn as_json(answer: &ImportAnswer, header: &ImportHeader) -> serde_json::Value {
    let faults: Vec<_> = answer
        .faults
        .iter()
        .map(|fault| json!({"line": fault.line, "column": fault.column, "en": fault.en, "zh": fault.zh}))
        .collect();
    json!({
        "kind": header.kind.word(),
        "dry_run": header.mode == Mode::DryRun,
        "rows": answer.rows,
        "sum": if answer.fault_count == 0 { header.sums.sum.to_string() } else { "0.00".to_owned() },
        "fault_count": answer.fault_count,
        "faults": faults,
        "sha256": hex(&answer.digest),
    })
}
