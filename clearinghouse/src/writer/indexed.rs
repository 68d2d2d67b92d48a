//! How far the index is, for those who wait for it: woken in the order in which they came.
//!
//! A watch would draw one of many channels for each who waits, and two runs of one simulation would differ.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

/// How far it is.
#[derive(Debug, Default)]
pub(super) struct Indexed {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    record: u64,
    has_ended: bool,
}

impl Indexed {
    /// Waits until a record answers to look-ups; whether it does, or the writer has ended before.
    pub(super) async fn wait_for(&self, record: u64) -> bool {
        loop {
            // In line before looking, so that nothing is missed in between.
            let changed = self.changed.notified();
            {
                let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                if state.record >= record || state.has_ended {
                    return state.record >= record;
                }
            }
            changed.await;
        }
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.changed.notify_waiters();
    }
}

/// The writer's end: once it is gone nobody waits any more.
#[derive(Debug)]
pub(super) struct TellsIndexed(pub(super) Arc<Indexed>);

impl TellsIndexed {
    /// All records up to this one answer to look-ups.
    pub(super) fn reached(&self, record: u64) {
        self.0.change(|state| state.record = record);
    }
}

impl Drop for TellsIndexed {
    fn drop(&mut self) {
        self.0.change(|state| state.has_ended = true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whoever_waits_is_told_when_it_is_reached_and_when_it_never_will_be() {
        let indexed = Arc::<Indexed>::default();
        let tells = TellsIndexed(Arc::clone(&indexed));
        let wait = |record| {
            let indexed = Arc::clone(&indexed);
            tokio::spawn(async move { indexed.wait_for(record).await })
        };
        let (second, fourth) = (wait(2), wait(4));
        tells.reached(1);
        tokio::task::yield_now().await;
        assert!(!second.is_finished());
        tells.reached(3);
        assert!(second.await.unwrap());
        assert!(!fourth.is_finished());
        drop(tells);
        assert!(!fourth.await.unwrap());
        assert!(indexed.wait_for(3).await, "what was reached stays so");
    }
}
