//! How far appending and syncing are, and whether writing has stopped.

use tokio::sync::watch;

use super::WriteError;

/// Everything appended up to some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unsynced(u64);

impl Unsynced {
    pub(super) const fn up_to(sequence: u64) -> Self {
        Self(sequence)
    }
}

#[derive(Debug, Clone)]
struct State {
    synced: u64,
    fault: Option<String>,
}

/// Shared by the journal's callbacks and those who wait.
#[derive(Debug)]
pub(super) struct Progress {
    state: watch::Sender<State>,
}

impl Progress {
    pub(super) fn new() -> Self {
        Self {
            state: watch::Sender::new(State {
                synced: 0,
                fault: None,
            }),
        }
    }

    pub(super) fn synced(&self, sequence: u64) {
        self.state
            .send_modify(|state| state.synced = state.synced.max(sequence));
    }

    /// Writing has stopped; the first reason is kept.
    pub(super) fn break_off(&self, reason: &str) {
        self.state.send_modify(|state| {
            if state.fault.is_none() {
                tracing::error!(reason, "the node has stopped writing; restart it");
                state.fault = Some(reason.to_owned());
            }
        });
    }

    pub(super) fn fault(&self) -> Option<String> {
        self.state.borrow().fault.clone()
    }

    pub(super) async fn wait_for(&self, mark: Unsynced) -> Result<(), WriteError> {
        let mut state = self.state.subscribe();
        let reached = state
            .wait_for(|state| state.synced >= mark.0 || state.fault.is_some())
            .await;
        match reached {
            Err(_closed) => Err(WriteError::Closed),
            Ok(state) if state.synced >= mark.0 => Ok(()),
            Ok(state) => Err(WriteError::Broken(state.fault.clone().unwrap_or_default())),
        }
    }
}
