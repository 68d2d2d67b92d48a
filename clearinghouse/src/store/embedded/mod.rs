//! The embedded store: the journal is the truth, the index is brought up behind it.
//!
//! The index is written by one worker that reads the journal, at start as in service, so what it holds
//! never depends on anything but journaled bytes. An index that is behind or empty is brought up when the
//! store is opened; one that is ahead means that acknowledged records are gone, and nothing is served.

mod attestations;
mod book_rows;
mod booked;
mod deducted;
mod disputes;
mod format;
mod indexer;
mod journaled;
mod load;
mod months;
mod proofs;
mod scan;
mod tags;
mod taken;

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use huitong_core::canonical::{Artifact, Encoder};
use huitong_core::checkpoint::row::Pair;
use huitong_core::date::BusinessDay;
use huitong_core::leg::{Debt, Leg, NUMBERED_LEG_LEN, NumberedLeg, Side};
use huitong_core::record::clearing::{ClearingRecord, Proven};
use huitong_core::region::RegionCode;
use huitong_journal::{
    AppendError, Disk, Journal, OpenError, Options, Reader, Runner, Running, Submission,
};
use huitong_netting::NettingPlan;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tracing::{error, info, warn};

pub(crate) use self::book_rows::{AccountRow, PostedRow};
pub(crate) use self::deducted::Deducted;
use self::indexer::Indexer;
use self::journaled::Journaled;
pub(crate) use self::proofs::{Proofs, ProvenCycle};
pub(crate) use self::tags::TagRows;
use super::{Index, LegsWritten, Loaded, Store, StoreError, StoreEvent, VisitOpen};
use crate::state::{Attested, TakenDebts};

/// Where a store reports what became of what it was handed.
pub(crate) type Events = Arc<dyn Fn(StoreEvent) + Send + Sync>;

/// A store over a journal and an index.
pub(crate) struct Embedded {
    journal: Journal,
    journaled: Journaled,
    index: Arc<dyn Index>,
    events: Events,
    appended: u64,
    wake: Sender<()>,
    indexing: Option<Running>,
}

impl Embedded {
    /// Opens the journal, brings the index up to it, and goes on doing so.
    pub(crate) fn open(
        disk: Arc<dyn Disk>,
        options: Options,
        open_index: impl FnOnce() -> Result<Arc<dyn Index>, StoreError>,
        runner: &dyn Runner,
        events: Events,
    ) -> Result<Self, StoreError> {
        // The journal's lock keeps a second process from the index too, also while it is asked how far it is:
        // segments before that place are not read through again.
        let held = disk.lock().map_err(OpenError::from)?;
        let index = open_index()?;
        let options = match Indexer::reached(&*index) {
            Some(place) => options.read_from(place),
            None => options,
        };
        drop(held);
        let (journal, recovery) = runner.open_journal(disk, options, None)?;
        if let Some(torn) = &recovery.torn {
            warn!(
                file = torn.file,
                bytes = torn.bytes,
                "the journal's end was torn and is set aside: a write that was never acknowledged"
            );
        }
        let found = format::known(&*index)?;
        let journaled = Journaled::new(journal.reader(), Arc::clone(&index))?;
        let mut indexer = Indexer::open(journaled.clone(), &recovery.tip)?;
        format::bring_up(&journaled, found)?;
        let caught_up = indexer.catch_up()?;
        info!(
            frames = recovery.frames,
            read = recovery.read,
            records = recovery.records,
            indexed = caught_up,
            "journal open"
        );
        let (wake, woken) = channel(1);
        let following = index_until_closed(indexer, woken, Arc::clone(&events));
        let indexing = runner
            .start("clearing-indexer", Box::pin(following))
            .map_err(|error| StoreError::Thread(error.to_string()))?;
        let indexing = Some(indexing);
        Ok(Self {
            journal,
            journaled,
            index,
            events,
            appended: 0,
            wake,
            indexing,
        })
    }
}

/// Brings the index up each time the journal grew, until its owner lets go of the other end.
async fn index_until_closed(mut indexer: Indexer, mut woken: Receiver<()>, events: Events) {
    let mut indexed = 0_u64;
    while woken.recv().await.is_some() {
        match indexer.catch_up() {
            Ok(records) => {
                indexed = indexed.saturating_add(records);
                events(StoreEvent::Indexed(indexed));
            }
            Err(fault) => {
                error!(%fault, "the index cannot be brought up: writing stops");
                events(StoreEvent::Failed(fault));
                return;
            }
        }
    }
}

/// Bytes that room is made for: of a leg with its number, and of all else of a record.
const ROOM: (usize, usize) = (NUMBERED_LEG_LEN, 2_048);

/// A record as it is handed in, made where it is to lie; of legs that are written already only what lies before them.
fn submission(record: &ClearingRecord, written: Option<LegsWritten>) -> Submission {
    if let ClearingRecord::LegsTaken(taken) = record
        && let Some(submission) = written.and_then(|written| written.taken(taken))
    {
        return submission;
    }
    let legs = if let ClearingRecord::LegsTaken(taken) | ClearingRecord::DeductionsTaken(taken, _) =
        record
    {
        taken.legs.len().saturating_mul(ROOM.0)
    } else {
        0
    };
    Submission::written(legs.saturating_add(ROOM.1), |bytes| {
        let mut out = Encoder::after(bytes);
        record.append_to(&mut out);
        out.into_bytes()
    })
}

impl Store for Embedded {
    fn append(
        &mut self,
        record: &ClearingRecord,
        written: Option<LegsWritten>,
    ) -> Result<u64, StoreError> {
        let number = self.appended.saturating_add(1);
        let (events, wake) = (Arc::clone(&self.events), self.wake.clone());
        self.journal
            .append(submission(record, written), move |done| match done {
                Ok(_) => {
                    events(StoreEvent::Synced(number));
                    // Full means that the indexer has yet to look, and will find this record too.
                    _ = wake.try_send(());
                }
                Err(fault) => events(StoreEvent::Failed(fault.into())),
            })?;
        self.appended = number;
        Ok(number)
    }

    fn legs(
        &self,
        region: RegionCode,
        numbers: RangeInclusive<u64>,
    ) -> Result<Vec<NumberedLeg>, StoreError> {
        let mut legs = Vec::new();
        self.journaled
            .visit_legs(region, numbers, &mut |_, numbered| {
                legs.push(numbered);
                Ok(())
            })?;
        Ok(legs)
    }

    fn netted(&self, debts: &[Debt]) -> Result<TakenDebts, StoreError> {
        self.journaled.taken.plans_of(debts)
    }

    fn netted_between(&self, debt: Debt, pair: Pair) -> Result<Option<u64>, StoreError> {
        self.journaled.taken.plan_of_pair(debt, pair)
    }

    fn plan(&self, day: BusinessDay) -> Result<Option<NettingPlan>, StoreError> {
        self.journaled.plan(day)
    }

    fn taken(&self, plan: &NettingPlan) -> Result<Vec<Leg>, StoreError> {
        let parent = plan.number().saturating_sub(1);
        let parent = self.journaled.plan_by_number(parent)?;
        let mut legs = Vec::new();
        for window in plan.windows() {
            self.journaled
                .visit_taken(window, parent.as_ref(), &mut |_, numbered| {
                    if numbered.side == Side::Receivable {
                        legs.push(numbered.leg);
                    }
                    Ok(())
                })?;
        }
        Ok(legs)
    }

    fn attested(&self, day: BusinessDay) -> Result<BTreeMap<RegionCode, Attested>, StoreError> {
        attestations::words(&*self.index, day)
    }

    fn proven(&self, plan: u64) -> Result<Option<Proven>, StoreError> {
        self.journaled.proven_by_number(plan)
    }

    fn proofs(&self) -> Proofs {
        Proofs::new(self.journaled.clone())
    }

    fn reader(&self) -> Reader {
        self.journal.reader()
    }

    fn tag_rows(&self) -> TagRows {
        TagRows(Arc::clone(&self.index))
    }

    fn load(&self) -> Result<Loaded, StoreError> {
        load::load(&self.journaled, &*self.index)
    }

    fn open_legs(&self, loaded: &Loaded, visit: VisitOpen<'_>) -> Result<(), StoreError> {
        load::open_legs(&self.journaled, loaded, visit)
    }

    fn close(&mut self) -> Result<(), StoreError> {
        self.journal.close();
        let (nobody, _) = channel(1);
        drop(std::mem::replace(&mut self.wake, nobody));
        if let Some(indexing) = self.indexing.take() {
            indexing.finish();
        }
        self.index.flush()?;
        match self.journal.ended() {
            None | Some(AppendError::Closed) => Ok(()),
            Some(ended) => Err(ended.into()),
        }
    }
}

impl Drop for Embedded {
    fn drop(&mut self) {
        drop(self.close());
    }
}
