//! Who drives a settlement: one task at a time, and everyone who asks for it waits for that task.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use huitong_core::id::SettlementId;
use tokio::sync::watch;

use super::view::SettlementView;
use crate::error::NodeError;

/// What a task that drives a settlement ends with: how it stands, or why that is not known yet.
pub type Outcome = Result<Arc<SettlementView>, NodeError>;

type Watched = watch::Receiver<Option<Outcome>>;

/// The settlements that are being driven.
#[derive(Debug, Clone, Default)]
pub struct Driving {
    tasks: Arc<Mutex<HashMap<SettlementId, Watched>>>,
}

/// The right to drive one settlement, given back when it is dropped.
pub struct Turn {
    settlement: SettlementId,
    driving: Driving,
    outcome: watch::Sender<Option<Outcome>>,
}

/// Waits for the outcome of a task.
pub struct Wait(Watched);

impl Driving {
    /// The right to drive a settlement, or the wait for who has it.
    pub fn begin(&self, settlement: SettlementId) -> Result<(Turn, Wait), Wait> {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = tasks.get(&settlement) {
            return Err(Wait(running.clone()));
        }
        let (outcome, watched) = watch::channel(None);
        tasks.insert(settlement, watched.clone());
        Ok((
            Turn {
                settlement,
                driving: self.clone(),
                outcome,
            },
            Wait(watched),
        ))
    }
}

impl Turn {
    /// Tells everyone who waits.
    pub fn end(self, outcome: Outcome) {
        self.outcome.send_replace(Some(outcome));
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut tasks = self
            .driving
            .tasks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        tasks.remove(&self.settlement);
    }
}

impl Wait {
    /// The outcome; `None` when the task ended without one.
    pub async fn outcome(mut self) -> Option<Outcome> {
        let found = self.0.wait_for(Option::is_some).await;
        found.ok().and_then(|outcome| outcome.clone())
    }
}
