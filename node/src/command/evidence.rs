//! `huitong node evidence` and `huitong node verify-evidence`: a settlement's proof into a file, and out of it.
//!
//! Writing asks a running node. Checking opens the file and the operator's root, and nothing else.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_certs::Trust;
use huitong_core::id::SettlementId;
use huitong_core::region::RegionCode;
use huitong_core::reversal::HomeWord;
use huitong_transport::ClientOptions;
use serde_json::json;

use super::{BAD_FILE, block_on, said};
use crate::evidence::{Checked, EVIDENCE_BYTES_AT_MOST, EvidenceFault, check};
use crate::grpc::evidence::EvidenceClient;

const WRITING: &str = "\
It holds the home region's signed receipt, the claim, the decision, the policy as published and the certificates:
whoever has the operator's root can check it offline. It names the person: keep it accordingly.
内含参保地签名的回执、费用、决定、政策原文和签名证书，可凭运营方根证书离线验证；含个人信息，请妥善保管。";

const CHECKING: &str = "\
Checked are, in this order: the certificates up to the root, at the moment of signing; the signature; that receipt,
claim, decision, policy and bill belong together; and the decision itself, made again.
依次核对：签署时刻的证书链，签名，回执与费用、决定、政策、明细是否对应，并按政策重新计算。";

/// Write the evidence of a settlement into a file.
#[derive(Debug, clap::Args)]
#[command(after_help = WRITING)]
pub struct WriteEvidence {
    /// The settlement, stl_… / 结算编号
    #[arg(long)]
    settlement: SettlementId,
    /// Where a member of your region was treated; your own region when left out / 就医地
    #[arg(long)]
    treatment: Option<RegionCode>,
    /// The file to write; it must not be there yet / 输出文件
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    server: ClientOptions,
}

impl WriteEvidence {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let evidence = block_on(async {
            let mut node = EvidenceClient::connect(&self.server).await?;
            let evidence = node.evidence(self.settlement, self.treatment).await;
            evidence.map_err(said)
        })?;
        let shown = self.out.display();
        let cannot = || format!("{shown}: cannot be written / 无法写入");
        let mut file = std::fs::File::create_new(&self.out).with_context(cannot)?;
        let written = file.write_all(&evidence).and_then(|()| file.sync_all());
        // Half a file, as on a full disk, would stand in the way of the next try.
        let written = written.inspect_err(|_| drop(std::fs::remove_file(&self.out)));
        written.with_context(cannot)?;
        writeln!(
            out,
            "{shown}: {} bytes; check it with `huitong node verify-evidence` / 共 {} 字节，可用 verify-evidence 验证",
            evidence.len(),
            evidence.len()
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Check the evidence of a settlement, offline; exit 65 when it does not hold.
#[derive(Debug, clap::Args)]
#[command(after_help = CHECKING)]
pub struct VerifyEvidence {
    /// The file / 凭证包文件
    file: PathBuf,
    /// The operator's root certificate (root.crt) / 运营方根证书
    #[arg(long)]
    ca: PathBuf,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl VerifyEvidence {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (ca, file) = (&self.ca, &self.file);
        let roots = std::fs::read(ca).with_context(|| unreadable(ca))?;
        let trust = Trust::from_pem(&roots).with_context(|| ca.display().to_string())?;
        let size = std::fs::metadata(file)
            .with_context(|| unreadable(file))?
            .len();
        // What is larger is not read into memory, only refused by its size.
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let bytes = if size > EVIDENCE_BYTES_AT_MOST {
            Err(EvidenceFault::TooLarge(size))
        } else {
            Ok(std::fs::read(file).with_context(|| unreadable(file))?)
        };
        match bytes.and_then(|bytes| check(&bytes, &trust)) {
            Ok(checked) if self.json => writeln!(out, "{}", as_json(&checked))?,
            Ok(checked) => print(&checked, out)?,
            Err(fault) => {
                let shown = file.display();
                writeln!(out, "{shown}: does not hold / 凭证无效: {fault}")?;
                return Ok(ExitCode::from(BAD_FILE));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn unreadable(file: &Path) -> String {
    format!("{}: cannot be read / 无法读取", file.display())
}

fn print(checked: &Checked, out: &mut dyn Write) -> std::io::Result<()> {
    let Checked {
        evidence,
        signer,
        policy,
    } = checked;
    let HomeWord { receipt, reversal } = &evidence.word;
    let (body, claim, decision) = (&receipt.body, &evidence.claim, &evidence.decision);
    let clearing = &body.clearing;
    let mut line = |label: &str, value: &dyn std::fmt::Display| writeln!(out, "{label}  {value}");
    line("the evidence holds / 凭证有效   ", &clearing.settlement)?;
    line("committed 提交时间              ", &body.committed_at)?;
    line("business day 业务日             ", &clearing.business_day)?;
    line("home 参保地                     ", &clearing.home)?;
    line("treated in 就医地               ", &clearing.treatment)?;
    line(
        "person 人员                     ",
        &claim.person.psn_no.expose(),
    )?;
    line("institution 机构                ", &claim.institution.code)?;
    line("visit 就诊                      ", &claim.visit.number)?;
    line("bill 费用总额                   ", &decision.total)?;
    for (fund, amount) in &clearing.amounts {
        let value = format!("{amount}  {} {}", fund.chinese(), fund.english());
        line("paid 支付                       ", &value)?;
    }
    line("the patient pays 个人负担       ", &decision.patient_total)?;
    line("policy 待遇政策                 ", &policy.policy().title())?;
    line("policy digest 政策摘要          ", &clearing.policy)?;
    line("catalogue digest 目录摘要       ", &clearing.catalogue)?;
    line("engine 计算引擎                 ", &clearing.engine.0)?;
    line("signed by 签名方                ", signer.identity())?;
    line("key 密钥                        ", &receipt.group.key_id)?;
    let reversed = reversal.as_ref().map(|reversal| {
        let of = &reversal.body;
        format!("{}  {}  {}", of.reversed_at, of.reason, of.reversal)
    });
    let reversed = reversed.as_deref();
    let reversed = reversed.unwrap_or("not when this was written / 导出时未冲正");
    line("reversed 已冲正                 ", &reversed)
}

fn as_json(checked: &Checked) -> serde_json::Value {
    let evidence = &checked.evidence;
    let HomeWord { receipt, reversal } = &evidence.word;
    let (body, claim, decision) = (&receipt.body, &evidence.claim, &evidence.decision);
    let clearing = &body.clearing;
    let reversed = reversal.as_ref().map(|reversal| {
        let of = &reversal.body;
        json!({
            "id": of.reversal.to_string(),
            "at_ms": of.reversed_at.as_millis(),
            "reason": of.reason.to_string(),
            "business_day": of.clearing.business_day.to_string(),
        })
    });
    let amounts: Vec<_> = clearing
        .amounts
        .iter()
        .map(|(fund, amount)| json!({"fund": fund.to_string(), "amount_fen": amount.get()}))
        .collect();
    json!({
        "settlement": clearing.settlement.to_string(),
        "committed_at_ms": body.committed_at.as_millis(),
        "business_day": clearing.business_day.to_string(),
        "home": clearing.home.to_string(),
        "treatment": clearing.treatment.to_string(),
        "person": claim.person.psn_no.expose(),
        "institution": claim.institution.code.to_string(),
        "visit": claim.visit.number.to_string(),
        "total_fen": decision.total.get(),
        "amounts": amounts,
        "patient_total_fen": decision.patient_total.get(),
        "policy": clearing.policy.to_string(),
        "catalogue": clearing.catalogue.to_string(),
        "engine": clearing.engine.0,
        "signed_by": checked.signer.identity().to_string(),
        "key": receipt.group.key_id.to_string(),
        "reversed": reversed,
    })
}
