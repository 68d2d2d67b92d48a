//! `huitong node provisional …`: what was settled while a home region could not be reached, and who bears the
//! difference, in both roles.

mod borne;
pub mod list;
mod losses;
mod shown;

use std::io::Write;
use std::process::ExitCode;

pub use borne::Borne;
pub use list::List;
pub use losses::Losses;

/// Settlements made while a home region could not be reached / 先行结算
#[derive(Debug, clap::Subcommand)]
pub enum ProvisionalCommand {
    /// List what was settled provisionally here, with what became of it / 本地先行结算清单
    List(List),
    /// List what was settled provisionally elsewhere for the region's insured / 本地参保人先行结算清单
    Borne(Borne),
    /// Sum the losses by region and month, in both roles, without those reversed / 损失汇总
    Losses(Losses),
}

impl ProvisionalCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(list) => list.run(out),
            Self::Borne(borne) => borne.run(out),
            Self::Losses(losses) => losses.run(out),
        }
    }
}
