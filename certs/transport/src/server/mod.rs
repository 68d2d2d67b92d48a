//! Serving: who is let in, and what each may call.
//!
//! ```text
//! TCP ─ accept ─▶ handshake ─▶ Connection (Peer) ─▶ HTTP/2 ─▶ Gate ─▶ services
//!                 bounded,     bounded, of all      bounded   table, deadline, overload:
//!                 timed        and of each peer               of all and of each peer
//! ```
//!
//! The accept loop is our own, since the library's TLS has neither reload nor revocation
//! lists. Which services there are, and the rows of the table, are the caller's business.

mod accept;
mod answering;
mod connection;
mod door;
mod expiry;
mod gate;
mod held;
mod metered;
mod places;
mod shares;

use std::future::{Future, pending};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use tonic::service::Routes;
use tracing::{info, warn};

use crate::access::AccessTable;
use crate::credentials::{CredentialStore, CredentialsError};
use crate::limits::ServerLimits;
use crate::network::{Listening, Network, Tcp};
use crate::remark::{RemarkLayer, Remarking, Remarks};
use accept::{Acceptor, Proven};
use door::Door;
use gate::GateLayer;

/// A bound address that will serve over mutual TLS.
#[derive(Debug)]
pub struct Server {
    listener: Box<dyn Listening>,
    address: SocketAddr,
    credentials: CredentialStore,
    limits: ServerLimits,
    remarks: Remarking,
}

/// Why a server does not serve.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source} / 无法监听{address}")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// These credentials are of a party that only calls.
    #[error(
        "{0} only calls and cannot serve; use the certificate of a node or of the clearinghouse / {0}不能提供服务，请使用结算节点或清算中心的证书"
    )]
    NotAServer(huitong_certs::Identity),
    /// The credentials cannot be used.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// The gRPC library gave up.
    #[error("the server stopped: {0} / 服务已停止")]
    Stopped(#[from] tonic::transport::Error),
}

impl Server {
    /// Binds `address`; port 0 takes any free one. From here on callers queue up.
    ///
    /// # Errors
    /// [`ServeError::Bind`], or [`ServeError::NotAServer`].
    pub async fn bind(
        address: SocketAddr,
        credentials: CredentialStore,
        limits: ServerLimits,
    ) -> Result<Self, ServeError> {
        Self::bind_on(&Tcp, address, credentials, limits).await
    }

    /// As [`Server::bind`], on another network.
    ///
    /// # Errors
    /// As [`Server::bind`].
    pub async fn bind_on(
        network: &dyn Network,
        address: SocketAddr,
        credentials: CredentialStore,
        limits: ServerLimits,
    ) -> Result<Self, ServeError> {
        let identity = credentials.identity();
        if !identity.serves() {
            return Err(ServeError::NotAServer(identity));
        }
        let bound = |source| ServeError::Bind { address, source };
        let listener = network.listen(address).await.map_err(bound)?;
        let address = listener.local_address().map_err(bound)?;
        Ok(Self {
            listener,
            address,
            credentials,
            limits,
            remarks: None,
        })
    }

    /// Hears what callers remark, and remarks to them.
    #[must_use]
    pub fn remarking(self, remarks: Arc<dyn Remarks>) -> Self {
        let remarks = Some(remarks);
        Self { remarks, ..self }
    }

    /// Where it listens.
    pub fn local_address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until `shutdown`, then lets calls under way finish, at most for the drain time.
    ///
    /// Dropping the future cuts all connections.
    ///
    /// # Errors
    /// [`ServeError::Stopped`] when the gRPC library gives up.
    pub async fn serve(
        self,
        routes: Routes,
        access: AccessTable,
        shutdown: impl Future<Output = ()>,
    ) -> Result<(), ServeError> {
        let stop = CancellationToken::new();
        let cut = CancellationToken::new();
        let _cut_when_dropped = cut.clone().drop_guard();
        let (limits, remarks) = (self.limits, RemarkLayer(self.remarks));
        let routes = self.listener.before(routes);
        info!(address = %self.address, identity = %self.credentials.identity(), "serving");
        let clock = self.credentials.clock();
        let (sender, connections) = mpsc::channel(1);
        let door = Door::new();
        let proven = Proven {
            to: sender,
            cut: cut.clone(),
        };
        let acceptor = Acceptor::new(self.credentials, &limits, proven, door.clone());
        let accepting = acceptor.run(self.listener, stop.clone());
        let serving = builder(&limits)
            .layer(GateLayer::new((access, door), clock, &limits))
            .layer(remarks)
            .add_routes(routes)
            .serve_with_incoming_shutdown(
                ReceiverStream::new(connections),
                stop.clone().cancelled_owned(),
            );
        let stopping = async {
            shutdown.await;
            info!("shutting down: no new connections, calls under way may finish");
            stop.cancel();
            tokio::time::sleep(limits.drain).await;
            warn!("drain time is over: cutting the remaining connections");
            cut.cancel();
            pending::<()>().await;
        };
        tokio::select! {
            biased;
            (served, ()) = async { tokio::join!(serving, accepting) } => Ok(served?),
            () = stopping => Ok(()),
        }
    }
}

fn builder(limits: &ServerLimits) -> tonic::transport::Server {
    tonic::transport::Server::builder()
        .max_concurrent_streams(limits.streams_per_connection)
        .http2_keepalive_interval(Some(limits.keepalive_interval))
        .http2_keepalive_timeout(Some(limits.keepalive_timeout))
        .max_connection_age(limits.connection_age)
}
