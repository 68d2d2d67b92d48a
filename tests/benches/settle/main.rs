//! One settlement end to end, beside the same chain of bare calls in the same run.
//!
//! Settlement: a hospital sends a bill of 20 lines to Chengdu's node, which asks Ningbo's twice and writes
//! twice; Ningbo's writes once; legs go to the clearinghouse. Echo: the same three calls with messages of
//! the same sizes, between processes of the same number, over mutual TLS 1.3 and as many connections, with
//! nothing done between them. Both in slices that alternate, so that a busy machine slows both.
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
use tokio::task::JoinSet;

use echo::EchoNetwork;
use sizes::Sizes;

/// Hospitals' systems that call at once, each for a person of its own.
const AT_ONCE: u32 = 32;
/// Connections that they share; a node keeps as many to another.
const CONNECTIONS: usize = 4;
/// Lines of a bill.
const LINES: usize = 20;

/// How long the bench is.
struct Length {
    slices: u32,
    settlements: u32,
    echoes: u32,
}

const LONG: Length = Length {
    slices: 8,
    settlements: 4_000,
    echoes: 16_000,
};
const QUICK: Length = Length {
    slices: 1,
    settlements: 64,
    echoes: 64,
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
    let echoes = EchoNetwork::start(&world, &sizes, CONNECTIONS).await;
    println!("{sizes}");

    let visits = Arc::new(AtomicU64::new(1));
    let mut ratios = Vec::new();
    let (mut settled, mut echoed) = (Vec::new(), Vec::new());
    for number in 1..=length.slices {
        let settling = settle(&hospitals, &visits, length.settlements).await;
        let echoing = echo(&echoes, length.echoes).await;
        let ratio = settling.per_second / echoing.per_second;
        println!(
            "slice {number}: {:>8.0} settlements/s  {:>8.0} echo chains/s  ratio {ratio:.3}",
            settling.per_second, echoing.per_second
        );
        ratios.push((ratio, settling.per_second, echoing.per_second));
        settled.extend(settling.took);
        echoed.extend(echoing.took);
    }
    ratios.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (ratio, settlements, chains) = ratios[ratios.len() / 2];
    println!("settlement  {settlements:>8.0}/s  {}", percentiles(settled));
    println!("echo chain  {chains:>8.0}/s  {}", percentiles(echoed));
    println!(
        "ratio {ratio:.3} (the middle one of {} slices)",
        length.slices
    );

    let status = RegionOfficer::of(&world, &CHENGDU).status().await.unwrap();
    let sent = visits.load(Ordering::Relaxed);
    assert_eq!(
        (status.prepared, status.legs_written),
        (0, sent),
        "not all of it is settled"
    );
    echoes.stop().await;
    world.stop_all().await;
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

async fn settle(hospitals: &[Hospital], visits: &Arc<AtomicU64>, count: u32) -> Slice {
    slice(count, |caller| {
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

async fn echo(echoes: &EchoNetwork, count: u32) -> Slice {
    slice(count, |caller| {
        let chain = echoes.chain(caller as usize);
        move || chain.clone().call()
    })
    .await
}

/// Does something so often, by all callers at once.
async fn slice<C, F>(count: u32, caller: impl Fn(u32) -> C) -> Slice
where
    C: Fn() -> F + Send + 'static,
    F: Future<Output = ()> + Send,
{
    let each = count.div_ceil(AT_ONCE);
    let mut callers = JoinSet::new();
    let begun = Instant::now();
    for number in 0..AT_ONCE {
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

fn percentiles(mut took: Vec<Duration>) -> String {
    took.sort_unstable();
    let at = |share: f64| took[((took.len() - 1) as f64 * share) as usize].as_secs_f64() * 1_000.0;
    format!("p50 {:.2} ms  p99 {:.2} ms", at(0.50), at(0.99))
}

/// This executable, which is also the echo server.
fn own_executable() -> std::path::PathBuf {
    let path = std::env::current_exe().unwrap();
    assert!(Path::new(&path).is_file());
    path
}
