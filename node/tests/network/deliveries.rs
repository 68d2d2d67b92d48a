//! What is delivered to one region does not wait for another, however slow that one is.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use huitong_certs::Identity;
use huitong_certs::authority::Hosts;
use huitong_node::peers::DirectoryEntry;
use huitong_node::{Node, NodeConfig};
use huitong_proto::settlement::v1;
use huitong_proto::settlement::v1::commit_response::Outcome;
use huitong_proto::settlement::v1::home_service_client::HomeServiceClient;
use huitong_proto::settlement::v1::treatment_service_server::{
    TreatmentService, TreatmentServiceServer,
};
use huitong_transport::{AccessTable, Caller, Row, Server, ServerLimits};
use tokio::time::timeout;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::bills::{card, settle, small};
use crate::bureau::by_officer;
use crate::hospital::Hospital;
use crate::patience::until;
use crate::relay::Commits;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World, certified, region, year};

/// They come before Chengdu, whatever order regions are taken in by their codes.
const FROZEN: &str = "110100";
const SLOW: &str = "120100";
/// Rounds are this far apart, and so long a call may take.
const EVERY: Duration = Duration::from_secs(25);
const WITHIN: Duration = Duration::from_secs(60);

/// A treatment region that takes its time.
#[derive(Clone)]
struct Taking {
    time: Duration,
    /// Deliveries that it has not answered.
    open: Arc<AtomicUsize>,
}

/// Counts a delivery for as long as it is not answered.
struct Open(Arc<AtomicUsize>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

#[tonic::async_trait]
impl TreatmentService for Taking {
    async fn deliver_receipts(
        &self,
        request: Request<v1::DeliverReceiptsRequest>,
    ) -> Result<Response<v1::DeliverReceiptsResponse>, Status> {
        self.open.fetch_add(1, Ordering::SeqCst);
        let _open = Open(Arc::clone(&self.open));
        tokio::time::sleep(self.time).await;
        let held = request.into_inner().delivered.len() as u64;
        Ok(Response::new(v1::DeliverReceiptsResponse { held }))
    }

    async fn visit_standing(
        &self,
        _: Request<v1::VisitStandingRequest>,
    ) -> Result<Response<v1::VisitStandingResponse>, Status> {
        Err(Status::unimplemented("not asked here"))
    }
}

/// Serves as a region's node; how many deliveries it has not answered, and where it is.
async fn serve(world: &World, code: &str, time: Duration) -> (Arc<AtomicUsize>, SocketAddr) {
    let open = Arc::new(AtomicUsize::new(0));
    let taking = Taking {
        time,
        open: Arc::clone(&open),
    };
    let credentials = world.party(&format!("/region/{code}/node"));
    let any = "127.0.0.1:0".parse().unwrap();
    let limits = ServerLimits::standard();
    let server = Server::bind(any, credentials, limits).await.unwrap();
    let address = server.local_address();
    let node: &[Caller] = &[Caller::RegionNode];
    let rows = vec![Row::service("huitong.settlement.v1.TreatmentService", node)];
    let table = AccessTable::new(rows).unwrap();
    let routes = Routes::new(TreatmentServiceServer::new(taking));
    tokio::spawn(async move {
        let served = server.serve(routes, table, std::future::pending()).await;
        served.unwrap();
    });
    (open, address)
}

/// Ningbo with two more regions in its directory.
fn with(world: &World, others: [(&str, SocketAddr); 2]) -> NodeConfig {
    let mut config = world.config(NINGBO);
    config.report_every = EVERY;
    for (code, address) in others {
        let by = Identity::RegionNodeSigning(region(code));
        let issued = world.root.issue(&by, &Hosts::none(), year()).unwrap();
        config.directory.push(DirectoryEntry {
            region: region(code),
            endpoint: format!("https://{address}"),
            signing: certified(&issued, &world.trust).into(),
            pinned: false,
        });
    }
    config
}

async fn start_anew(world: &mut World, config: NodeConfig) {
    world.stop(NINGBO).await;
    world.ningbo.node = Some(Node::start(config).await.unwrap());
}

/// A commit of Chengdu's that never reached Ningbo becomes another region's, which does not hear its outcome.
async fn commit_as(world: &World, hospital: &mut Hospital, visit: &str, code: &str) {
    world.commits(Commits::Lost);
    let lost = hospital.settle(settle(visit, small(visit))).await;
    assert!(lost.is_err());
    let sent = until(async || {
        let sent = world.relay.as_ref().unwrap().last();
        let claim = sent.claim.as_ref().unwrap();
        if claim.visit.as_ref().unwrap().number == visit {
            Ok(sent)
        } else {
            Err(sent)
        }
    });
    let sent = sent.await;
    let channel = world.caller(&format!("/region/{code}/node"), NINGBO).await;
    let mut home = HomeServiceClient::new(channel);
    let claim = sent.claim.clone().unwrap();
    let shown = v1::SnapshotRequest {
        person: claim.person,
        credential: Some(card("NB1")),
        institution: claim.institution,
        visit: claim.visit,
        receipts_held: 0,
        sign: false,
    };
    home.snapshot(shown).await.unwrap();
    let outcome = home.commit(sent).await;
    let outcome = outcome.unwrap().into_inner().outcome;
    assert!(matches!(outcome, Some(Outcome::Receipt(_))), "{outcome:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reversal_reaches_its_region_while_others_are_frozen_or_slow() {
    let mut world = World::relayed().await;
    let (frozen, at) = serve(&world, FROZEN, Duration::from_secs(3_600)).await;
    let (_slow, slow_at) = serve(&world, SLOW, Duration::from_secs(2)).await;
    let others = [(FROZEN, at), (SLOW, slow_at)];
    let config = with(&world, others);
    start_anew(&mut world, config).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    commit_as(&world, &mut hospital, "V1", FROZEN).await;
    commit_as(&world, &mut hospital, "V2", SLOW).await;
    world.commits(Commits::Pass);
    let settled = hospital.settle(settle("r-3", small("V3"))).await.unwrap();
    world.stop(CHENGDU).await;
    let reason = v1::ReversalReason::WrongPerson;
    let ordered = by_officer(&world, NINGBO, "o-1", &settled.settlement, reason).await;
    ordered.unwrap();
    // At its first round everything is due.
    world.start(CHENGDU).await;
    let config = with(&world, others);
    start_anew(&mut world, config).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    let reversed = timeout(WITHIN, hospital.reversed("r-3")).await;
    reversed.expect("it waits for the others");
    let open = frozen.load(Ordering::SeqCst);
    assert_eq!(open, 1, "it waited until the frozen region was given up");
}
