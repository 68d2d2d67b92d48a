//! What a policy author is given: the schema that editors read, and the handbook.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    reason = "a test says what must hold by panicking"
)]

mod handbook;
mod schema;
