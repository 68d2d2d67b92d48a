//! RecoveryService: what another region's restored node asks for. It is answered also in recovery.

use std::sync::Arc;

use huitong_core::record::recovery::RestoreMark;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::Path;
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::recovery_service_server::RecoveryService;
use huitong_transport::aside;
use tonic::{Request, Response, Status};

use super::calling_region;
use super::status::{malformed, refused};
use crate::error::NodeError;
use crate::home::HomeRole;
use crate::ledger::Ledger;
use crate::policies::PolicyBook;
use crate::recovery::give::{Page, given_by, given_to};
use crate::recovery::records::{NotePeer, Noted};
use crate::store::{RestoredPeer, Rows, StoreError};
use crate::writer::Writer;

/// The service.
pub struct RecoveryGrpc {
    /// Journal and rows.
    pub ledger: Arc<Ledger>,
    /// The writer.
    pub writer: Arc<Writer>,
    /// The home role, which delivers again what is not held any more.
    pub home: Arc<HomeRole>,
    /// The policies at hand.
    pub policies: Arc<PolicyBook>,
}

#[tonic::async_trait]
impl RecoveryService for RecoveryGrpc {
    #[tracing::instrument(name = "recovery.announce", skip_all)]
    async fn announce(
        &self,
        request: Request<v1::AnnounceRequest>,
    ) -> Result<Response<v1::AnnounceResponse>, Status> {
        use v1::announce_response::Outcome;
        let region = calling_region(&request)?;
        let message = request.into_inner();
        let command = NotePeer {
            region,
            incarnation: message.incarnation,
            mark: mark(&message.mark)?,
            written: message.receipts_written,
            held: message.receipts_held,
        };
        let noted = self.writer.run(command).await.map_err(NodeError::from)?;
        let outcome = match noted.answer {
            Noted::Written { known } => {
                self.home.is_held_no_more(region, message.receipts_held);
                tracing::warn!(%region, incarnation = message.incarnation, "a peer was restored");
                Outcome::ReceiptsKnown(known)
            }
            Noted::Older { known } => Outcome::IncarnationKnown(known),
        };
        Ok(Response::new(v1::AnnounceResponse {
            outcome: Some(outcome),
        }))
    }

    #[tracing::instrument(name = "recovery.collect_given", skip_all)]
    async fn collect_given(
        &self,
        request: Request<v1::CollectRequest>,
    ) -> Result<Response<v1::CollectResponse>, Status> {
        let region = calling_region(&request)?;
        let message = request.into_inner();
        let peer = self.announced(region, &message)?;
        self.ledger.barrier().await.map_err(NodeError::from)?;
        let ledger = Arc::clone(&self.ledger);
        answered(move || given_by(&ledger, region, peer.given_above(), &message.after)).await
    }

    #[tracing::instrument(name = "recovery.collect_received", skip_all)]
    async fn collect_received(
        &self,
        request: Request<v1::CollectRequest>,
    ) -> Result<Response<v1::CollectResponse>, Status> {
        let region = calling_region(&request)?;
        let message = request.into_inner();
        let peer = self.announced(region, &message)?;
        self.ledger.barrier().await.map_err(NodeError::from)?;
        let (ledger, policies) = (Arc::clone(&self.ledger), Arc::clone(&self.policies));
        answered(move || given_to(&ledger, &policies, region, peer.held, &message.after)).await
    }
}

impl RecoveryGrpc {
    /// The restore that the caller announced.
    fn announced(
        &self,
        region: RegionCode,
        message: &v1::CollectRequest,
    ) -> Result<RestoredPeer, Status> {
        let peer = self.ledger.restored_peer(region)?;
        let mark = mark(&message.mark)?;
        let named = (message.incarnation, mark);
        let known = peer.as_ref().map_or(0, |peer| peer.incarnation);
        peer.filter(|peer| (peer.incarnation, peer.mark) == named)
            .ok_or_else(|| refused(RefusalCode::OldIncarnation, known))
    }
}

/// A page, read beside everything else.
async fn answered(
    read: impl FnOnce() -> Result<Page, StoreError> + Send + 'static,
) -> Result<Response<v1::CollectResponse>, Status> {
    let page = aside(read).await;
    let page = page.map_err(|_| Status::cancelled("the node is stopping"))??;
    Ok(Response::new(v1::CollectResponse {
        returned: page.returned,
        next: page.next.unwrap_or_default(),
    }))
}

fn mark(bytes: &[u8]) -> Result<RestoreMark, Status> {
    let mark = RestoreMark::try_from(bytes);
    mark.map_err(|_| malformed(&Path::root("mark").wrong("16 bytes are expected")))
}
