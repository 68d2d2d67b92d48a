//! `huitong node legs`: the region's own legs into a file, to be held against what the clearinghouse says of them.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use huitong_core::canonical::Artifact as _;
use huitong_core::date::BusinessDay;
use huitong_core::leg::{LARGEST_LEG, NumberedLeg};
use huitong_transport::ClientOptions;
use serde_json::json;

use super::{block_on, file, said};
use crate::grpc::leg_book::{LegBookClient, Wanted};

const AFTER: &str = "\
A day's legs are those that were closed with it. What a cycle took may reach beyond: `huitong clearing verify --book` says which
numbers it lacks, and these are written with --from and --to. It takes several files, or the folder that they lie in.
内含本统筹区节点记录的清算明细；如核验时提示缺少序号，请以 --from、--to 另行导出，可将多个文件置于同一目录。";

/// Write the region's own legs into a file.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct WriteLegs {
    /// A closed business day, such as 2026-01-05 / 业务日
    #[arg(long, required_unless_present_all = ["from", "to"], conflicts_with_all = ["from", "to"])]
    day: Option<BusinessDay>,
    /// The first number, in place of a day / 起始序号
    #[arg(long, requires = "to")]
    from: Option<u64>,
    /// The last number / 截止序号
    #[arg(long, requires = "from")]
    to: Option<u64>,
    /// The file to write; it must not be there yet / 输出文件
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl WriteLegs {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let wanted = match (self.day, self.from, self.to) {
            (Some(day), _, _) => Wanted::Day(day),
            (None, Some(from), Some(to)) => Wanted::Numbers(from, to),
            // One of them is required.
            (None, _, _) => anyhow::bail!("name a day or numbers / 请指明业务日或序号"),
        };
        let book = block_on(async {
            let mut node = LegBookClient::connect(&self.server).await?;
            node.legs(wanted).await.map_err(said)
        })?;
        let shown = self.out.display().to_string();
        file::write(&self.out, &book.to_bytes())?;
        let (region, legs) = (book.region(), book.legs());
        let ends = [legs.first(), legs.last()].map(|leg| leg.map(|leg| leg.number));
        let large: Vec<_> = legs.iter().filter(|leg| leg.leg.is_too_large()).collect();
        if self.json {
            let region = region.to_string();
            let [from, to] = ends;
            let large: Vec<_> = large.iter().map(|leg| leg.number).collect();
            let told = json!({"file": shown, "region": region, "legs": legs.len(), "from": from, "to": to,
                "too_large": large});
            writeln!(out, "{told}")?;
            return Ok(ExitCode::SUCCESS);
        }
        match ends {
            [Some(from), Some(to)] => writeln!(
                out,
                "{shown}: legs {from} to {to} of region {region} / 统筹区{region}序号{from}至{to}"
            )?,
            _ => writeln!(
                out,
                "{shown}: no legs of region {region} / 统筹区{region}无明细"
            )?,
        }
        for NumberedLeg { number, leg, .. } in large {
            let (settlement, amount) = (leg.settlement, leg.amount);
            writeln!(
                out,
                "  leg {number}, {settlement}: {amount} is more than is netted as one, {LARGEST_LEG} / 超过单笔上限，不轧差"
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
