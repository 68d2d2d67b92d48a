//! The options of every command that calls a server: where it is, and as whom to call.
//!
//! Whom the address must prove to be is not an option: it follows from the caller's own certificate.

use std::path::PathBuf;

use huitong_certs::Identity;
use huitong_core::region::RegionCode;
use tonic::transport::Channel;

use crate::client::connect;
use crate::credentials::{CredentialFiles, CredentialStore, CredentialsError};
use crate::error::TransportError;
use crate::limits::ClientLimits;

/// Where the server is, and as whom to call it.
#[derive(Debug, Clone, clap::Args)]
pub struct ClientOptions {
    /// The server, https://host:port / 服务器地址
    #[arg(long)]
    endpoint: String,
    /// Your certificate chain (tls.crt) / 本人证书
    #[arg(long)]
    cert: PathBuf,
    /// Your private key (tls.key) / 本人私钥
    #[arg(long)]
    key: PathBuf,
    /// The operator's root certificate (root.crt) / 运营方根证书
    #[arg(long)]
    ca: PathBuf,
    /// A revocation list to heed (revoked.crl); may be repeated / 吊销列表
    #[arg(long = "revocation-list")]
    revocation_lists: Vec<PathBuf>,
}

/// Why a command does not reach its server.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The certificate, key or root cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The connection.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// The certificate is of a party that belongs to no region.
    #[error(
        "{0} belongs to no region; use the certificate of a region's officer / {0}不属于任何统筹区，请使用统筹区经办人员的证书"
    )]
    NoRegion(Identity),
}

impl ClientOptions {
    /// Options put together by a program.
    #[must_use]
    pub fn new(endpoint: String, files: CredentialFiles) -> Self {
        let CredentialFiles {
            chain,
            key,
            roots,
            revocation_lists,
        } = files;
        Self {
            endpoint,
            cert: chain,
            key,
            ca: roots,
            revocation_lists,
        }
    }

    /// Connects to the node of the caller's own region.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn own_node(&self) -> Result<(RegionCode, Channel), ClientError> {
        let credentials = self.credentials()?;
        let identity = credentials.identity();
        let region = identity.region().ok_or(ClientError::NoRegion(identity))?;
        let channel = self
            .connect(&credentials, Identity::RegionNode(region))
            .await?;
        Ok((region, channel))
    }

    /// Who the certificate says is calling.
    ///
    /// # Errors
    /// [`ClientError`] when the certificate cannot be read.
    pub fn identity(&self) -> Result<Identity, ClientError> {
        Ok(self.credentials()?.identity())
    }

    /// Connects to the clearinghouse.
    ///
    /// # Errors
    /// [`ClientError`].
    pub async fn clearinghouse(&self) -> Result<Channel, ClientError> {
        self.connect(&self.credentials()?, Identity::Clearinghouse)
            .await
    }

    fn credentials(&self) -> Result<CredentialStore, CredentialsError> {
        CredentialStore::load(CredentialFiles {
            chain: self.cert.clone(),
            key: self.key.clone(),
            roots: self.ca.clone(),
            revocation_lists: self.revocation_lists.clone(),
        })
    }

    async fn connect(
        &self,
        credentials: &CredentialStore,
        expected: Identity,
    ) -> Result<Channel, ClientError> {
        Ok(connect(
            &self.endpoint,
            expected,
            credentials,
            ClientLimits::standard(),
        )
        .await?)
    }
}
