//! The sealed form of a record: what remains of it in the clear, and what it says of people under a key of theirs.
//!
//! A record that names a person is stored as [`SealedRecord`]: its remainder ([`Remains`]), which must outlive the
//! person, and a section for each person, sealed under that person's key. Destroying the key erases what the
//! record says of the person; chain, signatures, streams and sums stand on the remainder. A record that names
//! nobody is stored as it is. Which is which, and what remains, is said for every kind in [`split`].
//!
//! There is no cryptography here: only bytes, taken apart and put together. The clear part
//! ([`Remains::clear_part`]) is what a cipher authenticates beside each section, so that neither is moved to, or
//! changed beside, another.

mod join;
mod placed;
mod remains;
mod split;

pub use join::{JoinError, Joined, join};
pub use placed::{Placed, in_order};
pub use remains::{Remains, RemainsError};
pub use split::{Part, Split, Subject, split};

use crate::canonical::{Artifact, Canonical, CanonicalError, Decoder, Encoder};
use crate::canonical_struct;

/// The name of a person's key: its slot in the keyring, and what was drawn with it, so that another keyring's key
/// of the same slot is not taken for it. It says nothing of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonKeyId {
    /// Which slot, from 0.
    pub slot: u32,
    /// Drawn at random.
    pub mark: [u8; 12],
}

canonical_struct!(PersonKeyId { slot, mark });

/// What a record says of one person, sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Under which key.
    pub key: PersonKeyId,
    /// Used once with this key.
    pub nonce: [u8; 12],
    /// Ciphertext and its tag.
    pub sealed: Vec<u8>,
}

canonical_struct!(Section { key, nonce, sealed });

/// A record as it is stored when it names people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRecord {
    remains: Remains,
    sections: Vec<Section>,
}

canonical_struct!(SealedRecord { remains, sections } via SealedRecord::new);

impl Artifact for SealedRecord {
    const KIND: [u8; 4] = *b"NSEA";
    const VERSION: u16 = 1;
}

impl SealedRecord {
    /// A record of what remains and its sections, in the order of their keys: each says which part it holds.
    ///
    /// # Errors
    /// [`RemainsError`] when what remains contradicts itself, a record of one person has not one section, or sections
    /// stand in another order.
    pub fn new(remains: Remains, sections: Vec<Section>) -> Result<Self, RemainsError> {
        remains.check(sections.len())?;
        if !sections.is_sorted_by_key(|section| section.key) {
            return Err(RemainsError::Order);
        }
        Ok(Self { remains, sections })
    }

    /// What remains.
    #[must_use]
    pub const fn remains(&self) -> &Remains {
        &self.remains
    }

    /// What remains, and the sections.
    #[must_use]
    pub fn into_parts(self) -> (Remains, Vec<Section>) {
        (self.remains, self.sections)
    }

    /// What remains, of stored bytes of this form: the sections after it are not looked at.
    ///
    /// # Errors
    /// [`CanonicalError`].
    pub fn remains_of(bytes: &[u8]) -> Result<Remains, CanonicalError> {
        let mut input = Decoder::new(bytes);
        Self::head(&mut input)?;
        Remains::decode(&mut input)
    }

    /// Whether stored bytes are of this form, by their first bytes.
    #[must_use]
    pub fn is_form_of(bytes: &[u8]) -> bool {
        bytes.starts_with(&Self::KIND)
    }
}

impl Remains {
    /// The clear part of a stored record: its first bytes, up to the sections.
    #[must_use]
    pub fn clear_part(&self) -> Vec<u8> {
        let mut out = Encoder::new();
        out.raw(&SealedRecord::KIND);
        SealedRecord::VERSION.encode(&mut out);
        self.encode(&mut out);
        out.into_bytes()
    }
}
