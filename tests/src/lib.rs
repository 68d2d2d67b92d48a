//! How do we know: a small world of real processes, and those who call them.
//!
//! | room | its question |
//! |---|---|
//! | [`executable`] | Which executable is tested? |
//! | [`process`] | How is a server started, stopped, killed? |
//! | [`world`] | Which servers are there, and where? |
//! | `tomorrow` | How do servers come to run on a later day? |
//! | [`start`] | How does a world come to run? |
//! | [`certificates`] | Who holds which certificate, rightly or not? |
//! | [`configuration`] | Which files do servers start from? |
//! | [`register`] | Which people, institutions, items and rules are there? |
//! | [`bills`] | What does a bill look like? |
//! | [`hospital`] | How does a hospital call? |
//! | [`officer`] | How do officers call? |
//! | [`peer`] | How does another region's node call? |
//! | [`refused`] | What is a caller told that is refused? |
//! | [`python`] | What does a program in another language come to? |
//! | [`patience`] | How is something waited for that another process does? |
//! | [`handbook`] | What does the handbook for policy authors show, and have typed? |
//! | [`typist`] | Does a page of the handbook do what it shows, typed as it stands? |
//! | [`audit`] | Do two nodes, the clearinghouse and the hospitals tell one story? |
//!
//! Nothing here is known to the servers, and nothing here reaches into them: they are asked over mutual TLS
//! as anyone would ask them. A test fails by panicking, so these rooms panic too.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::string_slice,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking, where it went wrong"
)]

pub mod audit;
pub mod bills;
pub mod certificates;
pub mod configuration;
pub mod environment;
pub mod executable;
pub mod handbook;
pub mod hospital;
pub mod officer;
pub mod patience;
pub mod peer;
pub mod process;
pub mod python;
pub mod raw;
pub mod refused;
pub mod register;
pub mod start;
mod tomorrow;
pub mod typist;
pub mod world;
