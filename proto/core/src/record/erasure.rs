//! Erasure: the keys of people are destroyed, and with them whatever the journal holds of those people.
//!
//! The record names keys and no person: who they were is gone with them. It comes first and orders the
//! destruction, so that a node that was killed in between, or that got an older copy of its keyring back, does
//! what was ordered when it starts.

use crate::canonical_struct;
use crate::date::Timestamp;

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
