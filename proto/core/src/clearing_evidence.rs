//! What a region shows the clearinghouse of a debt on which two regions do not agree: the home region's signed word, as
//! far as clearing may see it.
//!
//! A receipt and a reversal each have a clearing part, and only commit to the person. So the whole of what was signed can
//! be shown, with its path to the signature, and says nothing of whom it is for. Deliberately absent: the salt of the
//! commitment, without which it cannot be tried out on people.

use crate::canonical::Artifact;
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::evidence::Chain;
use crate::id::SettlementId;
use crate::leg::{Leg, LegKind};
use crate::receipt::{GroupSignature, Receipt, ReceiptBody};
use crate::region::RegionCode;
use crate::reversal::{Reversal, ReversalBody};
use crate::{canonical_enum, canonical_struct};

/// What a home region signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value passed on once, never kept in numbers"
)]
pub enum SignedDebt {
    /// That a settlement stands.
    Receipt(ReceiptBody),
    /// That it stands no more.
    Reversal(ReversalBody),
}

canonical_enum!(SignedDebt { 1 => Receipt(body), 2 => Reversal(body) });

impl SignedDebt {
    /// The home region, which signed.
    #[must_use]
    pub const fn home(&self) -> RegionCode {
        match self {
            Self::Receipt(body) => body.clearing.home,
            Self::Reversal(body) => body.clearing.home,
        }
    }

    /// The treatment region.
    #[must_use]
    pub const fn treatment(&self) -> RegionCode {
        match self {
            Self::Receipt(body) => body.clearing.treatment,
            Self::Reversal(body) => body.clearing.treatment,
        }
    }

    /// The settlement, and whether it is about its reversal.
    #[must_use]
    pub const fn about(&self) -> (SettlementId, LegKind) {
        match self {
            Self::Receipt(body) => (body.clearing.settlement, LegKind::Settlement),
            Self::Reversal(body) => (body.clearing.settlement, LegKind::Reversal),
        }
    }

    /// When it was signed.
    #[must_use]
    pub const fn signed_at(&self) -> Timestamp {
        match self {
            Self::Receipt(body) => body.committed_at,
            Self::Reversal(body) => body.reversed_at,
        }
    }

    /// The legs that follow from it: what both regions are to report.
    #[must_use]
    pub fn legs(&self) -> Vec<Leg> {
        match self {
            Self::Receipt(body) => Leg::of(body),
            Self::Reversal(body) => Leg::of_reversal(body),
        }
    }

    fn leaf(&self) -> Digest {
        match self {
            Self::Receipt(body) => body.leaf(),
            Self::Reversal(body) => body.leaf(),
        }
    }
}

/// A signed word with all that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClearingEvidence {
    /// What was signed.
    pub word: SignedDebt,
    /// The signature over the commit group.
    pub group: GroupSignature,
    /// The leaf's place in the group.
    pub index: u64,
    /// The path from the leaf to the root.
    pub path: Vec<Digest>,
    /// The certificates of the key that signed.
    pub signer: Chain,
}

canonical_struct!(ClearingEvidence {
    word,
    group,
    index,
    path,
    signer
});

impl Artifact for ClearingEvidence {
    const KIND: [u8; 4] = *b"CEVD";
    const VERSION: u16 = 1;
}

impl ClearingEvidence {
    /// What a receipt shows.
    #[must_use]
    pub fn of_receipt(receipt: Receipt, signer: Chain) -> Self {
        Self {
            word: SignedDebt::Receipt(receipt.body),
            group: receipt.group,
            index: receipt.index,
            path: receipt.path,
            signer,
        }
    }

    /// What a reversal shows.
    #[must_use]
    pub fn of_reversal(reversal: Reversal, signer: Chain) -> Self {
        Self {
            word: SignedDebt::Reversal(reversal.body),
            group: reversal.group,
            index: reversal.index,
            path: reversal.path,
            signer,
        }
    }

    /// Whether the path leads from the word to the signed root. The signature itself is checked by who holds the
    /// operator's root.
    #[must_use]
    pub fn is_in_group(&self) -> bool {
        self.group.holds(self.word.leaf(), self.index, &self.path)
    }
}

#[cfg(test)]
mod tests;
