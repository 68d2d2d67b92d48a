//! Who drives a settlement: one task at a time, and everyone who asks for it waits for that task. They are told
//! in the order in which they asked.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use huitong_core::id::SettlementId;
use tokio::sync::Notify;

use super::view::SettlementView;
use crate::error::NodeError;

/// What a task that drives a settlement ends with: how it stands, or why that is not known yet.
pub type Outcome = Result<Arc<SettlementView>, NodeError>;

/// The settlements that are being driven.
#[derive(Debug, Clone, Default)]
pub struct Driving {
    tasks: Arc<Mutex<HashMap<SettlementId, Arc<Told>>>>,
}

/// What is known of a task.
#[derive(Debug)]
struct Told {
    task: Mutex<Task>,
    ended: Notify,
}

#[derive(Debug)]
enum Task {
    Runs,
    /// With an outcome, or without one when it broke off.
    Ended(Option<Outcome>),
}

/// The right to drive one settlement, given back when it is dropped.
pub struct Turn {
    settlement: SettlementId,
    driving: Driving,
    told: Arc<Told>,
}

/// Waits for the outcome of a task.
pub struct Wait(Arc<Told>);

impl Driving {
    /// The right to drive a settlement, or the wait for who has it.
    pub fn begin(&self, settlement: SettlementId) -> Result<(Turn, Wait), Wait> {
        let mut tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(running) = tasks.get(&settlement) {
            return Err(Wait(Arc::clone(running)));
        }
        let told = Arc::new(Told {
            task: Mutex::new(Task::Runs),
            ended: Notify::new(),
        });
        tasks.insert(settlement, Arc::clone(&told));
        let turn = Turn {
            settlement,
            driving: self.clone(),
            told: Arc::clone(&told),
        };
        Ok((turn, Wait(told)))
    }
}

impl Told {
    /// The first word stands.
    fn end(&self, outcome: Option<Outcome>) {
        {
            let mut task = self.task.lock().unwrap_or_else(PoisonError::into_inner);
            if let Task::Runs = *task {
                *task = Task::Ended(outcome);
            }
        }
        self.ended.notify_waiters();
    }

    fn outcome(&self) -> Option<Option<Outcome>> {
        match &*self.task.lock().unwrap_or_else(PoisonError::into_inner) {
            Task::Runs => None,
            Task::Ended(outcome) => Some(outcome.clone()),
        }
    }
}

impl Turn {
    /// Tells everyone who waits.
    pub fn end(self, outcome: Outcome) {
        self.told.end(Some(outcome));
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
        drop(tasks);
        self.told.end(None);
    }
}

impl Wait {
    /// The outcome; `None` when the task ended without one.
    pub async fn outcome(self) -> Option<Outcome> {
        loop {
            // In line before looking, so that nothing is missed in between.
            let ended = self.0.ended.notified();
            if let Some(outcome) = self.0.outcome() {
                return outcome;
            }
            ended.await;
        }
    }
}
