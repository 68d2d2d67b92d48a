//! What regions' nodes call to show what a home region signed. The region is the caller's certificate.

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::clearing_evidence::ClearingEvidence;
use huitong_core::leg::Leg;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::call_up_service_server::CallUpService;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::leg::leg_kind_to_wire;
use huitong_transport::CredentialStore;
use tonic::{Request, Response, Status};
use tracing::{info, warn};

use super::clearing::region;
use super::status::{malformed, status};
use crate::decide;
use crate::words::of_home;
use crate::writer::Writer;

/// The clearinghouse's side of calling up evidence.
pub(super) struct CallUpGrpc {
    pub(super) writer: Arc<Writer>,
    /// Whose root home regions' certificates lead to.
    pub(super) credentials: CredentialStore,
}

#[tonic::async_trait]
impl CallUpService for CallUpGrpc {
    async fn list_wanted(
        &self,
        request: Request<v1::ListWantedRequest>,
    ) -> Result<Response<v1::ListWantedResponse>, Status> {
        let region = region(&request)?;
        let after = request.into_inner().after;
        let page = self
            .writer
            .decide(move |context| decide::wanted(context, region, after))
            .await;
        let page = page.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(v1::ListWantedResponse {
            wanted: page.legs.iter().map(named).collect(),
            next: page.next.unwrap_or_default(),
        }))
    }

    async fn give_evidence(
        &self,
        request: Request<v1::GiveEvidenceRequest>,
    ) -> Result<Response<v1::GiveEvidenceResponse>, Status> {
        let region = region(&request)?;
        let evidence = ClearingEvidence::from_bytes(&request.into_inner().evidence);
        let evidence = evidence.map_err(|fault| malformed(&Path::root("evidence").wrong(fault)))?;
        let home = evidence.word.home();
        let listed = self
            .writer
            .decide(move |context| decide::listed_signers(context, home));
        let listed = listed.await.map_err(|refusal| status(&refusal))?;
        let credentials = self.credentials.credentials();
        of_home(&evidence, &listed, credentials.trust()).map_err(|fault| {
            warn!(%region, %fault, "a region shows what the home region did not sign");
            status(&decide::not_proven(fault))
        })?;
        let (settlement, _) = evidence.word.about();
        self.writer
            .decide(move |context| decide::give(context, region, evidence))
            .await
            .map_err(|refusal| status(&refusal))?;
        info!(%region, %settlement, "evidence taken");
        Ok(Response::new(v1::GiveEvidenceResponse {}))
    }
}

fn named(leg: &Leg) -> v1::WantedEvidence {
    v1::WantedEvidence {
        settlement: leg.settlement.to_string(),
        kind: leg_kind_to_wire(leg.kind),
        debtor: leg.debtor.to_string(),
        creditor: leg.creditor.to_string(),
    }
}
