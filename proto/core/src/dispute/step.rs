//! What the clearinghouse writes down of a dispute. Each step carries all that follows from it: by when the next is due,
//! or under which number and with which business day the dispute is settled.

use crate::canonical::CanonicalError;
use crate::date::{BusinessDay, Timestamp};
use crate::dispute::name::DisputeName;
use crate::dispute::word::SignedWord;
use crate::money::Fen;
use crate::officer::OfficerName;
use crate::vocabulary::DecisionReason;
use crate::{canonical_enum, canonical_struct};

/// One step of a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DisputeStep {
    /// A region's word was taken.
    Said(DisputeSaid),
    /// An answer stands, since the region that raised the dispute said nothing to it in time.
    Stood(DisputeStood),
    /// An officer of the operator proposed how it is decided.
    Proposed(DisputeProposed),
    /// Another officer confirmed just that.
    Confirmed(DisputeConfirmed),
}

canonical_enum!(DisputeStep {
    1 => Said(step),
    2 => Stood(step),
    3 => Proposed(step),
    4 => Confirmed(step),
});

/// What comes of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// The next word is due by this day.
    Due(BusinessDay),
    /// The dispute is settled.
    Settled(Settling),
    /// It was withdrawn.
    Ended,
}

canonical_enum!(Then { 1 => Due(day), 2 => Settled(settling), 3 => Ended });

/// In which order and with which day a dispute is settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settling {
    /// The how manieth it is that was settled, from 1.
    pub number: u64,
    /// The business day of the correction.
    pub day: BusinessDay,
}

canonical_struct!(Settling { number, day });

/// A region's word was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeSaid {
    /// The word.
    pub signed: SignedWord,
    /// What comes of it.
    pub then: Then,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(DisputeSaid { signed, then, at });

/// Nothing was said to an answer in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DisputeStood {
    /// In which dispute.
    pub dispute: DisputeName,
    /// How it is settled.
    pub settling: Settling,
    /// When that was found.
    pub at: Timestamp,
}

canonical_struct!(DisputeStood {
    dispute,
    settling,
    at
});

/// How officers of the operator decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ruling {
    /// What the respondent owes.
    pub amount: Fen,
    /// Why.
    pub reason: DecisionReason,
}

canonical_struct!(Ruling { amount, reason });

impl Ruling {
    /// Whether amount and reason fit each other and what is claimed.
    #[must_use]
    pub fn fits(&self, claimed: Fen) -> bool {
        match self.reason {
            DecisionReason::ClaimProven => self.amount == claimed,
            DecisionReason::PartlyProven => !self.amount.is_zero() && self.amount < claimed,
            DecisionReason::NotProven => self.amount.is_zero(),
            DecisionReason::NotAnswered => !self.amount.is_zero() && self.amount <= claimed,
        }
    }
}

/// An officer proposed how an escalated dispute is decided; what was proposed before holds no more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeProposed {
    /// Which.
    pub dispute: DisputeName,
    /// How.
    pub ruling: Ruling,
    /// Who.
    pub by: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(DisputeProposed {
    dispute,
    ruling,
    by,
    at
});

/// Another officer confirmed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DisputeConfirmed {
    /// Which.
    pub dispute: DisputeName,
    /// How.
    pub ruling: Ruling,
    /// Who confirmed.
    pub by: OfficerName,
    /// How it is settled.
    pub settling: Settling,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(DisputeConfirmed {
    dispute,
    ruling,
    by,
    settling,
    at
});

impl DisputeStep {
    /// Of which dispute.
    ///
    /// # Errors
    /// When a word in it cannot be read.
    pub fn dispute(&self) -> Result<DisputeName, CanonicalError> {
        match self {
            Self::Said(said) => Ok(said.signed.word()?.dispute),
            Self::Stood(stood) => Ok(stood.dispute),
            Self::Proposed(proposed) => Ok(proposed.dispute),
            Self::Confirmed(confirmed) => Ok(confirmed.dispute),
        }
    }

    /// How the dispute is settled by it, if it is.
    #[must_use]
    pub const fn settling(&self) -> Option<Settling> {
        match self {
            Self::Said(said) => match said.then {
                Then::Settled(settling) => Some(settling),
                Then::Due(_) | Then::Ended => None,
            },
            Self::Stood(stood) => Some(stood.settling),
            Self::Confirmed(confirmed) => Some(confirmed.settling),
            Self::Proposed(_) => None,
        }
    }
}
