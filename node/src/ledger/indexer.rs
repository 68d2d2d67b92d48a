//! The task that brings the index up behind the journal, in batches.
//!
//! What is synced is gathered until a batch is full or somebody asks for it, so that a row that changes often, or
//! comes and goes, is written once or never. Until then it waits in memory, where it is read. If the index
//! refuses, the node stops writing: what it holds is derived again at the next start.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::mpsc::UnboundedReceiver;

use super::imaging::Imaging;
use super::overlay::{Keyed, Overlay};
use super::progress::Progress;
use crate::store::{Change, Index, Reached, StoreError};

/// Rows of one batch, but for the last submission in it.
const BATCH_ROWS: usize = 8_192;

/// What the indexer is told.
pub(super) enum Told {
    /// A submission is synced.
    Synced(Synced),
    /// What is gathered is to be indexed.
    Now,
}

/// A submission that is synced.
pub(super) struct Synced {
    pub(super) changed: Vec<Keyed>,
    pub(super) sequence: u64,
    pub(super) reached: Reached,
}

/// What is gathered.
#[derive(Default)]
struct Batch {
    changes: BTreeMap<Arc<[u8]>, Change>,
    /// The last submission in it, and how far it reaches.
    last: Option<(u64, Reached)>,
}

impl Batch {
    fn take(&mut self, synced: Synced) {
        for Keyed { bytes, change } in synced.changed {
            self.changes.insert(bytes, change);
        }
        self.last = Some((synced.sequence, synced.reached));
    }

    /// How far the index reaches then.
    fn into_index(
        self,
        index: &dyn Index,
        overlay: &RwLock<Overlay>,
    ) -> Result<Option<Reached>, StoreError> {
        let Some((sequence, reached)) = self.last else {
            return Ok(None);
        };
        let (keys, changes): (Vec<_>, Vec<_>) = self.changes.into_iter().unzip();
        index.apply(&changes, reached)?;
        overlay
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retire(keys.iter().map(|key| &**key), sequence);
        Ok(Some(reached))
    }
}

/// Runs until the sender is gone and all is indexed.
pub(super) async fn run(
    mut queue: UnboundedReceiver<Told>,
    (index, overlay): (Arc<dyn Index>, Arc<RwLock<Overlay>>),
    progress: Arc<Progress>,
    mut imaging: Option<Imaging>,
) {
    let mut batch = Batch::default();
    loop {
        let told = queue.recv().await;
        let is_last = told.is_none();
        if let Some(Told::Synced(synced)) = told {
            batch.take(synced);
            if batch.changes.len() < BATCH_ROWS {
                continue;
            }
        }
        match std::mem::take(&mut batch).into_index(&*index, &overlay) {
            Ok(Some(reached)) => {
                // Nobody else changes the index, so what it has is what it has at this place.
                // A node that stops waits for none.
                if let Some(imaging) = imaging.as_mut().filter(|_| !is_last) {
                    let waiting = || overlay.read().unwrap_or_else(PoisonError::into_inner).len();
                    imaging.when_due(&*index, reached, &waiting);
                }
            }
            Ok(None) => {}
            Err(error) => return progress.break_off(&error.to_string()),
        }
        if is_last {
            return;
        }
    }
}
