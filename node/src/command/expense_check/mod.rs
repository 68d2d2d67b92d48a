//! `huitong node check …`: expense checks with other regions.

mod answer;
mod ask;
mod list;
#[cfg(test)]
pub(super) mod samples;
pub(super) mod shown;

use std::io::Write;
use std::process::ExitCode;

use huitong_core::digest::Digest;
use huitong_core::id::CheckId;
use huitong_core::vocabulary::SendBackReason;
use huitong_transport::ClientOptions;

use self::shown::{as_json, print, said_as_json};
use super::{block_on, said};
use crate::grpc::expense_check_client::{CheckTold, ExpenseCheckClient};

/// Expense checks with other regions / 异地费用协查
#[derive(Debug, clap::Subcommand)]
pub enum CheckCommand {
    /// Have the treatment region verify a settlement of the region's insured / 发起协查
    #[command(override_usage = "huitong node check ask [OPTIONS] --settlement <SETTLEMENT>")]
    Ask(ask::Ask),
    /// List the region's checks in both roles, and count those that are late / 协查列表
    List(list::List),
    /// Show a check and what was said in it / 查看协查
    Show(Show),
    /// Answer a check of a settlement of the region's institutions / 答复协查
    Answer(answer::Answer),
    /// Confirm the answer / 确认答复
    Confirm(Confirm),
    /// Send the answer back, once / 退回答复
    SendBack(SendBack),
}

impl CheckCommand {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        match self {
            Self::Ask(ask) => ask.run(out),
            Self::List(list) => list.run(out),
            Self::Show(show) => show.run(out),
            Self::Answer(answer) => answer.run(out),
            Self::Confirm(confirm) => confirm.run(out),
            Self::SendBack(back) => back.run(out),
        }
    }
}

/// A check, and whom to ask about it.
#[derive(Debug, clap::Args)]
struct Named {
    /// The check, chk_… / 协查编号
    check: CheckId,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Named {
    /// Prints how the check stands after what was asked.
    fn print(&self, told: &CheckTold, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        print_one(told, self.json.then_some(()), out)
    }
}

/// A check of which something is said, as it was looked at.
#[derive(Debug, clap::Args)]
struct LookedAt {
    #[command(flatten)]
    of: Named,
    /// Digest of its last word, as `show` printed it / 末条摘要
    #[arg(long)]
    digest: Digest,
}

impl LookedAt {
    const fn word(&self) -> (CheckId, Digest) {
        (self.of.check, self.digest)
    }
}

/// Prints a check, as JSON if that is asked for.
fn print_one(told: &CheckTold, json: Option<()>, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match json {
        Some(()) => writeln!(out, "{}", as_json(told))?,
        None => print(told, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Show a check and what was said in it.
#[derive(Debug, clap::Args)]
pub struct Show {
    #[command(flatten)]
    of: Named,
}

impl Show {
    fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let (told, words) = block_on(async {
            let mut client = ExpenseCheckClient::connect(&self.of.server).await?;
            client.show(self.of.check).await.map_err(said)
        })?;
        if self.of.json {
            writeln!(out, "{}", said_as_json(&told, &words))?;
            return Ok(ExitCode::SUCCESS);
        }
        print(&told, out)?;
        for word in &words {
            let who = if word.officer.is_empty() {
                "the node itself 节点自动"
            } else {
                &word.officer
            };
            writeln!(out, "  {} {} {} {who}", word.at, word.region, word.says)?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

/// Confirm the answer: the check is over.
#[derive(Debug, clap::Args)]
pub struct Confirm {
    #[command(flatten)]
    at: LookedAt,
}

impl Confirm {
    fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let told = block_on(async {
            let mut client = ExpenseCheckClient::connect(&self.at.of.server).await?;
            client.confirm(self.at.word()).await.map_err(said)
        })?;
        self.at.of.print(&told, out)
    }
}

/// Send the answer back, once: it is answered anew, by the same dates.
#[derive(Debug, clap::Args)]
pub struct SendBack {
    #[command(flatten)]
    at: LookedAt,
    /// not_answered, incomplete, amounts_unclear or other / 退回事由
    #[arg(long)]
    reason: SendBackReason,
}

impl SendBack {
    fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let told = block_on(async {
            let mut client = ExpenseCheckClient::connect(&self.at.of.server).await?;
            let back = client.send_back(self.at.word(), self.reason);
            back.await.map_err(said)
        })?;
        self.at.of.print(&told, out)
    }
}
