//! What the clearinghouse journals: legs as they were taken, days closed, cut-offs, plans, payments, prefunds.
//!
//! As with a node's records, each carries all that follows from it, so that reading the journal from any
//! place onwards arrives at the same state. A plan is kept as its own bytes: what was netted must be the
//! same bytes for ever, whatever program reads them. Deliberately absent: anything of a person, and the
//! state of matching, which follows from the legs.

mod attestation;
mod cycle;
mod members;
mod month;
mod payment;
mod prefund;
#[cfg(test)]
mod tests;
mod written_legs;

use std::collections::BTreeMap;

pub use attestation::{DifferencesTold, RegionAttested};
pub use cycle::{CycleRecord, CycleReopened, LegsLeftOut, NettingFailed, ReopeningProposed};
pub use members::{MemberProposed, MembersDecided, MembersRecord, ProposalEnded};
pub use month::{MonthApproved, MonthDrawnUp, MonthRecord, MonthRows, MonthSaid};
pub use payment::{
    Applied, Approved, Confirmed, Corrected, Delayed, Instructed, Joined, MonthInstructed, Parked,
    PaymentRecord, Returned,
};
pub use prefund::{
    LevelChange, PrefundAsked, PrefundAskedByHolder, PrefundCorrected, PrefundLevels, PrefundMoved,
    PrefundRecord, PrefundSet, PrefundToppedUp,
};
pub use written_legs::{WrittenLeg, WrittenLegs, before_legs};

use crate::canonical::Artifact;
use crate::checkpoint::SignedCheckpoint;
use crate::checkpoint::witness::CertifiedWord;
use crate::clearing_evidence::ClearingEvidence;
use crate::date::{BusinessDay, Timestamp};
use crate::digest::Digest;
use crate::dispute::outcome::CertifiedOutcome;
use crate::dispute::step::DisputeStep;
use crate::duplicate::{TagBatch, TagStream};
use crate::evidence::Chain;
use crate::id::SettlementId;
use crate::leg::NumberedLeg;
use crate::membership::SignedDirectory;
use crate::record::recovery::RestoreMark;
use crate::region::RegionCode;
use crate::{canonical_enum, canonical_struct};

/// One record of the clearinghouse's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClearingRecord {
    /// The next legs of a region's stream were taken.
    LegsTaken(LegsTaken),
    /// The same, where the region said of some which settlement they are of: at least one, ascending by number.
    DeductionsTaken(LegsTaken, Vec<DeductionOf>),
    /// A region's business day is complete up to a number.
    RegionClosed(RegionClosed),
    /// A stream said something else under a number than it had said before.
    StreamHalted(StreamHalted),
    /// An officer looked, and the stream goes on.
    StreamReleased(StreamReleased),
    /// A cycle is cut off.
    CutOff(CutOff),
    /// A cycle is netted.
    Netted(Netted),
    /// A cycle could not be netted, or is to be netted without something.
    Cycle(CycleRecord),
    /// A netted cycle went on towards being paid.
    Payment(PaymentRecord),
    /// Something happened to prefunds.
    Prefund(PrefundRecord),
    /// Something happened to the directory.
    Members(MembersRecord),
    /// A version of the directory was signed, in the order of their numbers.
    DirectorySigned(SignedDirectory),
    /// A region said what its rows of a cycle come to.
    RegionAttested(RegionAttested),
    /// A region said in which legs a row differs.
    DifferencesTold(DifferencesTold),
    /// A netted cycle's checkpoint was signed.
    Proven(Proven),
    /// A region showed what the home region had signed of a debt on which two do not agree.
    EvidenceGiven(EvidenceGiven),
    /// A dispute went on.
    Dispute(DisputeStep),
    /// The outcome of a settled dispute was signed.
    DisputeSigned(CertifiedOutcome),
    /// A region's word on a checkpoint was taken.
    Witnessed(Witnessed),
    /// Something happened to a month.
    Month(MonthRecord),
    /// A region's node was restored from a backup.
    StreamRestored(StreamRestored),
    /// The clearinghouse itself was restored from a backup: no cycle goes on.
    Restored(Restored),
    /// An officer said which cycle was cut off last before that, and cycles go on.
    Resumed(Resumed),
    /// The next batch of a region's tags was taken.
    TagsTaken(TagsTaken),
    /// A stream of tags does not go on from what it had said before.
    TagsHalted(TagsHalted),
}

canonical_enum!(ClearingRecord {
    1 => LegsTaken(record),
    2 => RegionClosed(record),
    3 => StreamHalted(record),
    4 => StreamReleased(record),
    5 => CutOff(record),
    6 => Netted(record),
    7 => Payment(record),
    8 => Prefund(record),
    10 => RegionAttested(record),
    11 => DifferencesTold(record),
    12 => Members(record),
    13 => DirectorySigned(record),
    14 => Proven(record),
    17 => Dispute(step),
    18 => DisputeSigned(certified),
    15 => Witnessed(record),
    20 => StreamRestored(record),
    21 => Restored(record),
    22 => Resumed(record),
    23 => Month(record),
    24 => Cycle(record),
    25 => DeductionsTaken(taken, of),
    30 => EvidenceGiven(record),
    90 => TagsTaken(record),
    91 => TagsHalted(record),
});

impl Artifact for ClearingRecord {
    const KIND: [u8; 4] = *b"CREC";
    const VERSION: u16 = 1;
}

/// Who made something happen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Actor {
    /// The clearinghouse itself, since every region had closed.
    AllClosed,
    /// The clearinghouse itself, at the deadline.
    Deadline,
    /// An officer of the clearinghouse, by the name in the certificate.
    Officer(String),
}

canonical_enum!(Actor { 1 => AllClosed, 2 => Deadline, 3 => Officer(name) });

/// Legs with the next numbers of a region's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegsTaken {
    /// Whose stream.
    pub region: RegionCode,
    /// When.
    pub at: Timestamp,
    /// The legs, by consecutive numbers; at least one.
    pub legs: Vec<NumberedLeg>,
}

canonical_struct!(LegsTaken { region, at, legs });

/// Of which settlement a deduction is, by the word of the region that owes it, beside its leg: the leg does not say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeductionOf {
    /// The leg's number in that region's stream.
    pub number: u64,
    /// The settlement.
    pub settlement: SettlementId,
}

canonical_struct!(DeductionOf { number, settlement });

/// A region's business day is complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegionClosed {
    /// The region.
    pub region: RegionCode,
    /// The day.
    pub day: BusinessDay,
    /// The last number of its stream that belongs to the day or an earlier one.
    pub up_to: u64,
    /// When it said so.
    pub at: Timestamp,
}

canonical_struct!(RegionClosed {
    region,
    day,
    up_to,
    at
});

/// A region's node was restored: nothing that it sends in an older incarnation is taken any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamRestored {
    /// Whose stream.
    pub region: RegionCode,
    /// Its incarnation.
    pub incarnation: u32,
    /// What it drew for it.
    pub mark: RestoreMark,
    /// When it said so.
    pub at: Timestamp,
}

canonical_struct!(StreamRestored {
    region,
    incarnation,
    mark,
    at
});

/// The clearinghouse begins anew on a journal that may lack what came after a backup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    /// Which time it begins: 2 after the first restore.
    pub incarnation: u32,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Restored { incarnation, at });

/// Every cycle that was cut off before the restore is here again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resumed {
    /// Who said so.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Resumed { by, at });

/// A number came again with other content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamHalted {
    /// Whose stream.
    pub region: RegionCode,
    /// The number.
    pub number: u64,
    /// Digest of the leg that is held under it.
    pub held: Digest,
    /// Digest of the leg that was offered under it.
    pub offered: Digest,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(StreamHalted {
    region,
    number,
    held,
    offered,
    at
});

/// The stream goes on after what is held; what is held stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamReleased {
    /// Whose stream.
    pub region: RegionCode,
    /// Who looked.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(StreamReleased { region, by, at });

/// The next batch of a region's tags.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagsTaken {
    /// Whose.
    pub region: RegionCode,
    /// The batch.
    pub batch: TagBatch,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(TagsTaken { region, batch, at });

/// A batch did not stand on what is held: nothing more of its stream is taken. A new stream ends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagsHalted {
    /// Whose.
    pub region: RegionCode,
    /// The stream.
    pub stream: TagStream,
    /// The number that was offered.
    pub number: u64,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(TagsHalted {
    region,
    stream,
    number,
    at
});

/// What the home region had signed of a debt, as a region showed it, with the signature checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvidenceGiven {
    /// Who showed it.
    pub region: RegionCode,
    /// What.
    pub evidence: ClearingEvidence,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(EvidenceGiven {
    region,
    evidence,
    at
});

/// The end of a cycle's intake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CutOff {
    /// The cycle.
    pub day: BusinessDay,
    /// For each region the last number that belongs to this cycle or an earlier one.
    pub marks: BTreeMap<RegionCode, u64>,
    /// On whose word.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(CutOff { day, marks, by, at });

/// Who owes whom for a cycle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Netted {
    /// The cycle.
    pub day: BusinessDay,
    /// The plan's number, from 1.
    pub number: u64,
    /// The plan as it stands alone.
    pub plan: Vec<u8>,
    /// On whose word.
    pub by: Actor,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(Netted {
    day,
    number,
    plan,
    by,
    at
});

/// The checkpoint of a netted cycle, in the order of the plans. The rows are those of the plan's gross amounts, each
/// with the root that stands here in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    /// The root over the legs of each row, in the rows' order.
    pub pair_roots: Vec<Digest>,
    /// The checkpoint, as it was signed.
    pub signed: SignedCheckpoint,
    /// The certificates of the key: a later key does not prove an earlier signature.
    pub signer: Chain,
}

canonical_struct!(Proven {
    pair_roots,
    signed,
    signer
});

/// A region's word on a checkpoint: taken in the order of the plans, each region's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// The word, as its node signed it.
    pub word: CertifiedWord,
    /// When it was taken.
    pub at: Timestamp,
}

canonical_struct!(Witnessed { word, at });
