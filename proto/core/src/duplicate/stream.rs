//! A region's tags on their way to the clearinghouse: numbered batches, each on what came before it.
//!
//! A batch names the digest of the one before it, so that whoever holds the last one has a word on all of them: a
//! stream that says anything else than before is found at its next batch. Nothing of a person but the tag is in it.

use super::key::KeyId;
use super::tag::Tag;
use crate::canonical::Artifact;
use crate::digest::Digest;
use crate::{canonical_enum, canonical_struct};

/// The most changes of one batch: it is a record in two journals, and neither is held up by it.
pub const CHANGES_AT_MOST: usize = 256;

/// Which stream it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TagStream {
    /// The incarnation of the region's node.
    pub incarnation: u32,
    /// How often the region has begun anew, from 1.
    pub generation: u32,
    /// The key that the tags are made with.
    pub key: KeyId,
}

canonical_struct!(TagStream {
    incarnation,
    generation,
    key
});

impl TagStream {
    /// Whether it takes the place of another stream of its region.
    #[must_use]
    pub fn succeeds(&self, other: &Self) -> bool {
        (self.incarnation, self.generation) > (other.incarnation, other.generation)
    }
}

/// Whether a person has cover in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TagStanding {
    /// They have.
    Covered,
    /// They have no more.
    Ended,
}

canonical_enum!(TagStanding { 1 => Covered, 2 => Ended });

/// How a tag stands from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TagChange {
    /// Whose.
    pub tag: Tag,
    /// How it stands.
    pub standing: TagStanding,
}

canonical_struct!(TagChange { tag, standing });

/// How much of the region has been reported once since its stream began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Some people; who is missing may be covered all the same.
    Part,
    /// Everybody.
    Whole,
}

canonical_enum!(Reach { 1 => Part, 2 => Whole });

/// A batch of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagBatch {
    /// Of which stream.
    pub stream: TagStream,
    /// Its number, from 1 without a gap.
    pub number: u64,
    /// The digest of the batch before it; [`TagBatch::BEGINNING`] for the first.
    pub before: Digest,
    /// The changes, at most [`CHANGES_AT_MOST`], in the order in which they hold.
    pub changes: Vec<TagChange>,
    /// How much has been reported with it.
    pub reach: Reach,
}

canonical_struct!(TagBatch {
    stream,
    number,
    before,
    changes,
    reach
});

impl TagBatch {
    /// What the first batch stands on.
    pub const BEGINNING: Digest = Digest::from_bytes([0; 32]);
}

impl Artifact for TagBatch {
    const KIND: [u8; 4] = *b"TAGB";
    const VERSION: u16 = 1;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::testing::golden;

    fn stream(incarnation: u32, generation: u32) -> TagStream {
        TagStream {
            incarnation,
            generation,
            key: KeyId::from_bytes([5; 8]),
        }
    }

    #[test]
    fn golden_bytes_of_a_batch() {
        let change = |byte, standing| TagChange {
            tag: Tag::from_bytes([byte; 16]),
            standing,
        };
        let batch = TagBatch {
            stream: stream(1, 2),
            number: 3,
            before: TagBatch::BEGINNING,
            changes: vec![
                change(9, TagStanding::Covered),
                change(8, TagStanding::Ended),
            ],
            reach: Reach::Whole,
        };
        let expected = [
            "00000001",
            "00000002",
            "0505050505050505",
            "0000000000000003",
            &"00".repeat(32),
            "00000002",
            &"09".repeat(16),
            "01",
            &"08".repeat(16),
            "02",
            "02",
        ];
        golden(&batch, &expected.concat());
        let other = TagBatch {
            reach: Reach::Part,
            ..batch.clone()
        };
        assert_ne!(other.digest(), batch.digest());
    }

    #[test]
    fn a_restore_or_a_new_beginning_takes_the_place_of_a_stream() {
        let cases = [
            ((1, 1), (1, 1), false),
            ((1, 2), (1, 1), true),
            ((2, 1), (1, 9), true),
            ((1, 9), (2, 1), false),
        ];
        for ((incarnation, generation), other, expected) in cases {
            let one = stream(incarnation, generation);
            assert_eq!(one.succeeds(&stream(other.0, other.1)), expected);
        }
    }
}
