//! `huitong node dispute answer`, `accept`, `escalate` and `withdraw`.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::seen::DisputeSeen;
use huitong_core::dispute::word::{Reply, Says};
use huitong_core::money::Fen;
use huitong_core::vocabulary::RejectionReason;
use huitong_transport::ClientOptions;

use crate::command::{block_on, said};
use crate::disputes::Saying;
use crate::grpc::dispute_client::DisputeDeskClient;
use huitong_desk::dispute as shown;

/// A step that needs the dispute's name only.
#[derive(Debug, clap::Args)]
pub struct Step {
    /// REGION/REFERENCE, such as 330200/2026-03-001 / 争议编号
    name: DisputeName,
    #[command(flatten)]
    server: ClientOptions,
    #[command(flatten)]
    shape: Shaped,
}

/// Accept the other region's answer.
#[derive(Debug, clap::Args)]
pub struct Accept {
    #[command(flatten)]
    step: Step,
    /// What was answered, in yuan, at which the dispute is settled; 0.00 when nothing / 了结金额（元）
    #[arg(long)]
    amount: Fen,
}

/// How the answer is shown.
#[derive(Debug, clap::Args)]
pub(super) struct Shaped {
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Json,
}

impl Shaped {
    pub(super) const fn shape(&self) -> Shape {
        if self.json { Shape::Json } else { Shape::Text }
    }
}

/// Answer what another region claims.
#[derive(Debug, clap::Args)]
pub struct Answer {
    #[command(flatten)]
    step: Step,
    #[command(flatten)]
    reply: Replied,
    /// With --accepted: what is claimed, in yuan, at which the dispute is settled / 了结金额（元）
    #[arg(long, required_if_eq("accepted", "true"), conflicts_with_all = ["partly", "rejected"])]
    amount: Option<Fen>,
}

/// One of three answers.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Replied {
    /// All of it is owed: the dispute is settled / 全额认可
    #[arg(long)]
    accepted: bool,
    /// So much of it is owed, in yuan / 部分认可金额（元）
    #[arg(long)]
    partly: Option<Fen>,
    /// Nothing is: stands, evidence_missing, out_of_term or not_our_duty / 驳回原因
    #[arg(long)]
    rejected: Option<RejectionReason>,
}

impl Step {
    pub(super) fn run(self, says: Says, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let settles_at = None;
        self.said(&Saying { says, settles_at }, out)
    }

    fn said(self, saying: &Saying, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let seen = block_on(async {
            let mut client = DisputeDeskClient::connect(&self.server).await?;
            client.say(self.name, saying).await.map_err(said)
        })?;
        told(&seen, self.shape.shape(), out)
    }
}

impl Answer {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let reply = match (self.reply.partly, self.reply.rejected) {
            (Some(amount), _) => Reply::Partly(amount),
            (None, Some(reason)) => Reply::Rejected(reason),
            (None, None) => Reply::Accepted,
        };
        let saying = Saying {
            says: Says::Answer(reply),
            settles_at: self.amount,
        };
        self.step.said(&saying, out)
    }
}

impl Accept {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let saying = Saying {
            says: Says::Accept,
            settles_at: Some(self.amount),
        };
        self.step.said(&saying, out)
    }
}

/// How the dispute stands now.
pub(super) fn told(
    seen: &DisputeSeen,
    shape: Shape,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    match shape {
        Shape::Json => writeln!(out, "{}", shown::as_json(seen))?,
        Shape::Text => shown::print(seen, out)?,
    }
    Ok(ExitCode::SUCCESS)
}
