//! What a region says in a dispute, and the form in which it signs that.
//!
//! A word is right by construction: only the region that raised a dispute claims, accepts, escalates and withdraws, and
//! only another answers. Whether it may be said now is `course`'s to know.

use crate::canonical::{Artifact, CanonicalError};
use crate::date::Timestamp;
use crate::digest::{Digest, sha256};
use crate::dispute::name::{DisputeName, Subject};
use crate::evidence::Chain;
use crate::money::Fen;
use crate::officer::OfficerName;
use crate::region::RegionCode;
use crate::vocabulary::{DisputeReason, RejectionReason};
use crate::{canonical_enum, canonical_struct};

/// What the respondent is to owe the region that raises the dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// About what.
    pub subject: Subject,
    /// How much of the subject's fund; above zero.
    pub amount: Fen,
    /// Why.
    pub reason: DisputeReason,
}

canonical_struct!(Claim {
    subject,
    amount,
    reason
});

/// What the respondent answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// It owes all that is claimed.
    Accepted,
    /// It owes so much of it: above zero, and less than is claimed.
    Partly(Fen),
    /// It owes nothing.
    Rejected(RejectionReason),
}

canonical_enum!(Reply {
    1 => Accepted,
    2 => Partly(amount),
    3 => Rejected(reason),
});

impl Reply {
    /// What is owed by it, of what is claimed.
    #[must_use]
    pub const fn amount(&self, claimed: Fen) -> Fen {
        match self {
            Self::Accepted => claimed,
            Self::Partly(amount) => *amount,
            Self::Rejected(_) => Fen::ZERO,
        }
    }

    /// Whether it fits what is claimed.
    #[must_use]
    pub fn fits(&self, claimed: Fen) -> bool {
        match self {
            Self::Accepted | Self::Rejected(_) => true,
            Self::Partly(amount) => !amount.is_zero() && *amount < claimed,
        }
    }
}

/// One of the things that a region says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Says {
    /// It claims something.
    Raise(Claim),
    /// It answers a claim.
    Answer(Reply),
    /// The answer will do.
    Accept,
    /// The operator is to decide.
    Escalate,
    /// It claims nothing any more.
    Withdraw,
}

canonical_enum!(Says {
    1 => Raise(claim),
    2 => Answer(reply),
    3 => Accept,
    4 => Escalate,
    5 => Withdraw,
});

impl Says {
    /// What it is called, in records of what was said: of each there is one in a dispute.
    #[must_use]
    pub const fn called(&self) -> &'static str {
        match self {
            Self::Raise(_) => "raise",
            Self::Answer(_) => "answer",
            Self::Accept => "accept",
            Self::Escalate => "escalate",
            Self::Withdraw => "withdraw",
        }
    }

    /// Its number among the things that are said.
    #[must_use]
    pub const fn number(&self) -> u8 {
        match self {
            Self::Raise(_) => 1,
            Self::Answer(_) => 2,
            Self::Accept => 3,
            Self::Escalate => 4,
            Self::Withdraw => 5,
        }
    }
}

/// What a region says in a dispute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Who says it.
    pub region: RegionCode,
    /// In which dispute.
    pub dispute: DisputeName,
    /// The digest of the word that it follows upon; none for the first.
    pub follows: Option<Digest>,
    /// What is said.
    pub says: Says,
    /// Who of the region's bureau.
    pub officer: OfficerName,
    /// When, by the clock of the region's node.
    pub at: Timestamp,
}

canonical_struct!(Word {
    region,
    dispute,
    follows,
    says,
    officer,
    at
} via Word::new);

impl Artifact for Word {
    const KIND: [u8; 4] = *b"DWRD";
    const VERSION: u16 = 1;
}

/// What is no word in a dispute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WordFault {
    /// Not this region's to say.
    #[error("region {0} does not say that in this dispute / 该统筹区无权在此争议中作此表示")]
    Region(RegionCode),
    /// The first word follows upon none, and every other upon one.
    #[error(
        "the first word follows upon none, and every other upon one / 首次表示无前序，其余须有前序"
    )]
    Follows,
    /// Nothing is claimed.
    #[error("the amount is above zero / 金额须大于零")]
    Nothing,
}

impl Word {
    /// A word of a region.
    ///
    /// # Errors
    /// [`WordFault`].
    pub fn new(
        region: RegionCode,
        dispute: DisputeName,
        follows: Option<Digest>,
        says: Says,
        officer: OfficerName,
        at: Timestamp,
    ) -> Result<Self, WordFault> {
        let is_raiser = region == dispute.raiser;
        let (is_first, may) = match &says {
            Says::Raise(claim) => {
                if claim.amount.is_zero() {
                    return Err(WordFault::Nothing);
                }
                (true, is_raiser && claim.subject.other(region).is_some())
            }
            Says::Answer(_) => (false, !is_raiser),
            Says::Accept | Says::Escalate | Says::Withdraw => (false, is_raiser),
        };
        if !may {
            return Err(WordFault::Region(region));
        }
        if is_first == follows.is_some() {
            return Err(WordFault::Follows);
        }
        Ok(Self {
            region,
            dispute,
            follows,
            says,
            officer,
            at,
        })
    }
}

/// A word as it was signed, with the certificates of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedWord {
    /// The bytes of a [`Word`], as signed.
    pub bytes: Vec<u8>,
    /// The algorithm, as `huitong-certs` numbers it.
    pub algorithm: u8,
    /// The key.
    pub key_id: Digest,
    /// Over the bytes.
    pub signature: Vec<u8>,
    /// The certificates of the key: DER, leaf first, without the root.
    pub signer: Chain,
}

canonical_struct!(SignedWord {
    bytes,
    algorithm,
    key_id,
    signature,
    signer
});

impl Artifact for SignedWord {
    const KIND: [u8; 4] = *b"DWSG";
    const VERSION: u16 = 1;
}

impl SignedWord {
    /// What the bytes say; whether they are rightly signed is checked by who holds the operator's root.
    ///
    /// # Errors
    /// When they are no word that this version reads.
    pub fn word(&self) -> Result<Word, CanonicalError> {
        Word::from_bytes(&self.bytes)
    }

    /// What the next word names this one by.
    #[must_use]
    pub fn named(&self) -> Digest {
        sha256(&self.bytes)
    }
}
