//! DisputeDeskService: what the region's officers say in disputes with other regions, and how those stand.

use std::sync::Arc;

use huitong_core::dispute::name::DisputeName;
use huitong_core::dispute::word::Says;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::dispute_desk_service_server::DisputeDeskService;
use huitong_proto::clearing::v1::say_in_dispute_request::Says as Wire;
use huitong_proto::conversion::dispute::{
    dispute_claim_from_wire, dispute_name_from_wire, dispute_reply_from_wire,
    dispute_stage_from_wire, dispute_to_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use tonic::{Request, Response, Status};

use super::calling_officer;
use super::status::malformed;
use crate::disputes::report::{Lateness, Wanted};
use crate::disputes::{DisputeDesk, Saying};

/// The service.
pub struct DisputeDeskGrpc {
    /// The desk.
    pub desk: Arc<DisputeDesk>,
}

#[tonic::async_trait]
impl DisputeDeskService for DisputeDeskGrpc {
    #[tracing::instrument(name = "disputes.say", skip_all)]
    async fn say_in_dispute(
        &self,
        request: Request<v1::SayInDisputeRequest>,
    ) -> Result<Response<v1::SayInDisputeResponse>, Status> {
        let officer = calling_officer(&request, self.desk.region())?;
        let (name, saying) = said(request.into_inner()).map_err(|fault| malformed(&fault))?;
        let seen = self.desk.say(name, saying, officer).await?;
        Ok(Response::new(v1::SayInDisputeResponse {
            dispute: Some(dispute_to_wire(&seen)),
        }))
    }

    #[tracing::instrument(name = "disputes.list", skip_all)]
    async fn list_own_disputes(
        &self,
        request: Request<v1::ListOwnDisputesRequest>,
    ) -> Result<Response<v1::ListOwnDisputesResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let filter = request.into_inner().filter.unwrap_or_default();
        let wanted = wanted(filter).map_err(|fault| malformed(&fault))?;
        let (seen, next) = self.desk.list(&wanted).await?;
        Ok(Response::new(v1::ListOwnDisputesResponse {
            disputes: seen.iter().map(dispute_to_wire).collect(),
            next,
        }))
    }
}

/// What is said, and in which dispute.
fn said(request: v1::SayInDisputeRequest) -> Result<(DisputeName, Saying), WireFault> {
    let name = dispute_name_from_wire(&request.name, Path::root("name"))?;
    let settles_at = request.settles_at_fen;
    let settles_at = settles_at.map(|fen| Path::root("settles_at_fen").fen(fen));
    let says = match Path::root("says").required(request.says)? {
        Wire::Raise(claim) => {
            Says::Raise(dispute_claim_from_wire(Some(claim), Path::root("raise"))?)
        }
        Wire::Answer(reply) => {
            Says::Answer(dispute_reply_from_wire(Some(reply), Path::root("answer"))?)
        }
        Wire::Accept(v1::Nothing {}) => Says::Accept,
        Wire::Escalate(v1::Nothing {}) => Says::Escalate,
        Wire::Withdraw(v1::Nothing {}) => Says::Withdraw,
    };
    let saying = Saying {
        says,
        settles_at: settles_at.transpose()?,
    };
    Ok((name, saying))
}

fn wanted(filter: v1::DisputeFilter) -> Result<Wanted, WireFault> {
    let path = Path::root("filter");
    let stage = match filter.stage {
        0 => None,
        stage => Some(dispute_stage_from_wire(stage, path.field("stage"))?),
    };
    Ok(Wanted {
        stage,
        lateness: if filter.overdue {
            Lateness::Overdue
        } else {
            Lateness::Any
        },
        after: filter.after,
    })
}
