//! An officer's client for the certificates of a server.

use huitong_proto::common::v1;
use huitong_proto::common::v1::certificate_service_client::CertificateServiceClient;
use tonic::Status;
use tonic::transport::Channel;

/// How a server's certificates stand, as it says.
pub type CertificatesAnswer = v1::CertificatesHeld;

/// Whether they are read again first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// They are.
    First,
    /// They are not.
    Not,
}

/// Asks how they stand.
///
/// # Errors
/// The server's refusal, or the transport's.
pub async fn certificates(channel: Channel, reload: Reload) -> Result<CertificatesAnswer, Status> {
    let mut client = CertificateServiceClient::new(channel);
    let held = match reload {
        Reload::First => {
            let request = v1::ReloadCertificatesRequest {};
            client.reload_certificates(request).await?.into_inner().held
        }
        Reload::Not => {
            let request = v1::ShowCertificatesRequest {};
            client.show_certificates(request).await?.into_inner().held
        }
    };
    Ok(held.unwrap_or_default())
}
