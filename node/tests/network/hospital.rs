//! A hospital as it calls its own region's node.

use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::institution_service_client::InstitutionServiceClient;
use tonic::Status;
use tonic::transport::Channel;

use crate::patience::until;
use crate::world::code;

#[derive(Clone)]
pub struct Hospital {
    pub client: InstitutionServiceClient<Channel>,
}

impl Hospital {
    pub async fn settle(&mut self, request: v1::SettleRequest) -> Result<v1::Settlement, Status> {
        Ok(self
            .client
            .settle(request)
            .await?
            .into_inner()
            .settlement
            .unwrap())
    }

    pub async fn get(&mut self, request_id: &str) -> Result<v1::Settlement, Status> {
        let by = v1::get_settlement_request::By::RequestId(request_id.to_owned());
        let request = v1::GetSettlementRequest { by: Some(by) };
        Ok(self
            .client
            .get_settlement(request)
            .await?
            .into_inner()
            .settlement
            .unwrap())
    }

    /// Asks until the settlement is in such a state.
    pub async fn get_when(
        &mut self,
        request_id: &str,
        is_so: impl Fn(v1::State) -> bool,
    ) -> v1::Settlement {
        until(async || {
            let settlement = self.get(request_id).await.unwrap();
            let state = settlement.state();
            if is_so(state) {
                Ok(settlement)
            } else {
                Err((request_id, state))
            }
        })
        .await
    }

    /// Asks until there is an outcome: until then it is told that there is none yet.
    pub async fn until_known<T>(
        &mut self,
        mut ask: impl AsyncFnMut(&mut Self) -> Result<T, Status>,
    ) -> Result<T, Status> {
        until(async || match ask(self).await {
            Err(status) if code(&status) == "outcome.unknown" => Err(status),
            told => Ok(told),
        })
        .await
    }

    /// Asks to settle until the answer is that the home region recovers: whoever has just been away is not asked at once.
    pub async fn until_recovering(&mut self, request: v1::SettleRequest) {
        until(async || {
            let told = code(&self.settle(request.clone()).await.unwrap_err());
            (told == "node.recovering").then_some(()).ok_or(told)
        })
        .await;
    }

    /// Asks until the settlement has an outcome.
    pub async fn outcome(&mut self, request_id: &str) -> v1::Settlement {
        self.get_when(request_id, |state| state != v1::State::Prepared)
            .await
    }

    pub async fn cancel(
        &mut self,
        request_id: &str,
        psn_no: &str,
    ) -> Result<v1::Settlement, Status> {
        let person = Some(crate::bills::person(psn_no));
        let request = v1::CancelRequest {
            request_id: request_id.to_owned(),
            person,
        };
        Ok(self
            .client
            .cancel(request)
            .await?
            .into_inner()
            .settlement
            .unwrap())
    }

    /// Reverses what was settled under a request id, under an id of its own.
    pub async fn reverse(
        &mut self,
        request_id: &str,
        settled: &str,
        reason: v1::ReversalReason,
    ) -> Result<v1::Settlement, Status> {
        let of = v1::reverse_request::Of::SettledRequestId(settled.to_owned());
        let request = v1::ReverseRequest {
            request_id: request_id.to_owned(),
            of: Some(of),
            reason: reason.into(),
        };
        let answer = self.client.reverse(request).await?.into_inner();
        Ok(answer.settlement.unwrap())
    }

    /// Asks until the settlement is reversed.
    pub async fn reversed(&mut self, request_id: &str) -> v1::Settlement {
        self.get_when(request_id, |state| state == v1::State::Reversed)
            .await
    }

    /// What others reversed and this hospital has not acknowledged.
    pub async fn notices(&mut self) -> Vec<v1::Settlement> {
        let request = v1::ListReversalsRequest {
            after: String::new(),
            limit: 0,
        };
        let answer = self.client.list_reversals(request).await.unwrap();
        answer.into_inner().settlements
    }

    pub async fn acknowledge(&mut self, settlement: &str) -> Result<(), Status> {
        let request = v1::AcknowledgeReversalRequest {
            settlement: settlement.to_owned(),
        };
        self.client.acknowledge_reversal(request).await?;
        Ok(())
    }
}
