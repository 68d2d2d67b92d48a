//! What clearing officers call about disputes. Who acted is the name in the caller's certificate.

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::dispute_office_service_server::DisputeOfficeService;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::dispute::{dispute_ruling_from_wire, dispute_to_wire};
use tonic::{Request, Response, Status};
use tracing::info;

use super::dispute::{filter_of, history, name};
use super::officer::officer_name;
use super::status::{malformed, status};
use crate::decide::dispute as decide;
use crate::decide::{Context, Decision};
use crate::writer::Writer;

/// The officers' side of disputes.
pub(super) struct DisputeOfficeGrpc(pub(super) Arc<Writer>);

#[tonic::async_trait]
impl DisputeOfficeService for DisputeOfficeGrpc {
    async fn list_all_disputes(
        &self,
        request: Request<v1::ListAllDisputesRequest>,
    ) -> Result<Response<v1::ListAllDisputesResponse>, Status> {
        officer_name(&request)?;
        let v1::ListAllDisputesRequest { filter, region } = request.into_inner();
        let region = Path::root("region").optional(&region, RegionCode::parse);
        let filter = region.and_then(|region| filter_of(&filter.unwrap_or_default(), region));
        let filter = filter.map_err(|fault| malformed(&fault))?;
        let (rows, next) = self
            .decide(move |context| decide::disputes(context, filter))
            .await?;
        Ok(Response::new(v1::ListAllDisputesResponse {
            disputes: rows.iter().map(dispute_to_wire).collect(),
            next: next.map(|next| next.to_string()).unwrap_or_default(),
        }))
    }

    async fn show_dispute(
        &self,
        request: Request<v1::ShowDisputeRequest>,
    ) -> Result<Response<v1::ShowDisputeResponse>, Status> {
        officer_name(&request)?;
        let name = name(&request.into_inner().name)?;
        let seen = self
            .decide(move |context| decide::seen(context, name, None))
            .await?;
        let history = history(&self.0, name).await?.to_bytes();
        Ok(Response::new(v1::ShowDisputeResponse {
            dispute: Some(dispute_to_wire(&seen)),
            history,
        }))
    }

    async fn settle_dispute(
        &self,
        request: Request<v1::SettleDisputeRequest>,
    ) -> Result<Response<v1::SettleDisputeResponse>, Status> {
        let by = officer_name(&request)?;
        let request = request.into_inner();
        let name = name(&request.name)?;
        let ruling = dispute_ruling_from_wire(request.ruling, Path::root("ruling"));
        let ruling = ruling.map_err(|fault| malformed(&fault))?;
        let officer = by.clone();
        let seen = if request.confirm {
            self.decide(move |context| decide::confirm(context, name, ruling, by))
                .await?
        } else {
            self.decide(move |context| decide::propose(context, name, ruling, by))
                .await?
        };
        info!(dispute = %name, %officer, amount = %ruling.amount, stage = %seen.stage, "a decision in a dispute");
        Ok(Response::new(v1::SettleDisputeResponse {
            dispute: Some(dispute_to_wire(&seen)),
        }))
    }
}

impl DisputeOfficeGrpc {
    async fn decide<A: Send + 'static>(
        &self,
        decide: impl FnOnce(&Context<'_>) -> Decision<A> + Send + 'static,
    ) -> Result<A, Status> {
        let decided = self.0.decide(decide).await;
        decided.map_err(|refusal| status(&refusal))
    }
}
