//! An officer's client for disputes with other regions: what is asked and what is answered, as values.

use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::seen::DisputeSeen;
use huitong_core::dispute::word::Says;
use huitong_core::money::Fen;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::dispute_desk_service_client::DisputeDeskServiceClient;
use huitong_proto::clearing::v1::say_in_dispute_request::Says as Wire;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::dispute::{
    dispute_claim_to_wire, dispute_from_wire, dispute_reply_to_wire,
};
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

use crate::disputes::Saying;
use crate::disputes::report::{Page, Wanted, filter_to_wire};

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct DisputeDeskClient {
    client: DisputeDeskServiceClient<Channel>,
    region: RegionCode,
}

impl DisputeDeskClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (region, channel) = options.own_node().await?;
        let client =
            DisputeDeskServiceClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client, region })
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// Has the region say something.
    ///
    /// # Errors
    /// The clearinghouse's or the node's refusal, or the transport's.
    pub async fn say(&mut self, name: DisputeName, saying: &Saying) -> Result<DisputeSeen, Status> {
        let says = match &saying.says {
            Says::Raise(claim) => Wire::Raise(dispute_claim_to_wire(claim)),
            Says::Answer(reply) => Wire::Answer(dispute_reply_to_wire(reply)),
            Says::Accept => Wire::Accept(v1::Nothing {}),
            Says::Escalate => Wire::Escalate(v1::Nothing {}),
            Says::Withdraw => Wire::Withdraw(v1::Nothing {}),
        };
        let request = v1::SayInDisputeRequest {
            name: name.to_string(),
            says: Some(says),
            settles_at_fen: saying.settles_at.map(Fen::get),
        };
        let answer = self.client.say_in_dispute(request).await?.into_inner();
        seen(answer.dispute)
    }

    /// A page of disputes.
    ///
    /// # Errors
    /// The clearinghouse's or the node's refusal, or the transport's.
    pub async fn page(&mut self, wanted: &Wanted) -> Result<Page, Status> {
        let request = v1::ListOwnDisputesRequest {
            filter: Some(filter_to_wire(wanted)),
        };
        let answer = self.client.list_own_disputes(request).await?.into_inner();
        let disputes = answer.disputes.into_iter().map(|it| seen(Some(it)));
        Ok((disputes.collect::<Result<_, _>>()?, answer.next))
    }
}

fn seen(dispute: Option<v1::Dispute>) -> Result<DisputeSeen, Status> {
    let seen = dispute_from_wire(dispute, Path::root("dispute"));
    seen.map_err(|fault| Status::internal(fault.to_string()))
}
