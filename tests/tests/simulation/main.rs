//! The simulation: twelve regions and more, and the clearinghouse, in one process on one thread, over a
//! simulated network and disks that misbehave; the servers are the real ones, started as they always are.
//!
//! One seed gives one story: which bills are sent when, what fails when, and so what comes of it. Only the
//! keys and bytes of TLS are drawn elsewhere, and nothing depends on them. An auditor then looks at what
//! hospitals asked and were told and at the books.
//!
//! | module | its question |
//! |---|---|
//! | [`platform`] | What do servers stand on here? |
//! | [`storage`], [`party`] | What is a server started from, and what outlives it? |
//! | [`certificates`], [`register`] | Who is there? |
//! | [`callers`], [`workload`] | Who calls, and what for? |
//! | [`faults`] | What goes wrong when? |
//! | [`simulation`] | How does it go? |
//! | [`books`], [`laws`] | Is it one story, and a just one? |
//! | [`saboteurs`] | Would the auditor notice? |
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::unreachable,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    missing_docs,
    unreachable_pub,
    reason = "a test says what must hold by panicking"
)]

mod books;
mod callers;
mod certificates;
mod chance;
mod faults;
mod laws;
mod party;
mod platform;
mod register;
mod saboteurs;
mod simulation;
mod storage;
mod workload;

use simulation::{Setup, simulate};

#[test]
fn two_regions_settle_and_their_day_is_netted() {
    let outcome = simulate(Setup {
        seed: 1,
        regions: 2,
        saboteur: None,
    });
    for event in &outcome.events {
        println!("{event}");
    }
    assert_eq!(outcome.violations, []);
    assert!(outcome.stand > 0, "nothing was settled");
}
