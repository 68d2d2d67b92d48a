//! DeductionService: the region's officers deduct after an audit, institutions see what was deducted, and other regions'
//! nodes ask for this region's word.

use std::sync::Arc;

use huitong_certs::Identity;
use huitong_core::canonical::Artifact;
use huitong_core::date::BusinessDay;
use huitong_core::deduction::{DeductionNote, SignedDeduction};
use huitong_core::id::{DeductionId, RequestId, SettlementId};
use huitong_core::institution::InstitutionCode;
use huitong_core::refusal::RefusalCode;
use huitong_proto::conversion::common::amounts_to_wire;
use huitong_proto::conversion::deduction::{
    deduction_amounts_from_wire, deduction_end_reason_from_wire, deduction_end_reason_to_wire,
    deduction_reason_from_wire, deduction_reason_to_wire,
};
use huitong_proto::conversion::refusal::refusal_to_wire;
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::deduction_service_server::DeductionService;
use huitong_transport::{aside, peer};
use tonic::{Request, Response, Status};

use super::status::{malformed, refused};
use super::{calling_institution, calling_officer, calling_region, due};
use crate::home::HomeRole;
use crate::home::deduction::check::{Keys, check_order};
use crate::peers::Homes;
use crate::store::DeductionState;
use crate::treatment::TreatmentRole;
use crate::treatment::deduct::seen::{DeductionSeen, Listed, PAGE, Place};
use crate::treatment::deduct::{DeductWish, WithdrawWish};

/// The service.
pub struct DeductionGrpc {
    /// Orders and shows.
    pub treatment: Arc<TreatmentRole>,
    /// Decides what other regions order.
    pub home: Arc<HomeRole>,
    /// The other regions, with the keys they sign with.
    pub homes: Homes,
}

#[tonic::async_trait]
impl DeductionService for DeductionGrpc {
    #[tracing::instrument(name = "deduction.decide", skip_all)]
    async fn decide(
        &self,
        request: Request<v1::DecideDeductionRequest>,
    ) -> Result<Response<v1::DecideDeductionResponse>, Status> {
        let region = calling_region(&request)?;
        let message = request.into_inner();
        let order = SignedDeduction::from_bytes(&message.order);
        let order = order.map_err(|fault| malformed(&Path::root("order").wrong(fault)))?;
        let Some(peer) = self.homes.other(region) else {
            return Err(refused(RefusalCode::UnknownRegion, region));
        };
        let signer = peer.signing_key(order.group.key_id);
        let keys = Keys {
            treatment: Some(&signer),
            home: None,
        };
        if let Err(fault) = check_order(&order, (region, self.home.region()), keys) {
            tracing::error!(%region, %fault, "an order to deduct is not accepted");
            return Err(refused(RefusalCode::IdentityMismatch, fault));
        }
        let word = self.home.deduct(order, Some(message.incarnation)).await?;
        Ok(Response::new(v1::DecideDeductionResponse {
            word: word.to_bytes(),
            incarnation: self.home.incarnation()?,
        }))
    }

    #[tracing::instrument(name = "deduction.order", skip_all)]
    async fn order(
        &self,
        request: Request<v1::OrderDeductionRequest>,
    ) -> Result<Response<v1::OrderDeductionResponse>, Status> {
        let officer = calling_officer(&request, self.home.region())?;
        let due = due(&request);
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let settlement = Path::root("settlement");
            Ok(DeductWish {
                officer,
                request: Path::root("request_id").parse(&message.request_id, RequestId::parse)?,
                settlement: settlement.parse(&message.settlement, SettlementId::parse)?,
                amounts: deduction_amounts_from_wire(&message.amounts, Path::root("amounts"))?,
                reason: deduction_reason_from_wire(message.reason, Path::root("reason"))?,
                note: Path::root("note").optional(&message.note, DeductionNote::parse)?,
            })
        };
        let wish = read().map_err(|fault| malformed(&fault))?;
        let seen = self.treatment.deduct(wish, due).await?;
        Ok(Response::new(v1::OrderDeductionResponse {
            deduction: Some(to_wire(&seen)),
        }))
    }

    #[tracing::instrument(name = "deduction.withdraw", skip_all)]
    async fn withdraw(
        &self,
        request: Request<v1::WithdrawDeductionRequest>,
    ) -> Result<Response<v1::WithdrawDeductionResponse>, Status> {
        let officer = calling_officer(&request, self.home.region())?;
        let due = due(&request);
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let deduction = Path::root("deduction");
            Ok(WithdrawWish {
                officer,
                deduction: deduction.parse(&message.deduction, DeductionId::parse)?,
                reason: deduction_end_reason_from_wire(message.reason, Path::root("reason"))?,
                note: Path::root("note").optional(&message.note, DeductionNote::parse)?,
            })
        };
        let wish = read().map_err(|fault| malformed(&fault))?;
        let seen = self.treatment.withdraw_deduction(wish, due).await?;
        Ok(Response::new(v1::WithdrawDeductionResponse {
            deduction: Some(to_wire(&seen)),
        }))
    }

    #[tracing::instrument(name = "deduction.list", skip_all)]
    async fn list(
        &self,
        request: Request<v1::ListDeductionsRequest>,
    ) -> Result<Response<v1::ListDeductionsResponse>, Status> {
        let own = self.home.region();
        let caller = if let Identity::Institution { .. } = peer(&request)? {
            Some(calling_institution(&request, own)?)
        } else {
            calling_officer(&request, own)?;
            None
        };
        let message = request.into_inner();
        let listed = listed(&message).map_err(|fault| malformed(&fault))?;
        let institution = match (caller, listed.institution) {
            (Some(caller), Some(named)) if caller != named => {
                return Err(refused(RefusalCode::IdentityMismatch, named));
            }
            (caller, named) => caller.or(named),
        };
        let listed = Listed {
            institution,
            ..listed
        };
        let treatment = Arc::clone(&self.treatment);
        // Thousands of rows are looked through for a page: beside everything else.
        let read = aside(move || treatment.deductions(listed)).await;
        let read = read.map_err(|_| Status::cancelled("the node is stopping"))?;
        let (seen, next) = read?;
        let (next_day, next_deduction) = next
            .map(|(on, deduction)| (on.to_string(), deduction.to_string()))
            .unwrap_or_default();
        Ok(Response::new(v1::ListDeductionsResponse {
            deductions: seen.iter().map(to_wire).collect(),
            next_day,
            next_deduction,
        }))
    }
}

fn listed(message: &v1::ListDeductionsRequest) -> Result<Listed, WireFault> {
    let path = Path::root("limit");
    let limit = match usize::try_from(message.limit) {
        Ok(0) => PAGE,
        Ok(limit) if limit <= PAGE => limit,
        Ok(_) | Err(_) => return Err(path.wrong(format_args!("at most {PAGE}"))),
    };
    let institution = Path::root("institution");
    Ok(Listed {
        from: Path::root("from_day").parse(&message.from_day, BusinessDay::parse)?,
        until: Path::root("until_day").parse(&message.until_day, BusinessDay::parse)?,
        institution: institution.optional(&message.institution, InstitutionCode::parse)?,
        after: after(message)?,
        limit,
    })
}

fn after(message: &v1::ListDeductionsRequest) -> Result<Option<Place>, WireFault> {
    let path = Path::root("after_deduction");
    let day = Path::root("after_day").optional(&message.after_day, BusinessDay::parse)?;
    let deduction = path.optional(&message.after_deduction, DeductionId::parse)?;
    match (day, deduction) {
        (Some(day), Some(deduction)) => Ok(Some((day, deduction))),
        (None, None) => Ok(None),
        (Some(_), None) | (None, Some(_)) => Err(path.wrong("both of a place are named, or none")),
    }
}

/// How a deduction stands.
pub(super) fn standing_to_wire(state: DeductionState) -> i32 {
    use v1::DeductionStanding as Standing;
    let standing = match state {
        DeductionState::Asked => Standing::Asked,
        DeductionState::Stands => Standing::Stands,
        DeductionState::Refused => Standing::Refused,
        DeductionState::Withdrawing => Standing::Withdrawing,
        DeductionState::Withdrawn => Standing::Withdrawn,
        DeductionState::Lifted => Standing::Lifted,
    };
    standing.into()
}

fn to_wire(seen: &DeductionSeen) -> v1::Deduction {
    let row = &seen.row;
    let day = |day: Option<BusinessDay>| day.map(|day| day.to_string()).unwrap_or_default();
    v1::Deduction {
        deduction: seen.deduction.to_string(),
        settlement: row.settlement.to_string(),
        institution: row.institution.to_string(),
        home_region: row.home.to_string(),
        amounts: amounts_to_wire(row.amounts.as_slice()),
        reason: deduction_reason_to_wire(row.reason),
        standing: standing_to_wire(row.state),
        ordered_on: row.on.to_string(),
        officer: seen
            .officer
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        note: seen
            .note
            .as_ref()
            .map(|note| note.as_str().to_owned())
            .unwrap_or_default(),
        business_day: day(seen.business_day),
        refusal: seen.refusal.as_ref().map(refusal_to_wire),
        end_reason: seen
            .end_reason
            .map(deduction_end_reason_to_wire)
            .unwrap_or_default(),
        ended_on: day(seen.ended_on),
    }
}
