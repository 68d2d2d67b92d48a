//! From a record to the rows it changes: one function, used when a record is appended and when the journal
//! is read again, so that the two cannot differ.
//!
//! Nothing is decided here. Values come out of the record as they stand after the event; only what a record
//! leaves unsaid (the rest of a person's totals, a stream's head) is read from the rows before it.

mod assistance;
pub(crate) mod cover;
mod deduction;
mod directory;
mod dispute;
mod duplicate;
mod erased;
mod expense_check;
mod external;
mod handed_id;
mod home;
pub(crate) mod import;
mod institution_account;
mod late;
mod payable;
pub(crate) mod person;
mod policy;
mod provisional;
mod recovery;
mod regained;
mod reversal;
mod transfer;
mod treatment;
mod witness;

pub use erased::{SeenKey, keys_given, opened};

use huitong_core::bill::Visit;
use huitong_core::claim::VisitKey;
use huitong_core::id::SettlementId;
use huitong_core::leg::LegKind;
use huitong_core::record::{DayClosed, NodeRecord, ReceiptsAcknowledged};
use huitong_core::region::RegionCode;

use super::{
    Change, ClosedDay, Key, LastClosedDay, Location, Row, Rows, StoreError, Stream, StreamHead,
    all_parts, keys_of,
};

/// Records by their place.
pub trait Records {
    /// The record at a place that is written.
    ///
    /// # Errors
    /// [`StoreError`] when there is none, or it cannot be read.
    fn record(&self, at: Location) -> Result<NodeRecord, StoreError>;
}

/// What a record is applied to.
#[derive(Clone, Copy)]
pub struct Ground<'a> {
    /// The node's region.
    pub region: RegionCode,
    /// The rows before the record.
    pub rows: &'a dyn Rows,
    /// The records before it.
    pub records: &'a dyn Records,
}

/// The rows that a record changes.
///
/// # Errors
/// [`StoreError`] when what it builds on cannot be read, or is not there.
#[allow(
    clippy::too_many_lines,
    reason = "a line or two for each kind of record"
)]
pub fn changes(
    record: &NodeRecord,
    at: Location,
    ground: &Ground<'_>,
) -> Result<Vec<Change>, StoreError> {
    let mut out = Changes { out: Vec::new() };
    match record {
        NodeRecord::ImportChunk(chunk) => {
            out.put(Key::Chunk(chunk.import, chunk.seq), Row::Chunk(at));
        }
        NodeRecord::ImportCommitted(committed) => import::committed(committed, ground, &mut out)?,
        NodeRecord::PolicyFetched(record) => policy::fetched(record, at, &mut out),
        NodeRecord::PolicyProposed(record) => policy::proposed(record, at, ground, &mut out),
        NodeRecord::PolicyRejected(record) => policy::rejected(record, ground, &mut out)?,
        NodeRecord::PolicyPublished(record) => policy::published(record, at, ground, &mut out)?,
        NodeRecord::WithdrawalAsked(record) => policy::withdrawal_asked(record, ground, &mut out)?,
        NodeRecord::WithdrawalRejected(record) => {
            policy::withdrawal_rejected(record, ground, &mut out)?;
        }
        NodeRecord::PolicyWithdrawn(record) => policy::withdrawn(record, ground, &mut out)?,
        NodeRecord::DayClosed(DayClosed { day, up_to, .. }) => {
            out.put(
                Key::ClosedDay(*day),
                Row::ClosedDay(ClosedDay { up_to: *up_to }),
            );
            out.put(
                Key::LastClosedDay(),
                Row::LastClosedDay(LastClosedDay { day: *day }),
            );
        }
        NodeRecord::Prepared(record) => treatment::prepared(record, at, ground, &mut out)?,
        NodeRecord::Reprepared(record) => treatment::reprepared(record, at, ground, &mut out)?,
        NodeRecord::Settled(record) => treatment::settled(record, at, ground, &mut out)?,
        NodeRecord::Refused(record) => treatment::refused(record, at, ground, &mut out)?,
        NodeRecord::Abandoned(record) => treatment::abandoned(record, at, ground, &mut out)?,
        NodeRecord::Cancelled(record) => treatment::cancelled(record, &mut out),
        NodeRecord::Committed(record) => {
            home::committed(record, at, ground, &mut out)?;
            let (part, number) = (&record.body().clearing, record.body().number);
            home::numbered((part.treatment, number), at, ground, &mut out)?;
        }
        NodeRecord::HomeRefused(record) => home::refused(record, at, &mut out),
        NodeRecord::SnapshotsGiven(record) => home::shown(record, ground, &mut out)?,
        NodeRecord::ReversalOrdered(record) => {
            reversal::ordered(record, at, ground, &mut out)?;
            let (part, number) = (&record.body().clearing, record.body().number);
            home::numbered((part.treatment, number), at, ground, &mut out)?;
        }
        NodeRecord::ReversalIntended(record) => reversal::intended(record, &mut out),
        NodeRecord::ReversalBooked(record) => reversal::booked(record, at, ground, &mut out)?,
        NodeRecord::ReversalRefused(record) => reversal::refused(record, at, ground, &mut out)?,
        NodeRecord::ReversalNoted(record) => reversal::noted(record, &mut out),
        NodeRecord::PersonChanged(record) => person::changed(record, at, ground, &mut out)?,
        NodeRecord::ExternalNoted(record) => external::noted(record, at, ground, &mut out)?,
        NodeRecord::ExternalWithdrawn(record) => external::withdrawn(record, at, ground, &mut out)?,
        NodeRecord::AssistanceGranted(record) => assistance::granted(record, at, ground, &mut out)?,
        NodeRecord::AssistanceWithdrawn(record) => {
            assistance::withdrawn(record, at, ground, &mut out)?;
        }
        NodeRecord::SettledByHand(record) => person::by_hand(record, at, &mut out),
        NodeRecord::VisitFreed(record) => person::freed(record, ground, &mut out)?,
        NodeRecord::EmergencyReviewed(record) => person::reviewed(record, at, &mut out),
        NodeRecord::RestoreBegan(record) => recovery::began(record, ground, &mut out)?,
        NodeRecord::RestoreEnded(record) => recovery::ended(record, ground, &mut out)?,
        NodeRecord::PeerRestored(record) => recovery::peer(record, ground, &mut out)?,
        NodeRecord::CommitRegained(record) => recovery::commit(record, at, ground, &mut out)?,
        NodeRecord::ReversalRegained(record) => recovery::reversed(record, at, ground, &mut out)?,
        NodeRecord::VisitRegained(record) => recovery::visit(record, ground, &mut out)?,
        NodeRecord::LegsRegained(record) => recovery::legs(record, at, ground, &mut out)?,
        NodeRecord::PersonReleased(record) => recovery::released(record, &mut out),
        NodeRecord::RegionLeftOut(record) => recovery::left_out(record, &mut out),
        NodeRecord::SnapshotSigned(record) => provisional::signed(record, at, &mut out),
        NodeRecord::SnapshotKept(record) => provisional::kept(record, at, &mut out),
        NodeRecord::Provisional(record) => provisional::given(record, at, ground, &mut out)?,
        NodeRecord::TruedUp(record) => provisional::trued_up(record, ground, &mut out)?,
        NodeRecord::ProvisionalTakenBack(record) => provisional::back(record, ground, &mut out)?,
        NodeRecord::RefusalRegained(regained) => home::refused(&regained.record, at, &mut out),
        NodeRecord::TransferStepped(record) => transfer::stepped(record, ground, &mut out)?,
        NodeRecord::HandWritten(record) => transfer::written(record.word(), at, ground, &mut out)?,
        NodeRecord::HandRegained(record) => recovery::hand(record, at, ground, &mut out)?,
        NodeRecord::HandTaken(record) => transfer::taken(record, ground, &mut out)?,
        NodeRecord::HandsAcknowledged(record) => transfer::acknowledged(record, ground, &mut out)?,
        NodeRecord::LateMirrored(record) => late::mirrored(record, ground, &mut out)?,
        NodeRecord::LateOffered(record) => late::offered(record, at, ground, &mut out)?,
        NodeRecord::LateEnded(record) => late::ended(record, ground, &mut out)?,
        NodeRecord::SupplementTaken(record) => late::supplemented(record, ground, &mut out)?,
        NodeRecord::TagsBegun(record) => duplicate::begun(record, &mut out),
        NodeRecord::TagsWritten(record) => duplicate::written(record, at, ground, &mut out)?,
        NodeRecord::MatchesSeen(record) => duplicate::seen(record, ground, &mut out)?,
        NodeRecord::CoverTold(record) => duplicate::told(record, ground, &mut out)?,
        NodeRecord::DuplicateResolved(record) => duplicate::resolved(record, ground, &mut out)?,
        NodeRecord::DisputeWordSigned(record) => dispute::word(record, &mut out)?,
        NodeRecord::MonthWordSigned(record) => {
            let month = record.word.word.month.clone();
            out.put(
                Key::MonthWord(month),
                Row::MonthWord(record.word.clone().into()),
            );
        }
        NodeRecord::CorrectionBooked(record) => dispute::booked(record, at, ground, &mut out)?,
        NodeRecord::CheckpointSeen(record) => witness::seen(record, at, &mut out),
        NodeRecord::SplitViewFound(record) => witness::split(record, at, &mut out),
        NodeRecord::DirectoryTaken(record) => directory::taken(record, at, &mut out),
        NodeRecord::DirectorySplit(record) => directory::split(record, at, &mut out),
        NodeRecord::DirectoryAccepted(record) => directory::accepted(record, at, &mut out),
        NodeRecord::PeopleErased(record) => erased::people(record, at, &mut out),
        NodeRecord::WordErased(record) => erased::word(record, ground, &mut out)?,
        NodeRecord::DeductionOrdered(record) => deduction::ordered(record, at, ground, &mut out)?,
        NodeRecord::DeductionAnswered(record) => deduction::answered(record, at, ground, &mut out)?,
        NodeRecord::DeductionDecided(record) => deduction::decided(record, at, ground, &mut out)?,
        NodeRecord::DeductionRegained(regained) => {
            deduction::decided(&regained.record, at, ground, &mut out)?;
        }
        NodeRecord::DeductionLifted(record) => deduction::lifted(record, at, ground, &mut out)?,
        NodeRecord::CheckWordSaid(record) => expense_check::said(record, at, ground, &mut out)?,
        NodeRecord::CheckWordBooked(record) => expense_check::booked(record, at, ground, &mut out)?,
        NodeRecord::CheckWordTaken(record) => expense_check::taken(record, ground, &mut out)?,
        NodeRecord::CheckRefused(record) => expense_check::refused(record, ground, &mut out)?,
        NodeRecord::InstitutionPaid(record) => payable::paid(record, &mut out),
        NodeRecord::PayoutCorrected(record) => payable::corrected(record, &mut out),
        NodeRecord::InstitutionReconciled(record) => {
            institution_account::reconciled(record, &mut out);
        }
        NodeRecord::MonthConfirmed(record) => {
            institution_account::confirmed(record, ground, &mut out)?;
        }
        NodeRecord::MonthRolledBack(record) => {
            institution_account::rolled_back(record, ground, &mut out)?;
        }
        NodeRecord::InstitutionMonthSet(record) => {
            institution_account::set(record, ground, &mut out)?;
        }
        NodeRecord::ReceiptsAcknowledged(ReceiptsAcknowledged { treatment, up_to }) => {
            let stream = Stream::Receipts(*treatment);
            let head = ground.rows.stream(stream)?.unwrap_or(StreamHead::EMPTY);
            let acknowledged = head.acknowledged.max(*up_to);
            out.put(
                Key::Stream(stream),
                Row::Stream(StreamHead {
                    acknowledged,
                    ..head
                }),
            );
        }
    }
    Ok(out.out)
}

/// The changes so far.
struct Changes {
    out: Vec<Change>,
}

impl Changes {
    fn put(&mut self, key: Key, row: Row) {
        self.out.push(Change {
            key,
            row: Some(row),
        });
    }

    fn remove(&mut self, key: Key) {
        self.out.push(Change { key, row: None });
    }

    /// A visit stands under a settlement; of a whole stay each part does.
    fn visit_stands(&mut self, key: VisitKey, visit: &Visit, settlement: SettlementId) {
        for key in keys_of(key, visit) {
            self.put(Key::HomeVisit(key), Row::HomeVisit(settlement));
        }
    }

    /// Treatment role: a visit is prepared, or stands, under a settlement; of a whole stay each part is.
    fn visit_taken(&mut self, key: VisitKey, visit: &Visit, settlement: SettlementId) {
        for key in keys_of(key, visit) {
            self.put(Key::Visit(key), Row::Visit(settlement));
        }
    }

    /// Treatment role: a settlement holds its visit no more. After a restore another may stand under the visit that an older
    /// one had prepared.
    fn visit_given_up(
        &mut self,
        key: &VisitKey,
        settlement: SettlementId,
        rows: &dyn Rows,
    ) -> Result<(), StoreError> {
        for key in [key.clone(), all_parts(key)] {
            if rows.visit(key.clone())? == Some(settlement) {
                self.remove(Key::Visit(key));
            }
        }
        Ok(())
    }

    /// A visit that stood under a settlement is free, unless it stands under another one by now.
    fn visit_is_free(
        &mut self,
        key: &VisitKey,
        settlement: SettlementId,
        rows: &dyn Rows,
    ) -> Result<(), StoreError> {
        for key in [key.clone(), all_parts(key)] {
            if rows.home_visit(key.clone())? == Some(settlement) {
                self.remove(Key::HomeVisit(key));
            }
        }
        Ok(())
    }

    /// Changes rows that are to be put.
    fn amend(&mut self, amend: impl Fn(&mut Row)) {
        self.out
            .iter_mut()
            .filter_map(|change| change.row.as_mut())
            .for_each(amend);
    }

    /// Writes the legs of one record from a number on. Legs that came back from the clearinghouse are booked
    /// again under the numbers that they have there; booked under others, they stand beside what came back.
    fn legs(
        &mut self,
        from: u64,
        count: usize,
        of: (SettlementId, LegKind),
        at: Location,
        rows: &dyn Rows,
    ) -> Result<(), StoreError> {
        let head = rows.stream(Stream::Legs)?.unwrap_or(StreamHead::EMPTY);
        if count > 0 && from <= head.written {
            let standing = rows.regained_legs(of.0, of.1)?;
            if standing.is_some_and(|row| row.is_at(from, count)) {
                self.remove(Key::RegainedLegs(of.0, of.1));
            }
        }
        self.extend(Stream::Legs, from, count, at, rows)
    }

    /// Writes `count` numbers from `from` on into a stream, all of one record.
    fn extend(
        &mut self,
        stream: Stream,
        from: u64,
        count: usize,
        at: Location,
        rows: &dyn Rows,
    ) -> Result<(), StoreError> {
        let count = u64::try_from(count).map_err(|_| StoreError::Range("legs of a record"))?;
        let Some(last) = from.checked_add(count).and_then(|end| end.checked_sub(1)) else {
            return Err(StoreError::Range("number of a stream"));
        };
        if count == 0 {
            return Ok(());
        }
        let head = rows.stream(stream)?.unwrap_or(StreamHead::EMPTY);
        let written = head.written.max(last);
        self.put(
            Key::Stream(stream),
            Row::Stream(StreamHead { written, ..head }),
        );
        // A block has the numbers 1 to 64, 65 to 128 …: it is found by the first record that has one of them.
        let block_of = |number: u64| stream.block_of(number);
        let block = block_of(last).unwrap_or_default();
        let is_first = block_of(head.written).is_none_or(|begun| begun < block);
        // What a restore brings back comes in another order than it was written in.
        let is_late = last <= head.written && rows.block(stream, block)?.is_none();
        if is_first || is_late {
            self.put(Key::Block(stream, block), Row::Block(at));
        }
        Ok(())
    }
}
