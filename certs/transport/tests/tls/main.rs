//! Serving and connecting over real TLS on loopback.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "tests"
)]

mod calls;
mod dead;
mod echo;
mod expiry;
mod identity;
mod limits;
mod reload;
mod remarks;
mod revocation;
mod roll;
mod watched;
mod world;
