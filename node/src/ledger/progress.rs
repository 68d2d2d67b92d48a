//! How far appending and syncing are, and whether writing has stopped.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

use super::WriteError;

/// Everything appended up to some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsynced(u64);

impl Unsynced {
    pub(super) const fn up_to(sequence: u64) -> Self {
        Self(sequence)
    }
}

#[derive(Debug)]
struct State {
    synced: u64,
    fault: Option<String>,
}

/// Shared by the journal's callbacks and those who wait, who are woken in the order in which they came.
#[derive(Debug)]
pub(super) struct Progress {
    state: Mutex<State>,
    changed: Notify,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            state: Mutex::new(State {
                synced: 0,
                fault: None,
            }),
            changed: Notify::new(),
        }
    }

    pub(super) fn synced(&self, sequence: u64) {
        {
            let mut state = self.state();
            state.synced = state.synced.max(sequence);
        }
        self.changed.notify_waiters();
    }

    /// Writing has stopped; the first reason is kept.
    pub(super) fn break_off(&self, reason: &str) {
        {
            let mut state = self.state();
            if state.fault.is_none() {
                tracing::error!(reason, "the node has stopped writing; restart it");
                state.fault = Some(reason.to_owned());
            }
        }
        self.changed.notify_waiters();
    }

    pub(super) fn fault(&self) -> Option<String> {
        self.state().fault.clone()
    }

    pub(super) async fn wait_for(&self, mark: Unsynced) -> Result<(), WriteError> {
        loop {
            // In line before looking, so that nothing is missed in between.
            let changed = self.changed.notified();
            if let Some(reached) = self.reached(mark) {
                return reached;
            }
            changed.await;
        }
    }

    fn reached(&self, mark: Unsynced) -> Option<Result<(), WriteError>> {
        let state = self.state();
        if state.synced >= mark.0 {
            return Some(Ok(()));
        }
        let fault = state.fault.clone()?;
        Some(Err(WriteError::Broken(fault)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
