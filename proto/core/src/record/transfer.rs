//! Transfer of the relationship between two home regions: what either of them writes down of it.
//!
//! The old home agrees, freezes the person, writes the hand-over, and from then on supplements; the new home
//! expects the person, takes the words by number, and counts late claims of the old home in. Values are the ones
//! after the event, as everywhere.

use super::hand::{HandWord, ProvenHand, Supplement, TransferOrder};
use super::home::LeafError;
use super::person::HeldFiling;
use super::recovery::Proof;
use super::registry::Member;
use crate::claim::Claim;
use crate::coverage::{Balances, PersonVersion, Snapshot};
use crate::date::Timestamp;
use crate::decision::Decision;
use crate::digest::Digest;
use crate::id::{SettlementId, TransferId};
use crate::officer::OfficerName;
use crate::person::PsnNo;
use crate::refusal::Refusal;
use crate::region::RegionCode;
use crate::totals::TotalSlot;
use crate::{canonical_enum, canonical_struct};

/// Who started or called back a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferBy {
    /// An officer of this region.
    Officer(OfficerName),
    /// The other home region's node, for an officer there.
    Region(RegionCode),
}

canonical_enum!(TransferBy { 1 => Officer(name), 2 => Region(region) });

/// What happened to a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransferStep {
    /// The old home will hand the person over, or the new home expects the person.
    Agreed {
        /// What was agreed.
        order: TransferOrder,
        /// Who started it.
        by: TransferBy,
    },
    /// Old home: nothing is settled for the person until the hand-over is acknowledged.
    Frozen,
    /// It was called back before the hand-over was written.
    Cancelled(TransferBy),
    /// New home: the old one refuses it.
    Refused(Refusal),
}

canonical_enum!(TransferStep {
    1 => Agreed { order, by },
    2 => Frozen,
    3 => Cancelled(by),
    4 => Refused(refusal),
});

/// A transfer goes on or ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferStepped {
    /// Which.
    pub transfer: TransferId,
    /// How.
    pub step: TransferStep,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(TransferStepped { transfer, step, at });

/// Old home: a word for the new home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandWritten {
    leaf: Digest,
    word: HandWord,
}

canonical_struct!(HandWritten { leaf, word } via HandWritten::read);

impl HandWritten {
    /// The record of a word.
    #[must_use]
    pub fn new(word: HandWord) -> Self {
        Self {
            leaf: word.leaf(),
            word,
        }
    }

    fn read(leaf: Digest, word: HandWord) -> Result<Self, LeafError> {
        let read = Self::new(word);
        if read.leaf == leaf {
            Ok(read)
        } else {
            Err(LeafError)
        }
    }

    /// The word.
    #[must_use]
    pub const fn word(&self) -> &HandWord {
        &self.word
    }

    /// The word, alone.
    #[must_use]
    pub fn into_word(self) -> HandWord {
        self.word
    }
}

/// Old home: a word that was given after the backup, as the new home holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandRegained {
    /// Its proof.
    pub proof: Proof,
    /// The word.
    pub record: HandWritten,
}

canonical_struct!(HandRegained { proof, record });

/// New home: a word is taken, with everything that follows from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandTaken {
    /// The word with its proof, so that a restored old home is given it back.
    pub hand: ProvenHand,
    /// The person as insured afterwards, when the word hands one over.
    pub member: Option<Member>,
    /// All filings afterwards, when the word hands a person over.
    pub filings: Option<Vec<HeldFiling>>,
    /// What changes of the account; none when the word was counted in before.
    pub account: Option<AccountAfter>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(HandTaken {
    hand,
    member,
    filings,
    account,
    at
});

/// A person's account after a word of the old home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountAfter {
    /// The version that it makes.
    pub version: PersonVersion,
    /// The totals that changed, as they stand afterwards.
    pub totals: Vec<(TotalSlot, i64)>,
    /// The accounts afterwards.
    pub balances: Balances,
}

canonical_struct!(AccountAfter {
    version,
    totals,
    balances
});

/// Old home: a new home holds its words up to a number, durably taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandsAcknowledged {
    /// The new home.
    pub new_home: RegionCode,
    /// The highest number.
    pub up_to: u64,
}

canonical_struct!(HandsAcknowledged { new_home, up_to });

/// Old home: how a person who was handed over stands at the new home. A late claim is decided on this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateMirrored {
    /// The person's number here.
    pub psn_no: PsnNo,
    /// The version at the new home.
    pub of: PersonVersion,
    /// The totals there, which take the place of those here.
    pub totals: Vec<(TotalSlot, i64)>,
    /// What the accounts hold there; here they hold nothing.
    pub balances: Balances,
    /// The version that it makes here.
    pub after: PersonVersion,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(LateMirrored {
    psn_no,
    of,
    totals,
    balances,
    after,
    at
});

/// Old home: a late claim that stands if the new home counts it in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateOffered {
    /// The treatment region's id.
    pub settlement: SettlementId,
    /// What is asked for.
    pub claim: Claim,
    /// What both regions computed.
    pub decision: Decision,
    /// On what.
    pub snapshot: Snapshot,
    /// The version at the new home.
    pub on: PersonVersion,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(LateOffered {
    settlement,
    claim,
    decision,
    snapshot,
    on,
    at
});

/// Old home: the new home has counted a late claim in, or will not: its record changed since.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateEnded {
    /// The person's number here.
    pub psn_no: PsnNo,
    /// The region whose id it is.
    pub treatment: RegionCode,
    /// The id.
    pub settlement: SettlementId,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(LateEnded {
    psn_no,
    treatment,
    settlement,
    at
});

/// New home: a late claim of the old home is counted in, before the old home gives its receipt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupplementTaken {
    /// The old home.
    pub old_home: RegionCode,
    /// What it comes to.
    pub supplement: Supplement,
    /// The account afterwards.
    pub account: AccountAfter,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(SupplementTaken {
    old_home,
    supplement,
    account,
    at
});
