//! `huitong certs …`: found a network, issue certificates, look at one.
//!
//! One file per command. Each runs to the end or writes nothing.

mod init;
mod issue;
mod show;

use std::io::{self, Write};

pub use init::Init;
pub use issue::Issue;
pub use show::Show;

/// Certificates: who is speaking / 证书管理
#[derive(Debug, clap::Args)]
pub struct CertsCommand {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Found a network: make the operator's root / 建立运营方根证书
    Init(Init),
    /// Issue a certificate with its keys / 签发证书及密钥
    Issue(Issue),
    /// Say what a certificate file holds / 查看证书内容
    Show(Show),
}

impl CertsCommand {
    /// Runs the command, printing to standard output.
    ///
    /// # Errors
    /// Whatever the command refuses, with what to do about it.
    pub fn run(self) -> anyhow::Result<()> {
        self.run_to(&mut io::stdout().lock())
    }

    /// Runs the command, printing to `out`.
    ///
    /// # Errors
    /// As [`CertsCommand::run`].
    pub fn run_to(self, out: &mut dyn Write) -> anyhow::Result<()> {
        match self.action {
            Action::Init(init) => init.run(out),
            Action::Issue(issue) => issue.run(out),
            Action::Show(show) => show.run(out),
        }
    }
}
