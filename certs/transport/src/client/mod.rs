//! Connecting: is the other end whom we meant to reach?
//!
//! A channel keeps one connection and makes a new one when it breaks, each time with the
//! credentials of that moment and each time to the same expected party. Retries of calls
//! are the caller's business, under the call's own id.

mod connector;
mod stream;

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use huitong_certs::Identity;
use tokio::time::timeout;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Status};

use crate::credentials::CredentialStore;
use crate::error::TransportError;
use crate::limits::ClientLimits;
use crate::network::{Network, Tcp};
use connector::Connector;

/// Connects to `endpoint` (`https://host:port`) and returns when the server has accepted us
/// and proven to be `expected`.
///
/// # Errors
/// [`TransportError`] says which side refused whom, and why.
pub async fn connect(
    endpoint: &str,
    expected: Identity,
    credentials: &CredentialStore,
    limits: ClientLimits,
) -> Result<Channel, TransportError> {
    let dialer = Dialer::new(credentials.clone(), limits);
    dialer.connect(endpoint, expected).await
}

/// As [`connect`], but the first call makes the connection; what goes wrong then is in the
/// call's status, see [`TransportError::of`].
///
/// # Errors
/// [`TransportError::BadEndpoint`].
pub fn connect_lazy(
    endpoint: &str,
    expected: Identity,
    credentials: &CredentialStore,
    limits: ClientLimits,
) -> Result<Channel, TransportError> {
    Dialer::new(credentials.clone(), limits).connect_lazy(endpoint, expected)
}

/// What one party calls others with: its network, its credentials and its limits.
#[derive(Debug, Clone)]
pub struct Dialer {
    network: Arc<dyn Network>,
    credentials: CredentialStore,
    limits: ClientLimits,
}

impl Dialer {
    /// As whom it calls, and whom that trusts.
    #[must_use]
    pub const fn credentials(&self) -> &CredentialStore {
        &self.credentials
    }

    /// Calls over the machine's network.
    #[must_use]
    pub fn new(credentials: CredentialStore, limits: ClientLimits) -> Self {
        Self::over(Arc::new(Tcp), credentials, limits)
    }

    /// Calls over another network.
    #[must_use]
    pub fn over(
        network: Arc<dyn Network>,
        credentials: CredentialStore,
        limits: ClientLimits,
    ) -> Self {
        Self {
            network,
            credentials,
            limits,
        }
    }

    /// Its limits.
    #[must_use]
    pub const fn limits(&self) -> &ClientLimits {
        &self.limits
    }

    /// As [`connect`].
    ///
    /// # Errors
    /// As [`connect`].
    pub async fn connect(
        &self,
        endpoint: &str,
        expected: Identity,
    ) -> Result<Channel, TransportError> {
        let (channel, connector) = self.prepare(endpoint, expected)?;
        channel
            .connect_with_connector(connector)
            .await
            .map_err(|error| {
                TransportError::in_chain(&error).unwrap_or_else(|| TransportError::Unreachable {
                    endpoint: endpoint.to_owned(),
                    detail: error.to_string(),
                })
            })
    }

    /// As [`connect_lazy`].
    ///
    /// # Errors
    /// As [`connect_lazy`].
    pub fn connect_lazy(
        &self,
        endpoint: &str,
        expected: Identity,
    ) -> Result<Channel, TransportError> {
        let (channel, connector) = self.prepare(endpoint, expected)?;
        Ok(channel.connect_with_connector_lazy(connector))
    }

    fn prepare(
        &self,
        endpoint: &str,
        expected: Identity,
    ) -> Result<(Endpoint, Connector), TransportError> {
        let limits = &self.limits;
        let bad = || TransportError::BadEndpoint {
            endpoint: endpoint.to_owned(),
        };
        let channel = Endpoint::from_shared(endpoint.to_owned())
            .map_err(|_| bad())?
            .timeout(limits.call_deadline)
            .buffer_size(limits.waiting_calls)
            .http2_reset_stream_duration(limits.given_up_calls)
            .http2_keep_alive_interval(limits.keepalive_interval)
            .keep_alive_timeout(limits.keepalive_timeout)
            .keep_alive_while_idle(true);
        let uri = channel.uri();
        let root = uri.path() == "/" && uri.query().is_none();
        let (Some("https"), Some(host), Some(port), true) =
            (uri.scheme_str(), uri.host(), uri.port_u16(), root)
        else {
            return Err(bad());
        };
        let connector = Connector::new(host, port, expected, self.clone());
        Ok((channel, connector))
    }
}

/// Makes one call that is over after `deadline` whatever happens: the server is told, and
/// this end does not wait longer, not even for the connection.
///
/// ```
/// use std::time::Duration;
/// use huitong_transport::{TransportError, call_within};
/// use tonic::{Request, Response};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let call = async |request: Request<u8>| Ok(Response::new(*request.get_ref()));
/// let answer = call_within(Duration::from_secs(2), 7, call).await;
/// assert_eq!(answer.map(Response::into_inner).ok(), Some(7));
///
/// let silent = async |_: Request<u8>| std::future::pending().await;
/// let status = call_within::<_, u8, _>(Duration::ZERO, 7, silent).await.unwrap_err();
/// assert_eq!(TransportError::of(&status), Some(TransportError::Deadline));
/// # }
/// ```
///
/// # Errors
/// The call's own status, or [`TransportError::Deadline`] as a status.
pub async fn call_within<M, T, F>(
    deadline: Duration,
    message: M,
    call: impl FnOnce(Request<M>) -> F,
) -> Result<Response<T>, Status>
where
    F: Future<Output = Result<Response<T>, Status>>,
{
    let mut request = Request::new(message);
    request.set_timeout(deadline);
    match timeout(deadline, call(request)).await {
        Ok(answer) => answer,
        Err(_) => Err(TransportError::Deadline.status()),
    }
}
