//! What stands before every service: the table, the deadline and the bounds on calls and on their bytes.
//!
//! In order of precedence: no peer, certificate expired since it connected, not allowed,
//! closed for a while, overloaded; then the service answers within the deadline. What the gRPC library refuses
//! by itself (a message too large) leaves here with our code.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use huitong_certs::Identity;
use tokio::time::timeout_at;
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::http::{Request, Response};
use tower::{Layer, Service};
use tracing::{info, warn};

use crate::access::AccessTable;
use crate::clock::CertificateClock;
use crate::deadline::Deadline;
use crate::error::{CertificateRefusal, TransportError, is_too_large};
use crate::limits::ServerLimits;
use crate::peer::no_peer;

use super::answering::Answering;
use super::connection::Over;
use super::door::{Door, Reason};
use super::held::{Held, overloaded};
use super::metered::Metered;
use super::places::Doing;
use super::shares::Shares;

#[derive(Debug, Clone)]
pub(super) struct GateLayer(Arc<Rules>);

#[derive(Debug)]
struct Rules {
    access: AccessTable,
    door: Door,
    clock: CertificateClock,
    calls: Arc<Shares>,
    bytes: Arc<Shares>,
    longest: Duration,
}

impl GateLayer {
    pub(super) fn new(
        (access, door): (AccessTable, Door),
        clock: CertificateClock,
        limits: &ServerLimits,
    ) -> Self {
        Self(Arc::new(Rules {
            access,
            door,
            clock,
            calls: Shares::new(limits.calls_per_peer, limits.calls),
            bytes: Shares::new(limits.bytes_per_peer, limits.bytes),
            longest: limits.call_deadline,
        }))
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        Gate {
            inner,
            rules: Arc::clone(&self.0),
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct Gate<S> {
    inner: S,
    rules: Arc<Rules>,
}

impl Rules {
    /// A place for the call, and how long it may take.
    fn admit(&self, request: &Request<Body>) -> Result<(Held, Duration), Status> {
        let Over { peer, doing } = request.extensions().get::<Over>().ok_or_else(no_peer)?;
        let (identity, method) = (peer.identity(), request.uri().path());
        if peer.not_after() < self.clock.now() {
            info!(%identity, "call refused: the certificate has expired since it connected");
            self.door.turned_away(Reason::Expired);
            let reason = CertificateRefusal::Expired;
            return Err(TransportError::CertificateRefused { reason }.status());
        }
        let Some(row) = self.access.admitting(method, identity) else {
            info!(%identity, method, "call refused: not in the table of who may call what");
            self.door.turned_away(Reason::NotAllowed);
            return Err(TransportError::NotAllowed.status());
        };
        if let Some(status) = self.access.refusing(method, identity) {
            return Err(status);
        }
        let held = self.hold(identity, doing).ok_or_else(|| {
            warn!(%identity, method, "call refused: too many calls at once");
            self.door.turned_away(Reason::Calls);
            overloaded()
        })?;
        Ok((held, row.longest().unwrap_or(self.longest)))
    }

    fn hold(&self, peer: &Identity, doing: &Arc<Doing>) -> Option<Held> {
        Some(Held {
            _call: self.calls.take(peer, 1)?,
            bytes: Arc::new(Mutex::new(self.bytes.take(peer, 0)?)),
            under_way: doing.begin(),
        })
    }
}

impl<S> Service<Request<Body>> for Gate<S>
where
    S: Service<Request<Body>, Response = Response<Body>, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let (held, longest) = match self.rules.admit(&request) {
            Ok(admitted) => admitted,
            Err(status) => return Box::pin(async { Ok(status.into_http()) }),
        };
        let deadline = Deadline::of(request.headers(), longest);
        request.extensions_mut().insert(deadline);
        if let Some(Over { peer, .. }) = request.extensions_mut().remove::<Over>() {
            request.extensions_mut().insert(peer);
        }
        let counted = Arc::clone(&held.bytes);
        let request = request.map(|body| Body::new(Metered::new(body, counted)));
        let answer = self.inner.call(request);
        Box::pin(async move {
            // The place is kept until there is an answer.
            let Held {
                _call,
                bytes,
                under_way,
            } = held;
            match timeout_at(deadline.instant(), answer).await {
                Ok(Ok(response)) => Ok(with_code(response)
                    .map(|body| Body::new(Answering::new(body, bytes, under_way)))),
                Ok(Err(never)) => match never {},
                Err(_) => Ok(TransportError::Deadline.status().into_http()),
            }
        })
    }
}

/// Gives a refusal of the library's own the code that ours have.
fn with_code(response: Response<Body>) -> Response<Body> {
    match response.extensions().get::<Status>() {
        Some(status) if is_too_large(status) => TransportError::TooLarge.status().into_http(),
        Some(_) | None => response,
    }
}
