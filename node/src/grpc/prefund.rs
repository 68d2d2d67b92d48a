//! PrefundDeskService: what the region's officers see of prefunds. Deliberately absent: any change of one.

use std::sync::Arc;

use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::prefund_desk_service_server::PrefundDeskService;
use huitong_proto::conversion::prefund::own_prefunds_to_wire;
use tonic::{Request, Response, Status};

use super::calling_officer;
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
}
