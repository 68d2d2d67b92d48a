//! An order as it is signed by the treatment region, and the home region's signed word on it.

use crate::canonical::Artifact;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::id::DeductionId;
use crate::merkle;
use crate::receipt::GroupSignature;
use crate::refusal::Refusal;
use crate::region::RegionCode;
use crate::{canonical_enum, canonical_struct};

use super::DeductionBody;

/// An order that stands alone as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedDeduction {
    /// What is signed.
    pub body: DeductionBody,
    /// The treatment region's signature over the commit group.
    pub group: GroupSignature,
    /// The leaf's place in the group.
    pub index: u64,
    /// The path from the leaf to the root.
    pub path: Vec<Digest>,
}

canonical_struct!(SignedDeduction {
    body,
    group,
    index,
    path
});

impl Artifact for SignedDeduction {
    const KIND: [u8; 4] = *b"DEDS";
    const VERSION: u16 = 1;
}

impl SignedDeduction {
    /// Whether the path leads from this body to the signed root.
    #[must_use]
    pub fn is_in_group(&self) -> bool {
        self.group.holds(self.body.leaf(), self.index, &self.path)
    }
}

/// What the home region says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeductionVerdict {
    /// Money moves, on this business day, which the home region assigns.
    Accepted(BusinessDay),
    /// Finally refused: no money moves.
    Refused(Refusal),
}

canonical_enum!(DeductionVerdict { 1 => Accepted(day), 2 => Refused(refusal) });

/// What the home region signs: one leaf of its commit group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnswerBody {
    /// The deduction.
    pub deduction: DeductionId,
    /// The home region.
    pub home: RegionCode,
    /// The treatment region.
    pub treatment: RegionCode,
    /// Digest of the order's signed body.
    pub order: Digest,
    /// What it says.
    pub verdict: DeductionVerdict,
    /// When.
    pub answered_at: Timestamp,
}

canonical_struct!(AnswerBody {
    deduction,
    home,
    treatment,
    order,
    verdict,
    answered_at
});

impl Artifact for AnswerBody {
    const KIND: [u8; 4] = *b"DEDA";
    const VERSION: u16 = 1;
}

impl AnswerBody {
    /// Its leaf in the tree of its commit group.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        merkle::leaf_hash(&self.to_bytes())
    }

    /// Whether it is a word on this order.
    #[must_use]
    pub fn is_of(&self, order: &DeductionBody) -> bool {
        self.deduction == order.deduction
            && (self.home, self.treatment) == (order.home, order.treatment)
            && self.order == order.digest()
    }
}

/// An answer that stands alone as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedAnswer {
    /// What is signed.
    pub body: AnswerBody,
    /// The home region's signature over the commit group.
    pub group: GroupSignature,
    /// The leaf's place in the group.
    pub index: u64,
    /// The path from the leaf to the root.
    pub path: Vec<Digest>,
}

canonical_struct!(SignedAnswer {
    body,
    group,
    index,
    path
});

impl SignedAnswer {
    /// Whether the path leads from this body to the signed root.
    #[must_use]
    pub fn is_in_group(&self) -> bool {
        self.group.holds(self.body.leaf(), self.index, &self.path)
    }
}

/// An order with the word on it: what both regions keep, and give back to one that lost it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionWord {
    /// What was ordered.
    pub order: SignedDeduction,
    /// What was said.
    pub answer: SignedAnswer,
}

canonical_struct!(DeductionWord { order, answer });

impl Artifact for DeductionWord {
    const KIND: [u8; 4] = *b"DEDW";
    const VERSION: u16 = 1;
}

impl DeductionWord {
    /// Whether both are in the groups they name, and the answer is of the order.
    #[must_use]
    pub fn holds_together(&self) -> bool {
        let of_it = self.answer.body.is_of(&self.order.body);
        of_it && self.order.is_in_group() && self.answer.is_in_group()
    }
}
