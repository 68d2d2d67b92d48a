//! What was found of a receipt's code, in text and JSON.

use std::io::Write;

use huitong_certs::signing::CarriedFault;
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::receipt::{ProvenLeg, ReceiptFault, ReceiptProof};
use huitong_core::checkpoint::row::Pair;
use huitong_core::checkpoint::{Checkpoint, SignedCheckpoint};
use huitong_core::fund::Fund;
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;
use serde_json::{Value, json};

/// Something that is wrong, as it is told.
pub(super) struct Said {
    code: &'static str,
    en: String,
    zh: String,
}

impl Said {
    pub(super) fn new(code: &'static str, en: impl Into<String>, zh: impl Into<String>) -> Self {
        let (en, zh) = (en.into(), zh.into());
        Self { code, en, zh }
    }

    /// A checkpoint that is not signed as it must be.
    pub(super) fn signature(whose: &str, fault: &CarriedFault) -> Self {
        let said = fault.to_string();
        let (en, zh) = said.rsplit_once(" / ").unwrap_or((&said, &said));
        let en = format!("{whose} is not the clearinghouse's word: {en}");
        let zh = format!("检查点签名无效：{zh}");
        Self::new("checkpoint.signature", en, zh)
    }

    pub(super) fn of(fault: &ReceiptFault, proof: &ReceiptProof, checkpoint: &Checkpoint) -> Self {
        let (en, zh) = match fault {
            ReceiptFault::OtherCycle => (
                format!(
                    "the code is of {} (plan {}), and the checkpoint of {} (plan {}): get the checkpoint of that day",
                    proof.day(),
                    proof.plan(),
                    checkpoint.day,
                    checkpoint.plan
                ),
                format!(
                    "验证码属于{}，而检查点属于{}：请取得当日检查点",
                    proof.day(),
                    checkpoint.day
                ),
            ),
            ReceiptFault::OtherCheckpoint => (
                format!(
                    "the code names checkpoint {} of this day, and this is {}: keep both, they are evidence",
                    proof.checkpoint(),
                    checkpoint.digest()
                ),
                "验证码所指为当日另一检查点：请留存两者作为证据".to_owned(),
            ),
            ReceiptFault::Row(kind, pair) => (
                format!("{}: the row is not in the checkpoint", row(*kind, pair)),
                format!("{}：该行不在检查点所确认的树中", row(*kind, pair)),
            ),
            ReceiptFault::Leg(kind, pair) => (
                format!(
                    "{}: settlement {} with this amount, day and receipt is not in the row",
                    row(*kind, pair),
                    proof.settlement()
                ),
                format!(
                    "{}：结算{}的金额、日期或回执与所在行不符",
                    row(*kind, pair),
                    proof.settlement()
                ),
            ),
        };
        Self::new(fault.code(), en, zh)
    }

    /// A fund that paid something else than the receipt says.
    pub(super) fn amount(fund: Fund, stated: Fen, netted: Option<i128>) -> Self {
        let netted = netted.map_or_else(|| "nothing".to_owned(), yuan);
        let en = format!("the receipt says that {fund} paid {stated}, and the code says {netted}");
        let zh = format!("回执所载{fund}支付{stated}，验证码为{netted}");
        Self::new("receipt.amount", en, zh)
    }
}

fn yuan(fen: i128) -> String {
    let fen = i64::try_from(fen).ok().and_then(|fen| Fen::new(fen).ok());
    fen.map_or_else(|| "too much".to_owned(), |fen| fen.to_string())
}

fn row(kind: LegKind, pair: &Pair) -> String {
    let Pair {
        debtor,
        creditor,
        fund,
    } = pair;
    format!("{kind} {debtor} to {creditor}, {fund}")
}

/// What was found.
pub(super) struct Found<'a> {
    pub(super) checkpoint: Option<&'a SignedCheckpoint>,
    pub(super) proofs: &'a [ReceiptProof],
    pub(super) faults: &'a [Said],
}

impl Found<'_> {
    fn legs(&self) -> impl Iterator<Item = (&ReceiptProof, &ProvenLeg)> {
        let proofs = self.proofs.iter();
        proofs.flat_map(|proof| proof.legs().iter().map(move |leg| (proof, leg)))
    }

    pub(super) fn document(&self) -> Value {
        let legs = self.legs().map(|(proof, leg)| {
            json!({
                "settlement": proof.settlement().to_string(),
                "kind": leg.kind.to_string(),
                "debtor": leg.row.pair.debtor.to_string(),
                "creditor": leg.row.pair.creditor.to_string(),
                "fund": leg.row.pair.fund.as_str(),
                "amount": leg.amount.to_string(),
                "business_day": leg.business_day.to_string(),
                "receipt": leg.receipt.to_string(),
            })
        });
        let faults = self.faults.iter();
        let faults = faults.map(|said| json!({"code": said.code, "en": said.en, "zh": said.zh}));
        let checkpoint = self.checkpoint.map(|signed| &signed.checkpoint);
        json!({
            "holds": self.faults.is_empty(),
            "business_day": checkpoint.map(|it| it.day.to_string()),
            "plan": checkpoint.map(|it| it.plan),
            "checkpoint": checkpoint.map(|it| it.digest().to_string()),
            "signed_at": self.checkpoint.map(|signed| signed.at.to_string()),
            "legs": legs.collect::<Vec<_>>(),
            "faults": faults.collect::<Vec<_>>(),
        })
    }

    pub(super) fn text(&self, out: &mut dyn Write) -> anyhow::Result<()> {
        if !self.faults.is_empty() {
            writeln!(out, "does not hold / 核验不符")?;
            for said in self.faults {
                writeln!(out, "{}: {} / {}", said.code, said.en, said.zh)?;
            }
            return Ok(());
        }
        let Some(signed) = self.checkpoint else {
            return Ok(());
        };
        let checkpoint = &signed.checkpoint;
        writeln!(out, "holds / 核验无误")?;
        writeln!(
            out,
            "netted on {}, plan {}, signed {} / 已轧差",
            checkpoint.day, checkpoint.plan, signed.at
        )?;
        for (proof, leg) in self.legs() {
            let row = row(leg.kind, &leg.row.pair);
            writeln!(
                out,
                "{} {row}: {} yuan / 元",
                proof.settlement(),
                leg.amount
            )?;
        }
        writeln!(
            out,
            "only what was netted in this cycle is proven, not whether it was reversed later / 仅证明当期已轧差，其后是否冲正不在此列"
        )?;
        Ok(())
    }
}
