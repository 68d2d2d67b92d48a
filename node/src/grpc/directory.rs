//! DirectoryDeskService: which version of the network's directory the node goes by, for the region's officers.
//! Deliberately absent: any change of the directory.

use std::sync::Arc;

use huitong_core::date::Timestamp;
use huitong_core::membership::Standing;
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1;
use huitong_proto::clearing::v1::directory_desk_service_server::DirectoryDeskService;
use tonic::{Request, Response, Status};

use super::calling_officer;
use crate::directory::DirectoryDesk;
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
        }))
    }
}

fn region(seen: SeenRegion) -> v1::DirectoryRegion {
    let standing = seen.standing.map(|(standing, _)| match standing {
        Standing::Active => v1::MemberStanding::Active,
        Standing::Suspended => v1::MemberStanding::Suspended,
        Standing::Left => v1::MemberStanding::Left,
    });
    let since = seen.standing.and_then(|(_, since)| since);
    v1::DirectoryRegion {
        region: seen.region.to_string(),
        standing: standing.unwrap_or_default().into(),
        since: since.map(|since| since.to_string()).unwrap_or_default(),
        listed_endpoint: seen.listed.unwrap_or_default(),
        configured_endpoint: seen.configured.unwrap_or_default(),
        called_endpoint: seen.called.unwrap_or_default(),
        pinned: seen.pinned,
        other_signer: seen.other_signer,
    }
}
