//! Reversals: the home region's signed word that a settlement stands no more.
//!
//! A reversal takes a settlement back in full, never in part: whatever a receipt said that funds and accounts
//! pay goes back where it came from. It has an id of its own and names the settlement, never the visit, so a
//! corrected settlement of the same visit is not touched by it. It shares the receipts' stream, group
//! signature and form: a clearing part that the clearinghouse may see, and a salted commitment to the person.

use std::fmt;

use crate::canonical::{Artifact, encode_to_vec};
use crate::coverage::PersonVersion;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::{Digest, sha256_parts};
use crate::fund::Fund;
use crate::id::{ReversalId, SettlementId};
use crate::institution::InstitutionCode;
use crate::merkle;
use crate::money::Fen;
use crate::officer::OfficerName;
use crate::person::PersonRef;
use crate::receipt::{GroupSignature, Receipt};
use crate::region::RegionCode;
use crate::vocabulary::ReversalReason;
use crate::{canonical_enum, canonical_struct};

/// Who began a reversal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BegunBy {
    /// The institution that had settled, through the treatment region's node.
    Institution(InstitutionCode),
    /// An officer of the home region's bureau.
    Officer(OfficerName),
}

canonical_enum!(BegunBy { 1 => Institution(code), 2 => Officer(name) });

impl BegunBy {
    /// Whether whoever began may give this reason. What only an investigation or an order can establish is
    /// the bureau's to say.
    #[must_use]
    pub const fn may_say(&self, reason: ReversalReason) -> bool {
        match self {
            Self::Officer(_) => true,
            Self::Institution(_) => match reason {
                ReversalReason::WrongPerson
                | ReversalReason::WrongBill
                | ReversalReason::Duplicate
                | ReversalReason::WrongPlace
                | ReversalReason::Correction => true,
                ReversalReason::Fraud | ReversalReason::Ordered => false,
            },
        }
    }
}

impl fmt::Display for BegunBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Institution(code) => code.fmt(f),
            Self::Officer(name) => name.fmt(f),
        }
    }
}

/// What is asked for: what the id of a reversal binds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalOrder {
    /// The settlement.
    pub settlement: SettlementId,
    /// The treatment region, whose id that is.
    pub treatment: RegionCode,
    /// Why.
    pub reason: ReversalReason,
    /// Who began.
    pub begun_by: BegunBy,
}

canonical_struct!(ReversalOrder {
    settlement,
    treatment,
    reason,
    begun_by
});

/// A part of a request that the id of a reversal binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReversalField {
    /// The settlement.
    Settlement,
    /// The reason.
    Reason,
    /// Who began.
    BegunBy,
}

impl fmt::Display for ReversalField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Settlement => "settlement",
            Self::Reason => "reason",
            Self::BegunBy => "begun_by",
        })
    }
}

impl ReversalOrder {
    /// The first part in which two requests differ, or `None` when they are one.
    #[must_use]
    pub fn first_difference(&self, other: &Self) -> Option<ReversalField> {
        let same_settlement =
            self.settlement == other.settlement && self.treatment == other.treatment;
        [
            (same_settlement, ReversalField::Settlement),
            (self.reason == other.reason, ReversalField::Reason),
            (self.begun_by == other.begun_by, ReversalField::BegunBy),
        ]
        .into_iter()
        .find_map(|(same, field)| (!same).then_some(field))
    }
}

/// What clearing needs of a reversal, and nothing of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalPart {
    /// The settlement that stands no more.
    pub settlement: SettlementId,
    /// The home region, which is owed back.
    pub home: RegionCode,
    /// The treatment region, which owes back.
    pub treatment: RegionCode,
    /// Digest of the receipt's signed body.
    pub receipt: Digest,
    /// What goes back to each fund and account: the receipt's amounts.
    pub amounts: Vec<(Fund, Fen)>,
    /// The business day, assigned by the home node when it ordered the reversal.
    pub business_day: BusinessDay,
}

canonical_struct!(ReversalPart {
    settlement,
    home,
    treatment,
    receipt,
    amounts,
    business_day
});

/// Whose settlement it was, and what the person's record became: what a reversal commits to, salted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReversedPerson {
    /// Whose it was.
    pub person: PersonRef,
    /// The person's version after the reversal.
    pub version: PersonVersion,
}

canonical_struct!(ReversedPerson { person, version });

impl ReversedPerson {
    /// The salted commitment.
    #[must_use]
    pub fn commitment(&self, salt: &[u8; 16]) -> Digest {
        sha256_parts(&[b"HTRP\x00\x01", salt, &encode_to_vec(self)])
    }
}

/// What is signed of a reversal: one leaf of a commit group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalBody {
    /// Its number in the home region's stream to the treatment region, which it shares with receipts.
    pub number: u64,
    /// Its own id.
    pub reversal: ReversalId,
    /// The clearing part.
    pub clearing: ReversalPart,
    /// Why.
    pub reason: ReversalReason,
    /// Who began.
    pub begun_by: BegunBy,
    /// The commitment to the person.
    pub personal: Digest,
    /// The incarnation of the home node that ordered it.
    pub incarnation: u32,
    /// When the home node ordered it.
    pub reversed_at: Timestamp,
}

canonical_struct!(ReversalBody {
    number,
    reversal,
    clearing,
    reason,
    begun_by,
    personal,
    incarnation,
    reversed_at
});

impl Artifact for ReversalBody {
    const KIND: [u8; 4] = *b"RVSL";
    const VERSION: u16 = 1;
}

impl ReversalBody {
    /// Its leaf in the tree of its commit group.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        merkle::leaf_hash(&self.to_bytes())
    }

    /// What was asked for.
    #[must_use]
    pub fn order(&self) -> ReversalOrder {
        ReversalOrder {
            settlement: self.clearing.settlement,
            treatment: self.clearing.treatment,
            reason: self.reason,
            begun_by: self.begun_by.clone(),
        }
    }

    /// The region whose node asked: it scopes the id.
    #[must_use]
    pub const fn asked_by(&self) -> RegionCode {
        match self.begun_by {
            BegunBy::Institution(_) => self.clearing.treatment,
            BegunBy::Officer(_) => self.clearing.home,
        }
    }
}

/// A reversal that stands alone as evidence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reversal {
    /// What is signed.
    pub body: ReversalBody,
    /// What the personal commitment is of; given to whoever knew the person already.
    pub person: ReversedPerson,
    /// The salt of the personal commitment.
    pub salt: [u8; 16],
    /// The signature over the commit group.
    pub group: GroupSignature,
    /// The leaf's place in the group.
    pub index: u64,
    /// The path from the leaf to the root.
    pub path: Vec<Digest>,
}

canonical_struct!(Reversal {
    body,
    person,
    salt,
    group,
    index,
    path
});

impl Artifact for Reversal {
    const KIND: [u8; 4] = *b"RVSS";
    const VERSION: u16 = 1;
}

impl Reversal {
    /// Whether the path leads from this body to the signed root. The signature itself is checked by who
    /// holds the home region's key.
    #[must_use]
    pub fn is_in_group(&self) -> bool {
        self.group.holds(self.body.leaf(), self.index, &self.path)
    }

    /// Whether the person shown is the one that was committed to.
    #[must_use]
    pub fn is_of_its_person(&self) -> bool {
        self.person.commitment(&self.salt) == self.body.personal
    }
}

/// The home region's word on a settlement that was committed: what is repeated for its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeWord {
    /// That it stood.
    pub receipt: Receipt,
    /// That it stands no more, when it was reversed.
    pub reversal: Option<Reversal>,
}

canonical_struct!(HomeWord { receipt, reversal });

impl HomeWord {
    /// The number of its newest part in the home region's stream.
    #[must_use]
    pub fn number(&self) -> u64 {
        match &self.reversal {
            Some(reversal) => reversal.body.number,
            None => self.receipt.body.number,
        }
    }
}
