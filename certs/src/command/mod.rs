//! `huitong certs …`: found a network, issue certificates, renew them, take them back, look at one.
//!
//! One file per command. Each runs to the end or writes nothing.

mod init;
mod issue;
mod renew;
mod revoke;
mod roll;
mod show;

use std::io::{self, Write};

pub use init::Init;
pub use issue::Issue;
pub use renew::Renew;
pub use revoke::Revoke;
pub use roll::Roll;
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
    /// Issue again for the same party, in its folder / 换发证书
    Renew(Renew),
    /// Take certificates back, or sign the revocation list anew / 吊销证书
    Revoke(Revoke),
    /// Have one root take the place of another, both trusted in between / 更换根证书
    Roll(Roll),
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
            Action::Renew(renew) => renew.run(out),
            Action::Revoke(revoke) => revoke.run(out),
            Action::Roll(roll) => roll.run(out),
            Action::Show(show) => show.run(out),
        }
    }
}
