//! Checkpoints: the clearinghouse's signed word on a netted cycle, which a province checks down to each leg without
//! having to believe anybody.
//!
//! | room | its question |
//! |---|---|
//! | [`row`] | What do two regions owe each other for a fund, and over which legs? |
//! | [`table`] | What does every member come to? Anybody may see it |
//! | [`book`] | Which legs does a region itself hold? |
//! | [`search`] | In which legs of a row do two differ? |
//! | [`difference`] | How does a leg differ? |
//! | [`witness`] | What does a region say of it, once it has looked? |
//! | [`receipt`] | How is one settlement proven to whoever holds its receipt? |
//!
//! A checkpoint commits to the tree of the cycle's rows, to the public table of nets and to the checkpoint before, so
//! that none can be left out or exchanged later. It holds no time: the same plan has the same checkpoint also after a
//! restore. When it was signed stands beside it, under the signature. Deliberately absent: cryptography, the plan
//! itself, and a salt, since a leg says nothing of a person and names a settlement that nobody can guess.

pub mod book;
pub mod difference;
pub mod receipt;
pub mod row;
pub mod search;
pub mod table;
pub mod witness;

use crate::canonical::Artifact;
use crate::canonical_struct;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::evidence::Chain;

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
}

canonical_struct!(Checkpoint {
    plan,
    day,
    root,
    rows,
    nets,
    before
});

impl Artifact for Checkpoint {
    const KIND: [u8; 4] = *b"CKPT";
    const VERSION: u16 = 1;
}

impl Checkpoint {
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
    const VERSION: u16 = 1;
}

#[cfg(test)]
mod tests;
