//! The intake of legs: how many become durable in a second, in reports of 1 to 8,000.
//!
//! Store: decoded legs through decision, state and journal until they are on disk, beside the same bytes appended to a
//! bare file and synced. Wire: the same through the running clearinghouse over mutual TLS, beside a bare call with
//! the same bytes, over the same protocol, whose receiver appends and syncs them. One report in flight, and eight of
//! eight regions; in rounds that alternate, so that a busy machine slows all alike. Each debt is reported by both
//! regions, so every leg is matched.
//!
//! The last column says how many transfers a second TigerBeetle (one replica) accepted on such a machine in batches of
//! that size.
//!
//! `cargo xtask bench intake`; `-- --quick` runs a little of each, whose figures mean nothing; `-- --legs N` reports of
//! so many legs alone; `-- --folder PATH` chooses the disk.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::float_arithmetic,
    clippy::as_conversions,
    missing_docs,
    reason = "a bench stops where it goes wrong, and its figures are floats"
)]

mod echo;
#[path = "../shared/ground.rs"]
mod ground;
mod legs;
mod store;
#[path = "../shared/tls.rs"]
mod tls;

use std::future::Future;
use std::path::PathBuf;
use std::time::Instant;

use huitong_certs::Identity;
use huitong_clearinghouse::{Clearinghouse, RunningClearinghouse};
use huitong_core::region::RegionCode;
use huitong_proto::clearing::v1::ReportLegsRequest;
use huitong_proto::clearing::v1::clearing_service_client::ClearingServiceClient;
use huitong_proto::conversion::leg::leg_to_wire;
use huitong_transport::{ClientLimits, connect};
use prost::Message as _;
use tokio::task::JoinSet;
use tonic::transport::Channel;

use echo::{EchoServer, Payload};
use ground::Ground;
use legs::{FLOWS, Flow, Report};
use store::{Raw, Store};

/// One size of report.
struct Shape {
    legs: u64,
    /// Pairs of reports of one round, of each flow.
    pairs: usize,
    /// What TigerBeetle accepted a second.
    tiger_beetle: f64,
}

const fn shape(legs: u64, pairs: usize, tiger_beetle: f64) -> Shape {
    Shape {
        legs,
        pairs,
        tiger_beetle,
    }
}

const SHAPES: [Shape; 5] = [
    shape(1, 400, 2_600.0),
    shape(10, 300, 21_000.0),
    shape(100, 120, 95_000.0),
    shape(1_000, 24, 318_000.0),
    shape(8_000, 6, 489_000.0),
];
const ROUNDS: usize = 7;

/// How much of it is done.
#[derive(Clone, Copy)]
enum Length {
    Long,
    Quick,
}

/// What is measured, and how much one waits for at once.
struct Engines {
    store: Store,
    raw: Raw,
    wire: Vec<ClearingServiceClient<Channel>>,
    echo: Vec<Channel>,
}

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let length = if arguments.iter().any(|argument| argument == "--quick") {
        Length::Quick
    } else {
        Length::Long
    };
    let after = |name: &str| {
        let place = arguments.iter().position(|argument| argument == name)?;
        Some(&arguments[place + 1])
    };
    let disk =
        after("--folder").map_or_else(|| PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let alone: Option<u64> = after("--legs").map(|legs| legs.parse().unwrap());
    let regions = legs::regions();
    let nodes = regions.iter().map(|region| Identity::RegionNode(*region));
    let parties: Vec<_> = nodes.chain([Identity::Clearinghouse]).collect();
    let ground = Ground::prepare(&disk, &regions, &parties);
    let store = Store::open(ground.clearinghouse("store", &regions)).await;
    let raw = Raw::open(&ground.place("raw"));
    let serving = Clearinghouse::start(ground.clearinghouse("wire", &regions)).await;
    let serving = serving.unwrap();
    let echo_file = Raw::open(&ground.place("echo"));
    let echo = EchoServer::start(&ground.party(&Identity::Clearinghouse), echo_file).await;
    let engines = Engines {
        store,
        raw,
        wire: reporters(&ground, &serving, &regions).await,
        echo: callers(&ground, &echo, &regions).await,
    };
    let mut flows = [flows(), flows()];
    println!("legs durable in a second; medians of rounds that alternate");
    println!(
        "{:>6} {:>9} {:>9} {:>9} {:>6} {:>9} {:>9} {:>6} {:>12}",
        "report", "in flight", "raw", "store", "ratio", "echo", "wire", "ratio", "TigerBeetle"
    );
    let chosen = |shape: &Shape| alone.is_none_or(|legs| legs == shape.legs);
    for shape in SHAPES.into_iter().filter(chosen) {
        for in_flight in [1, FLOWS] {
            measure(&engines, &mut flows, &shape, in_flight, length).await;
        }
    }
    engines.store.close();
    echo.stop();
    serving.shutdown().await.unwrap();
}

fn flows() -> Vec<Flow> {
    (0..FLOWS).map(Flow::new).collect()
}

/// A connection of every region, two for each flow.
async fn reporters(
    ground: &Ground,
    serving: &RunningClearinghouse,
    regions: &[RegionCode],
) -> Vec<ClearingServiceClient<Channel>> {
    let endpoint = format!("https://{}", serving.addr());
    let mut reporters = Vec::new();
    for region in regions {
        let credentials = ground.credentials(&Identity::RegionNode(*region));
        let limits = ClientLimits::standard();
        let connected = connect(&endpoint, Identity::Clearinghouse, &credentials, limits).await;
        reporters.push(ClearingServiceClient::new(connected.unwrap()));
    }
    reporters
}

async fn callers(ground: &Ground, echo: &EchoServer, regions: &[RegionCode]) -> Vec<Channel> {
    let mut channels = Vec::new();
    for region in regions {
        let party = ground.party(&Identity::RegionNode(*region));
        channels.push(tls::connect(echo.address, &party).await);
    }
    channels
}

/// One line of the table.
async fn measure(
    engines: &Engines,
    flows: &mut [Vec<Flow>; 2],
    shape: &Shape,
    in_flight: usize,
    length: Length,
) {
    let (rounds, pairs) = match length {
        Length::Long => (ROUNDS, shape.pairs),
        Length::Quick => (1, 1),
    };
    let mut rates: [Vec<f64>; 4] = Default::default();
    for _ in 0..rounds {
        let of_store = next(&mut flows[0], in_flight, pairs, shape.legs);
        let of_wire = next(&mut flows[1], in_flight, pairs, shape.legs);
        let count = (in_flight * pairs * 2) as f64 * shape.legs as f64;
        for (rates, took) in rates
            .iter_mut()
            .zip(round(engines, of_store, of_wire).await)
        {
            rates.push(count / took);
        }
    }
    let ratio = |own: usize, bare: usize| {
        median(
            rates[own]
                .iter()
                .zip(&rates[bare])
                .map(|(own, bare)| own / bare)
                .collect(),
        )
    };
    let (of_store, of_wire) = (ratio(1, 0), ratio(3, 2));
    let [raw, store, echo, wire] = rates.clone().map(median);
    println!(
        "{:>6} {in_flight:>9} {raw:>9.0} {store:>9.0} {of_store:>6.2} {echo:>9.0} {wire:>9.0} {of_wire:>6.2} {:>12.0}",
        shape.legs, shape.tiger_beetle
    );
}

/// Each flow's next reports.
fn next(flows: &mut [Flow], in_flight: usize, pairs: usize, legs: u64) -> Vec<Vec<Report>> {
    let chosen = flows.iter_mut().take(in_flight);
    chosen.map(|flow| flow.next(pairs, legs)).collect()
}

/// The seconds that each engine takes for the same reports: raw, store, echo, wire.
async fn round(
    engines: &Engines,
    of_store: Vec<Vec<Report>>,
    of_wire: Vec<Vec<Report>>,
) -> [f64; 4] {
    let journaled: Vec<Vec<_>> = of_store
        .iter()
        .map(|flow| flow.iter().map(store::journaled).collect())
        .collect();
    let raw = time(journaled, |_, bytes: Vec<u8>| {
        let raw = engines.raw.clone();
        async move { raw.append(&bytes).await }
    });
    let raw = raw.await;
    let store = time(of_store, |_, report| {
        let store = engines.store.clone();
        async move { store.report(report).await }
    });
    let store = store.await;
    let requests: Vec<Vec<_>> = of_wire
        .iter()
        .map(|flow| flow.iter().map(request).collect())
        .collect();
    let payloads: Vec<Vec<_>> = requests
        .iter()
        .map(|flow| flow.iter().map(payload).collect())
        .collect();
    let echo = time(payloads, |caller, payload| {
        let channel = engines.echo[caller].clone();
        async move { echo::call(&channel, payload).await }
    });
    let echo = echo.await;
    let wire = time(requests, |caller, request| {
        let mut client = engines.wire[caller].clone();
        async move { drop(client.report_legs(request).await.unwrap()) }
    });
    [raw, store, echo, wire.await]
}

/// How long it takes to do all; the works of one flow one after the other, flows beside each other. A caller is told
/// which of the connections is its own.
async fn time<W: Send + 'static, F: Future<Output = ()> + Send + 'static>(
    flows: Vec<Vec<W>>,
    work: impl Fn(usize, W) -> F,
) -> f64 {
    let mut running = JoinSet::new();
    let prepared: Vec<Vec<F>> = flows
        .into_iter()
        .enumerate()
        .map(|(flow, works)| {
            let works = works.into_iter().enumerate();
            let each = works.map(|(place, of)| work(flow * 2 + place % 2, of));
            each.collect()
        })
        .collect();
    let begun = Instant::now();
    for works in prepared {
        running.spawn(async move {
            for work in works {
                work.await;
            }
        });
    }
    running.join_all().await;
    begun.elapsed().as_secs_f64()
}

fn request(report: &Report) -> ReportLegsRequest {
    ReportLegsRequest {
        legs: report.legs.iter().map(leg_to_wire).collect(),
        incarnation: 1,
        ..ReportLegsRequest::default()
    }
}

/// The same bytes, and nothing to decode in them.
fn payload(request: &ReportLegsRequest) -> Payload {
    Payload {
        bytes: request.encode_to_vec(),
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}
