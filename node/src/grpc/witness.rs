//! WitnessService and WitnessOfficeService: what this region was shown of the clearinghouse's checkpoints, for other
//! regions' nodes and for its own officers; and how the status says it.

use std::sync::Arc;

use huitong_core::canonical::{Artifact, decode_exact, encode_to_vec};
use huitong_core::digest::Digest;
use huitong_core::id::SettlementId;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::witness_office_service_server::WitnessOfficeService;
use huitong_proto::clearing::v1::witness_service_server::WitnessService;
use huitong_proto::conversion::Path;
use huitong_proto::settlement::v1 as settlement;
use tonic::{Request, Response, Status};

use super::status::malformed;
use super::{calling_officer, calling_region};
use crate::error::NodeError;
use crate::store::StoreError;
use crate::witness::WitnessDesk;
use crate::witness::seen::{SeenOne, SplitView};

/// Both services.
pub struct WitnessGrpc {
    /// Where checkpoints are looked at.
    pub desk: Arc<WitnessDesk>,
}

#[tonic::async_trait]
impl WitnessService for WitnessGrpc {
    #[tracing::instrument(name = "witness.get_seen_checkpoint", skip_all)]
    async fn get_seen_checkpoint(
        &self,
        request: Request<v1::GetSeenCheckpointRequest>,
    ) -> Result<Response<v1::GetSeenCheckpointResponse>, Status> {
        calling_region(&request)?;
        let file = self.desk.file(request.into_inner().plan);
        let file = file.map_err(NodeError::from)?.unwrap_or_default();
        Ok(Response::new(v1::GetSeenCheckpointResponse { file }))
    }
}

#[tonic::async_trait]
impl WitnessOfficeService for WitnessGrpc {
    #[tracing::instrument(name = "witness.list_seen_checkpoints", skip_all)]
    async fn list_seen_checkpoints(
        &self,
        request: Request<v1::ListSeenCheckpointsRequest>,
    ) -> Result<Response<v1::ListSeenCheckpointsResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let seen = self.desk.list(request.into_inner().before);
        let seen = seen.map_err(NodeError::from)?;
        let told = |one: SeenOne| v1::SeenCheckpoint {
            plan: one.plan,
            business_day: one.day.to_string(),
            word: one.word,
        };
        let checkpoints = seen.into_iter().map(told).collect();
        Ok(Response::new(v1::ListSeenCheckpointsResponse {
            checkpoints,
        }))
    }

    #[tracing::instrument(name = "witness.list_split_views", skip_all)]
    async fn list_split_views(
        &self,
        request: Request<v1::ListSplitViewsRequest>,
    ) -> Result<Response<v1::ListSplitViewsResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let after = match request.into_inner().after.as_slice() {
            [] => None,
            bytes => {
                let read = decode_exact::<(u64, Digest)>(bytes);
                Some(read.map_err(|fault| malformed(&Path::root("after").wrong(fault)))?)
            }
        };
        let (views, next) = self.desk.split_views(after).map_err(NodeError::from)?;
        let told = |view: SplitView| v1::SplitView {
            own: view.own,
            other: view.other,
            from: view.from.to_string(),
            found_at_ms: view.at.as_millis(),
        };
        Ok(Response::new(v1::ListSplitViewsResponse {
            views: views.into_iter().map(told).collect(),
            next: next.map(|next| encode_to_vec(&next)).unwrap_or_default(),
        }))
    }

    #[tracing::instrument(name = "witness.prove_receipt", skip_all)]
    async fn prove_receipt(
        &self,
        request: Request<v1::ProveReceiptRequest>,
    ) -> Result<Response<v1::ProveReceiptResponse>, Status> {
        calling_officer(&request, self.desk.region())?;
        let path = Path::root("settlement");
        let wanted = request.into_inner().settlement;
        let settlement = path.parse(&wanted, SettlementId::parse);
        let settlement = settlement.map_err(|fault| malformed(&fault))?;
        let proven = self.desk.prove_receipt(settlement).await?;
        let proofs = proven.proofs.iter().map(Artifact::to_bytes);
        Ok(Response::new(v1::ProveReceiptResponse {
            proofs: proofs.collect(),
            waiting: u64::try_from(proven.waiting).unwrap_or(u64::MAX),
            reversed: proven.reversed,
        }))
    }
}

/// How the region stands to checkpoints, for the status.
pub(super) fn standing(desk: &WitnessDesk) -> Result<settlement::WitnessStanding, StoreError> {
    let standing = desk.standing()?;
    let count = |found: usize| u64::try_from(found).unwrap_or(u64::MAX);
    let refused = standing.refused.into_iter();
    let refused = refused.map(|one| settlement::RefusedCheckpoint {
        plan: one.plan,
        business_day: one.day.to_string(),
        findings: one.findings,
        count: one.count,
    });
    Ok(settlement::WitnessStanding {
        seen: standing.head.map_or(0, |head| head.plan),
        business_day: standing
            .head
            .map(|head| head.day.to_string())
            .unwrap_or_default(),
        newest: standing.newest,
        witnessed: standing.witnessed,
        refused: refused.collect(),
        refused_count: count(standing.refused_count),
        split_views: count(standing.split_views),
        trouble: standing.trouble.unwrap_or_default(),
    })
}
