//! The layer algebra, sentence by sentence: each test names the rule of the algebra it holds to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    missing_docs,
    unreachable_pub,
    reason = "tests stop at the first thing that is not as expected"
)]

mod build;
mod published;
