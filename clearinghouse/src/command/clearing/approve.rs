//! `huitong clearing approve` and `instruct`.

use std::io::Write;

use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;
use huitong_proto::clearing::v1;

use super::connection::{Connection, told};
use super::status;

/// Approve a cycle's plan. Two different officers must, each by the digest that `net` printed.
#[derive(Debug, clap::Args)]
pub(super) struct Approve {
    #[command(flatten)]
    connection: Connection,
    /// The business day, such as 2026-03-31 / 业务日
    #[arg(long)]
    day: BusinessDay,
    /// The digest of the plan that you looked at, as `net` printed it / 所核对轧差方案的摘要
    #[arg(long)]
    digest: Digest,
}

impl Approve {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut payments = self.connection.payments().await?;
        let request = v1::ApproveRequest {
            business_day: self.day.to_string(),
            digest: self.digest.as_bytes().to_vec(),
        };
        let answer = payments.approve(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        status::print_answered(out, self.connection.shape(), answer.status)
    }
}

/// Order payment of a cycle that two officers approved. Run again, it changes nothing.
#[derive(Debug, clap::Args)]
pub(super) struct Instruct {
    #[command(flatten)]
    connection: Connection,
    /// The business day, such as 2026-03-31 / 业务日
    #[arg(long)]
    day: BusinessDay,
}

impl Instruct {
    pub(super) async fn run(self, out: &mut dyn Write) -> anyhow::Result<()> {
        let mut payments = self.connection.payments().await?;
        let request = v1::InstructRequest {
            business_day: self.day.to_string(),
        };
        let answer = payments.instruct(request).await;
        let answer = answer.map_err(|status| told(&status))?.into_inner();
        status::print_answered(out, self.connection.shape(), answer.status)
    }
}
