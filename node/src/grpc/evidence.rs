//! EvidenceService: evidence of a settlement for officers, and for the institution that settled; and an
//! officer's client of it.

use std::sync::Arc;

use huitong_certs::Identity;
use huitong_core::id::{DeductionId, ReversalId, SettlementId};
use huitong_core::region::RegionCode;
use huitong_proto::conversion::Path;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::evidence_service_client::EvidenceServiceClient;
use huitong_proto::settlement::v1::evidence_service_server::EvidenceService;
use huitong_transport::{ClientError, ClientOptions, MAX_MESSAGE_BYTES, peer};
use tonic::transport::Channel;
use tonic::{Request, Response, Status};

use super::calling_institution;
use super::status::malformed;
use crate::evidence::{EvidenceDesk, Reader};
use crate::recovery::Recovery;
use crate::recovery::presented::Presented;

/// The service.
pub struct EvidenceGrpc {
    desk: Arc<EvidenceDesk>,
    recovery: Arc<Recovery>,
}

impl EvidenceGrpc {
    /// The service over a desk.
    #[must_use]
    pub const fn new(desk: Arc<EvidenceDesk>, recovery: Arc<Recovery>) -> Self {
        Self { desk, recovery }
    }

    /// Who asks: an officer of the own region, or one of its institutions.
    fn reader<T>(&self, request: &Request<T>) -> Result<Reader, Status> {
        let own = self.desk.region;
        Ok(
            if let Identity::RegionOfficer { region, .. } = peer(request)?
                && *region == own
            {
                Reader::Officer
            } else {
                Reader::Institution(calling_institution(request, own)?)
            },
        )
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
        let reader = self.reader(&request)?;
        let message = request.into_inner();
        let treatment = match message.treatment_region.as_str() {
            "" => Ok(own),
            text => Path::root("treatment_region").parse(text, RegionCode::parse),
        };
        let treatment = treatment.map_err(|fault| malformed(&fault))?;
        if !message.deduction.is_empty() {
            let of = Path::root("deduction").parse(&message.deduction, DeductionId::parse);
            let of = of.map_err(|fault| malformed(&fault))?;
            let evidence = self.desk.deduction(of, treatment, reader).await?.to_bytes();
            return Ok(Response::new(v1::GetEvidenceResponse { evidence }));
        }
        if !message.reversal.is_empty() {
            let reversal = Path::root("reversal").parse(&message.reversal, ReversalId::parse);
            let reversal = reversal.map_err(|fault| malformed(&fault))?;
            let evidence = self.desk.refused_reversal(reversal, reader).await?;
            let evidence = evidence.to_bytes();
            return Ok(Response::new(v1::GetEvidenceResponse { evidence }));
        }
        let settlement = Path::root("settlement").parse(&message.settlement, SettlementId::parse);
        let settlement = settlement.map_err(|fault| malformed(&fault))?;
        let evidence = self.desk.evidence(settlement, treatment, reader).await?;
        Ok(Response::new(v1::GetEvidenceResponse {
            evidence: evidence.to_bytes(),
        }))
    }

    #[tracing::instrument(name = "evidence.present", skip_all)]
    async fn present_evidence(
        &self,
        request: Request<v1::PresentEvidenceRequest>,
    ) -> Result<Response<v1::PresentEvidenceResponse>, Status> {
        let reader = self.reader(&request)?;
        let bytes = request.into_inner().evidence;
        let (settlement, presented) = self.recovery.present(&bytes, reader).await?;
        let presented = match presented {
            Presented::Booked => v1::Presented::Booked,
            Presented::Known => v1::Presented::Known,
        };
        Ok(Response::new(v1::PresentEvidenceResponse {
            settlement: settlement.to_string(),
            presented: presented.into(),
        }))
    }
}

/// Asks the node of the own region for evidence.
#[derive(Debug)]
pub struct EvidenceClient(EvidenceServiceClient<Channel>);

impl EvidenceClient {
    /// Connects to the node of the region that the certificate names.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn connect(options: &ClientOptions) -> Result<Self, ClientError> {
        let (_, channel) = options.own_node().await?;
        let client = EvidenceServiceClient::new(channel)
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES);
        Ok(Self(client))
    }

    /// The bytes of the evidence of a settlement, or of its refusal; the treatment region is the own one when
    /// left out.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn evidence(
        &mut self,
        settlement: SettlementId,
        treatment: Option<RegionCode>,
    ) -> Result<Vec<u8>, Status> {
        let treatment = treatment.map(|region| region.to_string());
        self.ask(v1::GetEvidenceRequest {
            settlement: settlement.to_string(),
            treatment_region: treatment.unwrap_or_default(),
            ..v1::GetEvidenceRequest::default()
        })
        .await
    }

    /// The bytes of the evidence that a reversal was refused.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn refused_reversal(&mut self, reversal: ReversalId) -> Result<Vec<u8>, Status> {
        self.ask(v1::GetEvidenceRequest {
            reversal: reversal.to_string(),
            ..v1::GetEvidenceRequest::default()
        })
        .await
    }

    /// The bytes of the evidence of a deduction; the region that ordered it is the own one when left out.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn deduction(
        &mut self,
        deduction: DeductionId,
        treatment: Option<RegionCode>,
    ) -> Result<Vec<u8>, Status> {
        let treatment = treatment.map(|region| region.to_string());
        self.ask(v1::GetEvidenceRequest {
            deduction: deduction.to_string(),
            treatment_region: treatment.unwrap_or_default(),
            ..v1::GetEvidenceRequest::default()
        })
        .await
    }

    /// Has the node book again what evidence proves: the settlement, and whether it had to be.
    ///
    /// # Errors
    /// The node's refusal, or the transport's.
    pub async fn present(&mut self, evidence: Vec<u8>) -> Result<(String, bool), Status> {
        let request = v1::PresentEvidenceRequest { evidence };
        let answer = self.0.present_evidence(request).await?.into_inner();
        let booked = answer.presented() == v1::Presented::Booked;
        Ok((answer.settlement, booked))
    }

    async fn ask(&mut self, request: v1::GetEvidenceRequest) -> Result<Vec<u8>, Status> {
        Ok(self.0.get_evidence(request).await?.into_inner().evidence)
    }
}
