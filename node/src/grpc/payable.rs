//! PayableService: what institutions are owed and were paid.

use std::sync::Arc;

use huitong_certs::Identity;
use huitong_core::date::Timestamp;
use huitong_core::institution::InstitutionCode;
use huitong_core::payable::Month;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::payable::{
    payout_from_wire, payout_reason_from_wire, payout_to_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::payable_service_server::PayableService;
use huitong_transport::{aside, peer};
use tonic::{Request, Response, Status};

use super::status::{malformed, refused};
use super::{calling_institution, calling_officer};
use crate::payables::seen::Payable;
use crate::payables::{AboveDue, PayableDesk};

/// The service.
pub struct PayableGrpc {
    /// The region.
    pub region: RegionCode,
    /// The desk.
    pub desk: Arc<PayableDesk>,
}

#[tonic::async_trait]
impl PayableService for PayableGrpc {
    #[tracing::instrument(name = "payable.list", skip_all)]
    async fn list(
        &self,
        request: Request<v1::ListPayablesRequest>,
    ) -> Result<Response<v1::ListPayablesResponse>, Status> {
        let caller = if let Identity::Institution { .. } = peer(&request)? {
            Some(calling_institution(&request, self.region)?)
        } else {
            calling_officer(&request, self.region)?;
            None
        };
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let of = Path::root("institution");
            let after = Path::root("after");
            Ok((
                Path::root("month").parse(&message.month, Month::parse)?,
                of.optional(&message.institution, InstitutionCode::parse)?,
                after.optional(&message.after, InstitutionCode::parse)?,
            ))
        };
        let (month, named, after) = read().map_err(|fault| malformed(&fault))?;
        let of = match (caller, named) {
            (Some(caller), Some(named)) if caller != named => {
                return Err(refused(RefusalCode::IdentityMismatch, named));
            }
            (caller, named) => caller.or(named),
        };
        let desk = Arc::clone(&self.desk);
        // A month of a large hospital is many rows: they are read beside everything else.
        let read = aside(move || match of {
            Some(of) => {
                let payable = desk.payable(of, &month)?;
                let payables = (!payable.is_nothing()).then_some(payable);
                Ok((payables.into_iter().collect(), None))
            }
            None => desk.of_month(&month, after),
        });
        let restored = self.desk.restored()?;
        let page: Result<(Vec<Payable>, _), crate::store::StoreError> = read
            .await
            .map_err(|_| Status::cancelled("the node is stopping"))?;
        let (payables, next) = page?;
        Ok(Response::new(v1::ListPayablesResponse {
            payables: payables.iter().map(to_wire).collect(),
            next: next.map(|next| next.to_string()).unwrap_or_default(),
            restored_ms: restored.map_or(0, Timestamp::as_millis),
        }))
    }

    #[tracing::instrument(name = "payable.pay", skip_all)]
    async fn pay(
        &self,
        request: Request<v1::PayInstitutionRequest>,
    ) -> Result<Response<v1::PayInstitutionResponse>, Status> {
        let officer = calling_officer(&request, self.region)?;
        let message = request.into_inner();
        let payout = payout_from_wire(message.payout, Path::root("payout"));
        let payout = payout.map_err(|fault| malformed(&fault))?;
        let above = if message.above_due {
            AboveDue::Meant
        } else {
            AboveDue::Refused
        };
        let payable = self.desk.pay(payout, above, officer).await?;
        Ok(Response::new(v1::PayInstitutionResponse {
            payable: Some(to_wire(&payable)),
        }))
    }

    #[tracing::instrument(name = "payable.correct", skip_all)]
    async fn correct(
        &self,
        request: Request<v1::CorrectPayoutRequest>,
    ) -> Result<Response<v1::CorrectPayoutResponse>, Status> {
        let officer = calling_officer(&request, self.region)?;
        let message = request.into_inner();
        let read = || -> Result<_, WireFault> {
            let reason = payout_reason_from_wire(message.reason, Path::root("reason"))?;
            Ok((
                payout_from_wire(message.payout, Path::root("payout"))?,
                reason,
            ))
        };
        let (payout, reason) = read().map_err(|fault| malformed(&fault))?;
        let payable = self.desk.correct(payout, reason, officer).await?;
        Ok(Response::new(v1::CorrectPayoutResponse {
            payable: Some(to_wire(&payable)),
        }))
    }
}

fn to_wire(of: &Payable) -> v1::Payable {
    v1::Payable {
        institution: of.institution.to_string(),
        month: of.month.to_string(),
        settled: of.settled.count,
        settled_fen: of.settled.amount,
        reversed: of.reversed.count,
        reversed_fen: of.reversed.amount,
        deducted: of.deducted.count,
        deducted_fen: of.deducted.amount,
        ended: of.ended.count,
        ended_fen: of.ended.amount,
        due_fen: of.due(),
        paid_fen: of.paid(),
        remains_fen: of.remains(),
        due_by: of.due_by.to_string(),
        days_late: of.days_late,
        applied: of.applied.count,
        applied_fen: of.applied.amount,
        waiting: of.waiting,
        payouts: of.payouts.iter().map(payout_to_wire).collect(),
    }
}
