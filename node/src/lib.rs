//! A region's node: adjudicates out-of-area treatment and commits for its own people.

pub mod catalogue;
pub mod import;
