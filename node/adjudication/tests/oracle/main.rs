//! A second, naive engine against the first, and the properties of both, on random policies and bills.
//!
//! - [`settle`]: the oracle, written from the documents of the algebra and of the language
//! - [`random`]: policies of every construct, and claims at their edges, from a seed
//! - [`trial`], [`compare`]: one claim, both engines, figure by figure
//! - [`shrink`]: a failure made small enough to read
//! - [`agree`], [`reach`]: they agree, and what the random cases reach
//! - [`properties`]: what the algebra promises, with its limits
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    clippy::disallowed_macros,
    missing_docs,
    unreachable_pub,
    reason = "tests stop at the first thing that is not as expected"
)]

mod agree;
mod compare;
mod properties;
mod random;
mod reach;
mod settle;
mod shrink;
mod trial;
