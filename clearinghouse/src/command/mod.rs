//! `huitong clearinghouse …` and `huitong clearing …`: what operators and officers type.
//!
//! One file per command. Officers' commands are clients with an officer's certificate; they open no file
//! of the clearinghouse.

mod check_config;
mod clearing;
mod run;

use std::io::{self, Write};
use std::process::ExitCode;

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
}

impl ClearinghouseCommand {
    /// Runs the command. A configuration that cannot be used is told whole, with exit code 64.
    ///
    /// # Errors
    /// Whatever stops the command, with what to do about it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        match self.action {
            Action::Run(run) => run.run(),
            Action::CheckConfig(check) => check.run(&mut io::stdout().lock()),
        }
    }
}

/// Tells on standard error what is wrong with a configuration.
fn unusable(error: &crate::ConfigError) -> anyhow::Result<ExitCode> {
    writeln!(io::stderr().lock(), "{error}")?;
    Ok(ExitCode::from(UNUSABLE_CONFIG))
}
