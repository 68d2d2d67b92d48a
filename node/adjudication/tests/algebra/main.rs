//! The layer algebra, sentence by sentence: each test names the rule of the algebra it holds to.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::wildcard_enum_match_arm,
    clippy::type_complexity,
    clippy::too_many_lines,
    clippy::inconsistent_digit_grouping,
    clippy::zero_prefixed_literal,
    missing_docs,
    unreachable_pub,
    reason = "tests stop at the first thing that is not as expected"
)]

mod along_an_axis;
mod build;
mod covered;
mod covering;
mod golden;
mod paying;
mod properties;
mod published;
mod resolving;
mod split_years;
mod splitting;
mod taking;
mod tape;
