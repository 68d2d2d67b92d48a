//! The task that brings the index up behind the journal, in batches.
//!
//! What is synced waits in memory, where it is read, until there is enough of it or somebody asks, so that a row that
//! changes often, or comes and goes, is written once or never. Nobody is woken for less. If the index refuses, the node
//! stops writing: what it holds is derived again at the next start.

use std::sync::{Arc, PoisonError, RwLock};

use tokio::sync::mpsc::Receiver;

use super::imaging::Imaging;
use super::overlay::{Batch, Overlay};
use super::progress::Progress;
use crate::store::{Index, Reached, StoreError};

/// Rows that are worth a batch.
pub(super) const BATCH_ROWS: usize = 8_192;

/// Indexes what is synced; how far the index reaches then, if there was anything.
fn bring_up(index: &dyn Index, overlay: &RwLock<Overlay>) -> Result<Option<Reached>, StoreError> {
    let batch = overlay
        .read()
        .unwrap_or_else(PoisonError::into_inner)
        .batch();
    let Some(Batch {
        changes,
        sequence,
        reached,
    }) = batch
    else {
        return Ok(None);
    };
    index.apply(&changes, reached)?;
    overlay
        .write()
        .unwrap_or_else(PoisonError::into_inner)
        .retire(sequence);
    Ok(Some(reached))
}

/// Runs until nobody can ask any more and all is indexed.
pub(super) async fn run(
    mut asked: Receiver<()>,
    (index, overlay): (Arc<dyn Index>, Arc<RwLock<Overlay>>),
    progress: Arc<Progress>,
    mut imaging: Option<Imaging>,
) {
    loop {
        let is_last = asked.recv().await.is_none();
        match bring_up(&*index, &overlay) {
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
