//! What an old home region hands to a new one: the hand-over of a person, and supplements to it.
//!
//! An old home numbers its words to each new home and delivers them until they are acknowledged; each is one leaf
//! of its commit group, so that it proves itself wherever it lies. A hand-over carries the person as the register
//! holds them; a supplement carries what a settlement of the old cover adds to, or a reversal takes from, totals
//! and accounts that are the new home's by now. Nothing here decides anything.

use super::person::HeldFiling;
use super::recovery::Proof;
use super::registry::{CoveragePeriod, Member};
use crate::canonical::Artifact;
use crate::claim::VisitKey;
use crate::coverage::{Balances, PersonVersion};
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::id::{SettlementId, TransferId};
use crate::merkle;
use crate::officer::OfficerName;
use crate::person::{Credential, PersonRef, PsnNo};
use crate::region::RegionCode;
use crate::totals::{TotalChange, TotalSlot};
use crate::vocabulary::ReversalReason;
use crate::{canonical_enum, canonical_struct};

/// A transfer as it is asked for: who, where to, and from which day on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransferOrder {
    /// Its id.
    pub transfer: TransferId,
    /// The person at the old home.
    pub person: PersonRef,
    /// The new home.
    pub new_home: RegionCode,
    /// The person's number there.
    pub number: PsnNo,
    /// What the person showed: one of the credentials that the old home knows.
    pub credential: Credential,
    /// The cover at the new home; the old one ends the day before its first.
    pub cover: CoveragePeriod,
}

canonical_struct!(TransferOrder {
    transfer,
    person,
    new_home,
    number,
    credential,
    cover
});

impl TransferOrder {
    /// The person as a region names them: by the new number at the new home, by the old one elsewhere.
    #[must_use]
    pub fn person_at(&self, region: RegionCode) -> PersonRef {
        if self.new_home == region {
            self.moved()
        } else {
            self.person
        }
    }

    /// The person at the new home.
    #[must_use]
    pub const fn moved(&self) -> PersonRef {
        PersonRef {
            home: self.new_home,
            psn_no: self.number,
        }
    }
}

impl Artifact for TransferOrder {
    const KIND: [u8; 4] = *b"TROR";
    const VERSION: u16 = 1;
}

/// A visit that stands at the old home, and under which id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandedVisit {
    /// Whose id that is.
    pub treatment: RegionCode,
    /// The id.
    pub settlement: SettlementId,
    /// The visit.
    pub visit: VisitKey,
}

canonical_struct!(HandedVisit {
    treatment,
    settlement,
    visit
});

/// A person, handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandOver {
    /// What was agreed.
    pub order: TransferOrder,
    /// The person as insured at the old home; with the word that cover ends the day before the new one begins.
    pub member: Member,
    /// Cover elsewhere before that, so that what runs without a gap goes on.
    pub prior: Vec<CoveragePeriod>,
    /// The version that the hand-over makes there.
    pub version: PersonVersion,
    /// All totals as they stood.
    pub totals: Vec<(TotalSlot, i64)>,
    /// What the accounts held; with this word it is the new home's.
    pub balances: Balances,
    /// All filings.
    pub filings: Vec<HeldFiling>,
    /// What stands of the last two years: none of it settles again.
    pub visits: Vec<HandedVisit>,
}

canonical_struct!(HandOver {
    order,
    member,
    prior,
    version,
    totals,
    balances,
    filings,
    visits
});

/// What a settlement of the old cover comes to at the new home, or a reversal of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supplement {
    /// The transfer that it belongs to.
    pub transfer: TransferId,
    /// The person's number at the new home.
    pub number: PsnNo,
    /// The settlement.
    pub of: HandedVisit,
    /// What it adds to totals; a reversal takes the same away.
    pub totals: Vec<TotalChange>,
    /// What it takes from the accounts; a reversal gives the same back.
    pub paid: Balances,
}

canonical_struct!(Supplement {
    transfer,
    number,
    of,
    totals,
    paid
});

/// A settlement that an old home gave up because a restore of its own lost what had become of it. What it had come to
/// the new home knows, if it counted it in, and nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateGivenUp {
    /// The transfer that it belongs to.
    pub transfer: TransferId,
    /// The person's number at the new home.
    pub number: PsnNo,
    /// Whose id that is.
    pub treatment: RegionCode,
    /// The id.
    pub settlement: SettlementId,
    /// Who gave it up; none where its legs said by themselves that it had been taken back.
    pub by: Option<GivenUpBy>,
}

canonical_struct!(LateGivenUp {
    transfer,
    number,
    treatment,
    settlement,
    by
});

/// An officer who gave a settlement up, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GivenUpBy {
    /// The officer.
    pub officer: OfficerName,
    /// Why.
    pub reason: ReversalReason,
}

canonical_struct!(GivenUpBy { officer, reason });

/// What a word of an old home is about.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a value passed on once, never kept in numbers"
)]
pub enum Handed {
    /// A person.
    Person(HandOver),
    /// A late claim that stands, counted in before its receipt left.
    Claim(Supplement),
    /// A settlement of the old cover that stands no more.
    Reversal(Supplement),
    /// One that is given up: what the new home counted in under its id, and counts still, is taken back.
    GivenUp(LateGivenUp),
}

canonical_enum!(Handed {
    1 => Person(hand_over),
    2 => Claim(supplement),
    3 => Reversal(supplement),
    4 => GivenUp(given_up),
});

/// A word of an old home to a new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandWord {
    /// Its number among the old home's words to the new one, from 1.
    pub number: u64,
    /// The old home.
    pub old_home: RegionCode,
    /// The new home.
    pub new_home: RegionCode,
    /// The old home's incarnation.
    pub incarnation: u32,
    /// Keeps its leaf from saying anything to those who see it beside another's.
    pub salt: [u8; 16],
    /// What it says.
    pub handed: Handed,
    /// When it was written.
    pub at: Timestamp,
}

canonical_struct!(HandWord {
    number,
    old_home,
    new_home,
    incarnation,
    salt,
    handed,
    at
});

impl Artifact for HandWord {
    const KIND: [u8; 4] = *b"HAND";
    const VERSION: u16 = 1;
}

impl HandWord {
    /// Its leaf in the tree of its commit group.
    #[must_use]
    pub fn leaf(&self) -> Digest {
        merkle::leaf_hash(&self.to_bytes())
    }
}

/// A word with what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvenHand {
    /// The word.
    pub word: HandWord,
    /// Its place in its commit group, and the group's signature.
    pub proof: Proof,
}

canonical_struct!(ProvenHand { word, proof });

impl Artifact for ProvenHand {
    const KIND: [u8; 4] = *b"HNDP";
    const VERSION: u16 = 1;
}

impl ProvenHand {
    /// Whether the word belongs to the signed group. The signature itself is not looked at here.
    #[must_use]
    pub fn is_in_group(&self) -> bool {
        let Proof { group, index, path } = &self.proof;
        group.holds(self.word.leaf(), *index, path)
    }
}

/// How a person stands at the new home, as the old one asks for a late claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateStanding {
    /// The version there.
    pub version: PersonVersion,
    /// All totals there.
    pub totals: Vec<(TotalSlot, i64)>,
    /// What the accounts hold there.
    pub balances: Balances,
}

canonical_struct!(LateStanding {
    version,
    totals,
    balances
});

impl Artifact for LateStanding {
    const KIND: [u8; 4] = *b"LATE";
    const VERSION: u16 = 1;
}

/// A late claim as it is put to the new home, decided on this version there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateOffer {
    /// What it comes to.
    pub supplement: Supplement,
    /// The version at the new home that it was decided on.
    pub on: PersonVersion,
}

canonical_struct!(LateOffer { supplement, on });

impl Artifact for LateOffer {
    const KIND: [u8; 4] = *b"OFFR";
    const VERSION: u16 = 1;
}
