//! How far a region's tags are held: one stream at a time, and what all its batches come to.

use huitong_core::canonical_struct;
use huitong_core::digest::Digest;
use huitong_core::duplicate::{Reach, TagBatch, TagStream};

/// The stream of a region's tags that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TagsHeld {
    /// Which.
    pub(crate) stream: TagStream,
    /// The number of its last batch.
    pub(crate) held: u64,
    /// The digest of that batch.
    pub(crate) chain: Digest,
    /// Whether all the region's people were reported once.
    pub(crate) reach: Reach,
    /// The number at which it said something else than before.
    pub(crate) halted_at: Option<u64>,
}

canonical_struct!(TagsHeld {
    stream,
    held,
    chain,
    reach,
    halted_at
});

impl TagsHeld {
    /// With one more batch, which stands on what was held or begins its stream.
    pub(crate) fn with(before: Option<&Self>, batch: &TagBatch) -> Self {
        use huitong_core::canonical::Artifact;
        let same = before.filter(|before| before.stream == batch.stream);
        let was_whole = same.is_some_and(|before| before.reach == Reach::Whole);
        Self {
            stream: batch.stream,
            held: batch.number,
            chain: batch.digest(),
            reach: if was_whole { Reach::Whole } else { batch.reach },
            halted_at: None,
        }
    }
}
