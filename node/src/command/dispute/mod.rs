//! `huitong node dispute …`: disputes with other regions.

mod list;
mod raise;
mod say;

use std::io::Write;
use std::process::ExitCode;

pub use list::List;
pub use raise::Raise;
pub use say::{Accept, Answer, Step};

use huitong_core::dispute::word::Says;

/// Disputes with other regions / 清算争议
#[derive(Debug, clap::Subcommand)]
pub enum DisputeCommand {
    /// Say what another region owes on a debt or a row of a cycle / 提出争议
    Raise(Raise),
    /// Answer what another region claims / 答复争议
    #[command(override_usage = "huitong node dispute answer [OPTIONS] <NAME>")]
    Answer(Answer),
    /// Accept the other region's answer: the dispute is settled by it / 认可答复
    #[command(override_usage = "huitong node dispute accept [OPTIONS] --amount <AMOUNT> <NAME>")]
    Accept(Accept),
    /// Have the operator's officers decide / 提请裁定
    Escalate(Step),
    /// Claim nothing any more / 撤回争议
    Withdraw(Step),
    /// Disputes in which the region stands, with their age and what is overdue / 争议清单与账龄
    List(List),
}

impl DisputeCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Raise(raise) => raise.run(out),
            Self::Answer(answer) => answer.run(out),
            Self::Accept(accept) => accept.run(out),
            Self::Escalate(step) => step.run(Says::Escalate, out),
            Self::Withdraw(step) => step.run(Says::Withdraw, out),
            Self::List(list) => list.run(out),
        }
    }
}
