//! `huitong policy …` on a running node: two officers publish and withdraw, one lists, compares and tries.
//!
//! Every command is a gRPC client with an officer's certificate. Exit codes: 0, and 1 for faults in a
//! document and for whatever the node refuses.

mod differences;
mod list;
mod publish;
mod replay;
mod shown;
mod step;

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use huitong_authoring::source;
use huitong_document::parts::Resolved;

pub use differences::Differences;
pub use list::List;
pub use publish::Publish;
pub use replay::Replay;
pub use step::{Approve, Reject, Withdraw};

/// Policies at the own region's node / 本统筹区节点的政策
#[derive(Debug, clap::Subcommand)]
pub enum PolicyOfficeCommand {
    /// Put a document forward; another officer approves it / 提出政策，由另一名经办人员批准
    Publish(Publish),
    /// Approve what another officer put forward / 批准他人提出的事项
    Approve(Approve),
    /// Turn down what was put forward / 驳回
    Reject(Reject),
    /// Ask for a mistaken document to be withdrawn; another officer approves it / 提出撤回有误政策
    Withdraw(Withdraw),
    /// List the region's documents and how each stands / 列出政策及状态
    List(List),
    /// List the settlements decided under a withdrawn document, with what is to be booked for each / 列出撤回政策下的结算及差额
    Differences(Differences),
    /// Try a document on stored settlements; nothing is published / 以另一政策回放已存结算
    Replay(Replay),
}

impl PolicyOfficeCommand {
    /// Runs the command, printing to standard output.
    ///
    /// # Errors
    /// Whatever the node refuses, with what to do about it.
    pub fn run(self) -> anyhow::Result<ExitCode> {
        self.run_to(&mut io::stdout())
    }

    /// Runs the command, printing to `out`.
    ///
    /// # Errors
    /// As [`PolicyOfficeCommand::run`].
    pub fn run_to(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Publish(command) => command.run(out),
            Self::Approve(command) => command.run(out),
            Self::Reject(command) => command.run(out),
            Self::Withdraw(command) => command.run(out),
            Self::List(command) => command.run(out),
            Self::Differences(command) => command.run(out),
            Self::Replay(command) => command.run(out),
        }
    }
}

/// Reads a document with its parts in place: what a node is sent.
fn read(file: &Path) -> anyhow::Result<Resolved> {
    Ok(source::read(file)?)
}
