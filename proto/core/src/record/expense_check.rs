//! Expense checks in both roles: what is said, what is heard, and what the other is known to have.
//!
//! No record of these names a person, so that none is sealed and all stand when people are erased.

use crate::canonical_struct;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::expense_check::{CheckWord, SignedCheckWord};
use crate::id::CheckId;
use crate::refusal::Refusal;

use super::home::LeafError;

/// The region says a word. It is not sent before this is synced, and is sent until the other has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckWordSaid {
    leaf: Digest,
    word: CheckWord,
}

canonical_struct!(CheckWordSaid { leaf, word } via CheckWordSaid::read);

impl CheckWordSaid {
    /// A word.
    #[must_use]
    pub fn new(word: CheckWord) -> Self {
        Self {
            leaf: word.leaf(),
            word,
        }
    }

    fn read(leaf: Digest, word: CheckWord) -> Result<Self, LeafError> {
        let read = Self::new(word);
        if read.leaf == leaf {
            Ok(read)
        } else {
            Err(LeafError)
        }
    }

    /// What is signed.
    #[must_use]
    pub const fn word(&self) -> &CheckWord {
        &self.word
    }
}

/// A word comes from the other region: its own, or one of this region that it gives back after a restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckWordBooked {
    /// The word, with what proves it.
    pub signed: SignedCheckWord,
    /// Of an answer at the home region: until when that may be confirmed or sent back.
    pub confirm_by: Option<BusinessDay>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(CheckWordBooked {
    signed,
    confirm_by,
    at
});

/// The other region has the own word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckWordTaken {
    /// The check.
    pub check: CheckId,
    /// Digest of the word.
    pub word: Digest,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(CheckWordTaken { check, word, at });

/// The treatment region finally refused to take a check: it has nothing of it, and it is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckRefused {
    /// The check.
    pub check: CheckId,
    /// Why.
    pub refusal: Refusal,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(CheckRefused { check, refusal, at });
