//! One connection: TCP, TLS 1.3, the server's first word.
//!
//! With TLS 1.3 a client has finished its handshake before the server has looked at its
//! certificate. So the connector waits for the first bytes that the server sends on its own
//! (its HTTP/2 settings): then it was accepted. What comes instead when it was not is an
//! alert, and the reason is kept.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use huitong_certs::{Identity, Purpose, verify_chain_identity};
use hyper_util::rt::TokioIo;
use rustls::{AlertDescription, CertificateError};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use tonic::codegen::http::Uri;
use tower::Service;
use tracing::{debug, warn};

use super::Dialer;
use super::stream::ClientStream;
use crate::credentials::{CredentialStore, Session};
use crate::error::{CertificateRefusal, TransportError};
use crate::network::Network;

/// For so long a failure answers the calls that were waiting behind the one that met it;
/// each would otherwise wait out a timeout of its own, one after the other.
const FAILURE_ANSWERS_FOR: Duration = Duration::from_millis(100);

/// Makes connections to one expected party.
#[derive(Clone)]
pub(super) struct Connector(Arc<Target>);

struct Target {
    host: String,
    port: u16,
    expected: Identity,
    network: Arc<dyn Network>,
    credentials: CredentialStore,
    limit: Duration,
    last_failure: Mutex<Option<Failure>>,
}

/// When a connection failed, with which credentials, and why.
struct Failure {
    at: Instant,
    session: Arc<Session>,
    error: TransportError,
}

impl Connector {
    pub(super) fn new(host: &str, port: u16, expected: Identity, dialer: Dialer) -> Self {
        // A literal IPv6 address stands in brackets in a URI, and without them elsewhere.
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let Dialer {
            network,
            credentials,
            limits,
        } = dialer;
        let last_failure = Mutex::new(None);
        Self(Arc::new(Target {
            host,
            port,
            expected,
            network,
            credentials,
            limit: limits.connect_timeout,
            last_failure,
        }))
    }
}

impl Service<Uri> for Connector {
    type Response = TokioIo<ClientStream>;
    type Error = TransportError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, TransportError>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), TransportError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _uri: Uri) -> Self::Future {
        let target = Arc::clone(&self.0);
        Box::pin(async move { target.open().await.map(TokioIo::new) })
    }
}

impl Target {
    async fn open(&self) -> Result<ClientStream, TransportError> {
        let session = self.credentials.session();
        if let Some(failure) = self.recent_failure(&session) {
            return Err(failure);
        }
        let opened = match timeout(self.limit, self.establish(&session)).await {
            Ok(opened) => opened,
            Err(_) => Err(TransportError::ConnectTimeout {
                endpoint: self.endpoint(),
            }),
        };
        if let Err(error) = &opened {
            debug!(expected = %self.expected, %error, "connecting failed");
            let failure = Failure {
                at: Instant::now(),
                session,
                error: error.clone(),
            };
            *self
                .last_failure
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = Some(failure);
        }
        opened
    }

    fn recent_failure(&self, session: &Arc<Session>) -> Option<TransportError> {
        let last = self
            .last_failure
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let failure = last.as_ref()?;
        let fresh = failure.at.elapsed() < FAILURE_ANSWERS_FOR;
        (fresh && Arc::ptr_eq(&failure.session, session)).then(|| failure.error.clone())
    }

    async fn establish(&self, session: &Arc<Session>) -> Result<ClientStream, TransportError> {
        let config =
            session
                .client_config(&self.expected)
                .map_err(|error| TransportError::Handshake {
                    detail: error.to_string(),
                })?;
        let unreachable = |error: io::Error| TransportError::Unreachable {
            endpoint: self.endpoint(),
            detail: error.to_string(),
        };
        let bytes = self.network.connect(&self.host, self.port);
        let bytes = bytes.await.map_err(unreachable)?;
        let name =
            ServerName::try_from(self.host.clone()).map_err(|_| TransportError::BadEndpoint {
                endpoint: self.endpoint(),
            })?;
        let tls = TlsConnector::from(config)
            .connect(name, bytes)
            .await
            .map_err(|error| self.explain(&error))?;
        let shown = tls.get_ref().1.peer_certificates().unwrap_or_default();
        self.check_peer(session, shown)?;
        let chain = shown.iter().map(|der| der.clone().into_owned()).collect();
        let ends = self.no_longer_trusted(session, chain);
        ClientStream::after_first_word(tls, ends)
            .await
            .map_err(|error| self.explain(&error))
    }

    /// Waits until credentials that come later refuse the server.
    fn no_longer_trusted(
        &self,
        session: &Arc<Session>,
        chain: Vec<CertificateDer<'static>>,
    ) -> impl Future<Output = ()> + Send + use<> {
        let (credentials, session) = (self.credentials.clone(), Arc::clone(session));
        let server = self.expected.clone();
        async move {
            let reason = credentials.refusing(session, chain, Purpose::Serve).await;
            let code = reason.code();
            warn!(%server, code, "connection cut: the server is not trusted any more");
        }
    }

    /// A resumed session brings the certificate that was checked when it began; here it is
    /// checked as of now.
    fn check_peer(
        &self,
        session: &Session,
        chain: &[CertificateDer<'_>],
    ) -> Result<(), TransportError> {
        let trust = session.credentials.trust();
        let found = verify_chain_identity(chain, trust, Purpose::Serve, session.clock.now())
            .map_err(|reason| TransportError::PeerNotTrusted { reason })?;
        if found == self.expected {
            Ok(())
        } else {
            Err(TransportError::WrongPeer {
                expected: self.expected.clone(),
                found,
            })
        }
    }

    fn endpoint(&self) -> String {
        if self.host.contains(':') {
            format!("https://[{}]:{}", self.host, self.port)
        } else {
            format!("https://{}:{}", self.host, self.port)
        }
    }

    fn explain(&self, error: &io::Error) -> TransportError {
        let tls = error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<rustls::Error>());
        match tls {
            None => TransportError::Unreachable {
                endpoint: self.endpoint(),
                detail: format!(
                    "closed before the connection stood, perhaps at its limit: {error}"
                ),
            },
            Some(rustls::Error::AlertReceived(alert)) => from_alert(*alert),
            Some(rustls::Error::InvalidCertificate(CertificateError::Other(other))) => {
                TransportError::in_chain(other.0.as_ref()).unwrap_or_else(|| {
                    TransportError::Handshake {
                        detail: other.to_string(),
                    }
                })
            }
            Some(tls) => TransportError::Handshake {
                detail: tls.to_string(),
            },
        }
    }
}

/// What a server's alert says about our certificate.
fn from_alert(alert: AlertDescription) -> TransportError {
    let refused = |reason| TransportError::CertificateRefused { reason };
    // The library's list of alerts is open; what is no verdict on a certificate is left whole.
    let reasons = [
        (
            AlertDescription::CertificateExpired,
            CertificateRefusal::Expired,
        ),
        (
            AlertDescription::UnknownCA,
            CertificateRefusal::UnknownAuthority,
        ),
        (
            AlertDescription::CertificateRevoked,
            CertificateRefusal::Revoked,
        ),
        (
            AlertDescription::CertificateRequired,
            CertificateRefusal::Missing,
        ),
        (
            AlertDescription::UnsupportedCertificate,
            CertificateRefusal::WrongUse,
        ),
        (AlertDescription::AccessDenied, CertificateRefusal::Identity),
        (AlertDescription::BadCertificate, CertificateRefusal::Unsaid),
        (
            AlertDescription::CertificateUnknown,
            CertificateRefusal::Unsaid,
        ),
        (AlertDescription::DecryptError, CertificateRefusal::Unsaid),
    ];
    match reasons.into_iter().find(|(said, _)| *said == alert) {
        Some((_, reason)) => refused(reason),
        None => TransportError::Handshake {
            detail: format!("alert {alert:?}"),
        },
    }
}
