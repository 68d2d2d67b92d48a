//! The row of the last checkpoint that was seen.

use huitong_core::canonical_struct;
use huitong_core::checkpoint::witness::StreamReach;
use huitong_core::date::BusinessDay;
use huitong_core::digest::Digest;

/// How far checkpoints are seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WitnessHead {
    /// The plan of the last.
    pub plan: u64,
    /// Its day.
    pub day: BusinessDay,
    /// Its digest.
    pub digest: Digest,
    /// How far the own stream is in cycles with it.
    pub reach: Option<StreamReach>,
}

canonical_struct!(WitnessHead {
    plan,
    day,
    digest,
    reach
});
