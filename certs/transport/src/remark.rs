//! Remarks: a short value that parties put beside their calls and answers, for the other end to hear.
//!
//! What it says is not known here, and a call neither waits for it nor fails by it: who hears takes note and returns.
//! Both ends are known by their certificates. A remark that is too long is not passed on.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use huitong_certs::Identity;
use tonic::body::Body;
use tonic::codegen::http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use tonic::transport::Channel;
use tower::{Layer, Service};

use crate::peer::Peer;

/// The header that carries a remark.
const REMARK: HeaderName = HeaderName::from_static("huitong-remark");
/// The longest remark, in bytes.
pub const REMARK_BYTES_AT_MOST: usize = 128;

/// What a party remarks, and what becomes of others' remarks. Both are called for every call: neither may wait.
pub trait Remarks: fmt::Debug + Send + Sync {
    /// What is remarked to a party now.
    fn own(&self, to: &Identity) -> Option<String>;

    /// A party remarked something.
    fn heard(&self, from: &Identity, said: &str);
}

/// Remarks that may be none.
pub(crate) type Remarking = Option<Arc<dyn Remarks>>;

fn put(remarks: &dyn Remarks, to: &Identity, headers: &mut HeaderMap) {
    let own = remarks.own(to);
    let own = own.filter(|said| said.len() <= REMARK_BYTES_AT_MOST);
    if let Some(value) = own.and_then(|said| HeaderValue::from_str(&said).ok()) {
        headers.insert(REMARK, value);
    }
}

fn take(remarks: &dyn Remarks, from: &Identity, headers: &HeaderMap) {
    let said = headers.get(REMARK).and_then(|value| value.to_str().ok());
    if let Some(said) = said.filter(|said| said.len() <= REMARK_BYTES_AT_MOST) {
        remarks.heard(from, said);
    }
}

/// A channel to one party that carries remarks both ways.
#[derive(Clone)]
pub struct Remarked {
    channel: Channel,
    party: Arc<Identity>,
    remarks: Remarking,
}

impl Remarked {
    /// A channel to a party.
    #[must_use]
    pub fn new(channel: Channel, party: Identity, remarks: Option<Arc<dyn Remarks>>) -> Self {
        Self {
            channel,
            party: Arc::new(party),
            remarks,
        }
    }
}

impl fmt::Debug for Remarked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remarked({})", self.party)
    }
}

type Answer<E> = Pin<Box<dyn Future<Output = Result<Response<Body>, E>> + Send>>;

impl Service<Request<Body>> for Remarked {
    type Response = Response<Body>;
    type Error = tonic::transport::Error;
    type Future = Answer<tonic::transport::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.channel.poll_ready(context)
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let Some(remarks) = self.remarks.clone() else {
            return Box::pin(self.channel.call(request));
        };
        put(&*remarks, &self.party, request.headers_mut());
        let (answer, party) = (self.channel.call(request), Arc::clone(&self.party));
        Box::pin(async move {
            let answer = answer.await?;
            take(&*remarks, &party, answer.headers());
            Ok(answer)
        })
    }
}

/// What stands before services whose callers are heard.
#[derive(Debug, Clone)]
pub(crate) struct RemarkLayer(pub(crate) Remarking);

impl<S> Layer<S> for RemarkLayer {
    type Service = Hearing<S>;

    fn layer(&self, inner: S) -> Hearing<S> {
        Hearing {
            inner,
            remarks: self.0.clone(),
        }
    }
}

#[derive(Debug, Clone)]
pub(crate) struct Hearing<S> {
    inner: S,
    remarks: Remarking,
}

impl<S> Service<Request<Body>> for Hearing<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Answer<S::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let caller = request.extensions().get::<Peer>();
        let caller = caller.map(|peer| peer.identity().clone());
        let (Some(remarks), Some(caller)) = (self.remarks.clone(), caller) else {
            return Box::pin(self.inner.call(request));
        };
        take(&*remarks, &caller, request.headers());
        let answer = self.inner.call(request);
        Box::pin(async move {
            let mut answer = answer.await?;
            put(&*remarks, &caller, answer.headers_mut());
            Ok(answer)
        })
    }
}
