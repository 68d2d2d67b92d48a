//! The tables: each with its key and its row, in one list.
//!
//! Adding a table is one line here. Tags are part of a backend's bytes and are never reused.

use huitong_core::bill::VisitNumber;
use huitong_core::claim::VisitKey;
use huitong_core::clearing_month::word::CertifiedMonthWord;
use huitong_core::date::{BusinessDay, ServiceDate};
use huitong_core::digest::Digest;
use huitong_core::dispute::name::DisputeName;
use huitong_core::duplicate::Tag;
use huitong_core::external::CoreId;
use huitong_core::id::{ActId, CheckId, DeductionId, ReversalId, SettlementId, TransferId};
use huitong_core::institution::InstitutionCode;
use huitong_core::leg::LegKind;
use huitong_core::money::Fen;
use huitong_core::payable::Month;
use huitong_core::payment::BankReference;
use huitong_core::person::PsnNo;
use huitong_core::provisional::TrueUp;
use huitong_core::record::import::ImportKind;
use huitong_core::record::registry::{InstitutionRow, Member};
use huitong_core::record::sealed::PersonKeyId;
use huitong_core::region::RegionCode;
use huitong_core::vocabulary::Setting;

use super::StoreError;
use super::assistance_row::AssistanceRow;
use super::check_row::CheckRow;
use super::deduction_row::{DeductionRow, Deductions, HomeDeductionRow};
use super::directory_row::DirectoryHead;
use super::dispute_row::{CorrectionRow, DisputeWordRow};
use super::duplicate_row::{DuplicateRow, TagHead, TagRow};
use super::erased_row::ErasedId;
use super::external_row::ExternalRow;
use super::held_row::HeldReceipts;
use super::institution_account_row::{InstitutionMonthRow, MonthLineRow, ReconciledRow};
use super::location::Location;
use super::looked_row::LookedRow;
use super::payable_row::{DueRow, PayoutRow};
use super::person_row::{ActRow, ReviewedRow};
use super::provisional_row::{KeptRow, ProvisionalRow, SignedRow};
use super::recovery_row::{
    BackupDay, LeftOut, RegainedLegs, RegainedPerson, Restored, RestoredPeer,
};
use super::reversal_row::{HomeReversalRow, ReversalRow};
use super::row::{
    Account, CatalogueRow, ClosedDay, Episode, Filings, HomeRow, LastClosedDay, OpenRow,
    SettlementRow, Stream, StreamHead,
};
use super::transfer_row::{HandedIdRow, LateRow, RelationRow, TransferRow};
use super::witness_row::WitnessHead;
use super::{PolicyChanges, PolicyRow};

macro_rules! tables {
    (@kept $row:ty as Box) => { Box<$row> };
    (@kept $row:ty) => { $row };
    (@taken $row:ident as Box) => { *$row };
    (@taken $row:ident) => { $row };
    ($($(#[$doc:meta])* $tag:literal $table:ident ($($part:ident: $kind:ty),*) => $row:ty $(as $boxed:ident)?, $get:ident;)*) => {
        /// A table.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Table { $($(#[$doc])* $table),* }

        impl Table {
            /// Every table.
            pub const ALL: &'static [Self] = &[$(Self::$table),*];

            /// Its tag, the first byte of its keys.
            #[must_use]
            pub const fn tag(self) -> u8 {
                match self { $(Self::$table => $tag),* }
            }
        }

        /// The key of a row.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Key { $($(#[$doc])* $table($($kind),*)),* }

        huitong_core::canonical_enum!(Key { $($tag => $table($($part),*)),* });

        /// A row. Every row that waits for the index has the room of the largest, and is moved with it: what is large is
        /// boxed.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Row { $($(#[$doc])* $table(tables!(@kept $row $(as $boxed)?))),* }

        huitong_core::canonical_enum!(Row { $($tag => $table(row)),* });

        /// Rows as they stand, everything appended included.
        pub trait Rows {
            /// One row.
            ///
            /// # Errors
            /// [`StoreError`] when it cannot be read.
            fn row(&self, key: &Key) -> Result<Option<Row>, StoreError>;

            $(
                $(#[$doc])*
                ///
                /// # Errors
                /// [`StoreError`] when it cannot be read.
                fn $get(&self, $($part: $kind),*) -> Result<Option<$row>, StoreError> {
                    match self.row(&Key::$table($($part),*))? {
                        None => Ok(None),
                        Some(found) => {
                            if let Row::$table(row) = found {
                                Ok(Some(tables!(@taken row $(as $boxed)?)))
                            } else {
                                Err(StoreError::WrongRow(stringify!($table)))
                            }
                        }
                    }
                }
            )*
        }
    };
}

tables! {
    /// An insured person.
    1 Member(psn_no: PsnNo) => Member, member;
    /// A person's filings.
    2 Filings(psn_no: PsnNo) => Filings, filings;
    /// A person's version, totals and balances.
    3 Account(psn_no: PsnNo) => Account, account;
    /// An institution of the region.
    4 Institution(code: InstitutionCode) => InstitutionRow, institution;
    /// Treatment role: a settlement.
    5 Settlement(id: SettlementId) => SettlementRow as Box, settlement;
    /// Treatment role: a settlement that is prepared and not decided.
    6 Open(id: SettlementId) => OpenRow, open;
    /// Treatment role: the settlement that a visit is prepared or settled under.
    7 Visit(visit: VisitKey) => SettlementId, visit;
    /// Home role: what became of a treatment region's id.
    8 HomeSettlement(treatment: RegionCode, id: SettlementId) => HomeRow as Box, home_settlement;
    /// Home role: the settlement that a visit stands under.
    9 HomeVisit(visit: VisitKey) => SettlementId, home_visit;
    /// How far a numbered stream is written and acknowledged.
    10 Stream(stream: Stream) => StreamHead, stream;
    /// Where the nth block of a stream begins in the journal.
    11 Block(stream: Stream, block: u64) => Location, block;
    /// Treatment role: the receipts of a home region that are booked.
    12 Held(home: RegionCode) => HeldReceipts, held;
    /// A policy, the region's own, put forward or published, or fetched.
    13 Policy(digest: Digest) => PolicyRow as Box, policy;
    /// A part of a file that is being brought in, or of the catalogue.
    14 Chunk(import: Digest, seq: u32) => Location, chunk;
    /// The catalogue in use.
    15 Catalogue() => CatalogueRow, catalogue;
    /// A closed business day and the last leg number then.
    16 ClosedDay(day: BusinessDay) => ClosedDay, closed_day;
    /// The last business day that was closed.
    17 LastClosedDay() => LastClosedDay, last_closed_day;
    /// How many rows of a kind the region holds.
    18 Count(kind: ImportKind) => u64, count;
    /// Home role: an admission, by where it began.
    19 Episode(psn_no: PsnNo, institution: InstitutionCode, episode: VisitNumber) => Episode, episode;
    /// How often what decides in the region has changed.
    20 PolicyChanges() => PolicyChanges, policy_changes;
    /// Home role: what became of the id of a reversal, in the scope of the region whose node asked.
    21 HomeReversal(asked_by: RegionCode, id: ReversalId) => HomeReversalRow, home_reversal;
    /// Treatment role: an institution's wish for a reversal.
    22 Reversal(id: ReversalId) => ReversalRow, reversal;
    /// Treatment role: a wish for a reversal that is not decided.
    23 OpenReversal(id: ReversalId) => OpenRow, open_reversal;
    /// Treatment role: a reversal that its institution had not begun and has not seen.
    24 Notice(institution: InstitutionCode, id: SettlementId) => OpenRow, notice;
    /// Treatment role: the last settlement of a visit that was reversed.
    25 Replaced(visit: VisitKey) => SettlementId, replaced;
    /// Home role: what became of the id of an act on a person's record.
    26 Act(id: ActId) => ActRow, act;
    /// The day a person died.
    27 Death(psn_no: PsnNo) => ServiceDate, death;
    /// Home role: a settlement that counts as filed by an emergency nobody reviewed yet.
    28 Emergency(treatment: RegionCode, id: SettlementId) => OpenRow, emergency;
    /// Home role: the last settlement by hand of a visit that was reversed.
    30 HandReplaced(visit: VisitKey) => SettlementId, hand_replaced;
    /// Home role: what a review of an emergency found.
    29 Reviewed(treatment: RegionCode, id: SettlementId) => ReviewedRow, reviewed;
    /// Home role: who was shown a person's standing.
    40 Looked(psn_no: PsnNo) => LookedRow, looked;
    /// Home role: the number of the last record of who was shown whose standing.
    41 LooksWritten() => u64, looks_written;
    /// The node's own last restore.
    50 Restored() => Restored, restored;
    /// How far the backup of the node's own last restore goes.
    59 BackupDay() => BackupDay, backup_day;
    /// The last restore of another region's node.
    51 RestoredPeer(region: RegionCode) => RestoredPeer, restored_peer;
    /// A region that the restored node serves without.
    54 LeftOut(region: RegionCode) => LeftOut, left_out;
    /// What a restore regained of a person's record.
    52 Regained(psn_no: PsnNo) => RegainedPerson, regained;
    /// Legs that came back from the clearinghouse and are not booked again yet.
    53 RegainedLegs(id: SettlementId, kind: LegKind) => RegainedLegs, regained_legs;
    /// Home role: a settlement of the region's own core system.
    80 External(id: CoreId) => ExternalRow as Box, external;
    /// Home role: the settlement of the core system that made a change of a person's record.
    81 ExternalOf(psn_no: PsnNo, change: u64) => CoreId, external_of;
    /// Home role: assistance on a year's totals, granted.
    85 Assistance(id: ActId) => AssistanceRow, assistance;
    /// Home role: the grant that stands for a person's year.
    86 AssistanceOf(psn_no: PsnNo, year: u16) => ActId, assistance_of;
    /// Home role: the grant that made a change of a person's record.
    87 AssistanceAt(psn_no: PsnNo, change: u64) => ActId, assistance_at;
    /// A transfer of the relationship, at either home.
    60 Transfer(id: TransferId) => TransferRow as Box, transfer;
    /// How a person's relationship stands, when a transfer touched it.
    61 Relation(psn_no: PsnNo) => RelationRow as Box, relation;
    /// New home: an id that was decided at an old home.
    62 HandedId(treatment: RegionCode, id: SettlementId) => HandedIdRow as Box, handed_id;
    /// New home: the settlement that a visit stands under at an old home.
    63 HandedVisit(visit: VisitKey) => SettlementId, handed_visit;
    /// New home: up to which number an old home's words are taken.
    64 HandsHeld(old_home: RegionCode) => u64, hands_held;
    /// Old home: a late claim that is being put to the new home.
    65 LateClaim(treatment: RegionCode, id: SettlementId) => LateRow, late_claim;
    /// Old home: a settlement that is given up, and after whom the new home was told of it last: by which transfer they went.
    68 GivenUp(treatment: RegionCode, id: SettlementId) => TransferId, given_up;
    /// Old home: a transfer whose hand-over is not written yet.
    66 OpenTransfer(id: TransferId) => OpenRow, open_transfer;
    /// Treatment role: a settlement that is or was provisional.
    70 Provisional(id: SettlementId) => ProvisionalRow as Box, provisional;
    /// Treatment role: the provisional settlement of a person that is not trued up.
    71 ProvisionalOf(home: RegionCode, psn_no: PsnNo) => SettlementId, provisional_of;
    /// Treatment role: the signed snapshot of a person that is kept.
    72 Kept(home: RegionCode, psn_no: PsnNo) => KeptRow, kept;
    /// Home role: the last snapshot that was signed of a person.
    73 Signed(psn_no: PsnNo) => SignedRow, signed;
    /// Home role: a provisional settlement that was trued up.
    74 TruedUp(treatment: RegionCode, id: SettlementId) => TrueUp, trued_up;
    /// A person's key: it is named in the journal before the person is.
    55 PersonKey(home: RegionCode, psn_no: PsnNo) => PersonKeyId, person_key;
    /// The first slot of the keyring that nobody was given.
    56 KeysGiven() => u32, keys_given;
    /// An id of somebody who was erased: it is remembered, and what it was is not.
    57 Erased(id: ErasedId) => Location, erased;
    /// An erasure, by its number.
    58 Erasure(number: u64) => Location, erasure;
    /// What the region said last of a kind in a dispute.
    88 DisputeWord(name: DisputeName, says: u8) => DisputeWordRow, dispute_word;
    /// A settled dispute that is corrected.
    89 Correction(name: DisputeName) => CorrectionRow, correction;
    /// What the region said last of a month.
    130 MonthWord(month: Month) => CertifiedMonthWord as Box, month_word;
    /// Home role: how far the stream of tags for the clearinghouse is written.
    90 TagHead() => TagHead, tag_head;
    /// Home role: a tag that was reported.
    91 Tag(tag: Tag) => TagRow, tag;
    /// Home role: a batch of tags, by its number in its stream.
    92 TagBatch(number: u64) => Location, tag_batch;
    /// Treatment role: an audit deduction.
    104 Deduction(id: DeductionId) => DeductionRow as Box, deduction;
    /// Treatment role: the deductions that count against a settlement.
    105 Deductions(settlement: SettlementId) => Deductions, deductions;
    /// Treatment role: a deduction or withdrawal that the home region has not answered.
    106 OpenDeduction(id: DeductionId) => OpenRow, open_deduction;
    /// Treatment role: the institution of a deduction, by the day on which it was ordered.
    107 DeductionOn(on: BusinessDay, id: DeductionId) => InstitutionCode, deduction_on;
    /// Home role: a treatment region's deduction.
    108 HomeDeduction(treatment: RegionCode, id: DeductionId) => HomeDeductionRow, home_deduction;
    /// Home role: the deductions that stand of a settlement.
    109 HomeDeductions(treatment: RegionCode, settlement: SettlementId) => Deductions, home_deductions;
    /// Treatment role: what an institution is owed, or owes back, by an event of a business day.
    110 Due(institution: InstitutionCode, on: BusinessDay, kind: LegKind, id: SettlementId) => DueRow, due;
    /// Treatment role: a payment to an institution, by the bank's reference.
    111 Payout(reference: BankReference) => PayoutRow as Box, payout;
    /// Treatment role: what counts of a payment, for an institution and the month that begins on a day.
    112 PayoutOf(institution: InstitutionCode, month: BusinessDay, reference: BankReference) => Fen, payout_of;
    /// Treatment role: how an institution's day was reconciled last, of one kind of care or of all.
    82 Reconciled(institution: InstitutionCode, on: BusinessDay, setting: Option<Setting>) => ReconciledRow as Box, reconciled;
    /// Treatment role: what an institution said of a settlement of the month that begins on a day.
    75 MonthLine(institution: InstitutionCode, month: BusinessDay, settlement: SettlementId) => MonthLineRow, month_line;
    /// Treatment role: an institution's month, which begins on a day: what was confirmed of it, and who closed it.
    67 InstitutionMonth(institution: InstitutionCode, month: BusinessDay) => InstitutionMonthRow, institution_month;
    /// Home role: a person whom another region insures too, or did.
    93 Duplicate(psn_no: PsnNo, region: RegionCode) => DuplicateRow as Box, duplicate;
    /// The last checkpoint of the clearinghouse that was held against the own book.
    95 WitnessHead() => WitnessHead, witness_head;
    /// A checkpoint that was, by its plan.
    96 Checkpoint(plan: u64) => Location, checkpoint;
    /// A checkpoint that the region refuses to countersign.
    97 RefusedCheckpoint(plan: u64) => Location, refused_checkpoint;
    /// Another checkpoint of the same plan, by its digest.
    98 SplitView(plan: u64, digest: Digest) => Location, split_view;
    /// An expense check, in either role.
    131 Check(id: CheckId) => CheckRow as Box, check;
    /// An expense check in which something is to be said or sent.
    132 OpenCheck(id: CheckId) => OpenRow, open_check;
    /// The last expense check of a settlement.
    133 CheckOf(treatment: RegionCode, settlement: SettlementId) => CheckId, check_of;
    /// The version of the network's directory that the node goes by.
    136 DirectoryHead() => DirectoryHead, directory_head;
    /// A signed version of the directory that contradicts those that were taken, by its number and digest.
    137 DirectorySplit(number: u64, digest: Digest) => Location, directory_split;
    /// A version of the directory that the node goes by, or went by, by its number and digest: taken, or accepted by an
    /// officer though it contradicts the one before.
    138 DirectoryBranch(number: u64, digest: Digest) => Location, directory_branch;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whatever it holds, a row that waits for the index takes this much.
    #[test]
    fn what_is_large_is_boxed() {
        assert!(size_of::<Row>() <= 120, "{}", size_of::<Row>());
    }
}
