//! Erasure: the keys of people are destroyed, and with them whatever the journal holds of those people.
//!
//! The record names keys and no person: who they were is gone with them. It comes first and orders the
//! destruction, so that a node that was killed in between, or that got an older copy of its keyring back, does
//! what was ordered when it starts.

use crate::date::Timestamp;
use crate::region::RegionCode;
use crate::{canonical_enum, canonical_struct};

use super::sealed::PersonKeyId;

/// People are erased.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeopleErased {
    /// The nth erasure, from 1.
    pub number: u64,
    /// The keys that are destroyed, ascending.
    pub keys: Vec<PersonKeyId>,
    /// How many members the region holds afterwards.
    pub members: u64,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(PeopleErased {
    number,
    keys,
    members,
    at
});

/// A word of another region about somebody who was erased there: nothing comes under its number any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErasedWord {
    /// Of the receipts and reversals of a home region.
    Receipt(u64),
    /// Of the words of an old home.
    Hand(u64),
}

canonical_enum!(ErasedWord { 1 => Receipt(number), 2 => Hand(number) });

/// A restored node was told of such a word: its gap is closed, so that what comes after it is held without one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WordErased {
    /// Whose word it was.
    pub home: RegionCode,
    /// Which.
    pub word: ErasedWord,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(WordErased { home, word, at });
