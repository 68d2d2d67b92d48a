//! Whether adjudicating leaves anything on the heap: a million bills, and the bytes held before and after.
//!
//! `cargo bench -p huitong-adjudication --bench heap [-- --quick]`. Decisions are made and dropped under one
//! compiled policy, as a node does all year; what is held must not grow by a byte. A growth ends the bench
//! with an error.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::disallowed_macros,
    missing_docs,
    dead_code,
    unreachable_pub,
    reason = "a bench prints figures and panics where its goal is missed"
)]

#[path = "../tests/algebra/build.rs"]
mod build;
#[path = "adjudicate/policy.rs"]
mod policy;

use std::hint::black_box;

use huitong_adjudication::{adjudicate, line_shares};
use peak_alloc::PeakAlloc;

#[global_allocator]
static HEAP: PeakAlloc = PeakAlloc;

fn main() {
    let quick = std::env::args().any(|argument| argument == "--quick");
    let bills = if quick { 2_000 } else { 1_000_000 };
    let trial = policy::four_layers();
    let (compiled, bill) = (trial.compiled(), trial.bill());
    let case = trial.case(&bill);
    let settle = || {
        let decision = adjudicate(black_box(&compiled), black_box(&case)).unwrap();
        black_box(line_shares(&compiled, &case, &decision).unwrap());
        black_box(decision);
    };
    settle();
    let before = HEAP.current_usage();
    HEAP.reset_peak_usage();
    for _ in 0..bills {
        settle();
    }
    let (after, peak) = (HEAP.current_usage(), HEAP.peak_usage());
    println!("{bills} bills: {before} bytes held before, {after} after, {peak} at most");
    assert_eq!(before, after, "adjudicating left bytes on the heap");
}
