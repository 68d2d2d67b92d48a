//! TreatmentService: receipts and reversals that home regions' nodes deliver.

use std::sync::Arc;

use huitong_core::bill::VisitNumber;
use huitong_core::claim::VisitKey;
use huitong_core::institution::InstitutionCode;
use huitong_core::refusal::RefusalCode;
use huitong_proto::conversion::reversal::delivered_from_wire;
use huitong_proto::conversion::visit::setting_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::treatment_service_server::TreatmentService;
use tonic::{Request, Response, Status};

use super::calling_region;
use super::status::{malformed, refused};
use crate::peers::VisitStanding;
use crate::store::Extent;
use crate::treatment::TreatmentRole;

/// The most receipts and reversals of one delivery.
const DELIVERED_AT_MOST: usize = 256;

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
        if message.delivered.len() > DELIVERED_AT_MOST {
            return Err(refused(
                RefusalCode::TooLarge,
                format!("delivered: at most {DELIVERED_AT_MOST}"),
            ));
        }
        let path = Path::root("delivered");
        let read = message.delivered.into_iter().enumerate();
        let delivered = read.map(|(nth, sent)| delivered_from_wire(sent, path.item(nth)));
        let delivered = delivered
            .collect::<Result<Vec<_>, _>>()
            .map_err(|fault| malformed(&fault))?;
        let held = self.role.take_delivered(home, delivered).await?;
        Ok(Response::new(v1::DeliverReceiptsResponse { held }))
    }

    #[tracing::instrument(name = "treatment.visit_standing", skip_all)]
    async fn visit_standing(
        &self,
        request: Request<v1::VisitStandingRequest>,
    ) -> Result<Response<v1::VisitStandingResponse>, Status> {
        let home = calling_region(&request)?;
        let request = request.into_inner();
        let visit = visit_key(&request).map_err(|fault| malformed(&fault))?;
        let extent = match Extent::from_admission(visit.setting, visit.interim) {
            Extent::Whole if !request.from_admission => Extent::Alone,
            extent @ (Extent::Whole | Extent::Part | Extent::Alone) => extent,
        };
        let mut answer = v1::VisitStandingResponse::default();
        match self.role.visit_standing(home, &visit, extent).await? {
            VisitStanding::Free => {}
            VisitStanding::Settled(id) => answer.settled = id.to_string(),
            VisitStanding::Provisional(id) => answer.provisional = id.to_string(),
            VisitStanding::InProgress(id) => answer.in_progress = id.to_string(),
        }
        Ok(Response::new(answer))
    }
}

fn visit_key(message: &v1::VisitStandingRequest) -> Result<VisitKey, WireFault> {
    let institution = Path::root("institution");
    Ok(VisitKey {
        institution: institution.parse(&message.institution, InstitutionCode::parse)?,
        visit: Path::root("visit").parse(&message.visit, VisitNumber::parse)?,
        setting: setting_from_wire(message.setting, Path::root("setting"))?,
        interim: Path::root("interim").narrow(message.interim)?,
    })
}
