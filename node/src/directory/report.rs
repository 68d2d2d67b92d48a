//! Fetching versions of the directory from the clearinghouse. What comes is bytes: they are read and checked where they are
//! taken. Deliberately absent: whether what came is believed.

use std::time::Duration;

use huitong_certs::Identity;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::directory_service_client::DirectoryServiceClient;
use huitong_transport::{Dialer, MAX_MESSAGE_BYTES, TransportError, call_within};
use tonic::transport::Channel;

/// The way to the clearinghouse.
pub struct DirectoryClient {
    channel: Channel,
    within: Duration,
}

impl DirectoryClient {
    /// A client of the clearinghouse at an endpoint.
    ///
    /// # Errors
    /// [`TransportError::BadEndpoint`].
    pub fn new(endpoint: &str, dialer: &Dialer) -> Result<Self, TransportError> {
        let channel = dialer.connect_lazy(endpoint, Identity::Clearinghouse)?;
        let within = dialer.limits().call_deadline;
        Ok(Self { channel, within })
    }

    /// The file of the version after a number; empty when there is none. Or what was said instead.
    pub(super) async fn after(&self, after: u64) -> Result<Vec<u8>, String> {
        let mut client = DirectoryServiceClient::new(self.channel.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES);
        let request = v1::FetchDirectoryRequest { after };
        let answer = call_within(self.within, request, |request| {
            client.fetch_directory(request)
        });
        let answer = answer.await.map_err(|status| {
            TransportError::of(&status)
                .map_or_else(|| status.message().to_owned(), |error| error.to_string())
        })?;
        Ok(answer.into_inner().file)
    }
}
