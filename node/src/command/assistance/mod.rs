//! `huitong node assistance …`: medical assistance on a year's totals, for people whose need was found after their
//! care.

mod assess;
mod differences;
mod everyone;
mod grant;
mod list;
mod shown;
mod withdraw;

use std::io::Write;
use std::process::ExitCode;

pub use assess::Assess;
pub use differences::Differences;
pub use grant::Grant;
pub use list::List;
pub use withdraw::Withdraw;

/// Medical assistance on a year's totals / 依申请救助
#[derive(Debug, clap::Subcommand)]
pub enum AssistanceCommand {
    /// Say what the policy pays on a person's year, or on everyone's, as it stands; nothing is written / 测算
    Assess(Assess),
    /// Grant it, so that totals count it; the region pays the person / 核定
    Grant(Grant),
    /// Take a grant back, in full / 撤回
    Withdraw(Withdraw),
    /// List a person's grants, or everyone's / 查看
    List(List),
    /// List the grants that stand and would come out differently / 差异清单
    Differences(Differences),
}

impl AssistanceCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Assess(assess) => assess.run(out),
            Self::Grant(grant) => grant.run(out),
            Self::Withdraw(withdraw) => withdraw.run(out),
            Self::List(list) => list.run(out),
            Self::Differences(differences) => differences.run(out),
        }
    }
}
