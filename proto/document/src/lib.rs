//! TOML text to checked core values, every fault at its line and field.
//!
//! Four kinds of document: a region's [`policy`] (GRAMMAR.md), the [`bounds`] set for it from above, a
//! [`bill`] with the facts it is settled on, and a server's [`config`] with its [`calendar`]. All are read by one [`reader`], which collects every fault before it
//! answers; [`parts`] puts a policy together that is written in several files, and [`origin`] tells where
//! each line of it was written. Deliberately absent: writing documents, the engine that computes, and any
//! file access.

pub mod bill;
pub mod bounds;
pub mod calendar;
pub mod config;
pub mod fault;
pub mod nearest;
pub mod origin;
pub mod parts;
pub mod policy;
pub mod reader;
mod scalar;
mod syntax;
mod tree;

pub use fault::{Fault, Faults};
pub use origin::Origins;
pub use scalar::Scalar;
