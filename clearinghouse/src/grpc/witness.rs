//! ProofService: what regions' nodes fetch of checkpoints, and what they say of them. The region is the caller's
//! certificate, and no message is asked: it gets its own part alone.

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::checkpoint::witness::CertifiedWord;
use huitong_core::date::BusinessDay;
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_netting::statement::part;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::proof_service_server::ProofService;
use huitong_proto::conversion::Path;
use huitong_transport::CredentialStore;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};
use tracing::{error, warn};

use super::asked::day;
use super::clearing::region;
use super::in_force::InForce;
use super::parts::Parts;
use super::proof::{checkpoint, cycle};
use super::reading::{Untold, read};
use super::status::{malformed, status};
use crate::decide;
use crate::refusal::{ClearingCode, Code, Refusal};
use crate::store::{Proofs, ProvenCycle};
use crate::words::on_checkpoint;
use crate::writer::Writer;

/// Checkpoints of one page, and words of one call.
const AT_ONCE: usize = 64;

/// The regions' way to proofs.
pub(super) struct ProofGrpc {
    /// Decides and keeps.
    pub(super) writer: Arc<Writer>,
    /// Whose signatures are trusted.
    pub(super) credentials: CredentialStore,
    /// Parts on their way.
    pub(super) parts: Parts,
    /// By what checkpoints can be checked now.
    pub(super) in_force: InForce,
}

#[tonic::async_trait]
impl ProofService for ProofGrpc {
    async fn list_checkpoints(
        &self,
        request: Request<v1::ListCheckpointsRequest>,
    ) -> Result<Response<v1::ListCheckpointsResponse>, Status> {
        let region = region(&request)?;
        let after = request.into_inner().after;
        let reached = self.reached(region).await?;
        let (proofs, signed) = (self.writer.proven_rows(), reached.signed);
        let in_force = self.in_force.clone();
        let files = read(move || page((&proofs, &in_force), after, signed)).await?;
        Ok(Response::new(v1::ListCheckpointsResponse {
            files,
            newest: signed,
            witnessed: reached.witnessed,
        }))
    }

    async fn fetch_checkpoint(
        &self,
        request: Request<v1::FetchCheckpointRequest>,
    ) -> Result<Response<v1::FetchCheckpointResponse>, Status> {
        let region = region(&request)?;
        let asked = request.into_inner().business_day;
        let signed = self.reached(region).await?.signed;
        let (proofs, in_force) = (self.writer.proven_rows(), self.in_force.clone());
        let file = if asked.is_empty() {
            let page = move || page((&proofs, &in_force), signed.saturating_sub(1), signed);
            let newest = read(page).await?;
            newest.into_iter().next().unwrap_or_default()
        } else {
            let day = day(&asked)?;
            let found = move || Ok(in_force.sign(checkpoint(&proofs, day)?).to_bytes());
            read(found).await?
        };
        Ok(Response::new(v1::FetchCheckpointResponse { file }))
    }

    type FetchPartStream = ReceiverStream<Result<v1::FetchPartResponse, Status>>;

    async fn fetch_part(
        &self,
        request: Request<v1::FetchPartRequest>,
    ) -> Result<Response<Self::FetchPartStream>, Status> {
        let region = region(&request)?;
        let day: BusinessDay = day(&request.into_inner().business_day)?;
        self.reached(region).await?;
        let proofs = self.writer.proven_rows();
        let file = move || {
            let cycle = cycle(&proofs, day)?;
            file(&proofs, &cycle, region)
        };
        let pieces = self.parts.write(region, file);
        let pieces = pieces.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(ReceiverStream::new(pieces)))
    }

    async fn witness(
        &self,
        request: Request<v1::WitnessRequest>,
    ) -> Result<Response<v1::WitnessResponse>, Status> {
        let region = region(&request)?;
        let words = request.into_inner().words;
        if words.len() > AT_ONCE {
            let detail = format_args!("words: at most {AT_ONCE}");
            return Err(status(&Refusal::general(RefusalCode::Malformed, detail)));
        }
        let mut witnessed = self.reached(region).await?.witnessed;
        for (nth, bytes) in words.iter().enumerate() {
            let path = Path::root("words");
            let word = CertifiedWord::from_bytes(bytes);
            let word = word.map_err(|fault| malformed(&path.item(nth).wrong(fault)))?;
            witnessed = self.take(region, word).await?;
        }
        Ok(Response::new(v1::WitnessResponse { witnessed }))
    }
}

impl ProofGrpc {
    async fn reached(&self, region: RegionCode) -> Result<decide::Reached, Status> {
        let reached = self
            .writer
            .decide(move |context| decide::reached(context, region));
        reached.await.map_err(|refusal| status(&refusal))
    }

    /// Takes a word that its region signed.
    async fn take(&self, region: RegionCode, word: CertifiedWord) -> Result<u64, Status> {
        let invalid = |detail: &dyn std::fmt::Display| {
            status(&Refusal::new(ClearingCode::WitnessInvalid, detail))
        };
        if word.word.region != region {
            return Err(invalid(&"it is of another region than the caller"));
        }
        if let Err(fault) = on_checkpoint(&word, self.credentials.credentials().trust()) {
            return Err(invalid(&fault));
        }
        let said = word.word.clone();
        let taken = self
            .writer
            .decide(move |context| decide::witness(context, region, word));
        let taken = taken.await.map_err(|refusal| {
            if refusal.code == Code::Clearing(ClearingCode::WitnessOtherCheckpoint) {
                error!(%region, plan = said.plan, seen = %said.checkpoint, "a region was shown another checkpoint than the one that is signed here");
            }
            status(&refusal)
        })?;
        if let Some(findings) = said.verdict.findings().filter(|_| taken == said.plan) {
            let (plan, count) = (said.plan, findings.count());
            let first = findings.first().first().map(ToString::to_string);
            warn!(%region, plan, count, first, "a region refuses to countersign a checkpoint");
        }
        Ok(taken)
    }
}

/// The checkpoints after a plan, as far as they are indexed, as files.
fn page(
    (proofs, in_force): (&Proofs, &InForce),
    after: u64,
    signed: u64,
) -> Result<Vec<Vec<u8>>, Untold> {
    let mut files = Vec::new();
    for plan in (after.saturating_add(1)..=signed).take(AT_ONCE) {
        let Some(checkpoint) = proofs.checkpoint(plan)? else {
            break;
        };
        files.push(in_force.sign(checkpoint).to_bytes());
    }
    Ok(files)
}

/// The region's own part of a cycle; empty when the cycle has no window of it.
fn file(proofs: &Proofs, cycle: &ProvenCycle, region: RegionCode) -> Result<Vec<u8>, Untold> {
    let legs = proofs.legs_of_region(cycle, region)?;
    let part = part(&cycle.whole(), region, &legs);
    Ok(part.map(|part| part.to_bytes()).unwrap_or_default())
}
