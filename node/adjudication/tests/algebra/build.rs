//! Policies, bills and cases in a few words, for tests and the bench.

#[path = "policy_words.rs"]
mod policy_words;
#[path = "trial.rs"]
mod trial;

pub use policy_words::*;
pub use trial::*;
