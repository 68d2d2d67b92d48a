//! `huitong clearing …`: all that a clearing officer does.

mod connection;
mod cut_off;
mod net;
mod release;
mod resume;
mod shown;
mod statement;
mod status;

use std::io::{self, Write};
use std::process::ExitCode;

/// What a clearing officer does / 清算业务
#[derive(Debug, clap::Args)]
pub struct ClearingCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Where a cycle stands and what blocks it / 查看清算期状态
    Status(status::Status),
    /// Cut a business day off / 日切
    CutOff(cut_off::CutOff),
    /// Net a cycle that is cut off / 轧差
    Net(net::Net),
    /// A member's statement of a netted cycle / 清算成员对账单
    Statement(statement::Statement),
    /// Let a halted stream go on, once you have looked / 核查后放行序列
    Release(release::Release),
    /// Let cycles go on after a restore, once those that came after the backup are cut off again / 恢复后继续清算
    Resume(resume::Resume),
}

impl ClearingCommand {
    /// Runs the command, printing to standard output.
    ///
    /// # Errors
    /// Whatever the clearinghouse refuses, with its code and what to do.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        self.run_to(&mut io::stdout().lock())
    }

    /// Runs the command, printing to `out`.
    ///
    /// # Errors
    /// As [`ClearingCommand::run`].
    pub fn run_to(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            match self.action {
                Action::Status(status) => status.run(out).await,
                Action::CutOff(cut_off) => cut_off.run(out).await,
                Action::Net(net) => net.run(out).await,
                Action::Statement(statement) => statement.run(out).await,
                Action::Release(release) => release.run(out).await,
                Action::Resume(resume) => resume.run(out).await,
            }
        })?;
        Ok(ExitCode::SUCCESS)
    }
}
