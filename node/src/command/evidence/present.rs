//! `huitong node present-evidence`: a restored node books again what its institutions can prove and nobody else holds.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_transport::ClientOptions;

use super::super::{block_on, said};
use super::read;
use crate::grpc::evidence::EvidenceClient;

const PRESENTING: &str = "\
For what own institutions settled for the own insured after the backup that the node was restored from: no other region
holds it. The files are those that `huitong node evidence` wrote, or that the institution's system was given as evidence,
before the disk was lost; an institution may present its own through its system. The node checks its own signature and the
decision, and books again under the same id with the same amounts, once however often it is presented. What was done since
and stands against it is named, and nothing is changed then. Present them in the order in which they were settled. A person
whose record went on since the restore is held afterwards (node status): look, and release them.
用于节点恢复后补录备份之后本地参保人在本地的结算。凭证包由节点在遗失前签发，核对签名并重新计算后按原编号、原金额补录，可重复提交；与现有业务冲突的不予补录。请按结算先后提交。";

/// Have a restored node book again what evidence proves; the first that is refused ends it.
#[derive(Debug, clap::Args)]
#[command(after_help = PRESENTING)]
pub struct PresentEvidence {
    /// The files, in the order in which they were settled / 凭证包文件
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    server: ClientOptions,
}

impl PresentEvidence {
    pub(in super::super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        block_on(async {
            let mut node = EvidenceClient::connect(&self.server).await?;
            for path in &self.files {
                let bytes = read(path)?.with_context(|| path.display().to_string())?;
                let (settlement, booked) = node.present(bytes).await.map_err(said)?;
                let became = if booked {
                    "booked again / 已补录"
                } else {
                    "known / 已存在"
                };
                writeln!(out, "{}: {settlement} {became}", path.display())?;
            }
            Ok(ExitCode::SUCCESS)
        })
    }
}
