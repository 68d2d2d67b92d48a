//! One settlement end to end, beside the same chain of bare calls in the same run.
//!
//! Settlement: a hospital sends a bill of 20 lines to Chengdu's node, which asks Ningbo's twice and writes
//! twice; Ningbo's writes once; legs of both go to the clearinghouse meanwhile. Echo: the same three calls with
//! messages of the same sizes, between processes of the same number, over mutual TLS 1.3, with nothing done
//! between them; over one connection and over four, of which the better is the measure. All of it with 1, 8 and
//! 64 in flight, in slices that alternate, so that a busy machine slows all alike.
//!
//! `cargo xtask bench settle`; with `--quick` a single short slice of each, whose figures mean nothing.

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
mod sizes;
mod spent;
#[path = "../shared/tls.rs"]
mod tls;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use huitong_tests::bills::outpatient;
use huitong_tests::hospital::Hospital;
use huitong_tests::officer::RegionOfficer;
use huitong_tests::register::{CHENGDU, Desk, Item, NINGBO};
use huitong_tests::start;
use huitong_tests::world::World;
use tokio::task::JoinSet;

use echo::EchoNetwork;
use sizes::Sizes;
use spent::Spent;

/// Hospitals' systems that call at once, each for a person of its own.
const IN_FLIGHT: [u32; 3] = [1, 8, 64];
/// Connections that hospitals share; a node keeps as many to another.
const CONNECTIONS: usize = 4;
/// Connections of the echo, between any two.
const ECHO_CONNECTIONS: [usize; 2] = [1, 4];
/// Lines of a bill.
const LINES: usize = 20;

/// How long the bench is.
struct Length {
    slices: usize,
    /// Of one slice, at each depth.
    settlements: [u32; 3],
    echoes: [u32; 3],
}

const LONG: Length = Length {
    slices: 7,
    settlements: [600, 2_000, 4_000],
    echoes: [2_000, 8_000, 16_000],
};
const QUICK: Length = Length {
    slices: 1,
    settlements: [8, 16, 64],
    echoes: [8, 16, 64],
};

/// What one slice of either took.
struct Slice {
    per_second: f64,
    took: Vec<Duration>,
}

#[tokio::main]
async fn main() {
    let args: Vec<String> = std::env::args().collect();
    if let Some(role) = args.iter().position(|arg| arg == echo::SERVE) {
        return echo::serve(&args[role + 1..]).await;
    }
    let length = if args.iter().any(|arg| arg == "--quick") {
        QUICK
    } else {
        LONG
    };
    let world = start::start(&[&NINGBO, &CHENGDU]).await;
    let hospitals: Vec<Hospital> = (0..CONNECTIONS)
        .map(|_| Hospital::of(&world, &CHENGDU, Desk::Two))
        .collect();
    let sizes = Sizes::measured(&world, &hospitals[0], bill(0, 0)).await;
    println!("{sizes}");
    let mut echoes = Vec::new();
    for connections in ECHO_CONNECTIONS {
        echoes.push(EchoNetwork::start(&world, &sizes, connections).await);
    }
    let visits = Arc::new(AtomicU64::new(1));
    for (step, in_flight) in IN_FLIGHT.into_iter().enumerate() {
        let (settlements, chains) = (length.settlements[step], length.echoes[step]);
        let (mut settling, mut echoing) = (Measured::default(), Vec::new());
        echoing.resize_with(echoes.len(), Measured::default);
        for _ in 0..length.slices {
            let before = Spent::by_world(&world).await;
            let slice = settle(&hospitals, &visits, in_flight, settlements).await;
            settling.add(slice, Spent::by_world(&world).await - before);
            for (network, measured) in echoes.iter().zip(&mut echoing) {
                let before = Spent::by_echo(network);
                let slice = echo(network, in_flight, chains).await;
                measured.add(slice, Spent::by_echo(network) - before);
            }
        }
        report(in_flight, &settling, &echoing);
    }
    all_arrived(&world, visits.load(Ordering::Relaxed)).await;
    for network in echoes {
        network.stop().await;
    }
    world.stop_all().await;
}

/// What was measured of one kind of work at one depth.
#[derive(Default)]
struct Measured {
    rates: Vec<f64>,
    took: Vec<Duration>,
    spent: Spent,
}

impl Measured {
    fn add(&mut self, slice: Slice, spent: Spent) {
        self.spent.add(spent);
        self.rates.push(slice.per_second);
        self.took.extend(slice.took);
    }

    fn at(&self, share: f64) -> f64 {
        let mut took = self.took.clone();
        took.sort_unstable();
        took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0
    }

    fn rate(&self) -> f64 {
        median(self.rates.clone())
    }

    /// CPU of one.
    fn cost(&self) -> Spent {
        self.spent.each(self.took.len())
    }

    fn line(&self, what: &str) {
        let (rate, p50, p99) = (self.rate(), self.at(0.50), self.at(0.99));
        println!("  {what:<22} {rate:>8.0}/s  p50 {p50:>7.2} ms  p99 {p99:>7.2} ms");
    }
}

/// Settlements beside the better of the echoes: the middle of the slices' ratios, as slices stand side by side.
fn report(in_flight: u32, settling: &Measured, echoing: &[Measured]) {
    println!("{in_flight} in flight");
    settling.line("settlements");
    for (connections, measured) in ECHO_CONNECTIONS.iter().zip(echoing) {
        measured.line(&format!("echo, {connections} connection(s)"));
    }
    let rates = echoing.iter().map(Measured::rate);
    let best = rates.enumerate().max_by(|a, b| a.1.total_cmp(&b.1));
    let baseline = &echoing[best.unwrap().0];
    let ratios = settling.rates.iter().zip(&baseline.rates);
    let ratio = median(ratios.map(|(own, bare)| own / bare).collect());
    println!(
        "  ratio {ratio:.3} of the better echo's rate, p99 {:.1} times its p99",
        settling.at(0.99) / baseline.at(0.99)
    );
    let (own, bare) = (settling.cost(), baseline.cost());
    println!("  CPU of a settlement    {own}");
    println!("  CPU of a bare chain    {bare}");
    println!(
        "  nodes' CPU {:.2} times the bare servers'",
        own.nodes() / bare.nodes()
    );
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// All that was sent is settled, and its legs are with the clearinghouse or on their way there.
async fn all_arrived(world: &World, sent: u64) {
    for region in [&NINGBO, &CHENGDU] {
        let officer = RegionOfficer::of(world, region);
        let until_reported = async {
            loop {
                let status = officer.status().await.unwrap();
                assert_eq!((status.prepared, status.legs_written), (0, sent), "open");
                if status.legs_held == sent {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), until_reported)
            .await
            .expect("legs did not arrive");
    }
    println!("{sent} settled, {sent} legs of each region with the clearinghouse");
}

/// A bill of 20 lines; the person's deductible is used up by the first.
fn bill(person: u32, visit: u64) -> huitong_proto::settlement::v1::Bill {
    let lines: Vec<_> = (0..LINES)
        .map(|line| {
            if line.is_multiple_of(3) {
                (Item::DearDrug, 4_567)
            } else {
                (Item::Drug, 2_345)
            }
        })
        .collect();
    outpatient(&NINGBO, person, &format!("visit-{visit}"), &lines)
}

async fn settle(
    hospitals: &[Hospital],
    visits: &Arc<AtomicU64>,
    in_flight: u32,
    count: u32,
) -> Slice {
    slice(in_flight, count, |caller| {
        let hospital = hospitals[caller as usize % hospitals.len()].clone();
        let visits = Arc::clone(visits);
        move || {
            let (hospital, visit) = (hospital.clone(), visits.fetch_add(1, Ordering::Relaxed));
            async move {
                let settled = hospital
                    .settle(&format!("r-{visit}"), bill(caller, visit))
                    .await;
                settled.unwrap();
            }
        }
    })
    .await
}

async fn echo(echoes: &EchoNetwork, in_flight: u32, count: u32) -> Slice {
    slice(in_flight, count, |caller| {
        let chain = echoes.chain(caller as usize);
        move || chain.clone().call()
    })
    .await
}

/// Does something so often, by so many callers at once.
async fn slice<C, F>(in_flight: u32, count: u32, caller: impl Fn(u32) -> C) -> Slice
where
    C: Fn() -> F + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let each = count.div_ceil(in_flight);
    let mut callers = JoinSet::new();
    let begun = Instant::now();
    for number in 0..in_flight {
        let call = caller(number);
        callers.spawn(async move {
            let mut took = Vec::new();
            for _ in 0..each {
                let begun = Instant::now();
                call().await;
                took.push(begun.elapsed());
            }
            took
        });
    }
    let took: Vec<Duration> = callers.join_all().await.into_iter().flatten().collect();
    Slice {
        per_second: took.len() as f64 / begun.elapsed().as_secs_f64(),
        took,
    }
}

/// This executable, which is also the echo server.
fn own_executable() -> std::path::PathBuf {
    let path = std::env::current_exe().unwrap();
    assert!(Path::new(&path).is_file());
    path
}
