//! `huitong clearing verify-receipt`: what is printed beside a receipt, checked offline against that day's checkpoint by the
//! operator's root alone. It needs no server and no certificate of one's own.
//!
//! The order is that of trust: the checkpoint's signature, that the code names this checkpoint, rows, legs, and last what
//! the receipt itself says that funds paid.

mod against;
mod shown;

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_certs::Trust;
use huitong_certs::signing::of_clearinghouse;
use huitong_core::checkpoint::receipt::ReceiptProof;
use huitong_core::checkpoint::receipt::text::{LETTERS_AT_MOST, read};
use huitong_core::checkpoint::{CertifiedCheckpoint, Checkpoint};
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
use huitong_core::money::Fen;

use self::against::{Together, check};
use self::shown::{Found, Said};
use super::connection::{Shape, print_json};
use super::kind::{self, Kind, Unread};
use super::offline::{Offline, ended};

const AFTER: &str = "\
A code is what huitong node receipt-proof wrote, as a scanner reads it: HTR1: and letters. Several may be given, of a
settlement that has more than one and of that alone, each once; with - they are read from standard input, one a line;
lines that begin otherwise are passed over, more than 1,000 lines or 8 MiB refused. Where they are of several cycles, give
--checkpoint of each.
Checked are: the clearinghouse's signature under the checkpoint, up to the operator's root at the moment of signing; that the
code is of this checkpoint and no other; that each row is one that the checkpoint commits to; that each leg is one of its row. With
--receipt and --settlement, as the paper has them: that a fund paid what the receipt says and that no code says it was reversed.
Only what was netted is proven. Whoever holds codes can leave legs out of them, a reversal in the same cycle too, and nothing here
shows it: whether it was reversed, then or later, and whether the receipt's other figures are right, the region's bureau says.
Exit 1 when something is wrong: each is named.
依次核对：检查点签名及证书链，验证码所指检查点，各行在检查点所确认的树中，各明细在所在行中；给出--receipt与--settlement时核对回执所载基金支付额。
仅证明已轧差的内容；持码人可略去部分明细（包括同期冲正），是否冲正及其他金额须向统筹区经办机构核实。有误时退出码为1。";

/// Lines that are read from standard input, at most.
const LINES_AT_MOST: usize = 1_000;
/// And their letters.
const INPUT_AT_MOST: u64 = 8 << 20;

/// Check the code printed beside a receipt offline, against that day's checkpoint; exit 1 when something is wrong.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub(super) struct VerifyReceipt {
    /// What the code says, or - for standard input / 验证码内容，- 为标准输入
    #[arg(required = true)]
    payload: Vec<String>,
    /// That day's checkpoint, as `huitong clearing checkpoint --out` wrote it; may be repeated / 当日检查点文件
    #[arg(long, required = true)]
    checkpoint: Vec<PathBuf>,
    /// What the receipt says a fund paid, as FUND=YUAN; may be repeated / 回执所载基金支付额
    #[arg(long, value_parser = stated, requires = "settlement")]
    receipt: Vec<(Fund, Fen)>,
    /// The settlement that the receipt is of / 回执所载结算编号
    #[arg(long)]
    settlement: Option<SettlementId>,
    #[command(flatten)]
    offline: Offline,
}

fn stated(text: &str) -> Result<(Fund, Fen), String> {
    let (fund, amount) = text
        .split_once('=')
        .ok_or("write FUND=YUAN, such as resident_pool=131.60 / 格式为 基金=金额（元）")?;
    let fund = Fund::parse(fund).map_err(|it| format!("{it} / {}", it.chinese()))?;
    let amount = Fen::parse_yuan(amount).map_err(|it| format!("{it} / {}", it.chinese()))?;
    Ok((fund, amount))
}

impl VerifyReceipt {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let trust = self.offline.trust()?;
        let payloads = self.payloads()?;
        let mut faults = Vec::new();
        let checkpoints = self.checkpoints(&trust, &mut faults)?;
        let proofs = proofs(&payloads, &mut faults);
        let signed = checkpoints.iter().map(|it| &it.signed.checkpoint);
        let signed: Vec<&Checkpoint> = signed.collect();
        for proof in &proofs {
            check(proof, &signed, &mut faults);
        }
        let together = Together::of(&proofs, self.settlement, &mut faults);
        together.against(&self.receipt, &mut faults);
        let found = Found {
            checkpoints: &checkpoints,
            proofs: &proofs,
            faults: &faults,
        };
        if self.offline.shape() == Shape::Json {
            print_json(out, &found.document())?;
        } else {
            found.text(out)?;
        }
        Ok(ended(&faults))
    }

    /// The checkpoints that were given, as far as they can be read.
    fn checkpoints(
        &self,
        trust: &Trust,
        faults: &mut Vec<Said>,
    ) -> anyhow::Result<Vec<CertifiedCheckpoint>> {
        let mut checkpoints = Vec::new();
        for path in &self.checkpoint {
            let shown = path.display();
            match kind::read::<CertifiedCheckpoint>(Kind::Checkpoint, path)? {
                Ok(checkpoint) => {
                    if let Err(fault) = of_clearinghouse::checkpoint(&checkpoint, trust) {
                        faults.push(Said::signature(&shown.to_string(), &fault));
                    }
                    checkpoints.push(checkpoint);
                }
                Err(unread) => {
                    let Unread { en, zh } = unread.in_file(path);
                    faults.push(Said::new("checkpoint.unreadable", en, zh));
                }
            }
        }
        Ok(checkpoints)
    }

    /// The codes that were given.
    fn payloads(&self) -> anyhow::Result<Vec<String>> {
        let mut payloads = Vec::new();
        for payload in &self.payload {
            if payload != "-" {
                payloads.push(payload.clone());
                continue;
            }
            payloads.extend(codes(std::io::stdin().lock())?);
        }
        anyhow::ensure!(
            !payloads.is_empty(),
            "no code was given: it begins with HTR1: / 未给出验证码"
        );
        Ok(payloads)
    }
}

/// The codes among lines, all of them: whoever checks a settlement must not be left with a part of its codes.
fn codes(input: impl Read) -> anyhow::Result<Vec<String>> {
    let mut text = String::new();
    let mut limited = input.take(INPUT_AT_MOST.saturating_add(1));
    let reading = limited.read_to_string(&mut text);
    anyhow::ensure!(
        limited.limit() > 0,
        "standard input: more than {INPUT_AT_MOST} bytes; give the codes of one settlement \
         / 标准输入过大，请只给出同一结算的验证码"
    );
    reading.context("standard input / 标准输入")?;
    anyhow::ensure!(
        text.lines().nth(LINES_AT_MOST).is_none(),
        "standard input: more than {LINES_AT_MOST} lines; give the codes of one settlement \
         / 标准输入行数过多，请只给出同一结算的验证码"
    );
    // A file may begin with a byte order mark, and scanners end or indent lines as they are set.
    let around = |letter: char| letter == '\u{feff}' || letter.is_whitespace();
    let lines = text.lines().map(|line| line.trim_matches(around));
    let codes = lines.filter(|line| line.starts_with("HTR"));
    let longest = LETTERS_AT_MOST.saturating_add(1);
    Ok(codes
        .map(|code| code.chars().take(longest).collect())
        .collect())
}

/// The codes, as far as they can be read.
fn proofs(payloads: &[String], faults: &mut Vec<Said>) -> Vec<ReceiptProof> {
    let mut proofs = Vec::new();
    for payload in payloads {
        match read(payload) {
            Ok(proof) => proofs.push(proof),
            Err(error) => {
                let en = format!("the code cannot be read: {error}");
                let zh = "验证码无法读取：扫描有误、被更改或并非回执验证码";
                faults.push(Said::new("receipt.unreadable", en, zh));
            }
        }
    }
    proofs
}

#[cfg(test)]
mod tests;
