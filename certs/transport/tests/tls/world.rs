//! A small network in memory: a root, two regions, and a server of 310000.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use huitong_certs::authority::{Hosts, Revoked};
use huitong_certs::{Authority, Certificate, Identity, Issued, Trust, Validity};
use huitong_transport::{
    AccessTable, Caller, ClientLimits, CredentialStore, Credentials, Row, ServeError, Server,
    ServerLimits, TransportError, connect,
};
use jiff::{Timestamp, ToSpan};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tonic::service::Routes;
use tonic::transport::Channel;

use crate::echo::{Echo, Signals};

pub fn id(path: &str) -> Identity {
    path.parse().unwrap()
}

/// From `begin` to `end`, in hours from now.
pub fn hours(begin: i64, end: i64) -> Validity {
    let now = Timestamp::now();
    Validity::new(now + begin.hours(), now + end.hours()).unwrap()
}

pub fn year() -> Validity {
    hours(-1, 365 * 24)
}

pub struct World {
    pub root: Authority,
    pub shanghai: Authority,
    pub trust: Arc<Trust>,
}

impl World {
    pub fn new() -> Self {
        let root =
            Authority::new_root(&"huitong.example".parse().unwrap(), hours(-999, 99_999)).unwrap();
        let shanghai = root
            .issue_region_authority("310000".parse().unwrap(), hours(-999, 9_999))
            .unwrap();
        let trust = Arc::new(Trust::from_roots(&[root.certificate().clone()]).unwrap());
        Self {
            root,
            shanghai,
            trust,
        }
    }

    /// Trust in this root, with those revoked.
    pub fn trust_without(&self, revoked: &[&Issued]) -> Arc<Trust> {
        let list = self.list(revoked, 1);
        let trust = Trust::from_roots(&[self.root.certificate().clone()]).unwrap();
        Arc::new(trust.with_revocation_lists(list.as_bytes()).unwrap())
    }

    /// The root's list of those, under a number.
    pub fn list(&self, revoked: &[&Issued], number: u64) -> String {
        let revoked: Vec<Revoked> = revoked
            .iter()
            .map(|issued| Revoked {
                serial: Certificate::read(&issued.chain()[0]).unwrap().serial,
                at: Timestamp::now(),
            })
            .collect();
        self.root.revocation_list(&revoked, number, year()).unwrap()
    }

    /// What the rightful authority issues.
    pub fn issue(&self, path: &str, validity: Validity) -> Issued {
        let identity = id(path);
        let authority = match identity.region() {
            Some(_) if !identity.serves() => &self.shanghai,
            _ => &self.root,
        };
        authority
            .issue(&identity, &Hosts::loopback(), validity)
            .unwrap()
    }

    pub fn store(&self, issued: &Issued) -> CredentialStore {
        CredentialStore::fixed(credentials(issued, &self.trust)).unwrap()
    }

    pub fn party(&self, path: &str) -> CredentialStore {
        self.store(&self.issue(path, year()))
    }

    pub async fn serve(&self) -> Running {
        self.serve_within(ServerLimits::standard()).await
    }

    pub async fn serve_within(&self, limits: ServerLimits) -> Running {
        Running::start(self.party("/region/310000/node"), limits).await
    }
}

pub fn credentials(issued: &Issued, trust: &Arc<Trust>) -> Credentials {
    Credentials::new(issued.chain().to_vec(), issued.key().into(), trust.clone()).unwrap()
}

/// A server under way. Dropping it cuts its connections.
pub struct Running {
    pub address: SocketAddr,
    pub credentials: CredentialStore,
    pub signals: Signals,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<Result<(), ServeError>>,
}

pub fn table() -> AccessTable {
    let own = "310000".parse().unwrap();
    let mut rows: Vec<Row> = [
        "/test.Echo/Echo",
        "/test.Echo/Grow",
        "/test.Echo/Who",
        "/test.Echo/Remaining",
        "/test.Echo/Hang",
        "/test.Echo/Hold",
        "/test.Echo/Refuse",
    ]
    .into_iter()
    .map(|path| Row::method(path, &[Caller::RegionNode, Caller::InstitutionOf(own)]))
    .collect();
    rows.push(
        Row::method("/test.Echo/Long", &[Caller::RegionNode])
            .taking_up_to(Duration::from_secs(600)),
    );
    rows.push(Row::service(
        "grpc.health.v1.Health",
        &[Caller::AnyCertified],
    ));
    AccessTable::new(rows).unwrap()
}

impl Running {
    pub async fn start(credentials: CredentialStore, limits: ServerLimits) -> Self {
        Self::start_at("127.0.0.1:0".parse().unwrap(), credentials, limits).await
    }

    pub async fn start_at(
        address: SocketAddr,
        credentials: CredentialStore,
        limits: ServerLimits,
    ) -> Self {
        let server = Server::bind(address, credentials.clone(), limits);
        Self::begin(server.await.unwrap(), credentials).await
    }

    /// As [`Running::start`], with what it remarks to its callers.
    pub async fn start_remarking(
        credentials: CredentialStore,
        limits: ServerLimits,
        remarks: Arc<dyn huitong_transport::Remarks>,
    ) -> Self {
        let any = "127.0.0.1:0".parse().unwrap();
        let server = Server::bind(any, credentials.clone(), limits);
        let server = server.await.unwrap().remarking(remarks);
        Self::begin(server, credentials).await
    }

    async fn begin(server: Server, credentials: CredentialStore) -> Self {
        let address = server.local_address();
        let signals = Signals::new();
        let (health, service) = tonic_health::server::health_reporter();
        health
            .set_service_status("", tonic_health::ServingStatus::Serving)
            .await;
        let routes = Routes::new(Echo(signals.clone())).add_service(service);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server.serve(routes, table(), async {
            let _ = stopped.await;
        }));
        Self {
            address,
            credentials,
            signals,
            stop: Some(stop),
            task,
        }
    }

    pub fn endpoint(&self) -> String {
        format!("https://{}", self.address)
    }

    pub async fn connect(&self, as_whom: &CredentialStore) -> Result<Channel, TransportError> {
        self.connect_to("/region/310000/node", as_whom).await
    }

    pub async fn connect_to(
        &self,
        expected: &str,
        as_whom: &CredentialStore,
    ) -> Result<Channel, TransportError> {
        connect(
            &self.endpoint(),
            id(expected),
            as_whom,
            ClientLimits::standard(),
        )
        .await
    }

    pub fn begin_shutdown(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub async fn ended(self) -> Result<(), ServeError> {
        self.task.await.unwrap()
    }
}
