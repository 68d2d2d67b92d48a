//! What officers call for the certificates of the running server.

use huitong_proto::common::v1;
use huitong_proto::common::v1::certificate_service_server::CertificateService;
use huitong_transport::Reloading;
use tonic::{Request, Response, Status};

/// The officers' way to the server's certificates.
#[derive(Debug)]
pub struct CertificateGrpc(pub Reloading);

#[tonic::async_trait]
impl CertificateService for CertificateGrpc {
    async fn show_certificates(
        &self,
        _request: Request<v1::ShowCertificatesRequest>,
    ) -> Result<Response<v1::ShowCertificatesResponse>, Status> {
        let held = Some(held(&self.0));
        Ok(Response::new(v1::ShowCertificatesResponse { held }))
    }

    async fn reload_certificates(
        &self,
        _request: Request<v1::ReloadCertificatesRequest>,
    ) -> Result<Response<v1::ReloadCertificatesResponse>, Status> {
        // Why it was refused stands in the answer.
        _ = self.0.now().await;
        let held = Some(held(&self.0));
        Ok(Response::new(v1::ReloadCertificatesResponse { held }))
    }
}

fn held(reloading: &Reloading) -> v1::CertificatesHeld {
    let standing = reloading.standing();
    let ends = reloading.ends().into_iter();
    let certificates = ends.map(|(purpose, not_after)| v1::CertificateHeld {
        purpose: purpose.to_owned(),
        not_after_ms: not_after.as_millisecond(),
    });
    let lists = standing.lists.into_iter();
    let revocation_lists = lists.map(|list| v1::RevocationListHeld {
        authority: list.authority,
        this_update_ms: list.this_update.as_millisecond(),
        next_update_ms: list.next_update.map_or(0, jiff::Timestamp::as_millisecond),
        revoked: u64::try_from(list.revoked).unwrap_or(u64::MAX),
    });
    let keys = standing.roots.iter();
    v1::CertificatesHeld {
        certificates: certificates.collect(),
        root_keys: keys.map(|key| key.as_bytes().to_vec()).collect(),
        revocation_lists: revocation_lists.collect(),
        refused: standing.refused.unwrap_or_default(),
    }
}
