//! `huitong clearinghouse …` and `huitong clearing …`: what operators and officers type.
//!
//! One file per command. Officers' commands are clients with an officer's certificate; only `restore`, `recover` and
//! `archive` open files of the clearinghouse, and no port.

mod check_config;
mod clearing;
mod restore;
mod run;

use std::io::{self, Write};
use std::process::ExitCode;

use huitong_backup::command::{Archive, Backup, Server};

pub use clearing::ClearingCommand;

/// The exit code of a configuration that cannot be used.
const UNUSABLE_CONFIG: u8 = 64;

/// Run the clearinghouse / 运行清算中心
#[derive(Debug, clap::Args)]
pub struct ClearinghouseCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Serve until told to stop / 启动服务
    Run(run::Run),
    /// Read the configuration and say all that is wrong with it / 检查配置文件
    CheckConfig(check_config::CheckConfig),
    /// Take a backup of the running clearinghouse's journal, or bring one up to now / 备份
    Backup(Backup),
    /// Put a backup in the place of a lost journal; exit 65 when it does not verify / 由备份恢复
    Restore(restore::Restore),
    /// Begin anew on a journal whose end is lost / 日志缺失时重新开始
    Recover(restore::Recover),
    /// Move full segments of the journal away, but the newest / 归档日志段
    Archive(Archive),
}

impl ClearinghouseCommand {
    /// Runs the command. A configuration that cannot be used is told whole, with exit code 64.
    ///
    /// # Errors
    /// Whatever stops the command, with what to do about it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        self.run_to(&mut io::stdout())
    }

    /// Runs the command, printing to `out`.
    ///
    /// # Errors
    /// As [`ClearinghouseCommand::run`].
    pub fn run_to(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self.action {
            Action::Run(run) => run.run(),
            Action::CheckConfig(check) => check.run(out),
            Action::Backup(backup) => backup.run(Server::Clearinghouse, out),
            Action::Restore(restore) => restore.run(out),
            Action::Recover(recover) => recover.run(out),
            Action::Archive(archive) => archive.run(out),
        }
    }
}

/// Tells on standard error what is wrong with a configuration.
fn unusable(error: &crate::ConfigError) -> anyhow::Result<ExitCode> {
    writeln!(io::stderr().lock(), "{error}")?;
    Ok(ExitCode::from(UNUSABLE_CONFIG))
}
