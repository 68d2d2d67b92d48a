//! `huitong node release-person`: the bureau has looked at a person who is held since a restore.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::person::PsnNo;
use huitong_transport::ClientOptions;

use super::{block_on, said};
use crate::grpc::officer::Officer;

/// What is said below the options.
const AFTER: &str = "\
`node status` lists who is held. Before releasing, bring in again what was lost: enrolment, opening totals, balances.
`node person show` says what an account lacks; it is filled first until `node person set-balances` says what it holds.
节点状态列出被暂停人员；放行前请补录丢失的参保、期初累计与账户信息。人员档案列出账户不足额，录入余额前退回款项先行补足。";

/// Serve a person again whose record has a gap since a restore.
#[derive(Debug, clap::Args)]
#[command(after_help = AFTER)]
pub struct ReleasePerson {
    /// The person's number in the region / 人员编号
    #[arg(long, value_parser = PsnNo::parse)]
    psn_no: PsnNo,
    #[command(flatten)]
    server: ClientOptions,
}

impl ReleasePerson {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let missing = block_on(async {
            let mut officer = Officer::connect(&self.server).await?;
            officer.release_person(self.psn_no).await.map_err(said)
        })?;
        writeln!(
            out,
            "released; {missing} changes had been missing / 已放行，缺失变更 {missing} 笔"
        )?;
        Ok(ExitCode::SUCCESS)
    }
}
