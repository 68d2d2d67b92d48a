//! What remains of a record in the clear (留存部分), for every kind that names people.
//!
//! Nothing of a person is here: ids, the impersonal bodies that were signed, numbers in streams, regions and
//! amounts as clearing knows them. The tag of each kind is the tag of its record, and what is signed begins with its
//! leaf, so that whoever looks at a record's first bytes finds the same in both forms.

use crate::canonical_enum;
use crate::date::Timestamp;
use crate::digest::Digest;
use crate::duplicate::TagBatch;
use crate::id::{ActId, SettlementId, TransferId};
use crate::receipt::ReceiptBody;
use crate::record::import::ImportKind;
use crate::region::RegionCode;
use crate::reversal::ReversalBody;

/// What remains of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "it is made once and encoded, or read once and applied"
)]
pub enum Remains {
    /// Of rows of a file: which part of which file, and of what.
    ImportChunk {
        /// The file.
        import: Digest,
        /// Which part.
        seq: u32,
        /// What its rows are.
        kind: ImportKind,
    },
    /// Of a claim that was prepared: its id.
    Prepared(SettlementId),
    /// Of one that was adjudicated again: its id.
    Reprepared(SettlementId),
    /// Of a settlement: its receipt's body, and its legs.
    Committed {
        /// The body's leaf.
        leaf: Digest,
        /// What is signed.
        body: ReceiptBody,
        /// The number of its first leg.
        legs_from: u64,
    },
    /// Of a reversal: its body, and its legs.
    ReversalOrdered {
        /// The body's leaf.
        leaf: Digest,
        /// What is signed.
        body: ReversalBody,
        /// The number of its first leg.
        legs_from: u64,
    },
    /// Of a reversal that is booked: its body, and its legs.
    ReversalBooked {
        /// What is signed.
        body: ReversalBody,
        /// The number of its first leg.
        legs_from: u64,
        /// When.
        at: Timestamp,
    },
    /// Of an act on a person's record: its id.
    PersonChanged(ActId),
    /// Of a bill that was settled by hand: the act's id.
    SettledByHand(ActId),
    /// Of a visit that was freed: nothing.
    VisitFreed,
    /// Of who was shown whose standing: its number.
    SnapshotsGiven {
        /// The number.
        number: u64,
        /// When.
        at: Timestamp,
    },
    /// As of a settlement.
    CommitRegained {
        /// What is signed.
        body: ReceiptBody,
        /// The number of its first leg.
        legs_from: u64,
    },
    /// As of a reversal.
    ReversalRegained {
        /// What is signed.
        body: ReversalBody,
        /// The number of its first leg.
        legs_from: u64,
    },
    /// Of how a visit stands: nothing.
    VisitRegained,
    /// Of a person who was released: nothing.
    PersonReleased,
    /// Of a step of a transfer: the transfer's id.
    TransferStepped(TransferId),
    /// Of a word to a new home: its place in that stream.
    HandWritten {
        /// The word's leaf.
        leaf: Digest,
        /// To whom.
        new_home: RegionCode,
        /// Its number.
        number: u64,
    },
    /// The same of a word that came back.
    HandRegained {
        /// To whom.
        new_home: RegionCode,
        /// Its number.
        number: u64,
    },
    /// Of a word that was taken: its place in the old home's stream.
    HandTaken {
        /// From whom.
        old_home: RegionCode,
        /// Its number.
        number: u64,
    },
    /// Of how somebody stands elsewhere: nothing.
    LateMirrored,
    /// Of a late claim that was put elsewhere: nothing but what its outcome leaves.
    LateOffered,
    /// Of its outcome: nothing but what the settlement leaves.
    LateEnded,
    /// Of a late claim that was counted in: nothing.
    SupplementTaken,
    /// Of a signed snapshot: its leaf.
    SnapshotSigned(Digest),
    /// Of a signed snapshot that was kept: nothing.
    SnapshotKept,
    /// Of a provisional settlement: its id.
    Provisional(SettlementId),
    /// Of a true-up: nothing; losses of people who were erased are in no list any more.
    TruedUp,
    /// Of what the core system settled: nothing; its id is the core system's to remember.
    ExternalNoted,
    /// Of its withdrawal: nothing.
    ExternalWithdrawn,
    /// Of assistance that was granted: the act's id.
    AssistanceGranted(ActId),
    /// Of its withdrawal: nothing.
    AssistanceWithdrawn,
    /// Of a batch of tags: the batch, as the clearinghouse has it.
    TagsWritten(TagBatch),
    /// Of matches that were seen: when.
    MatchesSeen(Timestamp),
    /// Of another region's word on somebody: nothing.
    CoverTold,
    /// Of what becomes of somebody insured twice: nothing.
    DuplicateResolved,
}

canonical_enum!(Remains {
    1 => ImportChunk { import, seq, kind },
    6 => Prepared(settlement),
    7 => Reprepared(settlement),
    12 => Committed { leaf, body, legs_from },
    21 => ReversalOrdered { leaf, body, legs_from },
    24 => ReversalBooked { body, legs_from, at },
    27 => PersonChanged(act),
    29 => SettledByHand(act),
    30 => VisitFreed,
    40 => SnapshotsGiven { number, at },
    53 => CommitRegained { body, legs_from },
    54 => ReversalRegained { body, legs_from },
    56 => PersonReleased,
    58 => VisitRegained,
    60 => TransferStepped(transfer),
    61 => HandWritten { leaf, new_home, number },
    62 => HandRegained { new_home, number },
    63 => HandTaken { old_home, number },
    65 => LateMirrored,
    66 => LateOffered,
    67 => LateEnded,
    68 => SupplementTaken,
    70 => SnapshotSigned(leaf),
    71 => SnapshotKept,
    72 => Provisional(settlement),
    73 => TruedUp,
    80 => ExternalNoted,
    81 => ExternalWithdrawn,
    85 => AssistanceGranted(act),
    86 => AssistanceWithdrawn,
    91 => TagsWritten(batch),
    92 => MatchesSeen(at),
    93 => CoverTold,
    94 => DuplicateResolved,
});

/// Why bytes are no sealed record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RemainsError {
    /// Its first bytes are not the leaf of what is signed.
    #[error("the leaf is not that of the signed body that remains")]
    Leaf,
    /// A record of one person has one section, a batch of tags one for each tag.
    #[error("a record of another number of people")]
    Sections,
    /// Sections stand in the order of their keys, whatever the order of the parts.
    #[error("sections that are not in the order of their keys")]
    Order,
}

impl Remains {
    /// Whether its record is about any number of people, each with a section.
    #[must_use]
    pub const fn of_many(&self) -> bool {
        matches!(
            self,
            Self::ImportChunk { .. }
                | Self::SnapshotsGiven { .. }
                | Self::TagsWritten(_)
                | Self::MatchesSeen(_)
        )
    }

    /// Whether it agrees with itself and with how many sections stand beside it.
    pub(super) fn check(&self, sections: usize) -> Result<(), RemainsError> {
        let leaf = if let Self::Committed { leaf, body, .. } = self {
            *leaf == body.leaf()
        } else if let Self::ReversalOrdered { leaf, body, .. } = self {
            *leaf == body.leaf()
        } else {
            true
        };
        if !leaf {
            return Err(RemainsError::Leaf);
        }
        let fits = if let Self::TagsWritten(batch) = self {
            batch.changes.len() == sections
        } else {
            self.of_many() || sections == 1
        };
        if fits {
            Ok(())
        } else {
            Err(RemainsError::Sections)
        }
    }
}
