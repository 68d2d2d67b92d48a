//! Recovery: a node whose journal was put back from a backup, and what it and its peers wrote down of it.
//!
//! What was regained is journaled as what it was: the settlement or reversal with everything that follows
//! from it, and beside it the proof that was given with it then. So whoever asks again hears the same bytes.

use crate::canonical_struct;
use crate::claim::VisitKey;
use crate::coverage::Balances;
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::final_refusal::FinalRefusal;
use crate::id::SettlementId;
use crate::leg::NumberedLeg;
use crate::officer::OfficerName;
use crate::person::{PersonRef, PsnNo};
use crate::receipt::{GroupSignature, Receipt};
use crate::region::RegionCode;
use crate::reversal::Reversal;

use super::NodeRecord;
use super::home::{Committed, HomeRefused};
use super::reversal::ReversalOrdered;

/// Tells two restores apart that count the same incarnation, because they began from the same backup.
pub type RestoreMark = [u8; 16];

/// The journal up to here came from a backup. Until [`RestoreEnded`] the node is in recovery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreBegan {
    /// The incarnation from now on.
    pub incarnation: u32,
    /// Drawn at random.
    pub mark: RestoreMark,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(RestoreBegan {
    incarnation,
    mark,
    at
});

/// Everything that peers and the clearinghouse hold was collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoreEnded {
    /// The incarnation that serves.
    pub incarnation: u32,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(RestoreEnded { incarnation, at });

/// Another region's node was restored. What it gave in an older incarnation under a number that its backup
/// does not have, and that is not held here by now, does not stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerRestored {
    /// Which region.
    pub region: RegionCode,
    /// Its incarnation.
    pub incarnation: u32,
    /// What it drew.
    pub mark: RestoreMark,
    /// The last number of its stream to here that its backup has.
    pub written: u64,
    /// Up to which number it holds the own stream to there, without a gap.
    pub held: u64,
    /// When it said so.
    pub at: Timestamp,
}

canonical_struct!(PeerRestored {
    region,
    incarnation,
    mark,
    written,
    held,
    at
});

/// What proved a receipt or a reversal when it was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The signature over its commit group.
    pub group: GroupSignature,
    /// The leaf's place in the group.
    pub index: u64,
    /// The path from the leaf to the root.
    pub path: Vec<Digest>,
}

canonical_struct!(Proof { group, index, path });

impl Proof {
    /// The receipt that it proved, as it was given.
    #[must_use]
    pub fn receipt_of(self, record: &Committed) -> Receipt {
        let Self { group, index, path } = self;
        Receipt {
            body: record.body().clone(),
            salt: record.salt,
            group,
            index,
            path,
        }
    }
}

/// Home role: a settlement that was committed after the backup, as the treatment region holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommitRegained {
    /// Its proof.
    pub proof: Proof,
    /// The settlement. Its totals are those of what is regained so far.
    pub record: Committed,
    /// What the accounts did not hold of what was paid from them: something that filled them did not come back,
    /// and the person is held.
    pub lacked: Balances,
}

canonical_struct!(CommitRegained {
    proof,
    record,
    lacked
});

impl CommitRegained {
    /// The receipt, as it was given.
    #[must_use]
    pub fn receipt(&self) -> Receipt {
        self.proof.clone().receipt_of(&self.record)
    }
}

/// How a visit stands once a word on it came back that was given before others which the node has. It follows what that word
/// changed, in the same frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitRegained {
    /// Whose.
    pub person: PersonRef,
    /// The visit.
    pub visit: VisitKey,
    /// What others had taken of it in the treatment role, and go on having.
    pub kept: Vec<VisitKept>,
    /// The last settlement of it that was reversed.
    pub last_reversed: Option<SettlementId>,
    /// Which reversed settlement each of them takes the place of.
    pub in_place: Vec<InPlace>,
}

canonical_struct!(VisitRegained {
    person,
    visit,
    kept,
    last_reversed,
    in_place
});

/// A visit, or part of a stay, that is prepared or stands in the treatment role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitKept {
    /// Which.
    pub visit: VisitKey,
    /// Under which settlement.
    pub taken_by: SettlementId,
}

canonical_struct!(VisitKept { visit, taken_by });

/// A settlement, and the reversed one of the same visit whose place it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InPlace {
    /// Which.
    pub settlement: SettlementId,
    /// Of which.
    pub of: Option<SettlementId>,
}

canonical_struct!(InPlace { settlement, of });

/// Home role: a reversal that was ordered after the backup, as the treatment region holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversalRegained {
    /// Its proof.
    pub proof: Proof,
    /// The reversal. Its totals are those of what is regained so far.
    pub record: ReversalOrdered,
}

canonical_struct!(ReversalRegained { proof, record });

impl ReversalRegained {
    /// The reversal, as it was given.
    #[must_use]
    pub fn reversal(&self) -> Reversal {
        let Proof { group, index, path } = self.proof.clone();
        Reversal {
            body: self.record.body().clone(),
            person: self.record.person,
            salt: self.record.salt,
            group,
            index,
            path,
        }
    }
}

/// Home role: a final refusal or tombstone that was given after the backup, as the treatment region holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusalRegained {
    /// Its proof.
    pub proof: Proof,
    /// The refusal.
    pub record: HomeRefused,
}

canonical_struct!(RefusalRegained { proof, record });

impl RefusalRegained {
    /// The refusal, as it was given.
    #[must_use]
    pub fn refusal(&self) -> FinalRefusal {
        let Proof { group, index, path } = self.proof.clone();
        FinalRefusal {
            body: self.record.body().clone(),
            request: self.record.request().clone(),
            salt: self.record.salt(),
            group,
            index,
            path,
        }
    }
}

/// Legs that the clearinghouse holds of the own stream and that the backup does not have, under the numbers
/// that they have there. What they arose from is regained, or settled again, after this.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegsRegained {
    /// The legs, by consecutive numbers; at least one, at most a block.
    pub legs: Vec<NumberedLeg>,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(LegsRegained { legs, at });

/// An officer has the restored node serve without a region that does not answer. What was settled between the two after
/// the backup is missing until the node collects anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionLeftOut {
    /// The region.
    pub region: RegionCode,
    /// The node's incarnation.
    pub incarnation: u32,
    /// The officer.
    pub officer: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(RegionLeftOut {
    region,
    incarnation,
    officer,
    at
});

/// An officer looked at a person who was held after a restore: the record is whole again as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonReleased {
    /// The person.
    pub psn_no: PsnNo,
    /// The officer.
    pub officer: OfficerName,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(PersonReleased {
    psn_no,
    officer,
    at
});

impl NodeRecord {
    /// The settlement that stands by this record, committed or regained; `None` for any other record.
    #[must_use]
    pub fn into_committed(self) -> Option<Committed> {
        if let Self::Committed(record) = self {
            Some(record)
        } else if let Self::CommitRegained(regained) = self {
            Some(regained.record)
        } else {
            None
        }
    }
}
