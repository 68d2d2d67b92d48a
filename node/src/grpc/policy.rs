//! PolicyService: the bytes of a policy that this region published, with what it signed of them.

use std::sync::Arc;

use huitong_core::publication::SignedStatement;
use huitong_core::refusal::RefusalCode;
use huitong_proto::conversion::Path;
use huitong_proto::conversion::publication::statement_to_wire;
use huitong_proto::policy::v1::policy_service_server::PolicyService;
use huitong_proto::policy::v1::{FetchPolicyRequest, FetchPolicyResponse};
use tonic::{Request, Response, Status};

use super::status::{malformed, refused};
use crate::policies::PolicyBook;
use crate::store::PolicyStanding;

/// The service.
pub struct PolicyGrpc {
    policies: Arc<PolicyBook>,
}

impl PolicyGrpc {
    /// The service of a region's policies.
    #[must_use]
    pub const fn new(policies: Arc<PolicyBook>) -> Self {
        Self { policies }
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
        let deciding = self.policies.deciding();
        let own = deciding.own.get(&digest);
        let found = own.and_then(|own| Some((&own.policy, statement(&own.standing)?)));
        let (policy, statement) = found.ok_or_else(|| refused(RefusalCode::NoPolicy, digest))?;
        Ok(Response::new(FetchPolicyResponse {
            document: policy.document.clone(),
            statement: Some(statement_to_wire(statement)),
        }))
    }
}

/// What the region signed of a document that it published, whether it still decides or not: what was decided
/// under it must stay readable.
const fn statement(standing: &PolicyStanding) -> Option<&SignedStatement> {
    match standing {
        PolicyStanding::Published(publication) => Some(&publication.statement),
        PolicyStanding::Withdrawn(withdrawn) => Some(&withdrawn.publication.statement),
        PolicyStanding::Fetched(_) | PolicyStanding::Proposed(_) | PolicyStanding::Rejected(_) => {
            None
        }
    }
}
