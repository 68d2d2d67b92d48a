//! DisputeService: what regions' nodes call about disputes. The region is the caller's certificate; what it says is
//! signed with its node's signing key, and checked here before anything is decided.

use std::sync::Arc;

use huitong_core::canonical::Artifact;
use huitong_core::dispute::history::DisputeHistory;
use huitong_core::dispute::name::{DisputeName, Subject};
use huitong_core::dispute::word::{Says, SignedWord, Word};
use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::dispute_service_server::DisputeService;
use huitong_proto::conversion::dispute::{
    dispute_name_from_wire, dispute_stage_from_wire, dispute_to_wire,
};
use huitong_proto::conversion::{Path, WireFault};
use huitong_transport::{CredentialStore, aside};
use tonic::{Request, Response, Status};
use tracing::{info, warn};

use super::clearing::region;
use super::in_force::InForce;
use super::status::{malformed, status};
use crate::clock::Clock;
use crate::decide::dispute::{self as decide, Checked, Filter, Found, Lateness};
use crate::decide::{Context, Decision};
use crate::disputes::DisputeRules;
use crate::refusal::{ClearingCode, Refusal};
use crate::store::{Proofs, StoreError};
use crate::words::{self, WordFault};
use crate::writer::Writer;

/// The regions' side of disputes.
pub(super) struct DisputeGrpc {
    pub(super) writer: Arc<Writer>,
    pub(super) rules: DisputeRules,
    /// Whom words are trusted by.
    pub(super) credentials: CredentialStore,
    pub(super) clock: Arc<dyn Clock>,
    /// By what outcomes can be checked now.
    pub(super) in_force: InForce,
}

#[tonic::async_trait]
impl DisputeService for DisputeGrpc {
    async fn say(
        &self,
        request: Request<v1::SayRequest>,
    ) -> Result<Response<v1::SayResponse>, Status> {
        let region = region(&request)?;
        let signed = SignedWord::from_bytes(&request.into_inner().word);
        let signed = signed.map_err(|fault| malformed(&Path::root("word").wrong(fault)))?;
        let word = self.checked(region, &signed)?;
        let found = self.found(&word).await?;
        let (dispute, says, rules) = (word.dispute, word.says.called(), self.rules);
        let said = Checked { signed, word };
        let seen = self
            .decide(move |context| decide::say(context, said, found, &rules))
            .await?;
        info!(%dispute, %region, says, stage = %seen.stage, "a region's word in a dispute");
        Ok(Response::new(v1::SayResponse {
            dispute: Some(dispute_to_wire(&seen)),
        }))
    }

    async fn get_dispute(
        &self,
        request: Request<v1::GetDisputeRequest>,
    ) -> Result<Response<v1::GetDisputeResponse>, Status> {
        let region = region(&request)?;
        let name = name(&request.into_inner().name)?;
        self.decide(move |context| decide::is_party(context, name, region))
            .await?;
        let history = in_force(&self.in_force, history(&self.writer, name).await?);
        Ok(Response::new(v1::GetDisputeResponse {
            history: history.to_bytes(),
        }))
    }

    async fn list_disputes(
        &self,
        request: Request<v1::ListDisputesRequest>,
    ) -> Result<Response<v1::ListDisputesResponse>, Status> {
        let region = region(&request)?;
        let filter = request.into_inner().filter.unwrap_or_default();
        let filter = filter_of(&filter, Some(region)).map_err(|fault| malformed(&fault))?;
        let (rows, next) = self
            .decide(move |context| decide::disputes(context, filter))
            .await?;
        Ok(Response::new(v1::ListDisputesResponse {
            disputes: rows.iter().map(dispute_to_wire).collect(),
            next: next.map(|next| next.to_string()).unwrap_or_default(),
        }))
    }

    async fn list_corrections(
        &self,
        request: Request<v1::ListCorrectionsRequest>,
    ) -> Result<Response<v1::ListCorrectionsResponse>, Status> {
        let region = region(&request)?;
        let after = request.into_inner().after;
        let found = self
            .decide(move |context| decide::corrections(context, region, after))
            .await?;
        let mut histories = Vec::new();
        if !found.disputes.is_empty() {
            let proofs = proofs(&self.writer).await?;
            let now = self.in_force.clone();
            let read = aside(move || histories_of((&proofs, &now), &found.disputes)).await;
            histories = told(read)?;
        }
        Ok(Response::new(v1::ListCorrectionsResponse {
            histories,
            up_to: found.up_to,
            more: found.more,
            incarnation: found.incarnation,
        }))
    }
}

impl DisputeGrpc {
    async fn decide<A: Send + 'static>(
        &self,
        decide: impl FnOnce(&Context<'_>) -> Decision<A> + Send + 'static,
    ) -> Result<A, Status> {
        let decided = self.writer.decide(decide).await;
        decided.map_err(|refusal| status(&refusal))
    }

    /// What the caller's region says, rightly signed.
    fn checked(&self, region: RegionCode, signed: &SignedWord) -> Result<Word, Status> {
        let credentials = self.credentials.credentials();
        let trust = credentials.trust();
        let refuse = |code, about: &dyn std::fmt::Display| {
            warn!(%region, detail = %about, "a word in a dispute is not the region's own");
            status(&Refusal::new(code, about))
        };
        let word = words::in_dispute(signed, trust, Some(self.clock.now()));
        let word = word.map_err(|fault| match fault {
            WordFault::Unreadable(error) => malformed(&Path::root("word").wrong(error)),
            WordFault::Path | WordFault::Signature(_) => {
                refuse(ClearingCode::DisputeSignature, &fault)
            }
        })?;
        if word.region != region {
            return Err(refuse(ClearingCode::DisputeOtherRegion, &word.region));
        }
        Ok(word)
    }

    /// The netted leg that a claim is about, read beside the writer: a plan may have many.
    async fn found(&self, word: &Word) -> Result<Option<Found>, Status> {
        let Says::Raise(claim) = word.says else {
            return Ok(None);
        };
        let Subject::Debt {
            settlement,
            kind,
            pair,
        } = claim.subject
        else {
            return Ok(None);
        };
        let proofs = proofs(&self.writer).await?;
        let debt = (settlement, kind, pair.fund);
        let read = aside(move || proofs.netted_leg(debt, pair)).await;
        Ok(told(read)?.map(|(leg, day)| Found { leg, day }))
    }
}

async fn proofs(writer: &Writer) -> Result<Proofs, Status> {
    let proofs = writer.proofs().await;
    proofs.map_err(|refusal| status(&refusal))
}

fn histories_of(
    (proofs, now): (&Proofs, &InForce),
    names: &[DisputeName],
) -> Result<Vec<Vec<u8>>, StoreError> {
    let read = names.iter().map(|name| proofs.history(*name));
    let read = read.collect::<Result<Vec<_>, _>>()?.into_iter();
    let read = read.flatten().map(|history| in_force(now, history));
    Ok(read.map(|history| history.to_bytes()).collect())
}

/// A history whose outcome can be checked by what is in force.
fn in_force(now: &InForce, history: DisputeHistory) -> DisputeHistory {
    let outcome = history.outcome.map(|outcome| now.sign(outcome));
    DisputeHistory { outcome, ..history }
}

/// A dispute that is known, with every word in it.
pub(super) async fn history(writer: &Writer, name: DisputeName) -> Result<DisputeHistory, Status> {
    let proofs = proofs(writer).await?;
    let read = aside(move || proofs.history(name)).await;
    let unknown = || status(&Refusal::new(ClearingCode::DisputeUnknown, name));
    told(read)?.ok_or_else(unknown)
}

/// What was read beside the writer.
fn told<T, E: std::fmt::Display>(read: Result<Result<T, StoreError>, E>) -> Result<T, Status> {
    let broken = |fault: &dyn std::fmt::Display| {
        tracing::error!(%fault, "a dispute cannot be read");
        status(&Refusal::general(RefusalCode::StoreBroken, fault))
    };
    match read {
        Ok(Ok(found)) => Ok(found),
        Ok(Err(fault)) => Err(broken(&fault)),
        Err(lost) => Err(broken(&lost)),
    }
}

pub(super) fn name(name: &str) -> Result<DisputeName, Status> {
    dispute_name_from_wire(name, Path::root("name")).map_err(|fault| malformed(&fault))
}

/// Which disputes are asked for.
pub(super) fn filter_of(
    filter: &v1::DisputeFilter,
    region: Option<RegionCode>,
) -> Result<Filter, WireFault> {
    let path = Path::root("filter");
    let stage = match filter.stage {
        0 => None,
        stage => Some(dispute_stage_from_wire(stage, path.field("stage"))?),
    };
    Ok(Filter {
        region,
        stage,
        lateness: if filter.overdue {
            Lateness::Overdue
        } else {
            Lateness::Any
        },
        after: path
            .field("after")
            .optional(&filter.after, str::parse::<DisputeName>)?,
    })
}
