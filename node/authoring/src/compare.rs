//! Two policies beside each other: what changes for whom.
//!
//! - [`rules`]: rule by rule, in words, with the old figure and the new
//! - [`grid`]: typical bills settled under both
//!
//! Nothing is stored and no person is looked at: a region's own settlements under another policy are
//! replayed by its node.

mod circumstances;
mod domain;
pub mod grid;
pub mod rules;
mod tables;
