//! EvidenceService: evidence of a settlement for officers, and for the institution that settled.

use huitong_certs::Identity;
use huitong_core::canonical::Artifact;
use huitong_core::id::SettlementId;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::evidence_service_server::EvidenceService;
use huitong_transport::peer;
use tonic::{Request, Response, Status};

use super::calling_institution;
use super::status::malformed;
use crate::evidence::{EvidenceDesk, Reader};

/// The service.
pub struct EvidenceGrpc {
    desk: EvidenceDesk,
}

impl EvidenceGrpc {
    /// The service over a desk.
    #[must_use]
    pub const fn new(desk: EvidenceDesk) -> Self {
        Self { desk }
    }
}

#[tonic::async_trait]
impl EvidenceService for EvidenceGrpc {
    #[tracing::instrument(name = "evidence.get", skip_all)]
    async fn get_evidence(
        &self,
        request: Request<v1::GetEvidenceRequest>,
    ) -> Result<Response<v1::GetEvidenceResponse>, Status> {
        let own = self.desk.region;
        let reader = if let Identity::RegionOfficer { region, .. } = peer(&request)?
            && *region == own
        {
            Reader::Officer
        } else {
            Reader::Institution(calling_institution(&request, own)?)
        };
        let message = request.into_inner();
        let asked = || -> Result<(SettlementId, RegionCode), WireFault> {
            let id = Path::root("settlement").parse(&message.settlement, SettlementId::parse)?;
            let treatment = match message.treatment_region.as_str() {
                "" => own,
                text => Path::root("treatment_region").parse(text, RegionCode::parse)?,
            };
            Ok((id, treatment))
        };
        let (settlement, treatment) = asked().map_err(|fault| malformed(&fault))?;
        let evidence = self.desk.evidence(settlement, treatment, reader).await?;
        Ok(Response::new(v1::GetEvidenceResponse {
            evidence: evidence.to_bytes(),
        }))
    }
}
