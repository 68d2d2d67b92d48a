//! PolicyService: the bytes of a policy that this region published.

use std::sync::Arc;

use huitong_core::refusal::RefusalCode;
use huitong_core::region::RegionCode;
use huitong_proto::conversion::Path;
use huitong_proto::policy::v1::policy_service_server::PolicyService;
use huitong_proto::policy::v1::{FetchPolicyRequest, FetchPolicyResponse};
use tonic::{Request, Response, Status};

use super::status::{malformed, refused};
use crate::policies::PolicyBook;

/// The service.
pub struct PolicyGrpc {
    region: RegionCode,
    policies: Arc<PolicyBook>,
}

impl PolicyGrpc {
    /// The service of a region's policies.
    #[must_use]
    pub const fn new(region: RegionCode, policies: Arc<PolicyBook>) -> Self {
        Self { region, policies }
    }
}

#[tonic::async_trait]
impl PolicyService for PolicyGrpc {
    #[tracing::instrument(name = "policy.fetch", skip_all)]
    async fn fetch_policy(
        &self,
        request: Request<FetchPolicyRequest>,
    ) -> Result<Response<FetchPolicyResponse>, Status> {
        let digest = Path::root("digest").digest(&request.into_inner().digest);
        let digest = digest.map_err(|fault| malformed(&fault))?;
        let found = self.policies.get(&digest);
        let own = found.filter(|policy| policy.policy().scope().region == self.region);
        let policy = own.ok_or_else(|| refused(RefusalCode::NoPolicy, digest))?;
        Ok(Response::new(FetchPolicyResponse {
            document: policy.document.clone(),
        }))
    }
}
