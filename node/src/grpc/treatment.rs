//! TreatmentService: receipts that home regions' nodes deliver.

use std::sync::Arc;

use huitong_core::refusal::RefusalCode;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::receipt::receipt_from_wire;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::treatment_service_server::TreatmentService;
use tonic::{Request, Response, Status};

use super::calling_region;
use super::status::{malformed, refused};
use crate::treatment::TreatmentRole;

/// The most receipts of one delivery.
const RECEIPTS_AT_MOST: usize = 256;

/// The service.
pub struct TreatmentGrpc {
    role: Arc<TreatmentRole>,
}

impl TreatmentGrpc {
    /// The service of a treatment role.
    #[must_use]
    pub const fn new(role: Arc<TreatmentRole>) -> Self {
        Self { role }
    }
}

#[tonic::async_trait]
impl TreatmentService for TreatmentGrpc {
    #[tracing::instrument(name = "treatment.deliver_receipts", skip_all)]
    async fn deliver_receipts(
        &self,
        request: Request<v1::DeliverReceiptsRequest>,
    ) -> Result<Response<v1::DeliverReceiptsResponse>, Status> {
        let home = calling_region(&request)?;
        let message = request.into_inner();
        if message.receipts.len() > RECEIPTS_AT_MOST {
            return Err(refused(
                RefusalCode::TooLarge,
                format!("receipts: at most {RECEIPTS_AT_MOST}"),
            ));
        }
        let path = Path::root("receipts");
        let read = message.receipts.into_iter().enumerate();
        let receipts = read.map(|(nth, receipt)| receipt_from_wire(Some(receipt), path.item(nth)));
        let receipts = receipts
            .collect::<Result<Vec<_>, _>>()
            .map_err(|fault| malformed(&fault))?;
        let held = self.role.take_receipts(home, receipts).await?;
        Ok(Response::new(v1::DeliverReceiptsResponse { held }))
    }
}
