//! `huitong node leave-out`: a restored node serves without a region that does not answer, or without a document.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::digest::Digest;
use huitong_core::region::RegionCode;
use huitong_transport::ClientOptions;

use super::{block_on, said};
use crate::grpc::officer::Officer;

/// What is said below the options.
const AFTER: &str = "\
`node status` says for whom a restored node waits. Whoever is left out gets and is given nothing until, once it answers
again, the node was stopped, `huitong node recover` was run, and the node started. Until then totals of the region's people
may lack what was settled there after the backup: a deductible may be taken twice and a ceiling passed; those people are
held afterwards. The clearinghouse cannot be left out.
被略过的统筹区恢复后，须停机执行huitong node recover再启动以补收业务；在此之前两地间暂停结算，本区人员累计可能缺少该地备份之后的结算。
A document (--policy) is left out only where it cannot be published again: from then on what stands here decides, and what was
decided under that document is neither decided again nor proven by this node.
政策文件确已无法重新发布的，方可略过：此后按现有政策裁决，原按该政策的结算不能重算，也不能由本节点出具凭证。";

/// Have a restored node serve without a region that does not answer, or without a document.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct LeaveOut {
    /// The region that does not answer / 未应答的统筹区
    #[arg(long, required_unless_present = "policy", conflicts_with = "policy")]
    region: Option<RegionCode>,
    /// The digest of the document / 政策文件的摘要
    #[arg(long)]
    policy: Option<Digest>,
    #[command(flatten)]
    server: ClientOptions,
}

impl LeaveOut {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let Self {
            region,
            policy,
            server,
        } = self;
        block_on(async {
            let mut officer = Officer::connect(&server).await?;
            if let Some(region) = region {
                officer.leave_out(region).await.map_err(said)?;
            }
            if let Some(policy) = policy {
                officer.leave_out_policy(policy).await.map_err(said)?;
            }
            Ok(())
        })?;
        if let Some(region) = region {
            writeln!(
                out,
                "the node no longer waits for {region} / 不再等待{region}"
            )?;
        }
        if let Some(policy) = policy {
            writeln!(
                out,
                "the node no longer waits for the document {policy} / 不再等待政策文件{policy}"
            )?;
        }
        Ok(ExitCode::SUCCESS)
    }
}
