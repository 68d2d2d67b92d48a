//! DirectoryDeskService: which version of the network's directory the node goes by, for the region's officers, and which of
//! two that contradict. Deliberately absent: any change of the directory.

use std::sync::Arc;

use huitong_core::date::Timestamp;
use huitong_core::digest::Digest;
use huitong_core::membership::Standing;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::directory_desk_service_server::DirectoryDeskService;
use huitong_proto::conversion::Path;
use tonic::{Request, Response, Status};

use super::calling_officer;
use super::status::malformed;
use crate::directory::DirectoryDesk;
use crate::directory::branches::{Branch, Difference};
use crate::directory::seen::SeenRegion;
use crate::error::NodeError;

/// The service.
pub struct DirectoryGrpc {
    /// The node's region.
    pub region: RegionCode,
    /// Where the directory is followed.
    pub desk: Arc<DirectoryDesk>,
}

#[tonic::async_trait]
impl DirectoryDeskService for DirectoryGrpc {
    #[tracing::instrument(name = "directory.show", skip_all)]
    async fn show_directory(
        &self,
        request: Request<v1::ShowDirectoryRequest>,
    ) -> Result<Response<v1::ShowDirectoryResponse>, Status> {
        calling_officer(&request, self.region)?;
        let seen = self.desk.seen().map_err(NodeError::from)?;
        let version = seen.version.as_ref();
        Ok(Response::new(v1::ShowDirectoryResponse {
            number: version.map_or(0, |version| version.number),
            digest: version
                .map(|version| version.digest.to_string())
                .unwrap_or_default(),
            signed_at_ms: version.map_or(0, |version| version.signed.as_millis()),
            taken_at_ms: version.map_or(0, |version| version.taken.as_millis()),
            regions: seen.regions.into_iter().map(region).collect(),
            contradictions: u64::try_from(seen.contradictions).unwrap_or(u64::MAX),
            trouble: seen.trouble.unwrap_or_default(),
            looked_at_ms: seen.looked.map_or(0, Timestamp::as_millis),
            branches: seen.branches.into_iter().map(branch).collect(),
        }))
    }

    #[tracing::instrument(name = "directory.accept", skip_all)]
    async fn accept_branch(
        &self,
        request: Request<v1::AcceptBranchRequest>,
    ) -> Result<Response<v1::AcceptBranchResponse>, Status> {
        let officer = calling_officer(&request, self.region)?;
        let path = Path::root("digest");
        let digest = path.parse(&request.into_inner().digest, Digest::parse);
        let digest = digest.map_err(|fault| malformed(&fault))?;
        let number = self.desk.accept(digest, officer).await?;
        Ok(Response::new(v1::AcceptBranchResponse { number }))
    }
}

fn branch(branch: Branch) -> v1::DirectoryBranch {
    let accepted = branch.accepted.as_ref();
    v1::DirectoryBranch {
        number: branch.number,
        digest: branch.digest.to_string(),
        signed_at_ms: branch.signed.as_millis(),
        found_at_ms: branch.found.as_millis(),
        accepted_by: accepted.map(|(by, _)| by.to_string()).unwrap_or_default(),
        accepted_at_ms: accepted.map_or(0, |(_, at)| at.as_millis()),
        differs: branch.differs.into_iter().map(difference).collect(),
    }
}

fn difference(found: Difference) -> v1::DirectoryDifference {
    let (here, there) = found.standing;
    let (here_endpoint, there_endpoint) = found.endpoint;
    v1::DirectoryDifference {
        region: found.region.to_string(),
        here: here.map(standing).unwrap_or_default().into(),
        there: there.map(standing).unwrap_or_default().into(),
        here_endpoint: here_endpoint.unwrap_or_default(),
        there_endpoint: there_endpoint.unwrap_or_default(),
        other_signers: found.other_signers,
        other_member: found.other_member,
    }
}

const fn standing(standing: Standing) -> v1::MemberStanding {
    match standing {
        Standing::Active => v1::MemberStanding::Active,
        Standing::Suspended => v1::MemberStanding::Suspended,
        Standing::Left => v1::MemberStanding::Left,
    }
}

fn region(seen: SeenRegion) -> v1::DirectoryRegion {
    let stands = seen.standing.map(|(stands, _)| standing(stands));
    let since = seen.standing.and_then(|(_, since)| since);
    v1::DirectoryRegion {
        region: seen.region.to_string(),
        standing: stands.unwrap_or_default().into(),
        since: since.map(|since| since.to_string()).unwrap_or_default(),
        listed_endpoint: seen.listed.unwrap_or_default(),
        configured_endpoint: seen.configured.unwrap_or_default(),
        called_endpoint: seen.called.unwrap_or_default(),
        pinned: seen.pinned,
        other_signer: seen.other_signer,
    }
}
