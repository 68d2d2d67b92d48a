//! `huitong node checkpoints`: what the region says of the clearinghouse's checkpoints, and those that contradict.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_core::canonical::Artifact as _;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::checkpoint::witness::CertifiedWord;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::{block_on, said};
use crate::grpc::witness_client::{SplitTold, WitnessClient};

const AFTER: &str = "\
A node fetches each checkpoint of the clearinghouse, holds the region's own legs against it, and countersigns it when all holds;
otherwise the region's word says what does not. Of one plan there is one checkpoint: where the clearinghouse showed another to
another region, both are kept, signed as they are. --evidence lists those, and writes both files with --out; exit 1 when
there are any. Anybody who has the operator's root can check them (huitong clearing verify --checkpoint).
节点逐期取得检查点并与本区账簿核对，无误则副署，否则说明不符之处。同一方案若出现两份已签名的检查点，两份均予留存：
--evidence 列出，配合 --out 导出；存在此情形时退出码为1。";

/// Say what the region says of the clearinghouse's checkpoints.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct Checkpoints {
    /// The latest so many / 最近期数
    #[arg(long, default_value_t = 20)]
    latest: usize,
    /// Those of which there are two, instead / 仅列出相互矛盾的检查点
    #[arg(long)]
    evidence: bool,
    /// Write both files of each into this folder / 导出目录
    #[arg(long, requires = "evidence")]
    out: Option<PathBuf>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Checkpoints {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        if self.evidence {
            return self.evidence(out);
        }
        let seen = block_on(async {
            let mut node = WitnessClient::connect(&self.server).await?;
            node.seen(self.latest).await.map_err(said)
        })?;
        if self.json {
            let all: Vec<Value> = seen.iter().map(word_json).collect();
            writeln!(out, "{}", json!({ "checkpoints": all }))?;
            return Ok(ExitCode::SUCCESS);
        }
        for (day, word) in &seen {
            print_word(day, word, out)?;
        }
        if seen.is_empty() {
            writeln!(out, "no checkpoint seen yet / 尚未取得检查点")?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn evidence(&self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let views = block_on(async {
            let mut node = WitnessClient::connect(&self.server).await?;
            node.split_views().await.map_err(said)
        })?;
        let mut files = Vec::new();
        for view in &views {
            files.push(match &self.out {
                Some(folder) => Some(write_both(folder, view)?),
                None => None,
            });
        }
        if self.json {
            let all = views.iter().zip(&files);
            let all: Vec<Value> = all.map(|(view, files)| view_json(view, files)).collect();
            writeln!(out, "{}", json!({ "split_views": all }))?;
        } else {
            for (view, files) in views.iter().zip(&files) {
                print_view(view, files.as_ref(), out)?;
            }
            if views.is_empty() {
                writeln!(out, "no plan has two checkpoints / 无相互矛盾的检查点")?;
            }
        }
        Ok(if views.is_empty() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        })
    }
}

fn print_word(day: &str, certified: &CertifiedWord, out: &mut dyn Write) -> anyhow::Result<()> {
    let word = &certified.word;
    let (plan, digest) = (word.plan, word.checkpoint);
    let Some(findings) = word.verdict.findings() else {
        writeln!(out, "{day} plan {plan} {digest} countersigned / 已副署")?;
        return Ok(());
    };
    let count = findings.count();
    writeln!(
        out,
        "{day} plan {plan} {digest} REFUSED, {count} findings / 拒绝副署"
    )?;
    for finding in findings.first() {
        writeln!(out, "  {finding}")?;
    }
    Ok(())
}

fn word_json((day, certified): &(String, CertifiedWord)) -> Value {
    let word = &certified.word;
    let findings = word.verdict.findings();
    let first = findings.iter().flat_map(|findings| findings.first());
    let first = first.map(|finding| {
        json!({
            "code": finding.kind.code(),
            "row": finding.pair.map(|pair| json!({
                "debtor": pair.debtor.to_string(),
                "creditor": pair.creditor.to_string(),
                "fund": pair.fund.as_str(),
            })),
            "settlement": finding.settlement.map(|settlement| settlement.to_string()),
            "number": finding.number,
        })
    });
    json!({
        "plan": word.plan,
        "business_day": day,
        "checkpoint": word.checkpoint.to_string(),
        "countersigned": findings.is_none(),
        "findings": first.collect::<Vec<_>>(),
        "finding_count": findings.map_or(0, huitong_core::checkpoint::witness::Findings::count),
        "at": word.at.to_string(),
    })
}

/// The files of the one that the region was shown and of the other.
type Both = [String; 2];

fn write_both(folder: &Path, view: &SplitTold) -> anyhow::Result<Both> {
    let cannot = || format!("{}: cannot be written / 无法写入", folder.display());
    std::fs::create_dir_all(folder).with_context(cannot)?;
    let write = |checkpoint: &CertifiedCheckpoint| {
        let said = &checkpoint.signed.checkpoint;
        let name = format!("checkpoint-{}-{}.ckpt", said.plan, said.digest());
        let path = folder.join(name);
        let shown = path.display().to_string();
        let cannot = || format!("{shown}: cannot be written / 无法写入");
        // The name has the digest, so that a file of this name has these bytes.
        std::fs::write(&path, checkpoint.to_bytes()).with_context(cannot)?;
        anyhow::Ok(shown)
    };
    Ok([write(&view.own)?, write(&view.other)?])
}

fn print_view(view: &SplitTold, files: Option<&Both>, out: &mut dyn Write) -> anyhow::Result<()> {
    let [own, other] = [&view.own, &view.other].map(|it| &it.signed.checkpoint);
    let (plan, day, from) = (own.plan, own.day, view.from);
    writeln!(
        out,
        "TWO CHECKPOINTS of plan {plan}, {day}, found at {} / 同一方案有两份检查点",
        view.at
    )?;
    writeln!(out, "  shown to this region  {} / 本区所见", own.digest())?;
    writeln!(out, "  shown to {from}       {} / 该区所见", other.digest())?;
    for file in files.into_iter().flatten() {
        writeln!(out, "  {file}")?;
    }
    Ok(())
}

fn view_json(view: &SplitTold, files: &Option<Both>) -> Value {
    let [own, other] = [&view.own, &view.other].map(|it| &it.signed.checkpoint);
    json!({
        "plan": own.plan,
        "business_day": own.day.to_string(),
        "own": own.digest().to_string(),
        "other": other.digest().to_string(),
        "from": view.from.to_string(),
        "found_at": view.at.to_string(),
        "files": files,
    })
}
