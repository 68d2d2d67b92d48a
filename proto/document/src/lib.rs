//! TOML text to checked core values, every fault at its line and field.
//!
//! Three kinds of document: a region's [`policy`] (GRAMMAR.md), a [`bill`] with the facts it is settled
//! on, and a server's [`config`]. All are read by one [`reader`], which collects every fault before it
//! answers. Deliberately absent: writing documents, the engine that computes, and any file access.

pub mod bill;
pub mod config;
pub mod fault;
mod nearest;
pub mod policy;
pub mod reader;
mod scalar;
mod tree;

pub use fault::{Fault, Faults};
pub use scalar::Scalar;
