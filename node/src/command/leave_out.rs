//! `huitong node leave-out`: a restored node serves without a region that does not answer.

use std::io::Write;
use std::process::ExitCode;

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
被略过的统筹区恢复后，须停机执行huitong node recover再启动以补收业务；在此之前两地间暂停结算，本区人员累计可能缺少该地备份之后的结算。";

/// Have a restored node serve without a region that does not answer.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct LeaveOut {
    /// The region that does not answer / 未应答的统筹区
    #[arg(long)]
    region: RegionCode,
    #[command(flatten)]
    server: ClientOptions,
}

impl LeaveOut {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let Self { region, server } = self;
        block_on(async {
            let mut officer = Officer::connect(&server).await?;
            officer.leave_out(region).await.map_err(said)
        })?;
        writeln!(
            out,
            "the node no longer waits for {region} / 不再等待{region}"
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
