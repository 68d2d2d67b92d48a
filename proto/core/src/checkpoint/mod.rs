//! Checkpoints: the clearinghouse's signed word on a netted cycle, which a province checks down to each leg without
//! having to believe anybody.
//!
//! | room | its question |
//! |---|---|
//! | [`row`] | What do two regions owe each other for a fund, and over which legs? |
//! | [`table`] | What does every member come to? Anybody may see it |
//! | [`counts`] | In how many rows does each region stand? Anybody may see it too |
//! | [`book`] | Which legs does a region itself hold? |
//! | [`search`] | In which legs of a row do two differ? |
//! | [`difference`] | How does a leg differ? |
//! | [`witness`] | What does a region say of it, once it has looked? |
//! | [`receipt`] | How is one settlement proven to whoever holds its receipt? |
//!
//! A checkpoint commits to the tree of the cycle's rows, to the public table of nets, to how many rows each region has and
//! to the checkpoint before, so that none can be left out or exchanged later. It holds no time: the same plan has the same
//! checkpoint also after a restore, as long as it is made with counts as before or without as before. When it was signed
//! stands beside it, under the signature. Deliberately absent: cryptography, the plan itself, and a salt, since a leg says
//! nothing of a person and names a settlement that nobody can guess.

pub mod book;
pub mod counts;
pub mod difference;
pub mod receipt;
pub mod row;
pub mod search;
pub mod table;
pub mod witness;

use crate::canonical::{Artifact, Canonical, CanonicalError, Decoder, Encoder};
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::evidence::Chain;
use crate::{canonical_enum, canonical_struct};

/// What the clearinghouse commits to of a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The plan's number, from 1: checkpoints have the numbers of their plans.
    pub plan: u64,
    /// The cycle.
    pub day: BusinessDay,
    /// The root of the tree over the cycle's rows.
    pub root: Digest,
    /// How many rows there are.
    pub rows: u64,
    /// Digest of the public table of nets.
    pub nets: Digest,
    /// Digest of the checkpoint before; none for the first.
    pub before: Option<Digest>,
    /// Digest of the table of how many rows each region has; none for one that was signed before there were any.
    pub counts: Option<Digest>,
}

/// What a checkpoint names at its end. Without a table of counts it has the bytes that it had before there were any.
enum Named {
    Nothing,
    Before(Digest),
    Counts(Digest),
    BeforeAndCounts(Digest, Digest),
}

canonical_enum!(Named {
    0 => Nothing,
    1 => Before(before),
    2 => Counts(counts),
    3 => BeforeAndCounts(before, counts),
});

impl Canonical for Checkpoint {
    fn encode(&self, out: &mut Encoder) {
        self.plan.encode(out);
        self.day.encode(out);
        self.root.encode(out);
        self.rows.encode(out);
        self.nets.encode(out);
        let named = match (self.before, self.counts) {
            (None, None) => Named::Nothing,
            (Some(before), None) => Named::Before(before),
            (None, Some(counts)) => Named::Counts(counts),
            (Some(before), Some(counts)) => Named::BeforeAndCounts(before, counts),
        };
        named.encode(out);
    }

    fn decode(input: &mut Decoder<'_>) -> Result<Self, CanonicalError> {
        let plan = Canonical::decode(input)?;
        let day = Canonical::decode(input)?;
        let root = Canonical::decode(input)?;
        let rows = Canonical::decode(input)?;
        let nets = Canonical::decode(input)?;
        let (before, counts) = match Named::decode(input)? {
            Named::Nothing => (None, None),
            Named::Before(before) => (Some(before), None),
            Named::Counts(counts) => (None, Some(counts)),
            Named::BeforeAndCounts(before, counts) => (Some(before), Some(counts)),
        };
        Ok(Self {
            plan,
            day,
            root,
            rows,
            nets,
            before,
            counts,
        })
    }
}

impl Artifact for Checkpoint {
    const KIND: [u8; 4] = *b"CKPT";
    const VERSION: u16 = 2;
    const OLDEST: u16 = 1;

    fn version(&self) -> u16 {
        if self.is_counted() { 2 } else { 1 }
    }
}

impl Checkpoint {
    /// Whether it commits to how many rows each region has.
    #[must_use]
    pub const fn is_counted(&self) -> bool {
        self.counts.is_some()
    }

    /// The bytes that are signed of it.
    #[must_use]
    pub fn signed_bytes(&self, at: Timestamp) -> Vec<u8> {
        let mut bytes = b"HTCK\x00\x01".to_vec();
        bytes.extend_from_slice(self.digest().as_bytes());
        bytes.extend_from_slice(&at.as_millis().to_be_bytes());
        bytes
    }
}

/// A checkpoint with the clearinghouse's signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCheckpoint {
    /// What is signed.
    pub checkpoint: Checkpoint,
    /// When.
    pub at: Timestamp,
    /// The algorithm, as `huitong-certs` numbers it.
    pub algorithm: u8,
    /// The key.
    pub key_id: Digest,
    /// Over [`Checkpoint::signed_bytes`].
    pub signature: Vec<u8>,
}

canonical_struct!(SignedCheckpoint {
    checkpoint,
    at,
    algorithm,
    key_id,
    signature
});

/// A checkpoint that stands alone in a file: with the certificates of the key that signed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertifiedCheckpoint {
    /// The checkpoint.
    pub signed: SignedCheckpoint,
    /// The certificates of the key: DER, leaf first, without the root.
    pub signer: Chain,
}

canonical_struct!(CertifiedCheckpoint { signed, signer });

impl Artifact for CertifiedCheckpoint {
    const KIND: [u8; 4] = *b"CKPF";
    const VERSION: u16 = Checkpoint::VERSION;
    const OLDEST: u16 = Checkpoint::OLDEST;

    fn version(&self) -> u16 {
        self.signed.checkpoint.version()
    }
}

#[cfg(test)]
mod tests;
