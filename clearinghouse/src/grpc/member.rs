//! What clearing officers call to say who is a member, and nodes to fetch the directory.
//!
//! Signing certificates are checked here, against the roots in force: a decision knows no cryptography.

use std::sync::Arc;

use huitong_certs::Identity;
use huitong_certs::signing::CertifiedKey;
use huitong_core::canonical::Artifact;
use huitong_core::digest::sha256;
use huitong_core::evidence::Chain;
use huitong_core::membership::{Changing, Joining, MemberChange, SignedDirectory, Standing};
use huitong_core::officer::OfficerName;
use huitong_core::record::clearing::MemberProposed;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::directory_service_server::DirectoryService;
use huitong_proto::clearing::v1::member_service_server::MemberService;
use huitong_proto::conversion::{Path, WireFault};
use huitong_transport::{Clock as _, Reloading, SystemClock, aside};
use tonic::codegen::http::Uri;
use tonic::{Request, Response, Status};
use tracing::{info, warn};

use super::in_force::InForce;
use super::officer::officer_name;
use super::status::{malformed, status};
use crate::decide::{self, Came, Kind, MemberRow};
use crate::refusal::{ClearingCode, Refusal};
use crate::writer::Writer;

/// The most keys that a region signs with at once: one, and another while it takes its place.
const SIGNERS_AT_MOST: usize = 4;

/// The directory, for officers and nodes.
#[derive(Clone)]
pub(super) struct MemberGrpc {
    pub(super) writer: Arc<Writer>,
    pub(super) reloading: Reloading,
    /// By what versions can be checked now.
    pub(super) in_force: InForce,
}

#[tonic::async_trait]
impl MemberService for MemberGrpc {
    async fn list_members(
        &self,
        request: Request<v1::ListMembersRequest>,
    ) -> Result<Response<v1::ListMembersResponse>, Status> {
        officer_name(&request)?;
        let found = self.writer.decide(decide::members).await;
        let found = found.map_err(|refusal| status(&refusal))?;
        Ok(Response::new(v1::ListMembersResponse {
            number: found.number,
            members: found.rows.iter().map(row).collect(),
            joining: found.joining.iter().map(alone).collect(),
        }))
    }

    async fn change_member(
        &self,
        request: Request<v1::ChangeMemberRequest>,
    ) -> Result<Response<v1::ChangeMemberResponse>, Status> {
        let by = officer_name(&request)?;
        let request = request.into_inner();
        let (region, change) = read(&request).map_err(|fault| malformed(&fault))?;
        self.proven(region, &change)?;
        let (who, what) = (by.clone(), Kind::of(&change).word());
        let decided = self
            .writer
            .decide(move |context| decide::change_member(context, region, change, by))
            .await;
        let changed = decided.map_err(|refusal| status(&refusal))?;
        let number = changed.number;
        match changed.came {
            Came::StoodSo => info!(%region, what, by = %who, "the region stands so already"),
            Came::Waits => {
                info!(%region, what, by = %who, "a change of the directory waits for a second officer");
            }
            Came::InForce => warn!(%region, what, by = %who, number, "the directory was changed"),
        }
        if let Some(ended) = &changed.ended {
            let (ended, wanted_by) = (Kind::of(&ended.change).word(), &ended.by);
            warn!(%region, ended, %wanted_by, what, by = %who, "what waited for a second officer was ended");
        }
        Ok(Response::new(v1::ChangeMemberResponse {
            number,
            member: changed.row.as_ref().map(row),
            ended: changed.ended.as_ref().map(alone),
        }))
    }

    async fn end_proposal(
        &self,
        request: Request<v1::EndProposalRequest>,
    ) -> Result<Response<v1::EndProposalResponse>, Status> {
        let by = officer_name(&request)?;
        let request = request.into_inner();
        let (region, wanted) = read_ended(&request).map_err(|fault| malformed(&fault))?;
        let ((kind, wanted_by), who) = (wanted.clone(), by.clone());
        let decided = self
            .writer
            .decide(move |context| decide::end_proposal(context, region, wanted, by))
            .await;
        let told = decided.map_err(|refusal| status(&refusal))?;
        warn!(%region, ended = %kind, %wanted_by, by = %who, "what waited for a second officer is ended");
        Ok(Response::new(v1::EndProposalResponse {
            number: told.number,
            member: told.row.as_ref().map(row),
            ended: told.ended.as_ref().map(alone),
        }))
    }
}

#[tonic::async_trait]
impl DirectoryService for MemberGrpc {
    async fn fetch_directory(
        &self,
        request: Request<v1::FetchDirectoryRequest>,
    ) -> Result<Response<v1::FetchDirectoryResponse>, Status> {
        let next = request.into_inner().after.saturating_add(1);
        let versions = self.writer.proven_rows();
        let in_force = self.in_force.clone();
        let found = aside(move || {
            let version = |number| {
                let file = versions
                    .version(number)
                    .map_err(|fault| fault.to_string())?;
                let signed = file.map(|file| SignedDirectory::from_bytes(&file));
                signed.transpose().map_err(|fault| fault.to_string())
            };
            let Some(signed) = version(next)? else {
                return Ok::<_, String>(None);
            };
            let signed = in_force.sign_version(signed, version)?;
            Ok(Some(signed.to_bytes()))
        });
        let found = found.await;
        let found = found.map_err(|error| Status::internal(error.to_string()))?;
        let file = found.map_err(Status::unavailable)?;
        Ok(Response::new(v1::FetchDirectoryResponse {
            file: file.unwrap_or_default(),
        }))
    }
}

impl MemberGrpc {
    /// Refused unless every certificate is the signing certificate of the region under the roots in force.
    fn proven(&self, region: RegionCode, change: &MemberChange) -> Result<(), Status> {
        let signers: &[Chain] = match change {
            MemberChange::Join(joining) => &joining.signers,
            MemberChange::Change(changing) => &changing.signers,
            MemberChange::Suspend | MemberChange::Resume | MemberChange::Leave => &[],
        };
        let now = jiff::Timestamp::from_millisecond(SystemClock.now().as_millis());
        let (now, trust) = (now.unwrap_or(jiff::Timestamp::MAX), self.reloading.trust());
        let refuse = |why: String| {
            let detail = format_args!("{region}: {why}");
            Err(status(&Refusal::new(ClearingCode::MemberSigner, detail)))
        };
        for chain in signers {
            match CertifiedKey::from_der(chain, &trust, now) {
                Err(fault) => return refuse(fault.to_string()),
                Ok(key) if *key.identity() != Identity::RegionNodeSigning(region) => {
                    return refuse(key.identity().to_string());
                }
                Ok(_) => {}
            }
        }
        Ok(())
    }
}

fn read(request: &v1::ChangeMemberRequest) -> Result<(RegionCode, MemberChange), WireFault> {
    let region = Path::root("region").parse(&request.region, RegionCode::parse)?;
    let path = Path::root("action");
    let member = Path::root("member").optional(&request.member, RegionCode::parse)?;
    let endpoint = endpoint(&request.endpoint)?;
    let signers = signers(&request.signers)?;
    let change = match v1::MemberAction::try_from(request.action) {
        Ok(v1::MemberAction::Join) => {
            if signers.is_empty() {
                return Err(
                    Path::root("signers").wrong("a certificate of its signing key is needed")
                );
            }
            MemberChange::Join(Joining {
                member: member.unwrap_or(region),
                endpoint: Path::root("endpoint").required(endpoint)?,
                signers,
            })
        }
        Ok(v1::MemberAction::Change) => {
            if member.is_none() && endpoint.is_none() && signers.is_empty() {
                return Err(path.wrong("nothing is said anew"));
            }
            MemberChange::Change(Changing {
                member,
                endpoint,
                signers,
            })
        }
        Ok(v1::MemberAction::Suspend) => MemberChange::Suspend,
        Ok(v1::MemberAction::Resume) => MemberChange::Resume,
        Ok(v1::MemberAction::Leave) => MemberChange::Leave,
        Ok(v1::MemberAction::Unspecified) | Err(_) => {
            return Err(path.wrong("what is to be done is not said"));
        }
    };
    Ok((region, change))
}

fn read_ended(
    request: &v1::EndProposalRequest,
) -> Result<(RegionCode, (Kind, OfficerName)), WireFault> {
    let region = Path::root("region").parse(&request.region, RegionCode::parse)?;
    let kind = match v1::MemberAction::try_from(request.waiting) {
        Ok(v1::MemberAction::Join) => Kind::Join,
        Ok(v1::MemberAction::Change) => Kind::Change,
        Ok(v1::MemberAction::Suspend) => Kind::Suspend,
        Ok(v1::MemberAction::Resume) => Kind::Resume,
        Ok(v1::MemberAction::Leave) => Kind::Leave,
        Ok(v1::MemberAction::Unspecified) | Err(_) => {
            return Err(Path::root("waiting").wrong("what is to end is not said"));
        }
    };
    let wanted_by = Path::root("waiting_by").parse(&request.waiting_by, OfficerName::parse)?;
    Ok((region, (kind, wanted_by)))
}

fn endpoint(text: &str) -> Result<Option<String>, WireFault> {
    if text.is_empty() {
        return Ok(None);
    }
    let uri = text.parse::<Uri>().ok().filter(|uri| {
        let bare = uri.path() == "/" && uri.query().is_none();
        uri.scheme_str() == Some("https") && uri.port_u16().is_some() && bare
    });
    match uri.and_then(|uri| uri.host().map(str::len)) {
        Some(1..=255) => Ok(Some(text.to_owned())),
        Some(_) | None => Err(Path::root("endpoint").wrong("expected https://host:port")),
    }
}

fn signers(chains: &[v1::SigningChain]) -> Result<Vec<Chain>, WireFault> {
    if chains.len() > SIGNERS_AT_MOST {
        return Err(Path::root("signers").wrong("too many at once"));
    }
    Ok(chains
        .iter()
        .map(|chain| chain.certificates.clone())
        .collect())
}

fn row(row: &MemberRow) -> v1::ListedMember {
    let listed = &row.listed;
    let standing = match listed.standing {
        Standing::Active => v1::MemberStanding::Active,
        Standing::Suspended => v1::MemberStanding::Suspended,
        Standing::Left => v1::MemberStanding::Left,
    };
    let waiting = row.waiting.as_ref().map(waits).unwrap_or_default();
    v1::ListedMember {
        region: row.region.to_string(),
        member: listed.member.to_string(),
        standing: standing.into(),
        since: listed.since.map(|day| day.to_string()).unwrap_or_default(),
        endpoint: listed.endpoint.clone().unwrap_or_default(),
        signers: fingerprints(&listed.signers),
        ..waiting
    }
}

/// What is wanted of a region alone, without how it stands.
fn alone(proposed: &MemberProposed) -> v1::ListedMember {
    v1::ListedMember {
        region: proposed.region.to_string(),
        ..waits(proposed)
    }
}

/// What waits, with all that the second officer has to say too.
fn waits(proposed: &MemberProposed) -> v1::ListedMember {
    let (member, endpoint, signers) = match &proposed.change {
        MemberChange::Join(joining) => (
            Some(joining.member),
            Some(&joining.endpoint),
            &joining.signers[..],
        ),
        MemberChange::Change(changing) => (
            changing.member,
            changing.endpoint.as_ref(),
            &changing.signers[..],
        ),
        MemberChange::Suspend | MemberChange::Resume | MemberChange::Leave => (None, None, &[][..]),
    };
    v1::ListedMember {
        waiting: action(&proposed.change).into(),
        waiting_by: proposed.by.to_string(),
        waiting_member: member.map(|member| member.to_string()).unwrap_or_default(),
        waiting_endpoint: endpoint.cloned().unwrap_or_default(),
        waiting_signers: fingerprints(signers),
        ..v1::ListedMember::default()
    }
}

fn fingerprints(signers: &[Chain]) -> Vec<Vec<u8>> {
    let leaves = signers.iter().filter_map(|chain| chain.first());
    leaves
        .map(|leaf| sha256(leaf).as_bytes().to_vec())
        .collect()
}

const fn action(change: &MemberChange) -> v1::MemberAction {
    match change {
        MemberChange::Join(_) => v1::MemberAction::Join,
        MemberChange::Change(_) => v1::MemberAction::Change,
        MemberChange::Suspend => v1::MemberAction::Suspend,
        MemberChange::Resume => v1::MemberAction::Resume,
        MemberChange::Leave => v1::MemberAction::Leave,
    }
}
