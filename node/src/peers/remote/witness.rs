//! What a node asks another region's about the clearinghouse's checkpoints.

use std::time::Duration;

use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::witness_service_client::WitnessServiceClient;
use huitong_transport::call_within;

use super::super::guard::Purpose;
use super::{HomeFault, Peer};

impl Peer {
    /// The file of a plan's checkpoint as the other region was shown it; empty when it has seen none. Nothing of it is
    /// checked here.
    ///
    /// # Errors
    /// [`HomeFault`].
    pub async fn seen_checkpoint(&self, plan: u64, within: Duration) -> Result<Vec<u8>, HomeFault> {
        let attempt = |left| async move {
            let request = v1::GetSeenCheckpointRequest { plan };
            let mut client = WitnessServiceClient::new(self.channel()?);
            call_within(left, request, |request| client.get_seen_checkpoint(request)).await
        };
        Ok(self.guard.call(Purpose::Ask, within, attempt).await?.file)
    }
}
