//! Officers at the policies' office of a region.

use huitong_proto::policy::v1 as office;
use huitong_proto::policy::v1::policy_office_service_client::PolicyOfficeServiceClient;
use tonic::transport::Channel;

use crate::world::World;

/// The officer who puts policies forward.
pub const FIRST: &str = "li.wei";
/// The officer who approves them.
pub const SECOND: &str = "wang.fang";

impl World {
    /// Has one officer put a document forward and another approve it; its digest.
    pub async fn publish(&self, code: &str, document: &str) -> Vec<u8> {
        let digest = self.propose(code, document).await;
        let mut second = self.office(code, SECOND).await;
        let approve = office::ApproveRequest {
            digest: digest.clone(),
            subject: office::Subject::Publication.into(),
        };
        let published = second.approve(approve).await.unwrap().into_inner();
        let standing = published.policy.unwrap().standing();
        assert_eq!(standing, office::Standing::Published);
        digest
    }

    /// Has the first officer put a document forward; its digest.
    pub async fn propose(&self, code: &str, document: &str) -> Vec<u8> {
        let propose = office::ProposeRequest {
            document: document.as_bytes().to_vec(),
        };
        let mut first = self.office(code, FIRST).await;
        let proposed = first.propose(propose).await.unwrap().into_inner();
        assert_eq!(proposed.faults, []);
        proposed.policy.unwrap().digest
    }

    /// An officer at the policies' office of a region.
    pub async fn office(&self, code: &str, name: &str) -> PolicyOfficeServiceClient<Channel> {
        let path = format!("/region/{code}/officer/{name}");
        PolicyOfficeServiceClient::new(self.caller(&path, code).await)
    }
}
