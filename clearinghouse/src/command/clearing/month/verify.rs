//! `huitong clearing month verify`: a month's file checked offline, by the operator's root alone. It asks nobody.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_certs::Trust;
use huitong_certs::signing::of_clearinghouse;
use huitong_core::canonical::Artifact;
use huitong_core::clearing_month::MonthFile;
use serde_json::json;

use super::confirmed::Confirmed;
use crate::command::clearing::connection::{Shape, print_json};
use crate::command::clearing::kind::{self, Kind};
use crate::command::clearing::offline::{Offline, ended};
use crate::words;

const AFTER: &str = "\
Checked are: the clearinghouse's signature under the month, up to the operator's root at the moment of signing; that the rows
are as many as are signed and come to the signed root; each region's signature under its word, that the word is of just this
month, and that every row that it objects to is there. A region finds with its own node whether the rows are what its days come
to (huitong node month show). Exit 1 when something is wrong.
依次核对：清算中心对该月的签名及证书链，各行的行数与根，各统筹区确认的签名及其所指月份与行。各行是否与本区逐日数据一致，
由本区节点核对（huitong node month show）。有误时退出码为1。";

/// Check a month's file offline; exit 1 when something is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct Verify {
    /// The file, as `huitong clearing month show --out` wrote it / 月度清算文件
    file: PathBuf,
    #[command(flatten)]
    offline: Offline,
}

impl Verify {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let trust = self.offline.trust()?;
        let shown = self.file.display().to_string();
        let (month, faults, confirmed) = match kind::read::<MonthFile>(Kind::Month, &self.file)? {
            Ok(held) => {
                let (month, faults) = (
                    held.certified.month.month.to_string(),
                    faults(&held, &trust),
                );
                // What is confirmed is told of words that hold alone.
                let confirmed = faults.is_empty().then(|| Confirmed::of(&held));
                (Some(month), faults, confirmed.transpose()?)
            }
            Err(unread) => (None, vec![unread.to_string()], None),
        };
        if self.offline.shape() == Shape::Json {
            let confirmed = confirmed.as_ref().map(Confirmed::as_json);
            let document =
                json!({ "file": shown, "month": month, "faults": faults, "confirmed": confirmed });
            print_json(out, &document)?;
        } else if let Some(confirmed) = &confirmed {
            let month = month.unwrap_or_default();
            writeln!(out, "{shown}: {month} holds / 核验无误")?;
            confirmed.print(out)?;
        } else {
            for fault in &faults {
                writeln!(out, "{shown}: {fault}")?;
            }
        }
        Ok(ended(&faults))
    }
}

/// Whether a month's rows are those that it says.
pub(in crate::command::clearing) fn rows_fault(held: &MonthFile) -> Option<String> {
    let (signed, table) = (&held.certified.month, &held.table);
    let differ = u64::try_from(table.rows().len()).is_ok_and(|rows| rows != signed.rows)
        || table.tree().root() != signed.root;
    let month = &signed.month;
    differ
        .then(|| format!("month {month}: its rows are not those that are signed / 各行与签名不符"))
}

/// All that is wrong, in the order of trust.
pub(crate) fn faults(held: &MonthFile, trust: &Trust) -> Vec<String> {
    let mut faults = Vec::new();
    let MonthFile {
        certified,
        table,
        words,
    } = held;
    let signed = &certified.month;
    if let Err(fault) = of_clearinghouse::month(certified, trust) {
        faults.push(format!("month {}: {fault}", signed.month));
    }
    faults.extend(rows_fault(held));
    // A region's last word counts, and which of two is the last nobody could tell who is handed them.
    let regions: Vec<_> = words
        .iter()
        .map(|certified| certified.word.region)
        .collect();
    if !regions.is_sorted_by(|one, next| one < next) {
        faults
            .push("words are not one for each region, ascending / 确认并非每统筹区一份".to_owned());
    }
    for certified in words {
        let word = &certified.word;
        let region = word.region;
        if let Err(fault) = words::on_month(certified, trust, None) {
            faults.push(format!("region {region}: {fault}"));
        }
        if word.digest != signed.digest() {
            faults.push(format!(
                "region {region}: its word is of another month / 该确认所指并非本月"
            ));
        }
        let rows = table.rows();
        let is_row = |pair| rows.binary_search_by(|row| row.pair.cmp(pair)).is_ok();
        if word.objected().iter().any(|row| !is_row(&row.pair)) {
            faults.push(format!(
                "region {region}: it objects to a row that is not there / 异议所指之行不存在"
            ));
        }
    }
    faults
}
