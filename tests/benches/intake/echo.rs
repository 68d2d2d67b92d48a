//! A bare server over mutual TLS 1.3: it appends the bytes of a message to a file, syncs, and answers. No more.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::{NamedService, UnaryService};
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::store::Raw;
use crate::tls;

/// The most bytes of a message, as our own servers have it.
const AT_MOST: usize = huitong_transport::MAX_MESSAGE_BYTES;

/// So many bytes.
#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Payload {
    #[prost(bytes = "vec", tag = "1")]
    pub(crate) bytes: Vec<u8>,
}

/// What the server says: how many bytes it has synced.
#[derive(Clone, PartialEq, prost::Message)]
struct Synced {
    #[prost(uint64, tag = "1")]
    bytes: u64,
}

/// The running server.
pub(crate) struct EchoServer {
    pub(crate) address: SocketAddr,
    serving: JoinHandle<()>,
}

impl EchoServer {
    pub(crate) async fn start(party: &Path, file: Raw) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let accepted = tls::accept(listener, party);
        let serving = tokio::spawn(async move {
            let served = Server::builder()
                .add_service(Echo(file))
                .serve_with_incoming(accepted);
            served.await.unwrap();
        });
        Self { address, serving }
    }

    pub(crate) fn stop(self) {
        self.serving.abort();
    }
}

/// Sends so many bytes and waits until they are synced.
pub(crate) async fn call(channel: &Channel, payload: Payload) {
    let sent = payload.bytes.len();
    let mut grpc = tonic::client::Grpc::new(channel.clone());
    grpc.ready().await.unwrap();
    let path = http::uri::PathAndQuery::from_static("/bench.Echo/Append");
    let answer = grpc
        .unary(
            Request::new(payload),
            path,
            ProstCodec::<Payload, Synced>::default(),
        )
        .await;
    let synced = answer.unwrap().into_inner().bytes;
    assert_eq!(usize::try_from(synced).unwrap(), sent);
}

#[derive(Clone)]
struct Echo(Raw);

impl NamedService for Echo {
    const NAME: &'static str = "bench.Echo";
}

impl tower::Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = Append(self.0.clone());
        Box::pin(async move {
            let codec = ProstCodec::<Synced, Payload>::default();
            let mut grpc = tonic::server::Grpc::new(codec)
                .apply_max_message_size_config(Some(AT_MOST), Some(AT_MOST));
            Ok(grpc.unary(method, request).await)
        })
    }
}

struct Append(Raw);

impl UnaryService<Payload> for Append {
    type Response = Synced;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Synced>, Status>> + Send>>;

    fn call(&mut self, request: Request<Payload>) -> Self::Future {
        let file = self.0.clone();
        Box::pin(async move {
            let payload = request.into_inner();
            file.append(&payload.bytes).await;
            Ok(Response::new(Synced {
                bytes: u64::try_from(payload.bytes.len()).unwrap(),
            }))
        })
    }
}
