//! `huitong node present-evidence`: a restored node books again what its institutions can prove and nobody else holds.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use huitong_transport::{ClientOptions, TransportError};

use super::super::{block_on, said};
use super::read;
use crate::grpc::evidence::EvidenceClient;

const PRESENTING: &str = "\
For what own institutions settled for the own insured after the backup that the node was restored from: no other region
holds it. The files are those that `huitong node evidence` wrote, or that the institution's system was given as evidence,
before the disk was lost; an institution may present its own through its system. The node checks its own signature and the
decision, and books again under the same id with the same amounts, once however often it is presented. What was done since
and stands against it is named, and nothing is changed then. What was reversed before the disk was lost: present the evidence
that was written after the reversal, which proves both; one that was written before has it stand whole until that comes. The
order does not matter: what another file is in the way of is presented again after that. A person whose record went on since
the restore is held afterwards (node status): look, and release them.
用于节点恢复后补录备份之后本地参保人在本地的结算。凭证包由节点在遗失前签发，核对签名并重新计算后按原编号、原金额补录，可重复提交；与现有业务冲突的不予补录。
遗失前已冲正的，须提交冲正后签发的凭证包；只提交冲正前的，结算按有效补录，直至提交前者。提交先后不限。";

/// Have a restored node book again what evidence proves, file by file; what is refused is named.
#[derive(Debug, clap::Args)]
#[command(after_help = PRESENTING)]
pub struct PresentEvidence {
    /// The files / 凭证包文件
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    server: ClientOptions,
}

impl PresentEvidence {
    pub(in super::super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        block_on(async {
            let mut node = EvidenceClient::connect(&self.server).await?;
            let mut left: Vec<&PathBuf> = self.files.iter().collect();
            // What is booked may have been what the rest waited for: each round but the last books some.
            loop {
                let mut refused = Vec::new();
                let mut any_booked = false;
                for path in left {
                    let bytes = read(path)?.with_context(|| path.display().to_string())?;
                    let (settlement, booked) = match node.present(bytes).await {
                        Ok(presented) => presented,
                        Err(status) if TransportError::of(&status).is_none() => {
                            refused.push((path, status));
                            continue;
                        }
                        Err(status) => return Err(said(status)),
                    };
                    any_booked |= booked;
                    let became = if booked {
                        "booked again / 已补录"
                    } else {
                        "known / 已存在"
                    };
                    writeln!(out, "{}: {settlement} {became}", path.display())?;
                }
                if refused.is_empty() {
                    return Ok(ExitCode::SUCCESS);
                }
                if !any_booked {
                    for (path, status) in refused {
                        let why = status.message();
                        writeln!(out, "{}: not booked / 未补录: {why}", path.display())?;
                    }
                    return Ok(ExitCode::FAILURE);
                }
                left = refused.into_iter().map(|(path, _)| path).collect();
            }
        })
    }
}
