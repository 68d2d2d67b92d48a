//! Audit deductions in both roles: ordered and answered where the person was treated, decided at home, and lifted in both
//! when their settlement is reversed.
//!
//! No record of these names a person, so that none is sealed and all stand when people are erased.

use crate::canonical_struct;
use crate::date::Timestamp;
use crate::deduction::{
    AnswerBody, DeductionBody, DeductionNote, DeductionWord, Lifted, SignedAnswer, SignedDeduction,
};
use crate::digest::Digest;
use crate::leg::Side;

use super::home::LeafError;
use super::recovery::Proof;

/// Treatment role: a deduction or its withdrawal is ordered. The home region is not asked before this is synced, and is
/// asked until it has answered. No money moves by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionOrdered {
    leaf: Digest,
    body: DeductionBody,
    /// What the institution is told.
    pub note: Option<DeductionNote>,
}

canonical_struct!(DeductionOrdered { leaf, body, note } via DeductionOrdered::read);

impl DeductionOrdered {
    /// An order.
    #[must_use]
    pub fn new(body: DeductionBody, note: Option<DeductionNote>) -> Self {
        Self {
            leaf: body.leaf(),
            body,
            note,
        }
    }

    fn read(
        leaf: Digest,
        body: DeductionBody,
        note: Option<DeductionNote>,
    ) -> Result<Self, LeafError> {
        let read = Self::new(body, note);
        if read.leaf == leaf {
            Ok(read)
        } else {
            Err(LeafError)
        }
    }

    /// What is signed.
    #[must_use]
    pub const fn body(&self) -> &DeductionBody {
        &self.body
    }
}

/// Treatment role: the home region's word is booked. Only by this money moves here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionAnswered {
    /// Order and word.
    pub word: DeductionWord,
    /// The number of its first leg; it has one for each amount of what was accepted, or none within one region.
    pub legs_from: u64,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(DeductionAnswered {
    word,
    legs_from,
    at
});

/// Home role: an order is accepted or finally refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionDecided {
    leaf: Digest,
    body: AnswerBody,
    /// What was ordered.
    pub order: SignedDeduction,
    /// The number of its first leg; it has one for each amount of what was accepted, or none within one region.
    pub legs_from: u64,
}

canonical_struct!(DeductionDecided {
    leaf, body, order, legs_from
} via DeductionDecided::read);

impl DeductionDecided {
    /// A decision.
    #[must_use]
    pub fn new(body: AnswerBody, order: SignedDeduction, legs_from: u64) -> Self {
        Self {
            leaf: body.leaf(),
            body,
            order,
            legs_from,
        }
    }

    fn read(
        leaf: Digest,
        body: AnswerBody,
        order: SignedDeduction,
        legs_from: u64,
    ) -> Result<Self, LeafError> {
        let read = Self::new(body, order, legs_from);
        if read.leaf == leaf {
            Ok(read)
        } else {
            Err(LeafError)
        }
    }

    /// What is signed.
    #[must_use]
    pub const fn body(&self) -> &AnswerBody {
        &self.body
    }

    /// Order and word, with what proves the word.
    #[must_use]
    pub fn word(&self, proof: Proof) -> DeductionWord {
        let Proof { group, index, path } = proof;
        DeductionWord {
            order: self.order.clone(),
            answer: SignedAnswer {
                body: self.body.clone(),
                group,
                index,
                path,
            },
        }
    }
}

/// Home role: such a decision that the backup does not have holds again, as the treatment region holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionRegained {
    /// Its proof.
    pub proof: Proof,
    /// The decision.
    pub record: DeductionDecided,
}

canonical_struct!(DeductionRegained { proof, record });

/// Either role: a deduction ends with the reversal of its settlement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeductionLifted {
    /// What ends.
    pub lifted: Lifted,
    /// In which role: the home region owes again, the treatment region is owed.
    pub side: Side,
    /// The number of its first leg; it has one for each amount, or none within one region.
    pub legs_from: u64,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(DeductionLifted {
    lifted,
    side,
    legs_from,
    at
});
