//! Explanations as people read them: golden for published cases and many situations, and their numbers
//! added up in both languages for thousands of decisions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    missing_docs,
    reason = "a test says what must hold by panicking"
)]

mod corpus;
mod golden;
mod numbers;
mod sums;
