//! Random policies and random claims, from one seed each.
//!
//! Policies use every construct of the grammar; claims lean towards the edges of their policy's own
//! figures: nothing, one fen, exactly at a start, a bound, a ceiling. The seed is what a failure prints.

pub mod claim;
pub mod dice;
pub mod document;
mod layer;
pub mod policy;
pub mod rules;
mod spelling;
mod words;

pub use claim::Claims;
pub use dice::Dice;
pub use policy::draft;
