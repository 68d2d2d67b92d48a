//! What a region's node journals: one record for each thing that happened, never changed afterwards.
//!
//! A record carries all that follows from it (new totals, leg numbers, the receipt's body), so that whoever
//! reads the journal from any place onwards arrives at the same state: values are the ones *after* the
//! event, and reading a record twice changes nothing. Deliberately absent: what can be asked again (how far
//! a peer has read) and what is only an attempt (a stale version, an unreachable home).

pub mod assistance;
pub mod by_hand;
pub mod clearing;
pub mod deduction;
pub mod directory;
pub mod dispute;
pub mod duplicate;
pub mod erasure;
pub mod expense_check;
pub mod external;
mod first_bytes;
pub mod hand;
pub mod home;
pub mod import;
pub mod institution_account;
pub mod looks;
pub mod month;
pub mod payable;
pub mod person;
pub mod policy;
pub mod provisional;
pub mod recovery;
pub mod registry;
pub mod reversal;
pub mod sealed;
pub mod transfer;
pub mod treatment;
pub mod witness;

#[cfg(test)]
mod tests;

pub use first_bytes::{
    is_booking, is_deduction_answered, is_erasure, is_hand, is_hand_taken, is_home_refusal,
    is_regained_word, is_restore_ended, is_signed_word, signed_leaf,
};

use crate::canonical::Artifact;
use crate::canonical_enum;
use crate::canonical_struct;
use crate::date::{BusinessDay, Timestamp};
use crate::provisional::Provisional;
use crate::region::RegionCode;

use assistance::{AssistanceGranted, AssistanceWithdrawn};
use by_hand::{SettledByHand, VisitFreed};
use deduction::{
    DeductionAnswered, DeductionDecided, DeductionLifted, DeductionOrdered, DeductionRegained,
};
use directory::{DirectoryAccepted, DirectorySplit, DirectoryTaken};
use dispute::{CorrectionBooked, DisputeWordSigned};
use duplicate::{CoverTold, DuplicateResolved, MatchesSeen, TagsBegun, TagsWritten};
use erasure::{PeopleErased, WordErased};
use expense_check::{CheckRefused, CheckWordBooked, CheckWordSaid, CheckWordTaken};
use external::{ExternalNoted, ExternalWithdrawn};
use home::{Committed, HomeRefused};
use import::{ImportChunk, ImportCommitted};
use institution_account::{
    InstitutionMonthSet, InstitutionReconciled, MonthConfirmed, MonthRolledBack,
};
use looks::SnapshotsGiven;
use month::MonthWordSigned;
use payable::{InstitutionPaid, PayoutCorrected};
use person::{EmergencyReviewed, PersonChanged};
use policy::{
    PolicyFetched, PolicyProposed, PolicyPublished, PolicyRejected, PolicyWithdrawn,
    WithdrawalAsked, WithdrawalRejected,
};
use provisional::{ProvisionalTakenBack, SnapshotKept, SnapshotSigned, TruedUp};
use recovery::{
    CommitRegained, LegsRegained, PeerRestored, PersonReleased, RefusalRegained, RegionLeftOut,
    RestoreBegan, RestoreEnded, ReversalRegained, VisitRegained,
};
use reversal::{ReversalBooked, ReversalIntended, ReversalNoted, ReversalOrdered, ReversalRefused};
use transfer::{
    HandRegained, HandTaken, HandWritten, HandsAcknowledged, LateEnded, LateMirrored, LateOffered,
    SupplementTaken, TransferStepped,
};
use treatment::{Abandoned, Cancelled, Prepared, Refused, Reprepared, Settled};
use witness::{CheckpointSeen, SplitViewFound};

/// One record of a node's journal.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::large_enum_variant,
    reason = "a record is made once and encoded; it is not kept in lists"
)]
pub enum NodeRecord {
    /// A part of a file that is being brought in; it has no effect of its own.
    ImportChunk(ImportChunk),
    /// All parts of a file are here: now they hold.
    ImportCommitted(ImportCommitted),
    /// A second officer approved a policy: the region publishes it.
    PolicyPublished(PolicyPublished),
    /// Another region's policy was fetched and checked.
    PolicyFetched(PolicyFetched),
    /// A business day was closed.
    DayClosed(DayClosed),
    /// Treatment role: about to ask the home region.
    Prepared(Prepared),
    /// Treatment role: the same claim, adjudicated again on a fresh snapshot.
    Reprepared(Reprepared),
    /// Treatment role: the receipt is booked.
    Settled(Settled),
    /// Treatment role: finally refused.
    Refused(Refused),
    /// Treatment role: a prepared settlement was given up, and home has its tombstone.
    Abandoned(Abandoned),
    /// Treatment role: an id that was not known here can never be settled.
    Cancelled(Cancelled),
    /// Home role: the settlement stands.
    Committed(Committed),
    /// Home role: the id of a settlement or a reversal is finally refused or buried.
    HomeRefused(HomeRefused),
    /// Home role: a treatment region holds its receipts up to a number.
    ReceiptsAcknowledged(ReceiptsAcknowledged),
    /// An officer put a policy forward.
    PolicyProposed(PolicyProposed),
    /// An officer turned a proposed policy down.
    PolicyRejected(PolicyRejected),
    /// An officer asked for a published policy to be withdrawn.
    WithdrawalAsked(WithdrawalAsked),
    /// An officer turned that down.
    WithdrawalRejected(WithdrawalRejected),
    /// A second officer approved it: the policy decides nothing any more.
    PolicyWithdrawn(PolicyWithdrawn),
    /// Home role: a settlement is reversed.
    ReversalOrdered(ReversalOrdered),
    /// Treatment role: about to ask the home region for a reversal.
    ReversalIntended(ReversalIntended),
    /// Treatment role: a reversal is booked.
    ReversalBooked(ReversalBooked),
    /// Treatment role: a wish for a reversal was finally refused.
    ReversalRefused(ReversalRefused),
    /// Treatment role: an institution has seen a reversal that it had not begun.
    ReversalNoted(ReversalNoted),
    /// Home role: one person's record was changed by a call.
    PersonChanged(PersonChanged),
    /// Home role: an officer reviewed an emergency that counted as filed.
    EmergencyReviewed(EmergencyReviewed),
    /// Home role: people's standing was shown to treatment regions.
    SnapshotsGiven(SnapshotsGiven),
    /// Home role: an officer settled a bill by hand; its commit stands before it.
    SettledByHand(SettledByHand),
    /// Home role: a visit that was settled by hand may be settled anew; the reversal stands before it.
    VisitFreed(VisitFreed),
    /// The journal up to here came from a backup.
    RestoreBegan(RestoreBegan),
    /// What peers and the clearinghouse hold was collected.
    RestoreEnded(RestoreEnded),
    /// Another region's node was restored.
    PeerRestored(PeerRestored),
    /// Home role: a settlement that the backup does not have stands again.
    CommitRegained(CommitRegained),
    /// Home role: a reversal that the backup does not have stands again.
    ReversalRegained(ReversalRegained),
    /// Either role: how a visit stands once an earlier word on it came back.
    VisitRegained(VisitRegained),
    /// Legs that the backup does not have are written again.
    LegsRegained(LegsRegained),
    /// Home role: a person held after a restore is served again.
    PersonReleased(PersonReleased),
    /// A restored node serves without a region that does not answer.
    RegionLeftOut(RegionLeftOut),
    /// Home role: a refusal that the backup does not have holds again.
    RefusalRegained(RefusalRegained),
    /// Home role: a settlement of the region's own core system counts.
    ExternalNoted(ExternalNoted),
    /// Home role: such a settlement counts no more.
    ExternalWithdrawn(ExternalWithdrawn),
    /// Either home: a transfer of the relationship goes on or ends.
    TransferStepped(TransferStepped),
    /// Old home: a word for the new home, a hand-over or a supplement.
    HandWritten(HandWritten),
    /// Old home: such a word that the backup does not have stands again.
    HandRegained(HandRegained),
    /// New home: such a word is taken.
    HandTaken(HandTaken),
    /// Old home: a new home holds its words up to a number.
    HandsAcknowledged(HandsAcknowledged),
    /// Old home: how a person stands at the new home, for late claims.
    LateMirrored(LateMirrored),
    /// Old home: a late claim is put to the new home.
    LateOffered(LateOffered),
    /// Old home: a late claim that was put to the new home has its outcome.
    LateEnded(LateEnded),
    /// New home: a late claim of the old home is counted in.
    SupplementTaken(SupplementTaken),
    /// Home role: a snapshot is signed for provisional use.
    SnapshotSigned(SnapshotSigned),
    /// Treatment role: a signed snapshot is kept.
    SnapshotKept(SnapshotKept),
    /// Treatment role: settled provisionally, while the home region cannot be reached.
    Provisional(Provisional),
    /// A provisional settlement is trued up; how it stands by it comes before it.
    TruedUp(TruedUp),
    /// Treatment role: a provisional settlement is taken back.
    ProvisionalTakenBack(ProvisionalTakenBack),
    /// Home role: assistance on a year's totals is granted.
    AssistanceGranted(AssistanceGranted),
    /// Home role: such a grant stands no more.
    AssistanceWithdrawn(AssistanceWithdrawn),
    /// Home role: the stream of tags for the clearinghouse begins, or begins anew.
    TagsBegun(TagsBegun),
    /// Home role: a batch of tags for the clearinghouse.
    TagsWritten(TagsWritten),
    /// Home role: whom another region insures too, as the clearinghouse has it now.
    MatchesSeen(MatchesSeen),
    /// Home role: another region's word on somebody whom it insures too.
    CoverTold(CoverTold),
    /// Home role: an officer says what becomes of a person whom another region insures too.
    DuplicateResolved(DuplicateResolved),
    /// What the region says in a dispute, signed and not sent yet.
    DisputeWordSigned(DisputeWordSigned),
    /// A settled dispute is corrected.
    CorrectionBooked(CorrectionBooked),
    /// What the region says of a month, signed and not sent yet.
    MonthWordSigned(MonthWordSigned),
    /// The next version of the network's directory was taken.
    DirectoryTaken(DirectoryTaken),
    /// The clearinghouse signed a version of the directory that cannot stand beside those that were taken.
    DirectorySplit(DirectorySplit),
    /// An officer has the node go by a version of the directory that contradicts the one it went by.
    DirectoryAccepted(DirectoryAccepted),
    /// People are erased: their keys are destroyed.
    PeopleErased(PeopleErased),
    /// A word of another region is of somebody who was erased there.
    WordErased(WordErased),
    /// Treatment role: an audit deduction or its withdrawal is ordered.
    DeductionOrdered(DeductionOrdered),
    /// Treatment role: the home region's word on it is booked.
    DeductionAnswered(DeductionAnswered),
    /// Home role: such an order is accepted or finally refused.
    DeductionDecided(DeductionDecided),
    /// Home role: such a decision that the backup does not have holds again.
    DeductionRegained(DeductionRegained),
    /// Either role: a deduction ends with the reversal of its settlement.
    DeductionLifted(DeductionLifted),
    /// Treatment role: the bureau paid an institution.
    InstitutionPaid(InstitutionPaid),
    /// Treatment role: such a payment is taken out again.
    PayoutCorrected(PayoutCorrected),
    /// A checkpoint of the clearinghouse was held against the own book.
    CheckpointSeen(CheckpointSeen),
    /// The clearinghouse signed another checkpoint for the same plan.
    SplitViewFound(SplitViewFound),
    /// Treatment role: an institution stated its totals of a span, and was answered.
    InstitutionReconciled(InstitutionReconciled),
    /// Treatment role: an institution confirmed lines of its month.
    MonthConfirmed(MonthConfirmed),
    /// Treatment role: it took such a confirmation back.
    MonthRolledBack(MonthRolledBack),
    /// Treatment role: the bureau closed an institution's month, or opened it again.
    InstitutionMonthSet(InstitutionMonthSet),
    /// The region says a word in an expense check.
    CheckWordSaid(CheckWordSaid),
    /// A word in an expense check comes from the other region.
    CheckWordBooked(CheckWordBooked),
    /// The other region has the own word in an expense check.
    CheckWordTaken(CheckWordTaken),
    /// Home role: the treatment region refused to take an expense check.
    CheckRefused(CheckRefused),
}

canonical_enum!(NodeRecord {
    1 => ImportChunk(record),
    2 => ImportCommitted(record),
    3 => PolicyPublished(record),
    4 => PolicyFetched(record),
    5 => DayClosed(record),
    6 => Prepared(record),
    7 => Reprepared(record),
    8 => Settled(record),
    9 => Refused(record),
    10 => Abandoned(record),
    11 => Cancelled(record),
    12 => Committed(record),
    13 => HomeRefused(record),
    15 => ReceiptsAcknowledged(record),
    16 => PolicyProposed(record),
    17 => PolicyRejected(record),
    18 => WithdrawalAsked(record),
    19 => WithdrawalRejected(record),
    20 => PolicyWithdrawn(record),
    21 => ReversalOrdered(record),
    23 => ReversalIntended(record),
    24 => ReversalBooked(record),
    25 => ReversalRefused(record),
    26 => ReversalNoted(record),
    27 => PersonChanged(record),
    28 => EmergencyReviewed(record),
    40 => SnapshotsGiven(record),
    29 => SettledByHand(record),
    30 => VisitFreed(record),
    50 => RestoreBegan(record),
    51 => RestoreEnded(record),
    52 => PeerRestored(record),
    53 => CommitRegained(record),
    54 => ReversalRegained(record),
    55 => LegsRegained(record),
    56 => PersonReleased(record),
    32 => RegionLeftOut(record),
    57 => RefusalRegained(record),
    58 => VisitRegained(record),
    80 => ExternalNoted(record),
    81 => ExternalWithdrawn(record),
    60 => TransferStepped(record),
    61 => HandWritten(record),
    62 => HandRegained(record),
    63 => HandTaken(record),
    64 => HandsAcknowledged(record),
    65 => LateMirrored(record),
    66 => LateOffered(record),
    67 => LateEnded(record),
    68 => SupplementTaken(record),
    70 => SnapshotSigned(record),
    71 => SnapshotKept(record),
    72 => Provisional(record),
    73 => TruedUp(record),
    74 => ProvisionalTakenBack(record),
    85 => AssistanceGranted(record),
    86 => AssistanceWithdrawn(record),
    90 => TagsBegun(record),
    91 => TagsWritten(record),
    92 => MatchesSeen(record),
    93 => CoverTold(record),
    94 => DuplicateResolved(record),
    124 => DisputeWordSigned(record),
    125 => CorrectionBooked(record),
    130 => MonthWordSigned(record),
    136 => DirectoryTaken(record),
    137 => DirectorySplit(record),
    138 => DirectoryAccepted(record),
    33 => PeopleErased(record),
    34 => WordErased(record),
    104 => DeductionOrdered(record),
    105 => DeductionAnswered(record),
    106 => DeductionDecided(record),
    107 => DeductionRegained(record),
    108 => DeductionLifted(record),
    109 => InstitutionPaid(record),
    110 => PayoutCorrected(record),
    95 => CheckpointSeen(record),
    96 => SplitViewFound(record),
    126 => InstitutionReconciled(record),
    127 => MonthConfirmed(record),
    128 => MonthRolledBack(record),
    129 => InstitutionMonthSet(record),
    131 => CheckWordSaid(record),
    132 => CheckWordBooked(record),
    133 => CheckWordTaken(record),
    134 => CheckRefused(record),
});

impl Artifact for NodeRecord {
    const KIND: [u8; 4] = *b"NREC";
    const VERSION: u16 = 1;
}

/// A business day was closed: later commits fall on a later day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayClosed {
    /// The day.
    pub day: BusinessDay,
    /// The last leg number of the region's stream when it was closed.
    pub up_to: u64,
    /// When.
    pub at: Timestamp,
}

canonical_struct!(DayClosed { day, up_to, at });

/// A treatment region holds its receipts up to a number, durably booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceiptsAcknowledged {
    /// The treatment region.
    pub treatment: RegionCode,
    /// The highest number held without a gap.
    pub up_to: u64,
}

canonical_struct!(ReceiptsAcknowledged { treatment, up_to });
