//! Brings the index up to the journal, record by record, each in one batch with the cursor; reports of legs that follow on
//! each other in one together.

use huitong_core::canonical::Artifact as _;
use huitong_core::date::Timestamp;
use huitong_core::record::clearing::{
    ClearingRecord, CutOff, CycleRecord, EvidenceGiven, Netted, PaymentRecord, PrefundRecord,
    WrittenLegs,
};
use huitong_journal::{Frame, Frames, Position, Tip};
use huitong_netting::NettingPlan;

use super::booked::{self, unbooked};
use super::journaled::{Journaled, decode, read_plan};
use super::{attestations, disputes, months, tags};
use crate::books::{Booking, Turnover};
use crate::prefunds::{Spent, between_members};
use crate::state::Word;
use crate::store::Index;
use crate::store::StoreError;
use crate::store::index::Pair;
use crate::store::keys::{self, Block, Cursor, CutRow, Place, PlanRow};

/// Writes the index.
pub(super) struct Indexer {
    journaled: Journaled,
    /// What is journaled from the first frame on of which not all is indexed.
    frames: Frames,
    /// How many records of that first frame are indexed.
    done_in_frame: u32,
}

impl Indexer {
    /// How far an index says it is, where that can be read.
    pub(super) fn reached(index: &dyn Index) -> Option<Position> {
        let value = index.get(keys::CURSOR).ok()??;
        let cursor: Cursor = keys::read(&value).ok()?;
        cursor.place.frame().ok()
    }

    /// Finds how far the index is, and that it is an index of this journal.
    pub(super) fn open(journaled: Journaled, tip: &Tip) -> Result<Self, StoreError> {
        let Some(value) = journaled.index.get(keys::CURSOR)? else {
            return Ok(Self {
                frames: journaled.reader.frames_from(Position::START),
                journaled,
                done_in_frame: 0,
            });
        };
        let cursor: Cursor = keys::read(&value)?;
        let next = cursor.place.frame()?;
        if next >= tip.next {
            return Err(StoreError::IndexAhead);
        }
        let frame = journaled
            .reader
            .frame_at(next)
            .map_err(|_| StoreError::IndexAhead)?;
        if frame.chain().as_bytes() != &cursor.chain {
            return Err(StoreError::IndexAhead);
        }
        let done_in_frame = cursor.place.record.saturating_add(1);
        Ok(Self {
            frames: journaled.reader.frames_from(next),
            journaled,
            done_in_frame,
        })
    }

    /// Indexes what is journaled and not indexed yet; says how many records.
    pub(super) fn catch_up(&mut self) -> Result<u64, StoreError> {
        let mut indexed = 0_u64;
        while let Some(frame) = self.frames.next() {
            indexed = indexed.saturating_add(self.index_frame(&frame?)?);
        }
        Ok(indexed)
    }

    /// Each record is written in one batch with how far the index is then; those that ask the index nothing, and follow
    /// on each other, in one batch together.
    fn index_frame(&mut self, frame: &Frame) -> Result<u64, StoreError> {
        let mut indexed = 0_u64;
        let (mut pairs, mut upto) = (Vec::new(), None);
        let first = std::mem::take(&mut self.done_in_frame);
        let records = (0_u32..).zip(frame.records());
        for (at, bytes) in records.skip_while(|(at, _)| *at < first) {
            let place = Place::new(frame.position(), at);
            if let Some(legs) = WrittenLegs::of(bytes) {
                pairs.extend(block_row(&legs, place)?);
            } else {
                self.write(frame, std::mem::take(&mut pairs), upto)?;
                pairs.append(&mut self.rows(&decode(bytes)?, place)?);
            }
            upto = Some(place);
            indexed = indexed.saturating_add(1);
        }
        self.write(frame, pairs, upto)?;
        Ok(indexed)
    }

    /// Writes rows of a frame with how far the index is then.
    fn write(
        &self,
        frame: &Frame,
        mut pairs: Vec<Pair>,
        upto: Option<Place>,
    ) -> Result<(), StoreError> {
        let Some(place) = upto else {
            return Ok(());
        };
        let chain = *frame.chain().as_bytes();
        pairs.push((keys::CURSOR.to_vec(), keys::value(&Cursor { place, chain })));
        Ok(self.journaled.index.write(pairs)?)
    }

    /// What a record changes in the index.
    fn rows(&self, record: &ClearingRecord, place: Place) -> Result<Vec<Pair>, StoreError> {
        Ok(match record {
            // Indexed as they lie there, without being decoded.
            ClearingRecord::LegsTaken(taken) | ClearingRecord::DeductionsTaken(taken, _) => {
                let unread = format!("legs of region {} that lie otherwise", taken.region);
                return Err(StoreError::Foreign(unread));
            }
            ClearingRecord::RegionClosed(closed) => {
                vec![(
                    keys::close(closed.region, closed.day),
                    keys::value(&closed.up_to),
                )]
            }
            ClearingRecord::StreamHalted(halted) => {
                vec![(keys::halt(halted.region), keys::value(&Some(halted.number)))]
            }
            ClearingRecord::StreamReleased(released) => {
                vec![(keys::halt(released.region), keys::value(&None::<u64>))]
            }
            ClearingRecord::CutOff(cut) => vec![cut_row(cut)],
            ClearingRecord::StreamRestored(restored) => {
                let row = (restored.incarnation, restored.mark);
                vec![(keys::incarnation(restored.region), keys::value(&row))]
            }
            ClearingRecord::Restored(restored) => {
                let row = (restored.incarnation, restored.at, Some(restored.at));
                let mut rows = tags::after_restore(&*self.journaled.index)?;
                rows.push((keys::RESTORED.to_vec(), keys::value(&row)));
                rows
            }
            ClearingRecord::Resumed(_) => self.resumed_row()?.into_iter().collect(),
            ClearingRecord::TagsTaken(taken) => tags::taken(&*self.journaled.index, taken)?,
            ClearingRecord::TagsHalted(halted) => tags::halted(&*self.journaled.index, halted)?,
            ClearingRecord::EvidenceGiven(given) => vec![evidence_row(given)],
            ClearingRecord::RegionAttested(record) => {
                attestations::attested(&*self.journaled.index, record)?
            }
            ClearingRecord::DifferencesTold(record) => {
                attestations::told(&*self.journaled.index, record)?
            }
            ClearingRecord::Netted(netted) => self.plan_rows(netted, place)?,
            ClearingRecord::Cycle(record) => cycle_rows(record, place),
            ClearingRecord::Payment(record) => self.payment_rows(record, place)?,
            ClearingRecord::Prefund(record) => self.prefund_rows(record, place)?,
            ClearingRecord::Dispute(step) => vec![disputes::step_row(step, place)?],
            ClearingRecord::DisputeSigned(certified) => {
                vec![(keys::outcome(certified.outcome.number), keys::value(&place))]
            }
            ClearingRecord::Members(record) => {
                vec![(keys::members(&place), keys::value(record))]
            }
            ClearingRecord::DirectorySigned(signed) => {
                let number = signed.directory.number;
                vec![(keys::version(number), signed.to_bytes())]
            }
            ClearingRecord::Month(record) => months::rows(record, place),
            ClearingRecord::Witnessed(witnessed) => {
                let said = &witnessed.word.word;
                let (region, plan) = (said.region, said.plan);
                vec![
                    (keys::witness(region, plan), keys::value(&place)),
                    (keys::witnessed(region), keys::value(&plan)),
                ]
            }
            ClearingRecord::Proven(proven) => {
                let day = proven.signed.checkpoint.day;
                vec![(keys::proof(day), keys::value(&place))]
            }
        })
    }

    /// Cycles go on; that the clearinghouse was restored stays known.
    fn resumed_row(&self) -> Result<Option<Pair>, StoreError> {
        let Some(restored) = self.journaled.index.get(keys::RESTORED)? else {
            return Ok(None);
        };
        let (incarnation, since, _): (u32, Timestamp, Option<Timestamp>) = keys::read(&restored)?;
        let row = (incarnation, since, None::<Timestamp>);
        Ok(Some((keys::RESTORED.to_vec(), keys::value(&row))))
    }

    /// A plan with the debts it took and what it posts. The debts are written before the rest, in batches
    /// that change nothing when they are written again.
    fn plan_rows(&self, netted: &Netted, place: Place) -> Result<Vec<Pair>, StoreError> {
        let plan = read_plan(netted)?;
        let parent = self
            .journaled
            .plan_by_number(netted.number.saturating_sub(1))?;
        self.journaled.write_taken(&plan, parent.as_ref())?;
        let row = PlanRow {
            number: netted.number,
            place,
        };
        let mut pairs = vec![
            (keys::plan(netted.day), keys::value(&row)),
            (keys::plan_day(netted.number), keys::value(&netted.day)),
        ];
        let booking = Booking::of_plan(&plan, netted.at).map_err(unbooked)?;
        pairs.extend(self.book_rows(booking)?);
        pairs.extend(self.owed_rows(&plan)?);
        Ok(pairs)
    }

    /// A record of payments as it is, and what it posts.
    fn payment_rows(&self, record: &PaymentRecord, place: Place) -> Result<Vec<Pair>, StoreError> {
        let mut pairs = vec![(keys::payment(&place), keys::value(record))];
        let booking = Booking::of_payment(record).map_err(unbooked)?;
        pairs.extend(self.book_rows(booking)?);
        Ok(pairs)
    }

    /// A record of prefunds as it is, and what it posts.
    fn prefund_rows(&self, record: &PrefundRecord, place: Place) -> Result<Vec<Pair>, StoreError> {
        let mut pairs = vec![(keys::prefund(&place), keys::value(record))];
        let booking = Booking::of_prefund(record).map_err(unbooked)?;
        pairs.extend(self.book_rows(booking)?);
        Ok(pairs)
    }

    /// What a plan says that members owe each other, and what they came to owe in its year.
    fn owed_rows(&self, plan: &NettingPlan) -> Result<Vec<Pair>, StoreError> {
        let owed = between_members(plan);
        let mut pairs = vec![(keys::owed(plan.day()), keys::value(&owed))];
        for (prefund, amount) in &owed {
            let key = keys::spent(plan.day().year(), *prefund);
            let before = self.journaled.index.get(&key)?;
            let before = before.map(|bytes| keys::read(&bytes)).transpose()?;
            let spent = Spent::with(before, plan.day(), *amount);
            pairs.push((key, keys::value(&spent)));
        }
        Ok(pairs)
    }

    /// A voucher, and the accounts that it posts to as they stand after it.
    fn book_rows(&self, booking: Option<Booking>) -> Result<Vec<Pair>, StoreError> {
        let Some(booking) = booking else {
            return Ok(Vec::new());
        };
        let index = &*self.journaled.index;
        let of_movement = match &booking.movement {
            Some(movement) => booked::of_movement(index, movement)?,
            None => Vec::new(),
        };
        let last = booked::last(index)?;
        let booked = booked::booked(&booking, last, of_movement, |account| {
            match index.get(&keys::account(account))? {
                Some(bytes) => keys::read_turnover(&bytes),
                None => Ok(Turnover::ZERO),
            }
        })?;
        let mut rows = booked.rows;
        let stands = booked.stands.iter();
        rows.extend(stands.map(|(of, sum)| (keys::account(of), keys::turnover(*sum))));
        Ok(rows)
    }
}

fn block_row(legs: &WrittenLegs<'_>, place: Place) -> Result<Option<Pair>, StoreError> {
    if legs.iter().any(|leg| leg.is_none()) {
        let unread = format!("a leg of region {} that is none", legs.region());
        return Err(StoreError::Foreign(unread));
    }
    let row = legs.ends().map(|(first, last)| {
        let block = Block { place, last };
        (keys::block(legs.region(), first), keys::value(&block))
    });
    Ok(row)
}

/// That a cycle failed or was reopened. Where something is left out of it, its regions are asked anew.
fn cycle_rows(record: &CycleRecord, place: Place) -> Vec<Pair> {
    let mut rows = vec![(keys::failed(&place), keys::value(record))];
    if let CycleRecord::Reopened(reopened) = record {
        rows.extend(attestations::reopened(reopened));
    }
    rows
}

fn evidence_row(given: &EvidenceGiven) -> Pair {
    let said = &given.evidence.word;
    let word = Word::of(said);
    (keys::word(said.about(), word.digest()), keys::value(&word))
}

fn cut_row(cut: &CutOff) -> Pair {
    let row = CutRow {
        marks: cut.marks.clone(),
        by: cut.by.clone(),
        at: cut.at,
    };
    (keys::cut_off(cut.day), keys::value(&row))
}
