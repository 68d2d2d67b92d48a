//! InstitutionService: hospitals and pharmacies of this region.

use std::sync::Arc;

use huitong_certs::Identity;
use huitong_core::date::Timestamp;
use huitong_core::id::{RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::common::person_from_wire;
use huitong_proto::conversion::decision::decision_to_wire;
use huitong_proto::conversion::reversal::reason_from_wire;
use huitong_proto::conversion::visit::bill_from_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::institution_service_server::InstitutionService;
use huitong_transport::peer;
use tonic::{Request, Response, Status};

use super::explained::explained;
use super::filing::FilesElsewhere;
use super::shown::settlement;
use super::status::{malformed, refused};
use super::{calling_institution, due};
use crate::peers::Homes;
use crate::people::PeopleDesk;
use crate::policies::PolicyBook;
use crate::treatment::cancel::Cancel;
use crate::treatment::order::settlement_id;
use crate::treatment::reverse::ReverseWish;
use crate::treatment::{Order, TreatmentRole, ViewState};

/// The most reversals of one page.
const REVERSALS_AT_MOST: usize = 200;

/// The request id of an estimate, which has none.
const ESTIMATE: &str = "estimate";

/// The service.
pub struct InstitutionGrpc {
    region: RegionCode,
    role: Arc<TreatmentRole>,
    policies: Arc<PolicyBook>,
    files: FilesElsewhere,
}

/// What the service stands on.
pub struct InstitutionParts {
    /// The region.
    pub region: RegionCode,
    /// The treatment role.
    pub role: Arc<TreatmentRole>,
    /// The policies at hand.
    pub policies: Arc<PolicyBook>,
    /// The records of the region's own people.
    pub people: Arc<PeopleDesk>,
    /// The directory.
    pub homes: Homes,
}

impl InstitutionGrpc {
    /// The service of a treatment role.
    #[must_use]
    pub fn new(parts: InstitutionParts) -> Self {
        let InstitutionParts {
            region,
            role,
            policies,
            people,
            homes,
        } = parts;
        Self {
            region,
            role,
            policies,
            files: FilesElsewhere { people, homes },
        }
    }
}

#[tonic::async_trait]
impl InstitutionService for InstitutionGrpc {
    #[tracing::instrument(name = "institution.estimate", skip_all)]
    async fn estimate(
        &self,
        request: Request<v1::EstimateRequest>,
    ) -> Result<Response<v1::EstimateResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let due = due(&request);
        let order = || -> Result<Order, WireFault> {
            Ok(Order {
                institution,
                request: Path::root("request_id").parse(ESTIMATE, RequestId::parse)?,
                bill: bill_from_wire(request.into_inner().bill, Path::root("bill"))?,
                not_after: None,
            })
        };
        let order = order().map_err(|fault| malformed(&fault))?;
        let found = self.role.estimate(&order, due).await?;
        let told = explained(
            &self.policies,
            &found.claim,
            &found.snapshot,
            &found.decision,
        );
        Ok(Response::new(v1::EstimateResponse {
            lines: told.lines,
            explanation: told.steps,
            decision: Some(decision_to_wire(&found.decision)),
        }))
    }

    #[tracing::instrument(name = "institution.settle", skip_all)]
    async fn settle(
        &self,
        request: Request<v1::SettleRequest>,
    ) -> Result<Response<v1::SettleResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let due = due(&request);
        let message = request.into_inner();
        let order = || -> Result<Order, WireFault> {
            let path = Path::root("not_after_ms");
            let not_after = match message.not_after_ms {
                0 => None,
                at => Some(Timestamp::from_millis(at).map_err(|fault| path.wrong(fault))?),
            };
            Ok(Order {
                institution,
                request: Path::root("request_id").parse(&message.request_id, RequestId::parse)?,
                bill: bill_from_wire(message.bill, Path::root("bill"))?,
                not_after,
            })
        };
        let order = order().map_err(|fault| malformed(&fault))?;
        let asked = order.request;
        let view = self.role.settle(order, due).await?;
        let settlement = Some(asked_by(asked, settlement(&view, &self.policies)));
        Ok(Response::new(v1::SettleResponse { settlement }))
    }

    #[tracing::instrument(name = "institution.get_settlement", skip_all)]
    async fn get_settlement(
        &self,
        request: Request<v1::GetSettlementRequest>,
    ) -> Result<Response<v1::GetSettlementResponse>, Status> {
        use v1::get_settlement_request::By;
        // An officer of the region may look at any settlement, by its own id.
        let institution = if let Identity::RegionOfficer { region, .. } = peer(&request)?
            && *region == self.region
        {
            None
        } else {
            Some(calling_institution(&request, self.region)?)
        };
        let by = request.into_inner().by;
        let asked = match &by {
            Some(By::RequestId(text)) => RequestId::parse(text).ok(),
            Some(By::Settlement(_)) | None => None,
        };
        let id = match (by, institution) {
            (Some(By::RequestId(text)), Some(institution)) => Path::root("request_id")
                .parse(&text, RequestId::parse)
                .map(|id| settlement_id(self.region, institution, id)),
            (Some(By::Settlement(text)), _) => {
                Path::root("settlement").parse(&text, SettlementId::parse)
            }
            (Some(By::RequestId(_)) | None, _) => Err(Path::root("settlement").missing()),
        };
        let id = id.map_err(|fault| malformed(&fault))?;
        let view = self.role.view(id).await?;
        // Another institution's settlement is as unknown as one that never was.
        let view = view.filter(|view| institution.is_none_or(|own| view.institution == own));
        let view = view.ok_or_else(|| refused(RefusalCode::NotFound, id))?;
        if let ViewState::BeingAbandoned = view.state {
            return Err(refused(RefusalCode::OutcomeUnknown, id));
        }
        let shown = settlement(&view, &self.policies);
        let settlement = Some(match asked {
            Some(asked) => asked_by(asked, shown),
            None => shown,
        });
        Ok(Response::new(v1::GetSettlementResponse { settlement }))
    }

    #[tracing::instrument(name = "institution.cancel", skip_all)]
    async fn cancel(
        &self,
        request: Request<v1::CancelRequest>,
    ) -> Result<Response<v1::CancelResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let due = due(&request);
        let message = request.into_inner();
        let cancel = || -> Result<Cancel, WireFault> {
            Ok(Cancel {
                institution,
                request: Path::root("request_id").parse(&message.request_id, RequestId::parse)?,
                person: person_from_wire(message.person, Path::root("person"))?,
            })
        };
        let cancel = cancel().map_err(|fault| malformed(&fault))?;
        let view = self.role.cancel(cancel, due).await?;
        let settlement = Some(settlement(&view, &self.policies));
        Ok(Response::new(v1::CancelResponse { settlement }))
    }
    #[tracing::instrument(name = "institution.reverse", skip_all)]
    async fn reverse(
        &self,
        request: Request<v1::ReverseRequest>,
    ) -> Result<Response<v1::ReverseResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let due = due(&request);
        let wish = self.wish(request.into_inner(), institution);
        let wish = wish.map_err(|fault| malformed(&fault))?;
        let view = self.role.reverse(wish, due).await?;
        let settlement = Some(settlement(&view, &self.policies));
        Ok(Response::new(v1::ReverseResponse { settlement }))
    }

    #[tracing::instrument(name = "institution.list_reversals", skip_all)]
    async fn list_reversals(
        &self,
        request: Request<v1::ListReversalsRequest>,
    ) -> Result<Response<v1::ListReversalsResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let v1::ListReversalsRequest { after, limit } = request.into_inner();
        let after = match &*after {
            "" => None,
            text => {
                let read = Path::root("after").parse(text, SettlementId::parse);
                Some(read.map_err(|fault| malformed(&fault))?)
            }
        };
        let limit = match usize::try_from(limit) {
            Ok(0) => REVERSALS_AT_MOST,
            Ok(limit) if limit <= REVERSALS_AT_MOST => limit,
            Ok(_) | Err(_) => {
                let fault = Path::root("limit").wrong(format_args!("at most {REVERSALS_AT_MOST}"));
                return Err(malformed(&fault));
            }
        };
        let views = self.role.notices(institution, after, limit).await?;
        let shown = views.iter().map(|view| settlement(view, &self.policies));
        let settlements = shown.collect();
        Ok(Response::new(v1::ListReversalsResponse { settlements }))
    }

    #[tracing::instrument(name = "institution.acknowledge_reversal", skip_all)]
    async fn acknowledge_reversal(
        &self,
        request: Request<v1::AcknowledgeReversalRequest>,
    ) -> Result<Response<v1::AcknowledgeReversalResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let text = request.into_inner().settlement;
        let settlement = Path::root("settlement").parse(&text, SettlementId::parse);
        let settlement = settlement.map_err(|fault| malformed(&fault))?;
        self.role.note(institution, settlement).await?;
        Ok(Response::new(v1::AcknowledgeReversalResponse {}))
    }

    #[tracing::instrument(name = "institution.file", skip_all)]
    async fn file(
        &self,
        request: Request<v1::FileRequest>,
    ) -> Result<Response<v1::FileResponse>, Status> {
        let institution = calling_institution(&request, self.region)?;
        let due = due(&request);
        let filing = self
            .files
            .file(request.into_inner(), institution, due)
            .await?;
        let filing = Some(filing);
        Ok(Response::new(v1::FileResponse { filing }))
    }
}

impl InstitutionGrpc {
    fn wish(
        &self,
        message: v1::ReverseRequest,
        institution: InstitutionCode,
    ) -> Result<ReverseWish, WireFault> {
        use v1::reverse_request::Of;
        let request = Path::root("request_id").parse(&message.request_id, RequestId::parse)?;
        let settlement = match Path::root("of").required(message.of)? {
            Of::Settlement(text) => Path::root("settlement").parse(&text, SettlementId::parse)?,
            Of::SettledRequestId(text) => {
                let settled = Path::root("settled_request_id").parse(&text, RequestId::parse)?;
                settlement_id(self.region, institution, settled)
            }
        };
        let reason = reason_from_wire(message.reason, Path::root("reason"))?;
        Ok(ReverseWish {
            institution,
            request,
            settlement,
            reason,
        })
    }
}

/// A settlement as it is told to who asked by its own id: a node restored from a backup may have the
/// settlement back and not that id, which the institution alone knows.
fn asked_by(asked: RequestId, shown: v1::Settlement) -> v1::Settlement {
    v1::Settlement {
        request_id: asked.to_string(),
        ..shown
    }
}
