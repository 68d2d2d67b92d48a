//! `huitong node evidence` and `huitong node verify-evidence`: the proof of a settlement, of a refusal or of a deduction into a
//! file, and out of it.
//!
//! Writing asks a running node. Checking opens the file and the operator's root, and nothing else. Presenting it to the node
//! that signed it has a file of its own.

mod present;
mod shown;
mod shown_deduction;
mod shown_provisional;

pub use present::PresentEvidence;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_certs::Trust;
use huitong_core::id::{DeductionId, ReversalId, SettlementId};
use huitong_core::region::RegionCode;
use huitong_transport::ClientOptions;

use super::{BAD_FILE, block_on, file, said};
use crate::evidence::{EVIDENCE_BYTES_AT_MOST, EvidenceFault, check};
use crate::grpc::evidence::EvidenceClient;

const WRITING: &str = "\
Of a settlement it holds the home region's signed receipt, the claim, the decision, the policy as published and the
certificates, and when it was provisional what became of it; of an id that was finally refused or given up, the home
region's signed refusal and, where the claim was sent from, the claim; of an audit deduction, the treatment region's
signed order and the home region's signed answer, and the same of its withdrawal. Whoever has the operator's root can
check it offline. But for a deduction it names the person: it is written for you alone (mode 0600), and to be kept
accordingly.
内含参保地签名的回执（或最终拒付）、费用、决定、政策原文和签名证书，先行结算的另含补结算；
审核扣款的，内含就医地签名的扣款单和参保地签名的答复（及撤销）。
可凭运营方根证书离线验证；含个人信息，文件仅本人可读（0600），请妥善保管。";

const CHECKING: &str = "\
Checked are, in this order: the certificates up to the root, at the moment of signing; the signature; that receipt,
claim, decision, policy and bill belong together; and the decision itself, made again. Of what was provisional: what
was told, made again on the snapshot that the home region had signed, and what became of it. Of a refusal:
certificates, signature, and that it is of the claim shown. Of a deduction: certificates, signatures and order of
both regions, and that the answer is to this order; that it was withdrawn after it was written, or ever
ended with a reversal, nothing tells. Lines of the bill are held against the claim by number and amount: their catalogue codes and
days are not proven by anything that was signed.
依次核对：签署时刻的证书链，签名，回执与费用、决定、政策、明细是否对应，并按政策重新计算；
先行结算的另按参保地预先签名的快照核对告知金额和补结算。明细仅核对序号与金额，目录编码和日期不在签名范围内。";

/// Write the evidence of a settlement, that it was finally refused, or of a deduction, into a file.
#[derive(Debug, clap::Args)]
#[command(after_help = WRITING)]
pub struct WriteEvidence {
    /// The settlement, stl_…, settled, refused or given up / 结算编号
    #[arg(long, required_unless_present_any = ["reversal", "deduction"])]
    settlement: Option<SettlementId>,
    /// A reversal that was refused, rev_…, in place of a settlement / 被拒绝的冲正编号
    #[arg(long, conflicts_with_all = ["settlement", "treatment"])]
    reversal: Option<ReversalId>,
    /// A deduction, ded_…, in place of a settlement / 审核扣款编号
    #[arg(long, conflicts_with_all = ["settlement", "reversal"])]
    deduction: Option<DeductionId>,
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
            let evidence = match (self.settlement, self.reversal, self.deduction) {
                (_, _, Some(deduction)) => node.deduction(deduction, self.treatment).await,
                (_, Some(reversal), None) => node.refused_reversal(reversal).await,
                (Some(settlement), None, None) => node.evidence(settlement, self.treatment).await,
                // One of them is required.
                (None, None, None) => anyhow::bail!(
                    "name a settlement, a reversal or a deduction / 请指明结算、冲正或扣款编号"
                ),
            };
            evidence.map_err(said)
        })?;
        let shown = self.out.display();
        file::write_private(&self.out, &evidence)?;
        writeln!(
            out,
            "{shown}: {} bytes; check it with `huitong node verify-evidence` / 共 {} 字节，可用 verify-evidence 验证",
            evidence.len(),
            evidence.len()
        )?;
        Ok(ExitCode::SUCCESS)
    }
}

/// Check the evidence of a settlement, of a refusal or of a deduction, offline; exit 65 when it does not hold.
#[derive(Debug, clap::Args)]
#[command(after_help = CHECKING)]
pub struct VerifyEvidence {
    /// The file / 凭证包文件
    file: PathBuf,
    /// The operator's root certificate (root.crt) / 运营方根证书
    #[arg(long)]
    ca: PathBuf,
    /// A revocation list (revoked.crl): what is signed with a certificate on it proves nothing; may be repeated / 吊销列表
    #[arg(long = "revocation-list")]
    revocation_lists: Vec<PathBuf>,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl VerifyEvidence {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (ca, file) = (&self.ca, &self.file);
        let roots = std::fs::read(ca).with_context(|| unreadable(ca))?;
        let mut trust = Trust::from_pem(&roots).with_context(|| ca.display().to_string())?;
        for list in &self.revocation_lists {
            let pem = std::fs::read(list).with_context(|| unreadable(list))?;
            let with = trust.with_revocation_lists(&pem);
            trust = with.with_context(|| list.display().to_string())?;
        }
        match read(file)?.and_then(|bytes| check(&bytes, &trust)) {
            Ok(checked) if self.json => writeln!(out, "{}", shown::as_json(&checked))?,
            Ok(checked) => shown::print(&checked, out)?,
            Err(fault) => {
                let shown = file.display();
                writeln!(out, "{shown}: does not hold / 凭证无效: {fault}")?;
                return Ok(ExitCode::from(BAD_FILE));
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// The bytes of evidence. What is larger is not read into memory, only refused by its size.
fn read(file: &Path) -> anyhow::Result<Result<Vec<u8>, EvidenceFault>> {
    let size = std::fs::metadata(file)
        .with_context(|| unreadable(file))?
        .len();
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    if size > EVIDENCE_BYTES_AT_MOST {
        return Ok(Err(EvidenceFault::TooLarge(size)));
    }
    let bytes = std::fs::read(file).with_context(|| unreadable(file))?;
    Ok(Ok(bytes))
}

fn unreadable(file: &Path) -> String {
    format!("{}: cannot be read / 无法读取", file.display())
}
