//! The node's journal with its rows: what was appended, what is synced, what the index holds.
//!
//! A record is decided on rows that include every record appended, synced or not; it is answered only once
//! it is synced; the index follows behind. Rows that the index does not hold yet wait in memory
//! (`overlay`). Only the writer appends. After a failed write the ledger is broken until a
//! restart reads what is really on disk.

mod gone;
mod imaging;
mod indexer;
mod keys;
mod on_disk;
mod open;
mod overlay;
mod places;
mod progress;
mod replay;
mod stored;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, RwLock};

use huitong_core::record::NodeRecord;
use huitong_core::record::sealed::Joined;
use huitong_core::region::RegionCode;
use huitong_journal::{
    AppendError, Committed, Frame, Held, Journal, Permit, ReadError, Reader, Running,
};
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::group::{Group, LastGroup};
use crate::sealing::Sealing;
use crate::store::apply::{Ground, Records};
use crate::store::{Index, Key, Location, Reached, Row, Rows, StoreError, Table};

pub use gone::{Holder, RecordsGone};
pub use keys::{KeyOptions, KeysError, lacking};
pub use on_disk::OnDisk;
pub use open::{LedgerOptions, OpenError, Opened};
pub(crate) use overlay::Layered;
pub use progress::Unsynced;

use indexer::BATCH_ROWS;
use overlay::{Keyed, Overlay};
use progress::Progress;

/// Rows that may wait for the index; beyond that the node takes nothing more until it has caught up.
const ROWS_WAITING_AT_MOST: usize = 500_000;

/// A node's journal and rows.
pub struct Ledger {
    region: RegionCode,
    /// Taken on close: dropping it writes what waits.
    journal: Journal,
    reader: Reader,
    index: Arc<dyn Index>,
    sealing: Arc<Sealing>,
    overlay: Arc<RwLock<Overlay>>,
    last_group: LastGroup,
    progress: Arc<Progress>,
    appended: AtomicU64,
    to_index: Mutex<Option<mpsc::Sender<()>>>,
    indexer: Mutex<Option<Running>>,
    opened: Opened,
    records_gone: OnceLock<RecordsGone>,
    /// Last, so that it tells when everything above has let go of the files.
    gone: DropGuard,
}

/// Why a record was not appended.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WriteError {
    /// There is too much to do; a retry later helps.
    #[error("the node is busy")]
    Overloaded,
    /// The ledger is broken until a restart.
    #[error("the node has stopped writing: {0}")]
    Broken(String),
    /// The node is shutting down.
    #[error("the node is shutting down")]
    Closed,
    /// Acknowledged records are gone, as another party says: nothing is written until they are back.
    #[error("acknowledged records of the node are gone ({0})")]
    RecordsGone(RecordsGone),
    /// The record is larger than a frame may be.
    #[error("the record is too large: {0}")]
    TooLarge(String),
    /// What was to be built on cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<AppendError> for WriteError {
    fn from(error: AppendError) -> Self {
        match error {
            AppendError::Overloaded { .. } => Self::Overloaded,
            AppendError::Closed => Self::Closed,
            AppendError::Broken(fault) => Self::Broken(fault.to_string()),
            AppendError::NoRecords
            | AppendError::TooLarge { .. }
            | AppendError::TooManyRecords { .. } => Self::TooLarge(error.to_string()),
        }
    }
}

/// Records that are synced, and the group they were sealed in.
#[derive(Debug, Clone)]
pub struct Written {
    /// Where the submission's first record lies.
    pub first: Location,
    /// The group, when its frame holds receipts.
    pub group: Option<Arc<Group>>,
}

impl Ledger {
    /// Keeps a place for one decision, so that it cannot be refused for want of one.
    ///
    /// # Errors
    /// [`WriteError`], other than that a record is too large.
    pub fn reserve(&self) -> Result<Permit<'_>, WriteError> {
        if let Some(fault) = self.progress.fault() {
            return Err(WriteError::Broken(fault));
        }
        if let Some(gone) = self.records_gone() {
            return Err(WriteError::RecordsGone(gone));
        }
        if self
            .overlay
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
            > ROWS_WAITING_AT_MOST
        {
            return Err(WriteError::Overloaded);
        }
        Ok(self.journal.reserve()?)
    }

    /// Appends the records of one decision as one submission. From now on rows include them; `done` is
    /// called when they are synced, or will not be.
    ///
    /// # Errors
    /// [`WriteError`]; then nothing was appended and `done` is dropped uncalled.
    pub fn append(
        &self,
        permit: Permit<'_>,
        records: &[NodeRecord],
        done: impl FnOnce(Result<Written, WriteError>) + Send + 'static,
    ) -> Result<(), WriteError> {
        let sequence = self.appended.load(Ordering::Acquire).saturating_add(1);
        let (bytes, changed) = self.stored(records, sequence)?;
        let changed: Vec<Keyed> = changed.into_iter().map(Keyed::of).collect();
        let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
        let keys = changed.iter().map(|it| Arc::clone(&it.bytes)).collect();
        let synced = self.on_synced(keys, sequence, count, done);
        // Held until the rows tell of the records: their callback completes those rows.
        let mut overlay = self.overlay.write().unwrap_or_else(PoisonError::into_inner);
        permit.append(bytes, synced)?;
        overlay.put(changed, sequence);
        self.appended.store(sequence, Ordering::Release);
        Ok(())
    }

    fn ground<'a>(&'a self, rows: &'a dyn Rows) -> Ground<'a> {
        Ground {
            region: self.region,
            rows,
            records: self,
        }
    }

    fn on_synced(
        &self,
        keys: Vec<Arc<[u8]>>,
        sequence: u64,
        count: u32,
        done: impl FnOnce(Result<Written, WriteError>) + Send + 'static,
    ) -> impl FnOnce(Result<Committed, AppendError>) + Send + 'static {
        let overlay = Arc::clone(&self.overlay);
        let progress = Arc::clone(&self.progress);
        let last_group = self.last_group.clone();
        let to_index = self
            .to_index
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        move |outcome| match outcome {
            Ok(committed) => {
                let reached = Reached {
                    frame: committed.frame,
                    records: committed.first.saturating_add(count),
                    position: committed.position,
                };
                let due = {
                    let mut overlay = overlay.write().unwrap_or_else(PoisonError::into_inner);
                    overlay.locate(&keys, sequence, (&committed, reached));
                    overlay.due()
                };
                if due >= BATCH_ROWS
                    && let Some(to_index) = to_index
                {
                    ask(&to_index);
                }
                progress.synced(sequence);
                done(Ok(Written {
                    first: Location::at(committed.position, committed.first),
                    group: last_group.of(committed.frame),
                }));
            }
            Err(error) => {
                let error = WriteError::from(error);
                progress.break_off(&error.to_string());
                done(Err(error));
            }
        }
    }

    /// A mark that covers everything appended so far; see [`Ledger::synced`].
    #[must_use]
    pub fn mark(&self) -> Unsynced {
        Unsynced::up_to(self.appended.load(Ordering::Acquire))
    }

    /// Waits until everything that a mark covers is synced. What was read before the mark was taken may be
    /// told to others after it.
    ///
    /// # Errors
    /// [`WriteError::Broken`] when it will not be.
    pub async fn synced(&self, mark: Unsynced) -> Result<(), WriteError> {
        self.progress.wait_for(mark).await
    }

    /// Waits until everything appended so far is synced.
    ///
    /// # Errors
    /// As [`Ledger::synced`].
    pub async fn barrier(&self) -> Result<(), WriteError> {
        self.synced(self.mark()).await
    }

    /// The frame that a record lies in.
    ///
    /// # Errors
    /// [`StoreError`] when it is not written or cannot be read.
    pub fn frame(&self, at: Location) -> Result<Frame, StoreError> {
        let position = at.frame().ok_or(StoreError::NotWritten)?;
        Ok(self.reader.frame_at(position)?)
    }

    /// What opening cost.
    #[must_use]
    pub const fn opened(&self) -> Opened {
        self.opened
    }

    /// Reads what is on disk of the journal.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// All frames from the one that a record lies in.
    pub fn frames_from(
        &self,
        at: Location,
    ) -> impl Iterator<Item = Result<Frame, ReadError>> + use<> {
        let position = at.frame().unwrap_or(huitong_journal::Position::START);
        self.reader.frames_from(position)
    }

    /// At most `limit` rows of a table, what is not indexed included.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn scan(&self, table: Table, limit: usize) -> Result<Vec<(Key, Row)>, StoreError> {
        self.page(table, None, limit)
    }

    /// At most `limit` rows of a table after a key, what is not indexed included.
    ///
    /// # Errors
    /// [`StoreError`] when the index cannot be read.
    pub fn scan_after(
        &self,
        table: Table,
        after: &Key,
        limit: usize,
    ) -> Result<Vec<(Key, Row)>, StoreError> {
        self.page(table, Some(after), limit)
    }

    fn page(
        &self,
        table: Table,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Vec<(Key, Row)>, StoreError> {
        let overlay = self.overlay.read().unwrap_or_else(PoisonError::into_inner);
        // What waits may take rows away that the index still has: so many more are asked for.
        let more = limit.saturating_add(overlay.leaving(table, after));
        let indexed = self.index.scan(table, after, more)?;
        Ok(overlay.merge(table, after, indexed, limit))
    }

    /// Has the index brought up to what is synced. It follows by itself once much waits; called every so
    /// often, it is never far behind.
    pub fn bring_index_up(&self) {
        let overlay = self.overlay.read().unwrap_or_else(PoisonError::into_inner);
        if overlay.len() > 0
            && let Some(to_index) = &*self.to_index.lock().unwrap_or_else(PoisonError::into_inner)
        {
            ask(to_index);
        }
    }

    /// Whether writing has stopped, and why.
    #[must_use]
    pub fn fault(&self) -> Option<String> {
        self.progress.fault()
    }

    /// Told once the ledger is gone and its files are free.
    #[must_use]
    pub fn gone(&self) -> CancellationToken {
        self.gone.token().clone()
    }

    /// What keeps every other opener of the journal away for as long as it is held, also once the ledger is gone.
    #[must_use]
    pub fn journal_lock(&self) -> Arc<dyn Held> {
        self.journal.lock()
    }

    /// Takes nothing more, writes all that waits, brings the index up, and returns.
    pub fn close(&self) {
        self.journal.close();
        drop(
            self.to_index
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let indexer = self
            .indexer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(indexer) = indexer {
            indexer.finish();
        }
    }
}

/// Asks the indexer to bring the index up.
fn ask(to_index: &mpsc::Sender<()>) {
    match to_index.try_send(()) {
        // Full means that it was asked already, closed that the node is stopping, which indexes all.
        Ok(()) | Err(TrySendError::Full(()) | TrySendError::Closed(())) => {}
    }
}

impl Rows for Ledger {
    fn row(&self, key: &Key) -> Result<Option<Row>, StoreError> {
        // The overlay's lock is held while the index is asked: a row retired in between would be missed.
        let overlay = self.overlay.read().unwrap_or_else(PoisonError::into_inner);
        match overlay.get(key) {
            Some(row) => Ok(row),
            None => self.index.get(key),
        }
    }
}

impl Records for Ledger {
    fn record(&self, at: Location) -> Result<NodeRecord, StoreError> {
        let frame = self.frame(at)?;
        let bytes = frame
            .record(at.record())
            .ok_or(StoreError::Inconsistent("a frame lacks a record"))?;
        match self.unsealed(bytes)? {
            Joined::Whole(record) => Ok(record),
            Joined::Erased(_) | Joined::Tags { .. } => Err(StoreError::Erased),
        }
    }
}
