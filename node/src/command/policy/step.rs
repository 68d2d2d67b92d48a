//! `huitong policy approve | reject | withdraw DIGEST`: the steps of two officers.

use std::io::Write;
use std::process::ExitCode;

use huitong_core::digest::Digest;
use huitong_transport::ClientOptions;

use super::shown::{Form, print_step};
use crate::command::{block_on, said};
use crate::grpc::office_client::OfficeClient;
use crate::office::Subject;

/// Approve what another officer put forward.
#[derive(Debug, clap::Args)]
pub struct Approve {
    /// SHA-256 of the document / 政策文件的摘要
    digest: Digest,
    /// Approve its withdrawal, not its publication / 批准撤回（而非发布）
    #[arg(long)]
    withdrawal: bool,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// Turn down what was put forward.
#[derive(Debug, clap::Args)]
pub struct Reject {
    /// SHA-256 of the document / 政策文件的摘要
    digest: Digest,
    /// Why / 理由
    #[arg(long)]
    reason: String,
    /// Turn down its withdrawal, not its publication / 驳回撤回（而非发布）
    #[arg(long)]
    withdrawal: bool,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

/// Ask for a mistaken document to be withdrawn.
#[derive(Debug, clap::Args)]
pub struct Withdraw {
    /// SHA-256 of the document / 政策文件的摘要
    digest: Digest,
    /// Why / 理由
    #[arg(long)]
    reason: String,
    /// The published document that must decide all its days instead / 须管辖其全部日期的已发布政策
    #[arg(long)]
    in_favour_of: Option<Digest>,
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以 JSON 输出
    #[arg(long)]
    json: bool,
}

impl Approve {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let subject = if self.withdrawal {
            Subject::Withdrawal
        } else {
            Subject::Publication
        };
        let policy = block_on(async {
            let mut office = OfficeClient::connect(&self.server).await?;
            office.approve(self.digest, subject).await.map_err(said)
        })?;
        let form = if self.json { Form::Json } else { Form::Text };
        print_step(&policy, form, out)
    }
}

impl Reject {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let subject = if self.withdrawal {
            Subject::Withdrawal
        } else {
            Subject::Publication
        };
        let policy = block_on(async {
            let mut office = OfficeClient::connect(&self.server).await?;
            let rejected = office.reject(self.digest, subject, self.reason).await;
            rejected.map_err(said)
        })?;
        let form = if self.json { Form::Json } else { Form::Text };
        print_step(&policy, form, out)
    }
}

impl Withdraw {
    pub(super) fn run(self, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
        let policy = block_on(async {
            let mut office = OfficeClient::connect(&self.server).await?;
            let asked = office.withdraw(self.digest, self.reason, self.in_favour_of);
            asked.await.map_err(said)
        })?;
        let form = if self.json { Form::Json } else { Form::Text };
        print_step(&policy, form, out)
    }
}
