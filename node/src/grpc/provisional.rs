//! ProvisionalService: the region's officers see what was settled provisionally, in both roles.

use std::sync::Arc;

use huitong_core::id::SettlementId;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::ProvisionalStanding as Standing;
use huitong_proto::settlement::v1::provisional_service_server::ProvisionalService;
use tonic::{Request, Response, Status};

use super::calling_officer;
use super::shown_provisional::to_wire;
use super::status::malformed;
use crate::home::HomeRole;
use crate::home::trued_up::{Booked, PAGE, Place, TruedUpSeen};
use crate::treatment::TreatmentRole;
use crate::treatment::provisional::seen::{GivenSeen, Stands};

/// The service.
pub struct ProvisionalGrpc {
    /// What was settled here.
    pub treatment: Arc<TreatmentRole>,
    /// What was settled elsewhere for the region's insured.
    pub home: Arc<HomeRole>,
}

#[tonic::async_trait]
impl ProvisionalService for ProvisionalGrpc {
    #[tracing::instrument(name = "provisional.list_given", skip_all)]
    async fn list_given(
        &self,
        request: Request<v1::ListGivenRequest>,
    ) -> Result<Response<v1::ListGivenResponse>, Status> {
        calling_officer(&request, self.home.region())?;
        let message = request.into_inner();
        let asked = || -> Result<_, WireFault> {
            let after = Path::root("after").optional(&message.after, SettlementId::parse)?;
            Ok((after, limit(message.limit)?))
        };
        let (after, limit) = asked().map_err(|fault| malformed(&fault))?;
        let (given, next) = self.treatment.given(after, limit).await?;
        Ok(Response::new(v1::ListGivenResponse {
            given: given.iter().map(given_to_wire).collect(),
            next: next.map(|next| next.to_string()).unwrap_or_default(),
        }))
    }

    #[tracing::instrument(name = "provisional.list_trued_up", skip_all)]
    async fn list_trued_up(
        &self,
        request: Request<v1::ListTruedUpRequest>,
    ) -> Result<Response<v1::ListTruedUpResponse>, Status> {
        calling_officer(&request, self.home.region())?;
        let message = request.into_inner();
        let asked = || Ok((after(&message)?, limit(message.limit)?));
        let (after, limit) = asked().map_err(|fault| malformed(&fault))?;
        let (seen, next) = self.home.trued_up(after, limit).await?;
        let (region, settlement) = next
            .map(|(region, settlement)| (region.to_string(), settlement.to_string()))
            .unwrap_or_default();
        Ok(Response::new(v1::ListTruedUpResponse {
            trued_up: seen.iter().map(trued_up_to_wire).collect(),
            next_region: region,
            next_settlement: settlement,
        }))
    }
}

fn limit(limit: u32) -> Result<usize, WireFault> {
    match usize::try_from(limit) {
        Ok(0) => Ok(PAGE),
        Ok(limit) if limit <= PAGE => Ok(limit),
        Ok(_) | Err(_) => Err(Path::root("limit").wrong(format_args!("at most {PAGE}"))),
    }
}

fn after(message: &v1::ListTruedUpRequest) -> Result<Option<Place>, WireFault> {
    let path = Path::root("after_settlement");
    let region = Path::root("after_region").optional(&message.after_region, RegionCode::parse)?;
    let settlement = path.optional(&message.after_settlement, SettlementId::parse)?;
    match (region, settlement) {
        (Some(region), Some(settlement)) => Ok(Some((region, settlement))),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(path.wrong("both of a place are named, or none")),
    }
}

fn given_to_wire(seen: &GivenSeen) -> v1::GivenProvisionally {
    let row = &seen.row;
    let standing = match seen.stands {
        Stands::Open => Standing::Open,
        Stands::TruedUp => Standing::TruedUp,
        Stands::Borne => Standing::Borne,
        Stands::Reversed => Standing::Reversed,
        Stands::TakenBack => Standing::TakenBack,
    };
    let day = seen.true_up.map(|(_, day)| day.to_string());
    v1::GivenProvisionally {
        settlement: seen.settlement.to_string(),
        institution: row.institution.to_string(),
        request_id: row.request.to_string(),
        home_region: row.person.home.to_string(),
        psn_no: row.person.psn_no.expose().to_owned(),
        settled_ms: row.since.as_millis(),
        cash_told_fen: row.told.get(),
        advanced_fen: row.advanced.get(),
        standing: standing.into(),
        true_up: seen.true_up.map(|(true_up, _)| to_wire(true_up)),
        business_day: day.unwrap_or_default(),
    }
}

fn trued_up_to_wire(seen: &TruedUpSeen) -> v1::TruedUpHere {
    let standing = match seen.booked {
        Booked::Stands => Standing::TruedUp,
        Booked::Reversed => Standing::Reversed,
    };
    v1::TruedUpHere {
        treatment_region: seen.treatment.to_string(),
        settlement: seen.settlement.to_string(),
        institution: seen.institution.to_string(),
        psn_no: seen.psn_no.expose().to_owned(),
        business_day: seen.business_day.to_string(),
        standing: standing.into(),
        true_up: Some(to_wire(seen.true_up)),
        cash_told_fen: seen.true_up.told.get(),
    }
}
