//! Months with the clearinghouse: the region's part comes from there, and its word goes there.
//!
//! What the clearinghouse refuses goes on to whoever asked, in its own words and under its own code.

use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::canonical::Artifact;
use huitong_core::clearing_month::part::MonthPart;
use huitong_core::clearing_month::seen::MonthSeen;
use huitong_core::clearing_month::word::CertifiedMonthWord;
use huitong_core::payable::Month;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::month_service_client::MonthServiceClient;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::month::month_seen_from_wire;
use huitong_transport::{Dialer, MAX_MESSAGE_BYTES, TransportError, call_within};
use tonic::Status;
use tonic::transport::Channel;

use crate::clearing_answer::{told, unreadable};

/// The most bytes of an answer: the rows of a region with all others, each with its way to the root.
const LARGEST_ANSWER_BYTES: usize = 4 * MAX_MESSAGE_BYTES;

/// The way to the clearinghouse.
pub struct MonthClient {
    channel: Channel,
    within: Duration,
}

impl MonthClient {
    /// A client of the clearinghouse at an endpoint.
    ///
    /// # Errors
    /// [`TransportError::BadEndpoint`].
    pub fn new(endpoint: &str, dialer: &Dialer) -> Result<Self, TransportError> {
        let channel = dialer.connect_lazy(endpoint, Identity::Clearinghouse)?;
        let within = dialer.limits().call_deadline;
        Ok(Self { channel, within })
    }

    fn client(&self) -> MonthServiceClient<Channel> {
        MonthServiceClient::new(self.channel.clone())
            .max_decoding_message_size(LARGEST_ANSWER_BYTES)
    }

    /// The region's part of a month, as it was handed out.
    pub(super) async fn part(&self, month: &Month) -> Result<MonthPart, Status> {
        let request = v1::FetchMonthRequest {
            month: month.to_string(),
        };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| client.fetch_month(request));
        let answer = answer.await.map_err(|status| told(&status))?.into_inner();
        MonthPart::from_bytes(&answer.part).map_err(|fault| unreadable(&fault))
    }

    /// Sends a word; how the month stands by it.
    pub(super) async fn say(&self, word: &CertifiedMonthWord) -> Result<MonthSeen, Status> {
        let request = v1::SayOfMonthRequest {
            word: word.to_bytes(),
        };
        let mut client = self.client();
        let answer = call_within(self.within, request, |request| client.say_of_month(request));
        let month = answer
            .await
            .map_err(|status| told(&status))?
            .into_inner()
            .month;
        month_seen_from_wire(month, Path::root("month")).map_err(|fault| unreadable(&fault))
    }
}
