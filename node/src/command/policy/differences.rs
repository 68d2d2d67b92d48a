//! `huitong policy differences DIGEST`: what is to be booked for a withdrawn document.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::digest::Digest;
use huitong_transport::ClientOptions;
use serde_json::json;

use super::shown::{moved, print_funds};
use crate::command::{block_on, said};
use crate::grpc::office_answer::{DifferenceAnswer, DifferenceTotalsAnswer};
use crate::grpc::office_client::OfficeClient;

/// List the settlements decided under a withdrawn document.
///
/// Each is decided again under the document that decides its day now, in the order of commit: one person's
/// later settlements begin with what the earlier ones would have left. Nothing is booked.
#[derive(Debug, clap::Args)]
#[command(verbatim_doc_comment)]
pub struct Differences {
    /// SHA-256 of the withdrawn document / 已撤回政策的摘要
    digest: Digest,
    #[command(flatten)]
    server: ClientOptions,
    /// The first row, from 0 / 起始行
    #[arg(long, default_value_t = 0)]
    from_row: u64,
    /// How many rows, at most 10000; the sums are over all / 行数
    #[arg(long, default_value_t = 1_000)]
    rows: u32,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Differences {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (rows, totals) = block_on(async {
            let mut office = OfficeClient::connect(&self.server).await?;
            let found = office.differences(self.digest, self.from_row, self.rows);
            found.await.map_err(said)
        })?;
        if self.json {
            let shown = json!({"from_row": self.from_row, "rows": rows, "totals": totals});
            writeln!(out, "{shown}")?;
        } else {
            print(&rows, &totals, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn print(
    rows: &[DifferenceAnswer],
    totals: &DifferenceTotalsAnswer,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    for row in rows {
        let (region, day) = (&row.treatment_region, &row.business_day);
        writeln!(out, "{}  {region}  {day}", row.settlement)?;
        if row.provisional {
            let told = "was provisional: cash as told at most / 曾先行结算，现金以告知数为限";
            writeln!(out, "  {told}")?;
        }
        match (&row.undecided, &row.decided_by) {
            (Some(why), _) => writeln!(out, "  nothing decides it now / 现无政策管辖: {why}")?,
            (None, Some(digest)) => writeln!(out, "  decided by / 现由 {digest}")?,
            (None, None) => {}
        }
        print_funds(&row.funds, out)?;
        writeln!(out, "  {:26} {}", "patient 个人", moved(&row.patient))?;
    }
    let DifferenceTotalsAnswer {
        settlements,
        changed,
        undecided,
        ..
    } = totals;
    writeln!(
        out,
        "{settlements} settlements, {changed} change, {undecided} undecided / 共 {settlements} 笔，{changed} 笔有差额，{undecided} 笔无政策管辖"
    )?;
    print_funds(&totals.funds, out)?;
    writeln!(
        out,
        "  {:26} {}",
        "patients 个人合计",
        moved(&totals.patient)
    )
}
