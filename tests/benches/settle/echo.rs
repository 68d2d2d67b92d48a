//! The chain of bare calls: a treatment process that asks a home process twice, and no more.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::path::Path;
use std::pin::Pin;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use huitong_certs::Identity;
use huitong_tests::certificates::institution;
use huitong_tests::process::cpu_of;
use huitong_tests::register::{CHENGDU, Desk, NINGBO};
use huitong_tests::world::World;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tonic::body::Body;
use tonic::codegen::http;
use tonic::server::{NamedService, UnaryService};
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;

use crate::sizes::{Call, Sizes};
use crate::tls;

/// Makes this executable an echo server: `FOLDER SIZES CONNECTIONS [HOME]`.
pub(crate) const SERVE: &str = "--serve-echo";

/// So many bytes.
#[derive(Clone, PartialEq, prost::Message)]
struct Payload {
    #[prost(bytes = "vec", tag = "1")]
    bytes: Vec<u8>,
}

impl Payload {
    /// A message of so many bytes with its frame around it.
    fn of(bytes: usize) -> Self {
        Self {
            bytes: vec![7; bytes.saturating_sub(3)],
        }
    }
}

/// The processes, and the hospitals' connections.
pub(crate) struct EchoNetwork {
    servers: Vec<Child>,
    channels: Vec<Channel>,
    settle: Call,
}

/// One hospital's way through the chain.
#[derive(Clone)]
pub(crate) struct Chain {
    channel: Channel,
    settle: Call,
}

impl EchoNetwork {
    pub(crate) async fn start(world: &World, sizes: &Sizes, connections: usize) -> Self {
        let folder = |identity: &Identity| world.credentials(identity);
        let home = folder(&Identity::RegionNode(NINGBO.region()));
        let (home, home_address) = start(&home, sizes, connections, None).await;
        let treatment = folder(&Identity::RegionNode(CHENGDU.region()));
        let (treatment, address) = start(&treatment, sizes, connections, Some(home_address)).await;
        let hospital = folder(&institution(&CHENGDU, Desk::Two));
        let mut channels = Vec::new();
        for _ in 0..connections {
            channels.push(tls::connect(address, &hospital).await);
        }
        Self {
            servers: vec![home, treatment],
            channels,
            settle: sizes.settle,
        }
    }

    pub(crate) fn chain(&self, caller: usize) -> Chain {
        Chain {
            channel: self.channels[caller % self.channels.len()].clone(),
            settle: self.settle,
        }
    }

    /// The CPU time its processes have taken: treatment, home.
    pub(crate) fn cpu(&self) -> [Duration; 2] {
        let of = |server: &Child| cpu_of(server.id().unwrap());
        [of(&self.servers[1]), of(&self.servers[0])]
    }

    pub(crate) async fn stop(mut self) {
        for server in &mut self.servers {
            server.kill().await.unwrap();
        }
    }
}

impl Chain {
    pub(crate) async fn call(self) {
        let answer = call(&self.channel, "Settle", self.settle.request)
            .await
            .unwrap();
        assert_eq!(answer, Payload::of(self.settle.answer));
    }
}

async fn start(
    folder: &Path,
    sizes: &Sizes,
    connections: usize,
    home: Option<SocketAddr>,
) -> (Child, SocketAddr) {
    let mut child = Command::new(crate::own_executable())
        .arg(SERVE)
        .arg(folder)
        .args([sizes.told(), connections.to_string()])
        .args(home.map(|home| home.to_string()))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut printed = BufReader::new(child.stdout.take().unwrap()).lines();
    let address = printed.next_line().await.unwrap().unwrap();
    (child, address.parse().unwrap())
}

async fn call(channel: &Channel, method: &str, bytes: usize) -> Result<Payload, Status> {
    let mut grpc = tonic::client::Grpc::new(channel.clone());
    grpc.ready()
        .await
        .map_err(|error| Status::from_error(Box::new(error)))?;
    let path = http::uri::PathAndQuery::try_from(format!("/bench.Echo/{method}")).unwrap();
    let request = Request::new(Payload::of(bytes));
    let answer = grpc
        .unary(request, path, ProstCodec::<Payload, Payload>::default())
        .await?;
    Ok(answer.into_inner())
}

/// Serves until killed.
pub(crate) async fn serve(args: &[String]) {
    let folder = Path::new(&args[0]);
    let sizes: Sizes = args[1].parse().unwrap();
    let connections: usize = args[2].parse().unwrap();
    let mut homes = Vec::new();
    if let Some(home) = args.get(3) {
        for _ in 0..connections {
            homes.push(tls::connect(home.parse().unwrap(), folder).await);
        }
    }
    let echo = Echo {
        sizes,
        homes: Arc::new(homes),
        next: Arc::default(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap());
    let accepted = tls::accept(listener, folder);
    Server::builder()
        .add_service(echo)
        .serve_with_incoming(accepted)
        .await
        .unwrap();
}

#[derive(Clone)]
struct Echo {
    sizes: Sizes,
    homes: Arc<Vec<Channel>>,
    next: Arc<AtomicUsize>,
}

impl Echo {
    async fn answer(self, method: String, request: Payload) -> Result<Response<Payload>, Status> {
        let Sizes {
            settle,
            snapshot,
            commit,
        } = self.sizes;
        let (asked, answer) = match method.as_str() {
            "/bench.Echo/Settle" => (settle.request, settle.answer),
            "/bench.Echo/Snapshot" => (snapshot.request, snapshot.answer),
            "/bench.Echo/Commit" => (commit.request, commit.answer),
            other => return Err(Status::unimplemented(other)),
        };
        if request != Payload::of(asked) {
            return Err(Status::invalid_argument("another size"));
        }
        if method == "/bench.Echo/Settle" {
            for (method, call_of) in [("Snapshot", snapshot), ("Commit", commit)] {
                let turn = self.next.fetch_add(1, Ordering::Relaxed);
                let home = &self.homes[turn % self.homes.len()];
                let answer = call(home, method, call_of.request).await?;
                assert_eq!(answer, Payload::of(call_of.answer));
            }
        }
        Ok(Response::new(Payload::of(answer)))
    }
}

impl NamedService for Echo {
    const NAME: &'static str = "bench.Echo";
}

type Answering<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl tower::Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = Answering<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let method = Method {
            path: request.uri().path().to_owned(),
            echo: self.clone(),
        };
        Box::pin(async move {
            let mut grpc = tonic::server::Grpc::new(ProstCodec::<Payload, Payload>::default());
            Ok(grpc.unary(method, request).await)
        })
    }
}

struct Method {
    path: String,
    echo: Echo,
}

impl UnaryService<Payload> for Method {
    type Response = Payload;
    type Future = Answering<Result<Response<Payload>, Status>>;

    fn call(&mut self, request: Request<Payload>) -> Self::Future {
        Box::pin(
            self.echo
                .clone()
                .answer(self.path.clone(), request.into_inner()),
        )
    }
}
