//! The task that brings the index up behind the journal, in batches.
//!
//! A batch takes whatever has been synced since the last one, so a busy node makes few large batches and an
//! idle one small ones at once. If the index refuses, the node stops writing: what it holds is derived again
//! at the next start.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use huitong_core::canonical::encode_to_vec;
use tokio::sync::mpsc::UnboundedReceiver;

use super::overlay::Overlay;
use super::progress::Progress;
use crate::store::{Change, Index, Reached};

/// Rows of one batch, but for the last submission in it.
const BATCH_ROWS: usize = 8_192;

/// A submission that is synced.
pub(super) struct Synced {
    pub(super) changed: Vec<Change>,
    pub(super) sequence: u64,
    pub(super) reached: Reached,
}

/// Runs until the sender is gone and all is indexed.
pub(super) async fn run(
    mut queue: UnboundedReceiver<Synced>,
    index: Arc<dyn Index>,
    overlay: Arc<RwLock<Overlay>>,
    progress: Arc<Progress>,
) {
    while let Some(first) = queue.recv().await {
        let (mut reached, mut sequence) = (first.reached, first.sequence);
        let mut batch = BTreeMap::new();
        let mut take = |changed: Vec<Change>| {
            for change in changed {
                batch.insert(encode_to_vec(&change.key), change);
            }
            batch.len()
        };
        let mut rows = take(first.changed);
        while rows < BATCH_ROWS {
            let Ok(next) = queue.try_recv() else { break };
            (reached, sequence) = (next.reached, next.sequence);
            rows = take(next.changed);
        }
        let (keys, changes): (Vec<Vec<u8>>, Vec<Change>) = batch.into_iter().unzip();
        if let Err(error) = index.apply(&changes, reached) {
            progress.break_off(&error.to_string());
            return;
        }
        overlay
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .retire(keys.iter().map(Vec::as_slice), sequence);
    }
}
