//! An officer's client for months of clearing: what is asked and what is answered, as values.

use huitong_core::clearing_month::own::OwnMonth;
use huitong_core::clearing_month::seen::MonthSeen;
use huitong_core::clearing_month::word::ObjectedRow;
use huitong_core::digest::Digest;
use huitong_core::payable::Month;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::month_desk_service_client::MonthDeskServiceClient;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::month::{
    month_seen_from_wire, objected_row_to_wire, own_month_from_wire,
};
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES};
use tonic::Status;
use tonic::transport::Channel;

/// An officer connected to the node of the own region.
#[derive(Debug)]
pub struct MonthDeskClient {
    client: MonthDeskServiceClient<Channel>,
    region: RegionCode,
}

impl MonthDeskClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (region, channel) = options.own_node().await?;
        let client =
            MonthDeskServiceClient::new(channel).max_decoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self { client, region })
    }

    /// The region.
    #[must_use]
    pub const fn region(&self) -> RegionCode {
        self.region
    }

    /// The region's rows of a month.
    ///
    /// # Errors
    /// The clearinghouse's or the node's refusal, or the transport's.
    pub async fn show(&mut self, month: &Month) -> Result<OwnMonth, Status> {
        let request = v1::ShowOwnMonthRequest {
            month: month.to_string(),
        };
        let answer = self.client.show_own_month(request).await?.into_inner();
        own_month_from_wire(answer).map_err(|fault| Status::internal(fault.to_string()))
    }

    /// Confirms a month, but for some rows.
    ///
    /// # Errors
    /// The clearinghouse's or the node's refusal, or the transport's.
    pub async fn confirm(
        &mut self,
        (month, digest): (&Month, Digest),
        objected: &[ObjectedRow],
    ) -> Result<MonthSeen, Status> {
        let request = v1::ConfirmOwnMonthRequest {
            month: month.to_string(),
            digest: digest.as_bytes().to_vec(),
            objected: objected.iter().map(objected_row_to_wire).collect(),
        };
        let answer = self.client.confirm_own_month(request).await?.into_inner();
        let seen = month_seen_from_wire(answer.month, Path::root("month"));
        seen.map_err(|fault| Status::internal(fault.to_string()))
    }
}
