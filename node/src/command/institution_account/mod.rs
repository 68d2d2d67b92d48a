//! `huitong node reconcile`, `reconciled` and `institution-month …`: an institution's own accounts with the bureau.

mod book_file;
mod close;
mod confirm;
mod lines_file;
mod list;
mod reconcile;
mod reconciled;
mod roll_back;
mod shown;
mod status;

use std::io::Write;
use std::process::ExitCode;

pub use close::Close;
pub use confirm::Confirm;
pub use list::List;
pub use reconcile::ReconcileDays;
pub use reconciled::Reconciled;
pub use roll_back::RollBack;
pub use status::Status;

/// What an institution settled for other regions in a month / 异地清算月度确认
#[derive(Debug, clap::Subcommand)]
pub enum InstitutionMonthCommand {
    /// List the lines of a month, and write them into a file / 提取明细
    List(List),
    /// Confirm lines as they were listed, or object to them / 确认
    Confirm(Confirm),
    /// Take a confirmation back, whole / 回退确认
    RollBack(RollBack),
    /// Show how a month stands / 查看状态
    Status(Status),
    /// Close an institution's month, or open it again; for officers / 关闭或重新开放
    Close(Close),
}

impl InstitutionMonthCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::List(list) => list.run(out),
            Self::Confirm(confirm) => confirm.run(out),
            Self::RollBack(roll_back) => roll_back.run(out),
            Self::Status(status) => status.run(out),
            Self::Close(close) => close.run(out),
        }
    }
}
