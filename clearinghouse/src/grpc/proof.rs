//! What clearing officers call for the files that prove a cycle. Writing one reads the legs beside the writer.

use std::sync::Arc;
use std::time::Duration;

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::CertifiedCheckpoint;
use huitong_core::date::BusinessDay;
use huitong_core::region::RegionCode;
use huitong_netting::Member;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::proof_office_service_server::ProofOfficeService;
use huitong_proto::conversion::Path;
use tonic::{Request, Response, Status};

use super::asked::day;
use super::lists::{Lists, Parts, pieces};
use super::officer::officer_name;
use super::reading::{Untold, read};
use super::status::{malformed, status};
use crate::decide;
use crate::refusal::{ClearingCode, Refusal};
use crate::store::{Proofs, ProvenCycle};
use crate::writer::Writer;

/// The bytes of one part.
const PART_BYTES: usize = 1 << 20;
/// How long a reader may take for each part throughout, so that a slow line brings a long statement too.
const PART_WITHIN: Duration = Duration::from_secs(15);

/// The officers' way to proofs.
pub(super) struct ProofOfficeGrpc {
    writer: Arc<Writer>,
    statements: Lists,
}

#[tonic::async_trait]
impl ProofOfficeService for ProofOfficeGrpc {
    async fn get_checkpoint(
        &self,
        request: Request<v1::GetCheckpointRequest>,
    ) -> Result<Response<v1::GetCheckpointResponse>, Status> {
        officer_name(&request)?;
        let day = day(&request.into_inner().business_day)?;
        let proofs = self.proofs(day).await?;
        let regions = self.writer.decide(decide::witnesses).await;
        let regions = regions.map_err(|refusal| status(&refusal))?;
        let told = regions.iter().map(ToString::to_string).collect();
        let (file, words) = read(move || {
            let checkpoint = checkpoint(&proofs, day)?;
            let words = proofs.words(checkpoint.signed.checkpoint.plan, &regions)?;
            Ok((checkpoint.to_bytes(), words))
        })
        .await?;
        Ok(Response::new(v1::GetCheckpointResponse {
            file,
            words: words.iter().map(Artifact::to_bytes).collect(),
            regions: told,
        }))
    }

    type GetProvenStatementStream = Parts<v1::GetProvenStatementResponse>;

    async fn get_proven_statement(
        &self,
        request: Request<v1::GetProvenStatementRequest>,
    ) -> Result<Response<Self::GetProvenStatementStream>, Status> {
        let reader = officer_name(&request)?;
        let message = request.into_inner();
        let day = day(&message.business_day)?;
        let member = Path::root("member")
            .parse(&message.member, RegionCode::parse)
            .map_err(|fault| malformed(&fault))?;
        let (proofs, member) = (self.proofs(day).await?, Member::new(member));
        let of_day = proofs.clone();
        let cycle = read(move || stands(cycle(&of_day, day)?, member)).await?;
        let find = move |turn| {
            read(move || {
                let bytes = proofs.statement(&cycle, member)?.to_bytes();
                drop(turn);
                Ok(bytes)
            })
        };
        let parts = self.statements.write(reader, find, |bytes| {
            let parts = pieces(bytes, PART_BYTES);
            parts.map(|part| v1::GetProvenStatementResponse { part })
        });
        Ok(Response::new(parts))
    }
}

impl ProofOfficeGrpc {
    pub(super) fn new(writer: &Arc<Writer>) -> Self {
        Self {
            writer: Arc::clone(writer),
            statements: Lists::new(PART_WITHIN),
        }
    }

    /// What is proven, once the cycle is netted.
    async fn proofs(&self, day: BusinessDay) -> Result<Proofs, Status> {
        let netted = self
            .writer
            .decide(move |context| decide::is_netted(context, day));
        netted.await.map_err(|refusal| status(&refusal))?;
        self.writer
            .proofs()
            .await
            .map_err(|refusal| status(&refusal))
    }
}

pub(super) fn cycle(proofs: &Proofs, day: BusinessDay) -> Result<Arc<ProvenCycle>, Untold> {
    proofs.cycle(day)?.ok_or_else(|| not_proven(day))
}

pub(super) fn checkpoint(proofs: &Proofs, day: BusinessDay) -> Result<CertifiedCheckpoint, Untold> {
    proofs.checkpoint_of(day)?.ok_or_else(|| not_proven(day))
}

fn not_proven(day: BusinessDay) -> Untold {
    Untold::Refused(Refusal::new(ClearingCode::CycleNotProven, day))
}

/// A cycle in which the member stands.
fn stands(cycle: Arc<ProvenCycle>, member: Member) -> Result<Arc<ProvenCycle>, Untold> {
    let mut windows = cycle.plan.windows().iter();
    if windows.any(|window| window.member == member) {
        return Ok(cycle);
    }
    let refusal = Refusal::new(ClearingCode::CycleUnknownMember, member);
    Err(Untold::Refused(refusal))
}
