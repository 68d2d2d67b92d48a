//! `huitong node receipt-proof`: what proves one settlement against the day's checkpoint, as text and as a QR code that is
//! printed beside the receipt.

mod qr;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use huitong_core::checkpoint::receipt::ReceiptProof;
use huitong_core::checkpoint::receipt::text::texts;
use huitong_core::id::SettlementId;
use huitong_transport::ClientOptions;
use serde_json::{Value, json};

use super::{block_on, file, said};
use crate::grpc::witness_client::{ReceiptTold, WitnessClient};

const AFTER: &str = "\
Once the cycle that took a settlement is netted and proven, either region's node makes this of it: which regions, funds and
amounts, and the path of each to the root that the clearinghouse signed that day. Nothing in it says who was treated. Whoever
scans the code checks it without a server, by that day's checkpoint and the operator's root (huitong clearing verify-receipt).
It says what was netted in that cycle: a reversal is a leg of its own, of the same cycle or a later one, and a code may leave it out.
A settlement with many funds has a code for each: then further files are written beside the first, as NAME-2.svg.
结算所在清算期轧差并签名后，就医地或参保地节点均可生成回执验证码：含统筹区、基金、金额及其在当日根中的路径，不含患者信息。
扫码后凭当日检查点和运营方根证书即可离线核验（huitong clearing verify-receipt），仅证明该期已轧差的内容，不含其后或同期冲正与否。";

/// Write what proves a settlement against the day's checkpoint, as text and QR code.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct WriteReceiptProof {
    /// The settlement / 结算编号
    #[arg(long)]
    settlement: SettlementId,
    /// The drawing of the code to write; it must not be there yet / 二维码图形文件（SVG）
    #[arg(long)]
    out: Option<PathBuf>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// A code: what it is of, what stands in it, and where it was drawn.
struct Code<'a> {
    proof: &'a ReceiptProof,
    text: String,
    file: Option<String>,
}

impl WriteReceiptProof {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let told = block_on(async {
            let mut node = WitnessClient::connect(&self.server).await?;
            node.prove_receipt(self.settlement).await.map_err(said)
        })?;
        let mut codes: Vec<Code<'_>> = Vec::new();
        for proof in &told.proofs {
            codes.extend(texts(proof).into_iter().map(|text| Code {
                proof,
                text,
                file: None,
            }));
        }
        if let Some(first) = &self.out {
            let drawn = draw_all(first, codes.iter().map(|code| code.text.as_str()))?;
            for (code, path) in codes.iter_mut().zip(drawn) {
                code.file = Some(path.display().to_string());
            }
        }
        if self.json {
            writeln!(out, "{}", document(&told, &codes))?;
        } else {
            print(&told, &codes, out)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The file of the nth code: the first as it was named.
fn nth_file(first: &Path, nth: usize) -> PathBuf {
    if nth == 1 {
        return first.to_owned();
    }
    let stem = first.file_stem().unwrap_or_default().to_string_lossy();
    first.with_file_name(format!("{stem}-{nth}.svg"))
}

/// Draws every code into a file of its own, or leaves none behind: some of them would stand in the way of the next try.
fn draw_all<'a>(
    first: &Path,
    texts: impl Iterator<Item = &'a str>,
) -> anyhow::Result<Vec<PathBuf>> {
    let mut drawn = Vec::new();
    for (nth, text) in (1..).zip(texts) {
        let path = nth_file(first, nth);
        let written = qr::svg(text).and_then(|svg| file::write(&path, svg.as_bytes()));
        if let Err(error) = written {
            for path in drawn {
                drop(std::fs::remove_file(path));
            }
            return Err(error);
        }
        drawn.push(path);
    }
    Ok(drawn)
}

fn document(told: &ReceiptTold, codes: &[Code<'_>]) -> Value {
    let codes = codes.iter().map(|code| {
        json!({
            "payload": code.text,
            "plan": code.proof.plan(),
            "business_day": code.proof.day().to_string(),
            "checkpoint": code.proof.checkpoint().to_string(),
            "file": code.file,
        })
    });
    json!({
        "codes": codes.collect::<Vec<_>>(),
        "waiting": told.waiting,
        "reversed": told.reversed,
    })
}

fn print(told: &ReceiptTold, codes: &[Code<'_>], out: &mut dyn Write) -> anyhow::Result<()> {
    for code in codes {
        writeln!(out, "{}", code.text)?;
    }
    for code in codes {
        let (day, plan, digest) = (code.proof.day(), code.proof.plan(), code.proof.checkpoint());
        writeln!(
            out,
            "netted on {day} by plan {plan}, checkpoint {digest} / 该期已轧差"
        )?;
        if let Some(file) = &code.file {
            writeln!(out, "{file}")?;
        }
    }
    if told.waiting > 0 {
        writeln!(
            out,
            "{} of its legs are in no proven cycle yet / 另有{}条明细尚未进入已核对的清算期",
            told.waiting, told.waiting
        )?;
    }
    if told.reversed {
        writeln!(
            out,
            "REVERSED since: what was netted of it is owed back / 该笔结算其后已冲正"
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
