//! The parts of a policy in words: rules and levels by title, facts, conditions, takes, totals.
//!
//! What a rule *asks*. What a visit *was* is told beside the figures that hang on it.

mod names;
mod numbers;
mod takes;

pub use names::{layer, payer, scheme, setting, source, tag, tier, tier_row, word};
pub(crate) use names::{layer_named, pair, quoted};
pub use numbers::{clause, condition, fen_yuan, measured, number, total};
pub(crate) use takes::take;
pub use takes::takes;
