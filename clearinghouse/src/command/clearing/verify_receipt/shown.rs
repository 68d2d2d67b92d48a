//! What was found of a receipt's code, in text and JSON.

use std::io::Write;

use huitong_certs::signing::CarriedFault;
use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::receipt::{ProvenLeg, ReceiptFault, ReceiptProof};
use huitong_core::checkpoint::row::Pair;
use huitong_core::checkpoint::{CertifiedCheckpoint, Checkpoint};
use huitong_core::fund::Fund;
use huitong_core::id::SettlementId;
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

    /// Its code.
    #[cfg(test)]
    pub(super) const fn code(&self) -> &'static str {
        self.code
    }

    /// A code of another settlement than the others, or than that of the paper.
    pub(super) fn other_settlement(found: SettlementId, wanted: SettlementId) -> Self {
        let en = format!(
            "a code is of settlement {found}, and not of {wanted}: check each settlement for itself"
        );
        let zh = format!("验证码属于结算{found}，而非{wanted}：请逐笔核验");
        Self::new("receipt.other_settlement", en, zh)
    }

    /// A leg that was given before.
    pub(super) fn repeated(kind: LegKind, pair: &Pair) -> Self {
        let row = row(kind, pair);
        let en = format!("{row}: the leg is given twice and counts once: give each code once");
        let zh = format!("{row}：明细重复，仅计一次：每个验证码只提供一次");
        Self::new("receipt.repeated", en, zh)
    }

    /// A settlement that was taken back, by the codes themselves.
    pub(super) fn reversed(settlement: SettlementId) -> Self {
        let en = format!(
            "settlement {settlement} was reversed: what the receipt says is not owed any more"
        );
        let zh = format!("结算{settlement}已冲正：回执所载金额不再有效");
        Self::new("receipt.reversed", en, zh)
    }

    /// A fund that paid something else than the receipt says.
    pub(super) fn amount(fund: Fund, stated: Fen, netted: Option<i128>) -> Self {
        let (en, zh) = match netted.map(yuan) {
            Some(netted) => (
                format!("the receipt says that {fund} paid {stated}, and the code says {netted}"),
                format!("回执所载{fund}支付{stated}，验证码为{netted}"),
            ),
            None => (
                format!(
                    "the receipt says that {fund} paid {stated}, and no code says anything of it"
                ),
                format!("回执所载{fund}支付{stated}，验证码未载该基金"),
            ),
        };
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
    pub(super) checkpoints: &'a [CertifiedCheckpoint],
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
                "plan": proof.plan(),
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
        let checkpoints = self.checkpoints.iter().map(|certified| {
            let checkpoint = &certified.signed.checkpoint;
            json!({
                "business_day": checkpoint.day.to_string(),
                "plan": checkpoint.plan,
                "checkpoint": checkpoint.digest().to_string(),
                "signed_at": certified.signed.at.to_string(),
            })
        });
        json!({
            "holds": self.faults.is_empty(),
            "checkpoints": checkpoints.collect::<Vec<_>>(),
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
        writeln!(out, "holds / 核验无误")?;
        for certified in self.checkpoints {
            let (checkpoint, at) = (&certified.signed.checkpoint, certified.signed.at);
            let (day, plan) = (checkpoint.day, checkpoint.plan);
            writeln!(out, "netted on {day}, plan {plan}, signed {at} / 已轧差")?;
        }
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
            "only what was netted is proven: not whether it was reversed, then or later, nor that no leg was left out / \
             仅证明已轧差的内容，是否另有冲正或未出示的明细不在此列"
        )?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fund_of_which_no_code_speaks_is_told_in_each_language_by_itself() {
        let told = Said::amount(Fund::ResidentPool, Fen::ZERO, None);
        assert!(told.zh.contains("验证码未载该基金"), "{}", told.zh);
        let ascii = told.zh.replace("resident_pool", "").replace("0.00", "");
        assert!(
            !ascii.chars().any(|c| c.is_ascii_alphabetic()),
            "{}",
            told.zh
        );
    }
}
