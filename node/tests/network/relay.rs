//! A relay in front of Ningbo's node that loses what it is told to: the network's part in a test.
//!
//! It serves under Ningbo's name and calls under Chengdu's, so neither end notices.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use huitong_core::canonical::Artifact as _;
use huitong_core::coverage::Snapshot;
use huitong_core::id::ReversalId;
use huitong_core::refusal::{Refusal, RefusalCode};
use huitong_proto::conversion::refusal::refusal_to_details;
use huitong_proto::policy::v1::policy_service_client::PolicyServiceClient;
use huitong_proto::policy::v1::policy_service_server::{PolicyService, PolicyServiceServer};
use huitong_proto::policy::v1::{FetchPolicyRequest, FetchPolicyResponse};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::home_service_server::{HomeService, HomeServiceServer};
use huitong_transport::{AccessTable, Caller, Row, Server, deadline};
use tokio::task::JoinHandle;
use tonic::service::Routes;
use tonic::transport::Channel;
use tonic::{Code, Request, Response, Status};

use crate::patience;
use crate::world::{NINGBO, World};

/// What becomes of a commit or of a reversal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commits {
    /// It goes through.
    Pass,
    /// It never arrives.
    Lost,
    /// It arrives; the answer is lost.
    AnswerLost,
    /// It waits on its way until something else is to become of commits.
    Held,
    /// It arrives as one on another version than the person's, whatever it is on.
    Stale,
    /// It never arrives, and is answered as by a home whose member has moved on.
    Moved,
}

/// What becomes of a policy on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policies {
    /// It goes through.
    Pass,
    /// It never arrives.
    Lost,
    /// A byte of the document is another one.
    OtherDocument,
    /// A byte of the statement is another one.
    OtherStatement,
    /// The signature is another one.
    OtherSignature,
    /// The document is far too large.
    Huge,
}

pub struct State {
    pub commits: Commits,
    pub reversals: Commits,
    pub policies: Policies,
    /// How long a snapshot takes on its way.
    pub snapshots_take: Duration,
    /// How long each question may take that came through, in order.
    pub allowed: Vec<(&'static str, Duration)>,
    /// The last commit that was sent.
    pub last: Option<v1::CommitRequest>,
    /// Up to which number receipts are held, as the last question for a snapshot said.
    pub held: Option<u64>,
    /// So many commits more name another version of the person's record than they were sent with.
    pub aged: u64,
    /// Whether a wish to reverse goes on under another id.
    pub other_reversal: bool,
    /// The one engine that answers to commits say is accepted, instead of what the home region says.
    pub engine: Option<u16>,
    pub seen: Seen,
}

/// How much went through the relay, or was lost there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// Commits.
    pub commits: u64,
    /// Answers to commits that say that the record changed.
    pub stale: u64,
    /// Policies that were asked for.
    pub policies: u64,
}

#[derive(Clone)]
struct Relay {
    state: Arc<Mutex<State>>,
    to: Channel,
}

/// A relay under way.
pub struct Running {
    pub address: SocketAddr,
    pub state: Arc<Mutex<State>>,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Running {
    pub fn set(&self, commits: Commits) {
        self.state.lock().unwrap().commits = commits;
    }

    pub fn set_reversals(&self, reversals: Commits) {
        self.state.lock().unwrap().reversals = reversals;
    }

    pub fn set_policies(&self, policies: Policies) {
        self.state.lock().unwrap().policies = policies;
    }

    pub fn seen(&self) -> Seen {
        self.state.lock().unwrap().seen
    }

    pub fn told_held(&self) -> Option<u64> {
        self.state.lock().unwrap().held
    }

    pub fn last(&self) -> v1::CommitRequest {
        self.state.lock().unwrap().last.clone().unwrap()
    }
}

impl World {
    /// Puts a relay in front of Ningbo; Chengdu must be started anew to go through it.
    pub async fn relay(&mut self) {
        let state = Arc::new(Mutex::new(State {
            commits: Commits::Pass,
            reversals: Commits::Pass,
            policies: Policies::Pass,
            snapshots_take: Duration::ZERO,
            allowed: Vec::new(),
            last: None,
            held: None,
            aged: 0,
            other_reversal: false,
            engine: None,
            seen: Seen::default(),
        }));
        let to = self.lazy_channel(NINGBO);
        let relay = Relay {
            state: state.clone(),
            to,
        };
        let credentials = self.party("/region/330200/node");
        let any = "127.0.0.1:0".parse().unwrap();
        let server = Server::bind(any, credentials, patience::server())
            .await
            .unwrap();
        let address = server.local_address();
        let node: &[Caller] = &[Caller::RegionNode];
        let table = AccessTable::new(vec![
            Row::service("huitong.settlement.v1.HomeService", node),
            Row::service("huitong.policy.v1.PolicyService", node),
        ]);
        let routes = Routes::new(HomeServiceServer::new(relay.clone()))
            .add_service(PolicyServiceServer::new(relay));
        let task = tokio::spawn(async move {
            server
                .serve(routes, table.unwrap(), std::future::pending())
                .await
                .unwrap();
        });
        self.relay = Some(Running {
            address,
            state,
            task,
        });
    }
}

impl Relay {
    fn allows<T>(&self, what: &'static str, request: &Request<T>) {
        let left = deadline(request).unwrap().remaining();
        self.state.lock().unwrap().allowed.push((what, left));
    }
}

fn lost() -> Status {
    Status::unavailable("lost on the way")
}

fn moved() -> Status {
    let refusal = Refusal::new(RefusalCode::MemberMoved, "moved on");
    let details = refusal_to_details(&refusal).into();
    Status::with_details(Code::FailedPrecondition, "moved on", details)
}

impl Relay {
    /// What becomes of an answer to a commit.
    fn answered(&self, answer: v1::CommitResponse) -> v1::CommitResponse {
        let mut state = self.state.lock().unwrap();
        let Some(Outcome::Stale(bytes)) = answer.outcome else {
            return answer;
        };
        state.seen.stale += 1;
        let mut snapshot = Snapshot::from_bytes(&bytes).unwrap();
        if let Some(engine) = state.engine {
            snapshot.engines = vec![engine];
        }
        let outcome = Some(Outcome::Stale(snapshot.to_bytes()));
        v1::CommitResponse { outcome }
    }
}

#[tonic::async_trait]
impl HomeService for Relay {
    async fn snapshot(
        &self,
        request: Request<v1::SnapshotRequest>,
    ) -> Result<Response<v1::SnapshotResponse>, Status> {
        let is_signed = request.get_ref().sign;
        self.allows(if is_signed { "signed" } else { "snapshot" }, &request);
        let takes = {
            let mut state = self.state.lock().unwrap();
            state.held = Some(request.get_ref().receipts_held);
            state.snapshots_take
        };
        tokio::time::sleep(takes).await;
        HomeServiceClient::new(self.to.clone())
            .snapshot(request.into_inner())
            .await
    }

    async fn commit(
        &self,
        request: Request<v1::CommitRequest>,
    ) -> Result<Response<v1::CommitResponse>, Status> {
        let mut request = request.into_inner();
        let commits = {
            let mut state = self.state.lock().unwrap();
            state.last = Some(request.clone());
            state.seen.commits += 1;
            if state.aged > 0 {
                state.aged -= 1;
                request.version.as_mut().unwrap().change += 1;
            }
            state.commits
        };
        while self.state.lock().unwrap().commits == Commits::Held {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        match commits {
            Commits::Moved => Err(moved()),
            Commits::Lost => Err(lost()),
            Commits::Pass | Commits::Held => {
                let answer = HomeServiceClient::new(self.to.clone())
                    .commit(request)
                    .await?;
                Ok(answer.map(|answer| self.answered(answer)))
            }
            Commits::AnswerLost => {
                HomeServiceClient::new(self.to.clone())
                    .commit(request)
                    .await?;
                Err(lost())
            }
            Commits::Stale => {
                let mut request = request;
                request.version.as_mut().unwrap().change += 1;
                HomeServiceClient::new(self.to.clone())
                    .commit(request)
                    .await
            }
        }
    }

    async fn reverse(
        &self,
        request: Request<v1::HomeReverseRequest>,
    ) -> Result<Response<v1::HomeReverseResponse>, Status> {
        let mut request = request.into_inner();
        let reversals = {
            let state = self.state.lock().unwrap();
            if state.other_reversal {
                let own: ReversalId = request.reversal.parse().unwrap();
                let mut other = own.to_bytes();
                other[0] ^= 1;
                request.reversal = ReversalId::from_bytes(other).to_string();
            }
            state.reversals
        };
        let mut home = HomeServiceClient::new(self.to.clone());
        match reversals {
            Commits::Lost => Err(lost()),
            Commits::Pass | Commits::Held | Commits::Stale | Commits::Moved => {
                home.reverse(request).await
            }
            Commits::AnswerLost => {
                home.reverse(request).await?;
                Err(lost())
            }
        }
    }

    async fn file(
        &self,
        request: Request<v1::HomeFileRequest>,
    ) -> Result<Response<v1::HomeFileResponse>, Status> {
        let request = request.into_inner();
        let commits = self.state.lock().unwrap().commits;
        let mut home = HomeServiceClient::new(self.to.clone());
        match commits {
            Commits::Lost => Err(lost()),
            Commits::Pass | Commits::Held | Commits::Stale | Commits::Moved => {
                home.file(request).await
            }
            Commits::AnswerLost => {
                home.file(request).await?;
                Err(lost())
            }
        }
    }

    async fn abandon(
        &self,
        request: Request<v1::AbandonRequest>,
    ) -> Result<Response<v1::AbandonResponse>, Status> {
        HomeServiceClient::new(self.to.clone())
            .abandon(request.into_inner())
            .await
    }
}

#[tonic::async_trait]
impl PolicyService for Relay {
    async fn fetch_policy(
        &self,
        request: Request<FetchPolicyRequest>,
    ) -> Result<Response<FetchPolicyResponse>, Status> {
        self.allows("policy", &request);
        let policies = {
            let mut state = self.state.lock().unwrap();
            state.seen.policies += 1;
            state.policies
        };
        if policies == Policies::Lost {
            return Err(lost());
        }
        let mut answer = PolicyServiceClient::new(self.to.clone())
            .fetch_policy(request.into_inner())
            .await?
            .into_inner();
        let statement = answer.statement.as_mut().unwrap();
        match policies {
            Policies::Pass | Policies::Lost => {}
            Policies::OtherDocument => answer.document[3] ^= 1,
            Policies::OtherStatement => *statement.bytes.last_mut().unwrap() ^= 1,
            Policies::OtherSignature => statement.signature[7] ^= 1,
            Policies::Huge => answer.document = vec![b'#'; (1 << 20) + 1],
        }
        Ok(Response::new(answer))
    }
}
