//! A hospital's system: it calls its region's node with its own certificate, and knows that a call may be
//! lost: then it sends the same request under the same id until it has an outcome.

use std::time::Duration;

use huitong_core::canonical::Artifact as _;
use huitong_core::receipt::Receipt;
use huitong_proto::common::v1 as common;
use huitong_proto::settlement::v1 as settlement;
use huitong_proto::settlement::v1::get_settlement_request::By;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use huitong_transport::{ClientLimits, CredentialStore, MAX_MESSAGE_BYTES, connect_lazy};
use tonic::transport::Channel;
use tonic::{Request, Status};

use crate::certificates::party;
use crate::refused::{Again, Refused};
use crate::register::{Desk, Region};
use crate::world::World;

/// How long a hospital waits before it sends again.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a hospital tries until it has an outcome; a killed node is back long before.
const OUTCOME_WITHIN: Duration = Duration::from_secs(120);

/// One institution's connection to its node.
#[derive(Debug, Clone)]
pub struct Hospital {
    client: InstitutionServiceClient<Channel>,
}

impl Hospital {
    /// An institution of a region, with its rightful certificate.
    #[must_use]
    pub fn of(world: &World, region: &Region, desk: Desk) -> Self {
        let path = format!("/region/{}/institution/{}", region.code, desk.code(region));
        let credentials = world.authorities().credentials(&party(&path));
        Self::speaking_with(&credentials, world, region)
    }

    /// Anyone who calls a region's node as if it were an institution of it.
    #[must_use]
    pub fn speaking_with(credentials: &CredentialStore, world: &World, region: &Region) -> Self {
        let node = party(&format!("/region/{}/node", region.code));
        let endpoint = world.endpoint(region);
        let channel = connect_lazy(&endpoint, node, credentials, ClientLimits::standard()).unwrap();
        let client = InstitutionServiceClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(2 * MAX_MESSAGE_BYTES);
        Self { client }
    }

    /// What would be paid.
    ///
    /// # Errors
    /// The refusal.
    pub async fn estimate(
        &self,
        bill: settlement::Bill,
    ) -> Result<settlement::EstimateResponse, Refused> {
        let request = settlement::EstimateRequest { bill: Some(bill) };
        let answer = self.client.clone().estimate(request).await;
        answer
            .map(tonic::Response::into_inner)
            .map_err(|status| Refused::of_status(&status))
    }

    /// Sends a request once.
    ///
    /// # Errors
    /// The refusal.
    pub async fn settle_once(
        &self,
        request: impl tonic::IntoRequest<settlement::SettleRequest>,
    ) -> Result<settlement::Settlement, Refused> {
        outcome(self.client.clone().settle(request.into_request()).await)
    }

    /// Sends a bill once.
    ///
    /// # Errors
    /// The refusal.
    pub async fn settle(
        &self,
        request_id: &str,
        bill: settlement::Bill,
    ) -> Result<settlement::Settlement, Refused> {
        self.settle_once(request(request_id, bill)).await
    }

    /// Sends a bill under one id until its outcome is known.
    ///
    /// # Errors
    /// The final refusal.
    pub async fn settle_for_sure(
        &self,
        request_id: &str,
        bill: settlement::Bill,
    ) -> Result<settlement::Settlement, Refused> {
        let until_known = async {
            loop {
                let answer = self.settle(request_id, bill.clone()).await;
                match answer {
                    Err(refused) if refused.again == Again::SameId => {
                        tokio::time::sleep(PAUSE).await
                    }
                    Ok(_) | Err(_) => return answer,
                }
            }
        };
        let known = tokio::time::timeout(OUTCOME_WITHIN, until_known).await;
        known.unwrap_or_else(|_| panic!("{request_id}: no outcome in {OUTCOME_WITHIN:?}"))
    }

    /// Gives an id up that never became a settlement: afterwards it never will.
    pub async fn cancel(&self, request_id: &str, person: common::Person) -> settlement::Settlement {
        let request_id = request_id.to_owned();
        let request = settlement::CancelRequest {
            request_id,
            person: Some(person),
        };
        let answer = self.client.clone().cancel(request).await.unwrap();
        answer.into_inner().settlement.unwrap()
    }

    /// Takes back what was settled under an id, until the outcome is known.
    ///
    /// # Errors
    /// The final refusal.
    pub async fn reverse_for_sure(
        &self,
        request_id: &str,
        settled: &str,
        reason: settlement::ReversalReason,
    ) -> Result<settlement::Settlement, Refused> {
        let of = settlement::reverse_request::Of::SettledRequestId(settled.to_owned());
        let request = settlement::ReverseRequest {
            request_id: request_id.to_owned(),
            of: Some(of),
            reason: reason.into(),
        };
        let until_known = async {
            loop {
                let answer = self.client.clone().reverse(request.clone()).await;
                match answer.map_err(|status| Refused::of_status(&status)) {
                    Err(refused) if refused.again == Again::SameId => {
                        tokio::time::sleep(PAUSE).await;
                    }
                    Err(refused) => return Err(refused),
                    Ok(answer) => return Ok(answer.into_inner().settlement.unwrap()),
                }
            }
        };
        let known = tokio::time::timeout(OUTCOME_WITHIN, until_known).await;
        known.unwrap_or_else(|_| panic!("{request_id}: no outcome in {OUTCOME_WITHIN:?}"))
    }

    /// The settlement of an id, as it stands.
    ///
    /// # Errors
    /// The refusal, `settlement.not_found` among them.
    pub async fn get(&self, request_id: &str) -> Result<settlement::Settlement, Refused> {
        let by = Some(By::RequestId(request_id.to_owned()));
        let request = settlement::GetSettlementRequest { by };
        let answer = self
            .client
            .clone()
            .get_settlement(Request::new(request))
            .await;
        let answer = answer.map_err(|status| Refused::of_status(&status))?;
        Ok(answer.into_inner().settlement.unwrap())
    }
}

/// A request without a not-after time.
#[must_use]
pub fn request(request_id: &str, bill: settlement::Bill) -> settlement::SettleRequest {
    let request_id = request_id.to_owned();
    settlement::SettleRequest {
        request_id,
        bill: Some(bill),
        not_after_ms: 0,
    }
}

/// The receipt of a settlement, read.
#[must_use]
pub fn receipt(settled: &settlement::Settlement) -> Receipt {
    let receipt = settled.receipt.as_ref().unwrap();
    Receipt::from_bytes(&receipt.canonical).unwrap()
}

fn outcome(
    answer: Result<tonic::Response<settlement::SettleResponse>, Status>,
) -> Result<settlement::Settlement, Refused> {
    let settled = match answer {
        Ok(answer) => answer.into_inner().settlement.unwrap(),
        Err(status) => return Err(Refused::of_status(&status)),
    };
    match settled.state() {
        settlement::State::Settled
        | settlement::State::Reversed
        | settlement::State::Provisional
        | settlement::State::Borne => Ok(settled),
        settlement::State::Refused => Err(Refused::of_wire(&settled.refusal.unwrap())),
        settlement::State::Abandoned
        | settlement::State::Prepared
        | settlement::State::Unspecified => {
            panic!("no outcome is this: {settled:?}")
        }
    }
}
