//! Readings of institutions' accounts: so many at once and no more, since each may read all rows of a month.
//!
//! A reading counts until it has ended, also when nobody waits for its answer any more. Deliberately absent: a queue. Who is
//! refused sends the same again.

use std::sync::Arc;

use huitong_core::refusal::RefusalCode;
use huitong_transport::aside;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::NodeError;
use crate::store::StoreError;

/// Readings at once.
const AT_MOST: usize = 4;

/// Those that may still begin.
pub(super) struct Readings(Arc<Semaphore>);

impl Default for Readings {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_MOST)))
    }
}

impl Readings {
    /// One of them.
    ///
    /// # Errors
    /// A refusal when as many as may read do so.
    pub(super) fn begin(&self) -> Result<Reading, NodeError> {
        let permit = Arc::clone(&self.0).try_acquire_owned();
        let busy = |_| NodeError::refused(RefusalCode::Overloaded, "institution accounts");
        permit.map(Reading).map_err(busy)
    }
}

/// A reading that may go on.
pub(super) struct Reading(OwnedSemaphorePermit);

impl Reading {
    /// Reads beside everything else.
    ///
    /// # Errors
    /// What `read` says; a refusal when the node is stopping.
    pub(super) async fn run<T: Send + 'static>(
        self,
        read: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, NodeError> {
        let done = aside(move || {
            let told = read();
            drop(self.0);
            told
        });
        let done = done.await;
        let told = done.map_err(|_| NodeError::refused(RefusalCode::Overloaded, "stopping"))?;
        Ok(told?)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn is_refused(readings: &Readings) -> bool {
        let Err(NodeError::Refused(refusal)) = readings.begin() else {
            return false;
        };
        refusal.code == RefusalCode::Overloaded
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn one_more_than_may_read_is_refused_until_one_has_ended() {
        let readings = Readings::default();
        let mut begun: Vec<Reading> = (0..AT_MOST).map(|_| readings.begin().unwrap()).collect();
        assert!(is_refused(&readings));
        let (go_on, waits) = mpsc::channel::<()>();
        let (tell, begins) = mpsc::channel::<()>();
        let reading = begun.pop().unwrap().run(move || {
            tell.send(()).unwrap();
            waits.recv().unwrap();
            Ok(())
        });
        let reading = tokio::spawn(reading);
        begins.recv().unwrap();
        // Nobody waits for it any more, and it reads all the same.
        reading.abort();
        reading.await.unwrap_err();
        assert!(is_refused(&readings));
        go_on.send(()).unwrap();
        while is_refused(&readings) {
            tokio::task::yield_now().await;
        }
    }
}
