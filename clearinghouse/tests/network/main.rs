//! The clearinghouse over real TLS, with two synthetic regions, an officer, and a disk.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    reason = "a test fails by panicking, where it went wrong"
)]

mod access;
mod attestation;
mod backup;
mod bank_files;
mod certificates;
mod commands;
mod cycle;
mod deductions;
mod disputes;
mod evidence;
mod intake;
mod members;
mod month_paid;
mod month_papers;
mod month_what_if;
mod months;
mod own_clearing;
mod payments;
mod prefunds;
mod restarts;
mod roles;
mod tags;
mod witnesses;
mod world;
