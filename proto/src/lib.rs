//! The wire: generated messages and services, and conversions to the core types that validate
//! everything on receipt.
//!
//! Generated code is in `src/gen/`, committed, and compared by a test. Only conversions, gRPC services
//! and clients may name it; inside the servers there are core types alone.

mod generated;

pub mod conversion;
pub mod message;

pub use generated::{DESCRIPTORS, clearing, common, policy, settlement};
