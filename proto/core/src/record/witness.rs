//! What a node has seen of the clearinghouse's checkpoints: each with what it found, and two that contradict each other.
//!
//! The checkpoint is kept as it was signed, a kilobyte a day, since it is what proves to others what this region was
//! shown. Deliberately absent: whether the clearinghouse has the region's word, which can be asked again, and what a
//! peer only claims.

use crate::canonical_struct;
use crate::checkpoint::CertifiedCheckpoint;
use crate::checkpoint::witness::{CertifiedWord, StreamReach};
use crate::date::Timestamp;
use crate::region::RegionCode;

/// A checkpoint was held against the own book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckpointSeen {
    /// The checkpoint, as the clearinghouse signed it.
    pub checkpoint: CertifiedCheckpoint,
    /// How far the own stream is in cycles with it; none before the first cycle in which the region stood.
    pub reach: Option<StreamReach>,
    /// The region's word on it, as it is handed to the clearinghouse.
    pub word: CertifiedWord,
}

canonical_struct!(CheckpointSeen {
    checkpoint,
    reach,
    word
});

/// The clearinghouse signed two checkpoints for one plan: here is the one that the own region was not shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SplitViewFound {
    /// The other one, as it was signed.
    pub other: CertifiedCheckpoint,
    /// The region whose node had it; the own, when the clearinghouse handed it out here after another.
    pub from: RegionCode,
    /// When it was found.
    pub at: Timestamp,
}

canonical_struct!(SplitViewFound { other, from, at });
