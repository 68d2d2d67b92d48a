//! Legs and closed days, as a clearinghouse receives them.

mod call_up;
mod incarnations;
mod rejects;
mod told;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use huitong_certs::Identity;
use huitong_core::canonical::Artifact as _;
use huitong_core::clearing_evidence::ClearingEvidence;
use huitong_proto::clearing::v1::call_up_service_server::CallUpServiceServer;
use huitong_proto::clearing::v1::clearing_service_server::{
    ClearingService, ClearingServiceServer,
};
use huitong_proto::clearing::v1::directory_service_server::DirectoryServiceServer;
use huitong_proto::clearing::v1::own_prefund_service_server::OwnPrefundServiceServer;
use huitong_proto::clearing::v1::proof_service_server::ProofServiceServer;
use huitong_proto::clearing::v1::{
    CloseDayRequest, CloseDayResponse, Leg, RegainLegsRequest, RegainLegsResponse,
    ReportLegsRequest, ReportLegsResponse, Side, StreamPositionRequest, StreamPositionResponse,
};
use huitong_proto::conversion::Path;
use huitong_proto::conversion::leg::leg_from_wire;
use huitong_proto::settlement::v1;
use huitong_transport::{AccessTable, Caller, Row, Server, peer};
use tokio::task::JoinHandle;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use self::incarnations::{Incarnations, refused};
use self::rejects::Rejects;
use self::told::Said;
use crate::bills::{at_home, settle, small};
use crate::directory::Directories;
use crate::own_clearing::OwnClearing;
use crate::patience::until;
use crate::prefunds::Prefunds;
use crate::witness::Proofs;
use crate::world::{CHENGDU, HOSPITAL, NINGBO, World};

/// What a clearinghouse holds of each region's stream. Every third answer is lost.
#[derive(Clone, Default)]
struct Clearinghouse {
    streams: Arc<Mutex<BTreeMap<String, Vec<Leg>>>>,
    /// The days that it cut off at the deadline.
    cut_off: Arc<Mutex<BTreeSet<String>>>,
    /// The days that regions closed in time.
    closed: Arc<Mutex<BTreeSet<String>>>,
    /// The days that it says are not closed, however often it is told, and how often it was.
    open: Arc<Mutex<BTreeMap<String, u64>>>,
    calls: Arc<Mutex<u64>>,
    /// The number under which no leg is taken.
    rejects: Rejects,
    /// Evidence is wanted of the last leg of each region.
    shown: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    incarnations: Incarnations,
    said: Said,
}

pub struct Running {
    pub address: SocketAddr,
    streams: Arc<Mutex<BTreeMap<String, Vec<Leg>>>>,
    cut_off: Arc<Mutex<BTreeSet<String>>>,
    rejects: Rejects,
    pub closed: Arc<Mutex<BTreeSet<String>>>,
    pub open: Arc<Mutex<BTreeMap<String, u64>>>,
    shown: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    incarnations: Incarnations,
    said: Said,
    pub proofs: Proofs,
    pub directories: Directories,
    pub prefunds: Prefunds,
    pub own_clearing: OwnClearing,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn region<T>(request: &Request<T>) -> String {
    match peer(request).unwrap() {
        Identity::RegionNode(region) => region.to_string(),
        other => panic!("{other}"),
    }
}

impl Clearinghouse {
    fn held(&self, region: &str) -> usize {
        let streams = self.streams.lock().unwrap();
        streams.get(region).map_or(0, Vec::len)
    }

    fn answer(&self) -> Result<(), Status> {
        let mut calls = self.calls.lock().unwrap();
        *calls += 1;
        if calls.is_multiple_of(3) {
            Err(Status::unavailable("lost on the way"))
        } else {
            Ok(())
        }
    }
}

#[tonic::async_trait]
impl ClearingService for Clearinghouse {
    async fn stream_position(
        &self,
        request: Request<StreamPositionRequest>,
    ) -> Result<Response<StreamPositionResponse>, Status> {
        self.incarnations.counts(&request)?;
        let held = self.held(&region(&request)) as u64;
        Ok(Response::new(StreamPositionResponse {
            held,
            incarnation: 1,
            restored_at_ms: 0,
        }))
    }

    async fn report_legs(
        &self,
        request: Request<ReportLegsRequest>,
    ) -> Result<Response<ReportLegsResponse>, Status> {
        let region = region(&request);
        let mut streams = self.streams.lock().unwrap();
        let stream = streams.entry(region.clone()).or_default();
        let mut rejected = None;
        let report = request.into_inner();
        self.said.hears(&region, &report);
        for leg in report.legs {
            rejected = self.rejects.of(leg.number);
            if rejected.is_some() {
                break;
            }
            assert_eq!(
                leg.number,
                stream.len() as u64 + 1,
                "only the next number is taken"
            );
            stream.push(leg);
        }
        self.answer()?;
        Ok(Response::new(ReportLegsResponse {
            held: stream.len() as u64,
            rejected,
        }))
    }

    async fn close_day(
        &self,
        request: Request<CloseDayRequest>,
    ) -> Result<Response<CloseDayResponse>, Status> {
        let held = self.held(&region(&request)) as u64;
        self.answer()?;
        let CloseDayRequest {
            business_day,
            up_to,
            ..
        } = request.into_inner();
        if self.cut_off.lock().unwrap().contains(&business_day) {
            return Err(refused("cycle.cut_off"));
        }
        if let Some(told) = self.open.lock().unwrap().get_mut(&business_day) {
            *told += 1;
            return Ok(Response::new(CloseDayResponse { closed: false }));
        }
        self.closed.lock().unwrap().insert(business_day);
        Ok(Response::new(CloseDayResponse {
            closed: held >= up_to,
        }))
    }

    async fn regain_legs(
        &self,
        request: Request<RegainLegsRequest>,
    ) -> Result<Response<RegainLegsResponse>, Status> {
        let region = region(&request);
        let most = self.incarnations.asked_in(&request);
        let after = request.into_inner().after;
        let streams = self.streams.lock().unwrap();
        let held = streams.get(&region).cloned().unwrap_or_default();
        self.answer()?;
        let legs = held.iter().filter(|leg| leg.number > after).take(most);
        Ok(Response::new(RegainLegsResponse {
            legs: legs.cloned().collect(),
            held: held.len() as u64,
            ..RegainLegsResponse::default()
        }))
    }
}

impl Running {
    /// The legs that it holds of a region.
    pub fn held(&self, region: &str) -> Vec<Leg> {
        let streams = self.streams.lock().unwrap();
        streams.get(region).cloned().unwrap_or_default()
    }
}

impl World {
    /// Starts a clearinghouse; both nodes are started anew and report to it.
    pub async fn clearinghouse(&mut self) {
        let service = Clearinghouse::default();
        let (streams, said) = (service.streams.clone(), service.said.clone());
        let (cut_off, closed) = (service.cut_off.clone(), service.closed.clone());
        let (shown, incarnations) = (service.shown.clone(), service.incarnations.clone());
        let (rejects, open) = (service.rejects.clone(), service.open.clone());
        let any = "127.0.0.1:0".parse().unwrap();
        let credentials = self.party("/clearinghouse");
        let server = Server::bind(any, credentials, crate::patience::server())
            .await
            .unwrap();
        let address = server.local_address();
        let rows = [
            "ClearingService",
            "CallUpService",
            "ProofService",
            "DirectoryService",
            "OwnPrefundService",
            "OwnClearingService",
        ]
        .map(|service| {
            let service = format!("huitong.clearing.v1.{service}");
            Row::service(service.leak(), &[Caller::RegionNode])
        });
        let table = AccessTable::new(rows.into()).unwrap();
        let (proofs, directories) = (Proofs::default(), Directories::default());
        let (prefunds, own_clearing) = (Prefunds::default(), OwnClearing::default());
        let routes = Routes::new(ClearingServiceServer::new(service.clone()))
            .add_service(CallUpServiceServer::new(service))
            .add_service(ProofServiceServer::new(proofs.clone()))
            .add_service(DirectoryServiceServer::new(directories.clone()))
            .add_service(OwnPrefundServiceServer::new(prefunds.clone()))
            .add_service(own_clearing.service());
        let task = tokio::spawn(async move {
            server
                .serve(routes, table, std::future::pending())
                .await
                .unwrap();
        });
        self.clearing = Some(Running {
            address,
            streams,
            cut_off,
            closed,
            open,
            rejects,
            shown,
            incarnations,
            said,
            proofs,
            directories,
            prefunds,
            own_clearing,
            task,
        });
        for region in [NINGBO, CHENGDU] {
            self.stop(region).await;
            self.start(region).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn both_sides_of_every_debt_reach_the_clearinghouse_once_and_in_order() {
    let mut world = World::new().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    // Some before there is a clearinghouse, some after, and a restart in between.
    for nth in 0..70 {
        let visit = format!("V{nth}");
        hospital
            .settle(settle(&visit, small(&visit)))
            .await
            .unwrap();
    }
    hospital
        .settle(settle("own", at_home("own")))
        .await
        .unwrap();
    world.clearinghouse().await;
    world.held(NINGBO, 70).await;
    let mut hospital = world.hospital(HOSPITAL).await;
    for nth in 70..75 {
        let visit = format!("V{nth}");
        hospital
            .settle(settle(&visit, small(&visit)))
            .await
            .unwrap();
    }
    let (payable, receivable) = (world.held(NINGBO, 75).await, world.held(CHENGDU, 75).await);
    assert_eq!((payable.len(), receivable.len()), (75, 75));
    for (owed, due) in payable.iter().zip(&receivable) {
        assert_eq!((owed.side(), due.side()), (Side::Payable, Side::Receivable));
        let same = Leg {
            side: owed.side,
            number: owed.number,
            ..due.clone()
        };
        assert_eq!(*owed, same);
    }
    let total: i64 = payable.iter().map(|leg| leg.amount_fen).sum();
    assert_eq!(total, (75 * 300_000 - 120_000) * 7 / 10);

    for (region, up_to) in [(NINGBO, 75), (CHENGDU, 75)] {
        let request = v1::CloseBusinessDayRequest {
            business_day: "2023-03-10".to_owned(),
        };
        let closed = world
            .officer(region)
            .await
            .close_day(request)
            .await
            .unwrap()
            .into_inner();
        assert_eq!((closed.up_to, closed.acknowledged), (up_to, true));
        assert_eq!(world.status(region).await.legs_held, 75);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_the_clearinghouse_does_not_hear_of_is_closed_and_not_acknowledged() {
    let world = World::new().await;
    let mut request = tonic::Request::new(v1::CloseBusinessDayRequest {
        business_day: "2023-03-10".to_owned(),
    });
    request.set_timeout(Duration::from_millis(500));
    let closed = world
        .officer(NINGBO)
        .await
        .close_day(request)
        .await
        .unwrap()
        .into_inner();
    assert_eq!((closed.up_to, closed.acknowledged), (0, false));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_closed_after_its_cut_off_keeps_no_later_day_from_being_told() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let clearing = world.clearing.as_ref().unwrap();
    let (late, next) = ("2023-03-10".to_owned(), "2023-03-11".to_owned());
    clearing.cut_off.lock().unwrap().insert(late.clone());
    let mut officer = world.officer(NINGBO).await;
    for business_day in [late.clone(), next.clone()] {
        world.clock.set(&format!("{business_day}T04:00:00.000Z"));
        let request = v1::CloseBusinessDayRequest { business_day };
        let closed = officer.close_day(request).await.unwrap().into_inner();
        assert!(closed.acknowledged, "{closed:?}");
    }
    assert_eq!(*clearing.closed.lock().unwrap(), BTreeSet::from([next]));
}

#[tokio::test(flavor = "multi_thread")]
async fn both_regions_show_what_the_home_region_signed_when_it_is_wanted() {
    let mut world = World::new().await;
    world.clearinghouse().await;
    let mut hospital = world.hospital(HOSPITAL).await;
    hospital.settle(settle("V1", small("V1"))).await.unwrap();
    let legs = [
        world.held(NINGBO, 1).await.remove(0),
        world.held(CHENGDU, 1).await.remove(0),
    ];
    // They are asked from time to time; a start asks at once.
    for region in [NINGBO, CHENGDU] {
        world.stop(region).await;
        world.start(region).await;
    }
    let shown = world.clearing.as_ref().unwrap().shown.clone();
    until(async || {
        let by = shown.lock().unwrap().len();
        if by >= 2 { Ok(()) } else { Err(by) }
    })
    .await;
    let shown = shown.lock().unwrap().clone();
    for bytes in shown.values() {
        let evidence = ClearingEvidence::from_bytes(bytes).unwrap();
        assert!(evidence.is_in_group());
        let owed: Vec<_> = evidence.word.legs();
        for leg in &legs {
            let told = leg_from_wire(leg, Path::root("leg")).unwrap();
            assert_eq!(owed, [told.leg]);
        }
    }
    assert_eq!(shown[NINGBO], shown[CHENGDU], "one word, whoever shows it");
}
