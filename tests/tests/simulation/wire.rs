//! Calls that are lost and calls that come twice: what a network does to whole messages, TCP mending all that is smaller.
//!
//! It stands before the services of every server, so each service meets it: a request never arrives; it is carried out and
//! its answer never arrives; or it is carried out once more. What servers send each other comes again at once or long after,
//! as whoever has lost count sends it. A story may have a commit come late, when whoever sent it has long given up waiting. What a person sends comes again before they have the answer: who was refused for now
//! and goes on to something else sends it no more. Whoever waits is told so by their own deadline. Lost is only what is sent
//! while things fail; twice comes what is sent at any time but while files are brought in, before the work begins. All of
//! it follows from the seed.

use std::convert::Infallible;
use std::fmt;
use std::future::{Future, pending, poll_fn};
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll};
use std::time::Duration;

use huitong_certs::Identity;
use huitong_transport::{Deadline, Peer};
use tokio::time::sleep;
use tonic::codegen::http::Request;
use tonic::codegen::{Body, Bytes};
use tower::{Layer, Service};

use crate::chance::Seeded;
use crate::phases::{Phase, Phases};
use crate::platform::EventLog;

/// Files are brought in while nothing fails, and are not kept to be sent again.
const NEVER: &str = "/Import";
/// How a treatment region puts a claim to its home region.
const COMMIT: &str = "/Commit";
/// How much later at most what a server sends comes once more: at once, within one patience, or long after.
const LATER_MS: [u64; 3] = [1, 1_500, 8_000];

/// What becomes of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Arrives,
    NeverArrives,
    IsNotAnswered,
    /// And again so much later, or, where a person waits for it, while they do.
    ComesTwice(Option<Duration>),
    /// So much later, and nobody is told.
    ComesLate(Duration),
}

/// One in so many calls, or none.
#[derive(Debug, Clone, Copy)]
struct Rates {
    lost: Option<u64>,
    twice: Option<u64>,
}

impl Rates {
    fn of(seed: u64) -> Self {
        let chance = Seeded::new(seed, 60);
        let lost = [None, Some(200), Some(60), Some(25)][chance.place(4)];
        let twice = [None, Some(80), Some(30), Some(10)][chance.place(4)];
        Self { lost, twice }
    }
}

/// What befalls the calls that one server is sent.
pub struct Wire {
    pub server: String,
    rates: Rates,
    chance: Seeded,
    phase: Phases,
    log: EventLog,
    /// Whose next commits come late, and by how much.
    late: Mutex<Vec<(Identity, Duration)>>,
}

impl Wire {
    pub fn to(server: &str, (seed, purpose): (u64, u64), phase: &Phases, log: &EventLog) -> Self {
        Self {
            server: server.to_owned(),
            rates: Rates::of(seed),
            chance: Seeded::new(seed, 61 ^ (purpose << 8)),
            phase: phase.clone(),
            log: log.clone(),
            late: Mutex::default(),
        }
    }

    /// Has the next commit of somebody come so much later.
    pub fn next_commit_comes_late(&self, by: Identity, later: Duration) {
        self.late.lock().unwrap().push((by, later));
    }

    /// By how much a call comes late that a story has on its way.
    fn is_late(&self, method: &str, by: Option<&Peer>) -> Option<Duration> {
        let by = by.filter(|_| method.ends_with(COMMIT))?.identity();
        let mut late = self.late.lock().unwrap();
        let nth = late.iter().position(|(whose, _)| whose == by)?;
        Some(late.remove(nth).1)
    }

    fn fate(&self, method: &str, by: Option<&Peer>) -> Fate {
        let phase = self.phase.now();
        if phase == Phase::BringingIn || method.ends_with(NEVER) {
            return Fate::Arrives;
        }
        let comes = |one_in: Option<u64>| one_in.is_some_and(|chances| self.chance.one_in(chances));
        let fate = if let Some(later) = self.is_late(method, by) {
            Fate::ComesLate(later)
        } else if phase == Phase::Working && comes(self.rates.lost) {
            if self.chance.one_in(2) {
                Fate::NeverArrives
            } else {
                Fate::IsNotAnswered
            }
        } else if comes(self.rates.twice) {
            let latest = LATER_MS[self.chance.place(LATER_MS.len())];
            let later = self.chance.millis(0..latest);
            let by_server = by.is_some_and(|peer| peer.identity().serves());
            Fate::ComesTwice(by_server.then_some(later))
        } else {
            return Fate::Arrives;
        };
        self.log
            .note("wire", format_args!("{} {method}: {fate:?}", self.server));
        fate
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire")
            .field("server", &self.server)
            .finish_non_exhaustive()
    }
}

/// Puts a wire before services.
#[derive(Debug, Clone)]
pub struct Before(pub std::sync::Arc<Wire>);

impl<S> Layer<S> for Before {
    type Service = Wired<S>;

    fn layer(&self, services: S) -> Wired<S> {
        let before = self.clone();
        Wired { before, services }
    }
}

/// Services behind a wire.
#[derive(Debug, Clone)]
pub struct Wired<S> {
    before: Before,
    services: S,
}

type Answered<R> = Pin<Box<dyn Future<Output = Result<R, Infallible>> + Send>>;

impl<S, B> Service<Request<B>> for Wired<S>
where
    S: Service<Request<B>, Error = Infallible> + Clone + Send + 'static,
    S::Response: Send + 'static,
    S::Future: Send + 'static,
    B: Body<Data = Bytes> + From<Bytes> + Send + Unpin + 'static,
{
    type Response = S::Response;
    type Error = Infallible;
    type Future = Answered<S::Response>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.services.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let by = request.extensions().get::<Peer>();
        match self.before.0.fate(request.uri().path(), by) {
            Fate::Arrives => Box::pin(self.services.call(request)),
            Fate::NeverArrives => Box::pin(pending()),
            Fate::IsNotAnswered => {
                let answer = self.services.call(request);
                Box::pin(async move {
                    drop(answer.await);
                    pending().await
                })
            }
            Fate::ComesLate(later) => {
                let services = self.services.clone();
                Box::pin(async move {
                    if let Some((_, late)) = twice(request).await {
                        tokio::spawn(comes_again(services, late, later));
                    }
                    pending().await
                })
            }
            Fate::ComesTwice(later) => {
                let other = self.services.clone();
                let mut services = std::mem::replace(&mut self.services, other.clone());
                Box::pin(async move {
                    let Some((first, again)) = twice(request).await else {
                        // Whoever sends it has gone in the middle of it.
                        return pending().await;
                    };
                    let after = later.unwrap_or_default();
                    let again = tokio::spawn(comes_again(other, again, after));
                    let answer = services.call(first).await;
                    if later.is_none() {
                        again.await.unwrap();
                    }
                    answer
                })
            }
        }
    }
}

/// A request and the same once more, once all of it is here.
async fn twice<B>(request: Request<B>) -> Option<(Request<B>, Request<B>)>
where
    B: Body<Data = Bytes> + From<Bytes> + Unpin,
{
    let (parts, mut body) = request.into_parts();
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        if let Ok(data) = frame.ok()?.into_data() {
            bytes.extend_from_slice(&data);
        }
    }
    let bytes = Bytes::from(bytes);
    let mut again = parts.clone();
    // It has the time that the first had when it came.
    again.extensions.remove::<Deadline>();
    let first = Request::from_parts(parts, bytes.clone().into());
    Some((first, Request::from_parts(again, bytes.into())))
}

async fn comes_again<S, B>(mut services: S, request: Request<B>, after: Duration)
where
    S: Service<Request<B>, Error = Infallible>,
{
    sleep(after).await;
    let ready = poll_fn(|context| services.poll_ready(context)).await;
    // Nobody waits for what comes of it.
    if ready.is_ok() {
        drop(services.call(request).await);
    }
}
