//! A party's certificate without our client around it: for what no client of ours would ever do, and for the
//! bare calls that a bench measures against.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A party's certificate, key and root, as they lie in its folder.
pub struct RawParty {
    /// Its certificate and those above it.
    pub chain: Vec<CertificateDer<'static>>,
    /// Its key.
    pub key: PrivateKeyDer<'static>,
    /// Whom it trusts.
    pub roots: Arc<RootCertStore>,
}

impl RawParty {
    /// Reads a party's folder.
    #[must_use]
    pub fn in_folder(folder: &Path) -> Self {
        let certificates = |name: &str| -> Vec<CertificateDer<'static>> {
            let read = CertificateDer::pem_file_iter(folder.join(name)).unwrap();
            read.map(Result::unwrap).collect()
        };
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(certificates("root.crt"));
        let key = PrivateKeyDer::from_pem_file(folder.join("tls.key")).unwrap();
        Self {
            chain: certificates("tls.crt"),
            key,
            roots: Arc::new(roots),
        }
    }

    /// What connects as this party, over TLS 1.3 and for HTTP/2.
    #[must_use]
    pub fn connector(self) -> TlsConnector {
        let mut config = rustls::ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(&[&rustls::version::TLS13])
            .unwrap()
            .with_root_certificates(self.roots)
            .with_client_auth_cert(self.chain, self.key)
            .unwrap();
        config.alpn_protocols = vec![b"h2".to_vec()];
        TlsConnector::from(Arc::new(config))
    }
}

/// The cryptography of all.
#[must_use]
pub fn provider() -> Arc<rustls::crypto::CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// One connection to a server on this machine, its handshake done.
///
/// # Errors
/// What the system or the server said.
pub async fn connect(
    connector: &TlsConnector,
    address: SocketAddr,
) -> std::io::Result<TlsStream<TcpStream>> {
    let tcp = TcpStream::connect(address).await?;
    tcp.set_nodelay(true)?;
    let name = ServerName::try_from("localhost").unwrap();
    connector.connect(name, tcp).await
}
