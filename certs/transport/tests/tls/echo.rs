//! A small gRPC service by hand. Its message is a text, borrowed from the health service.

use std::convert::Infallible;
use std::future::{Future, pending};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use huitong_transport::{Peer, call_within, deadline, peer};
use std::time::Duration;
use tokio::sync::Semaphore;
use tonic::body::Body;
use tonic::codegen::http::{Request as HttpRequest, Response as HttpResponse};
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Channel;
use tonic::{Request, Response, Status};
use tonic_health::pb::HealthCheckRequest as Text;
use tonic_prost::ProstCodec;

pub const LIMIT: usize = 64 * 1024;

/// What the tests and the service tell each other.
#[derive(Clone)]
pub struct Signals {
    /// A permit for each call of `Hold` or `Hang` that has begun.
    pub begun: Arc<Semaphore>,
    /// A permit lets one `Hold` finish.
    pub finish: Arc<Semaphore>,
}

impl Signals {
    pub fn new() -> Self {
        Self {
            begun: Arc::new(Semaphore::new(0)),
            finish: Arc::new(Semaphore::new(0)),
        }
    }

    pub async fn wait_until_begun(&self) {
        self.begun.acquire().await.unwrap().forget();
    }
}

#[derive(Clone)]
pub struct Echo(pub Signals);

impl NamedService for Echo {
    const NAME: &'static str = "test.Echo";
}

impl tower::Service<HttpRequest<Body>> for Echo {
    type Response = HttpResponse<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: HttpRequest<Body>) -> Self::Future {
        let method = Method {
            path: request.uri().path().to_owned(),
            signals: self.0.clone(),
        };
        Box::pin(async move {
            let mut grpc = Grpc::new(ProstCodec::<Text, Text>::default())
                .apply_max_message_size_config(Some(LIMIT), Some(LIMIT));
            Ok(grpc.unary(method, request).await)
        })
    }
}

struct Method {
    path: String,
    signals: Signals,
}

impl UnaryService<Text> for Method {
    type Response = Text;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Text>, Status>> + Send>>;

    fn call(&mut self, request: Request<Text>) -> Self::Future {
        let (path, signals) = (self.path.clone(), self.signals.clone());
        Box::pin(async move {
            let answer = match path.as_str() {
                "/test.Echo/Echo" => request.into_inner().service,
                "/test.Echo/Grow" => "g".repeat(2 * LIMIT),
                "/test.Echo/Who" => {
                    let by = request.extensions().get::<Peer>().unwrap().handshake();
                    format!("{} {by:?}", peer(&request)?)
                }
                "/test.Echo/Remaining" | "/test.Echo/Long" => deadline(&request)
                    .unwrap()
                    .remaining()
                    .as_secs()
                    .to_string(),
                "/test.Echo/Hang" => {
                    signals.begun.add_permits(1);
                    pending().await
                }
                "/test.Echo/Hold" => {
                    signals.begun.add_permits(1);
                    signals.finish.acquire().await.unwrap().forget();
                    "held".to_owned()
                }
                "/test.Echo/Refuse" => {
                    return Err(huitong_transport::refusal_status(
                        tonic::Code::NotFound,
                        "member.unknown",
                        "no such person",
                        "查无此人",
                        b"\x0a\x00",
                    ));
                }
                other => return Err(Status::unimplemented(other.to_owned())),
            };
            Ok(Response::new(Text { service: answer }))
        })
    }
}

/// Calls `/test.Echo/<method>`.
pub async fn call(channel: &Channel, method: &str, text: &str) -> Result<String, Status> {
    call_for(channel, method, text, Duration::from_secs(20)).await
}

pub async fn call_for(
    channel: &Channel,
    method: &str,
    text: &str,
    allowed: Duration,
) -> Result<String, Status> {
    let path = format!("/test.Echo/{method}").parse().unwrap();
    let mut grpc = tonic::client::Grpc::new(channel.clone())
        .max_decoding_message_size(4 * LIMIT)
        .max_encoding_message_size(4 * LIMIT);
    let answer = call_within(
        allowed,
        Text {
            service: text.to_owned(),
        },
        async |request| {
            grpc.ready()
                .await
                .map_err(|error| Status::from_error(Box::new(error)))?;
            grpc.unary(request, path, ProstCodec::<Text, Text>::default())
                .await
        },
    )
    .await?;
    Ok(answer.into_inner().service)
}
