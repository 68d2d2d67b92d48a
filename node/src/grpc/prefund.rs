//! PrefundDeskService: what the region's officers see of prefunds, and how they ask for more of one. Deliberately absent: any other
//! change of one.

use std::sync::Arc;

use huitong_core::refusal::RefusalCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::prefund_desk_service_server::PrefundDeskService;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::prefund::{
    own_prefunds_to_wire, prefund_seen_to_wire, top_up_from_wire,
};
use tonic::{Request, Response, Status};

use super::calling_officer;
use super::status::refused;
use crate::prefunds::PrefundDesk;

/// The service.
pub struct PrefundDeskGrpc {
    /// The desk.
    pub desk: Arc<PrefundDesk>,
}

#[tonic::async_trait]
impl PrefundDeskService for PrefundDeskGrpc {
    #[tracing::instrument(name = "prefund.show", skip_all)]
    async fn show_prefunds(
        &self,
        request: Request<v1::ShowPrefundsRequest>,
    ) -> Result<Response<v1::ShowPrefundsResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let own = self.desk.show().await?;
        Ok(Response::new(own_prefunds_to_wire(&own)))
    }

    #[tracing::instrument(name = "prefund.top_up", skip_all)]
    async fn ask_top_up(
        &self,
        request: Request<v1::TopUpPrefundRequest>,
    ) -> Result<Response<v1::TopUpPrefundResponse>, Status> {
        let by = calling_officer(&request, self.desk.region())?;
        let ask = top_up_from_wire(Some(request.into_inner()), Path::root("ask"));
        let (which, amount) = ask.map_err(|fault| refused(RefusalCode::Malformed, fault))?;
        let seen = self.desk.top_up(which, amount, &by).await?;
        Ok(Response::new(v1::TopUpPrefundResponse {
            standing: Some(prefund_seen_to_wire(&seen)),
        }))
    }
}
