//! Evidence that is called up: of the last leg of each region.

use huitong_proto::clearing::v1::call_up_service_server::CallUpService;
use huitong_proto::clearing::v1::{
    GiveEvidenceRequest, GiveEvidenceResponse, ListWantedRequest, ListWantedResponse,
    WantedEvidence,
};
use tonic::{Request, Response, Status};

use super::{Clearinghouse, region};

#[tonic::async_trait]
impl CallUpService for Clearinghouse {
    async fn list_wanted(
        &self,
        request: Request<ListWantedRequest>,
    ) -> Result<Response<ListWantedResponse>, Status> {
        let streams = self.streams.lock().unwrap();
        let last = streams.get(&region(&request)).and_then(|legs| legs.last());
        let wanted = last.map(|leg| WantedEvidence {
            settlement: leg.settlement.to_string(),
            kind: leg.kind,
            debtor: leg.debtor.to_string(),
            creditor: leg.creditor.to_string(),
        });
        Ok(Response::new(ListWantedResponse {
            wanted: wanted.into_iter().collect(),
            next: 0,
        }))
    }

    async fn give_evidence(
        &self,
        request: Request<GiveEvidenceRequest>,
    ) -> Result<Response<GiveEvidenceResponse>, Status> {
        let mut shown = self.shown.lock().unwrap();
        shown.insert(region(&request), request.into_inner().evidence);
        Ok(Response::new(GiveEvidenceResponse {}))
    }
}
