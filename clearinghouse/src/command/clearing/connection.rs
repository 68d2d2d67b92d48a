//! How an officer reaches the clearinghouse, and how an answer is shown.

use std::io::Write;

use anyhow::Context as _;
use huitong_proto::clearing::v1::attestation_office_service_client::AttestationOfficeServiceClient;
use huitong_proto::clearing::v1::books_service_client::BooksServiceClient;
use huitong_proto::clearing::v1::deduction_office_service_client::DeductionOfficeServiceClient;
use huitong_proto::clearing::v1::dispute_office_service_client::DisputeOfficeServiceClient;
use huitong_proto::clearing::v1::exception_service_client::ExceptionServiceClient;
use huitong_proto::clearing::v1::member_service_client::MemberServiceClient;
use huitong_proto::clearing::v1::month_office_service_client::MonthOfficeServiceClient;
use huitong_proto::clearing::v1::officer_service_client::OfficerServiceClient;
use huitong_proto::clearing::v1::payment_service_client::PaymentServiceClient;
use huitong_proto::clearing::v1::prefund_service_client::PrefundServiceClient;
use huitong_proto::clearing::v1::proof_office_service_client::ProofOfficeServiceClient;
use huitong_transport::{ClientOptions, MAX_MESSAGE_BYTES, TransportError};
use tonic::Status;
use tonic::transport::Channel;

use crate::grpc::refusal_of;

/// A plan of a thousand regions comes with its canonical form, a page of movements with all that they count for.
const LARGEST_ANSWER_BYTES: usize = 4 * MAX_MESSAGE_BYTES;

/// Where the clearinghouse is, and who asks.
#[derive(Debug, clap::Args)]
pub(super) struct Connection {
    #[command(flatten)]
    server: ClientOptions,
    /// Print one JSON document / 以JSON输出
    #[arg(long)]
    json: bool,
}

/// How an answer is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    Text,
    Json,
}

impl Connection {
    pub(super) async fn open(&self) -> anyhow::Result<OfficerServiceClient<Channel>> {
        let channel = self.server.clearinghouse().await?;
        Ok(OfficerServiceClient::new(channel).max_decoding_message_size(LARGEST_ANSWER_BYTES))
    }

    pub(super) async fn channel(&self) -> anyhow::Result<Channel> {
        Ok(self.server.clearinghouse().await?)
    }

    pub(super) async fn members(&self) -> anyhow::Result<MemberServiceClient<Channel>> {
        let channel = self.server.clearinghouse().await?;
        Ok(MemberServiceClient::new(channel).max_decoding_message_size(LARGEST_ANSWER_BYTES))
    }

    pub(super) async fn months(&self) -> anyhow::Result<MonthOfficeServiceClient<Channel>> {
        let channel = self.server.clearinghouse().await?;
        Ok(MonthOfficeServiceClient::new(channel).max_decoding_message_size(LARGEST_ANSWER_BYTES))
    }

    pub(super) async fn payments(&self) -> anyhow::Result<PaymentServiceClient<Channel>> {
        let channel = self.server.clearinghouse().await?;
        Ok(PaymentServiceClient::new(channel).max_decoding_message_size(LARGEST_ANSWER_BYTES))
    }

    pub(super) async fn books(&self) -> anyhow::Result<BooksServiceClient<Channel>> {
        let channel = self.server.clearinghouse().await?;
        Ok(BooksServiceClient::new(channel))
    }

    pub(super) async fn exceptions(&self) -> anyhow::Result<ExceptionServiceClient<Channel>> {
        let channel = self.server.clearinghouse().await?;
        Ok(ExceptionServiceClient::new(channel))
    }

    pub(super) async fn deductions(&self) -> anyhow::Result<DeductionOfficeServiceClient<Channel>> {
        let channel = self.server.clearinghouse().await?;
        Ok(DeductionOfficeServiceClient::new(channel))
    }

    pub(super) async fn disputes(&self) -> anyhow::Result<DisputeOfficeServiceClient<Channel>> {
        let channel = self.server.clearinghouse().await?;
        Ok(DisputeOfficeServiceClient::new(channel))
    }

    pub(super) async fn attestations(
        &self,
    ) -> anyhow::Result<AttestationOfficeServiceClient<Channel>> {
        let channel = self.server.clearinghouse().await?;
        let client = AttestationOfficeServiceClient::new(channel);
        Ok(client.max_decoding_message_size(LARGEST_ANSWER_BYTES))
    }

    pub(super) async fn prefunds(&self) -> anyhow::Result<PrefundServiceClient<Channel>> {
        let channel = self.server.clearinghouse().await?;
        Ok(PrefundServiceClient::new(channel))
    }

    pub(super) async fn proofs(&self) -> anyhow::Result<ProofOfficeServiceClient<Channel>> {
        let channel = self.server.clearinghouse().await?;
        Ok(ProofOfficeServiceClient::new(channel).max_decoding_message_size(LARGEST_ANSWER_BYTES))
    }

    pub(super) const fn shape(&self) -> Shape {
        if self.json { Shape::Json } else { Shape::Text }
    }
}

/// What a refused call says to a person.
pub(super) fn told(status: &Status) -> anyhow::Error {
    if let Some(refusal) = refusal_of(status) {
        let about = if refusal.detail.is_empty() {
            String::new()
        } else {
            format!(" [{}]", refusal.detail)
        };
        return anyhow::anyhow!(
            "{}{about}: {} / {}",
            refusal.code,
            refusal.advice_en,
            refusal.advice_zh
        );
    }
    match TransportError::of(status) {
        Some(error) => error.into(),
        None => anyhow::anyhow!("{status}"),
    }
}

/// Prints a document.
pub(super) fn print_json(out: &mut dyn Write, value: &serde_json::Value) -> anyhow::Result<()> {
    let text = serde_json::to_string_pretty(value).context("the answer as JSON")?;
    writeln!(out, "{text}")?;
    Ok(())
}
