//! How far a region's tags are held: one stream at a time, and what all its batches come to.

use huitong_core::canonical_struct;
use huitong_core::digest::Digest;
use huitong_core::duplicate::{Reach, TagBatch, TagStream};
use huitong_core::record::clearing::TagsHalted;

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
    /// As it is known after a restore of the clearinghouse: what came after the backup is missing, until the region says
    /// again that all its people are reported.
    pub(crate) fn after_restore(self) -> Self {
        Self {
            reach: Reach::Part,
            ..self
        }
    }

    /// With the word that it said something else than before, if that is of this stream.
    pub(crate) fn halted(self, halted: &TagsHalted) -> Self {
        let halted_at = if self.stream == halted.stream {
            Some(halted.number)
        } else {
            self.halted_at
        };
        Self { halted_at, ..self }
    }

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
