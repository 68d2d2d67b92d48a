//! An officer's client for prefunds: what is answered, as values.

use huitong_core::id::RequestId;
use huitong_core::money::Fen;
use huitong_core::prefund::{OwnPrefunds, Prefund, PrefundSeen};
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::prefund_desk_service_client::PrefundDeskServiceClient;
use huitong_proto::conversion::prefund::{
    own_prefunds_from_wire, top_up_answer_from_wire, top_up_to_wire,
};
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct PrefundDeskClient(PrefundDeskServiceClient<Channel>);

impl PrefundDeskClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client = PrefundDeskServiceClient::new(channel);
        Ok(Self(client.max_decoding_message_size(MAX_MESSAGE_BYTES)))
    }

    /// How the prefunds stand that the member pays or holds who clears for the region.
    ///
    /// # Errors
    /// The clearinghouse's or the node's refusal, or the transport's.
    pub async fn show(&mut self) -> Result<OwnPrefunds, Status> {
        let answer = self.0.show_prefunds(v1::ShowPrefundsRequest {}).await?;
        own_prefunds_from_wire(answer.into_inner())
            .map_err(|fault| Status::internal(fault.to_string()))
    }

    /// Asks for more of a prefund that the member holds; how it stands then.
    ///
    /// # Errors
    /// As [`Self::show`].
    pub async fn top_up(
        &mut self,
        which: (Prefund, RequestId),
        amount: Fen,
    ) -> Result<PrefundSeen, Status> {
        let answer = self.0.ask_top_up(top_up_to_wire(which, amount)).await?;
        top_up_answer_from_wire(answer.into_inner())
            .map_err(|fault| Status::internal(fault.to_string()))
    }
}
