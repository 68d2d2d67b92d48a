//! How many bills a core adjudicates in a second, beside the same policy written out by hand.
//!
//! `cargo bench -p huitong-adjudication --bench adjudicate [-- --quick]`. One 20-line bill under a policy
//! of four layers, with trace; the baseline, in the same run, is Rust code with `rust_decimal` that knows
//! only this policy and makes the same decision with the same trace ([`by_hand`]). The goals are 100,000
//! decisions a second, and at most three times what the code by hand takes.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::float_arithmetic,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    unused_imports,
    dead_code,
    unreachable_pub,
    reason = "a bench measures time and prints a table"
)]

#[path = "../../tests/algebra/build.rs"]
mod build;
mod by_hand;
mod policy;
mod sheet;

use std::hint::black_box;
use std::time::{Duration, Instant};

use huitong_adjudication::adjudicate;
use huitong_core::canonical::Artifact;

/// Calls a second, the best of several runs.
fn rate(run: Duration, mut call: impl FnMut()) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..5 {
        let (begun, mut calls) = (Instant::now(), 0_u32);
        while begun.elapsed() < run {
            for _ in 0..256 {
                call();
            }
            calls += 256;
        }
        best = best.max(f64::from(calls) / begun.elapsed().as_secs_f64());
    }
    best
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let run = Duration::from_millis(if quick { 40 } else { 600 });
    let trial = policy::four_layers();
    let (compiled, bill) = (trial.compiled(), trial.bill());
    let case = trial.case(&bill);
    let decision = adjudicate(&compiled, &case).unwrap();
    let figures = by_hand::Figures::new(compiled.digest());
    assert_eq!(by_hand::decide(&figures, &case), decision);

    let by_hand = rate(run, || {
        black_box(by_hand::decide(black_box(&figures), black_box(&case)));
    });
    let decisions = rate(run, || {
        black_box(adjudicate(black_box(&compiled), black_box(&case)).unwrap());
    });
    let bytes = rate(run, || {
        black_box(black_box(&decision).to_bytes());
    });
    println!(
        "a 20-line bill, {} layers, {} steps of trace, one core",
        decision.layers.len(),
        decision.trace.len()
    );
    println!("| what                          | a second | µs    | × by hand |");
    println!("|-------------------------------|---------:|------:|----------:|");
    for (what, rate) in [
        ("by hand, with rust_decimal", by_hand),
        ("adjudicate", decisions),
        ("canonical bytes of a decision", bytes),
    ] {
        println!(
            "| {what:<30}| {rate:>8.0} | {:>5.2} | {:>9.2} |",
            1e6 / rate,
            by_hand / rate
        );
    }
    for (goal, reached) in [
        ("100,000 decisions a second", decisions / 100_000.0),
        ("a third of the speed by hand", 3.0 * decisions / by_hand),
    ] {
        let held = if reached >= 1.0 { "held" } else { "missed" };
        println!("goal of {goal}: {held}, {reached:.2} of it");
    }
}
