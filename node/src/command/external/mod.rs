//! `huitong node external …`: settlements of insured people that the region's own core system made.

mod list;
mod record;
mod shown;
mod withdraw;

use std::io::Write;
use std::process::ExitCode;

pub use list::List;
pub use record::Record;
pub use withdraw::Withdraw;

/// Settlements that the region's own core system made / 网外结算记录
#[derive(Debug, clap::Subcommand)]
pub enum ExternalCommand {
    /// Record a settlement, so that totals, accounts, admissions and visits count it / 录入
    Record(Record),
    /// Take a recorded settlement back, in full / 撤回
    Withdraw(Withdraw),
    /// List a person's, those withdrawn too / 查看
    List(List),
}

impl ExternalCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Record(record) => record.run(out),
            Self::Withdraw(withdraw) => withdraw.run(out),
            Self::List(list) => list.run(out),
        }
    }
}
