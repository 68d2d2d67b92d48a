//! Random policies and random claims, from one seed each.
//!
//! Policies use every construct of the grammar; claims lean towards the edges of their policy's own
//! figures: nothing, one fen, exactly at a start, a bound, a ceiling. The seed is what a failure prints.

mod claim;
mod dice;
pub mod document;
mod layer;
mod policy;
mod rules;
mod spelling;
mod words;

pub use claim::{Claims, Trial};
pub use dice::Dice;
pub use policy::draft;
