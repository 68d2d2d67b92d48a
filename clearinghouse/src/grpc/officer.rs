//! What clearing officers call. Who acted is the name in the caller's certificate.

use std::sync::Arc;

use huitong_certs::Identity;
use huitong_core::date::BusinessDay;
use huitong_core::record::clearing::Actor;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_netting::Member;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::officer_service_server::OfficerService;
use huitong_proto::conversion::Path;
use tonic::{Request, Response, Status};
use tracing::info;

use super::status::{malformed, status};
use super::wire;
use crate::decide::{self, Condition};
use crate::refusal::Refusal;
use crate::writer::Writer;

/// The officers' side.
pub(super) struct OfficerGrpc(pub(super) Arc<Writer>);

#[tonic::async_trait]
impl OfficerService for OfficerGrpc {
    async fn status(
        &self,
        request: Request<v1::StatusRequest>,
    ) -> Result<Response<v1::StatusResponse>, Status> {
        let asked = request.into_inner().business_day;
        let day = if asked.is_empty() {
            None
        } else {
            Some(day(&asked)?)
        };
        self.status_of(day).await.map(Response::new)
    }

    async fn cut_off(
        &self,
        request: Request<v1::CutOffRequest>,
    ) -> Result<Response<v1::CutOffResponse>, Status> {
        let by = officer(&request)?;
        let v1::CutOffRequest {
            business_day,
            at_deadline,
        } = request.into_inner();
        let day = day(&business_day)?;
        let condition = if at_deadline {
            Condition::Deadline
        } else {
            Condition::AllClosed
        };
        let decided = self
            .0
            .decide(move |context| decide::cut_off(context, day, condition, by));
        decided.await.map_err(|refusal| status(&refusal))?;
        info!(%day, "cycle cut off");
        let status = self.status_of(Some(day)).await?;
        Ok(Response::new(v1::CutOffResponse {
            status: Some(status),
        }))
    }

    async fn net(
        &self,
        request: Request<v1::NetRequest>,
    ) -> Result<Response<v1::NetResponse>, Status> {
        let by = officer(&request)?;
        let day = day(&request.into_inner().business_day)?;
        let decided = self.0.decide(move |context| decide::net(context, day, by));
        let plan = decided.await.map_err(|refusal| status(&refusal))?;
        info!(%day, plan = plan.number(), legs = plan.legs(), "cycle netted");
        Ok(Response::new(v1::NetResponse {
            plan: Some(wire::plan(&plan)),
        }))
    }

    async fn statement(
        &self,
        request: Request<v1::StatementRequest>,
    ) -> Result<Response<v1::StatementResponse>, Status> {
        let v1::StatementRequest {
            business_day,
            member,
        } = request.into_inner();
        let day = day(&business_day)?;
        let member = Path::root("member")
            .parse(&member, RegionCode::parse)
            .map(Member::new)
            .map_err(|fault| malformed(&fault))?;
        let decided = self
            .0
            .decide(move |context| decide::statement(context, day, member));
        let statement = decided.await.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(wire::statement(&statement)))
    }

    async fn release_stream(
        &self,
        request: Request<v1::ReleaseStreamRequest>,
    ) -> Result<Response<v1::ReleaseStreamResponse>, Status> {
        let by = officer(&request)?;
        let region = Path::root("region")
            .parse(&request.into_inner().region, RegionCode::parse)
            .map_err(|fault| malformed(&fault))?;
        let decided = self
            .0
            .decide(move |context| decide::release(context, region, by));
        let held = decided.await.map_err(|refusal| status(&refusal))?;
        info!(%region, held, "stream goes on");
        Ok(Response::new(v1::ReleaseStreamResponse { held }))
    }
}

impl OfficerGrpc {
    async fn status_of(&self, day: Option<BusinessDay>) -> Result<v1::StatusResponse, Status> {
        let decided = self
            .0
            .decide(move |context| decide::status(context, day))
            .await;
        decided
            .map(|found| wire::status(&found))
            .map_err(|refusal| status(&refusal))
    }
}

fn day(text: &str) -> Result<BusinessDay, Status> {
    let path = Path::root("business_day");
    path.parse(text, BusinessDay::parse)
        .map_err(|fault| malformed(&fault))
}

/// The officer who calls. The table lets only clearing officers in; others are refused again.
fn officer<T>(request: &Request<T>) -> Result<Actor, Status> {
    match huitong_transport::peer(request)? {
        Identity::ClearinghouseOfficer { name } => Ok(Actor::Officer(name.to_string())),
        other @ (Identity::RegionNode(_)
        | Identity::RegionNodeSigning(_)
        | Identity::RegionCa(_)
        | Identity::Institution { .. }
        | Identity::RegionOfficer { .. }
        | Identity::Clearinghouse
        | Identity::ClearinghouseSigning) => {
            Err(status(&Refusal::general(RefusalCode::NotAllowed, other)))
        }
    }
}
