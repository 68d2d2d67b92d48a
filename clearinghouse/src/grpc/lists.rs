//! Long lists on their way to officers: one is found at a time, a few are held, and each is given up once nobody reads or
//! reads on.
//!
//! A list, or a file, is found whole before its first part leaves, since what does not add up is not told at all: so it lies in memory
//! until its reader has taken it. Nothing is found, and nothing held, before there is a place. A place is given back when
//! the last part has left, when the reader is gone, or when it takes no part for too long. Deliberately absent: what is
//! found, and how many rows a list has at most, which is the caller's.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tonic::Status;

/// Rows of one part.
pub(super) const ROWS_AT_ONCE: usize = 1_000;
/// Parts that wait for a slow reader.
const WAITING: usize = 4;
/// Lists that are held at the same time: one is found while another is read.
const HELD_AT_ONCE: usize = 2;
/// How long a reader may take for one part.
const TAKEN_WITHIN: Duration = Duration::from_secs(30);

/// Where long lists are written.
#[derive(Clone)]
pub(super) struct Lists {
    places: Arc<Semaphore>,
    finding: Arc<Mutex<()>>,
    taken_within: Duration,
}

/// The turn of whoever finds a list, until it is dropped. Whoever cannot be cut short takes it along, so that place and
/// turn stay with it also when nobody waits any more.
pub(super) struct Turn {
    _one: OwnedMutexGuard<()>,
    _place: Arc<OwnedSemaphorePermit>,
}

impl Lists {
    /// Nothing is written yet.
    pub(super) fn new() -> Self {
        Self::within(TAKEN_WITHIN)
    }

    fn within(taken_within: Duration) -> Self {
        Self {
            places: Arc::new(Semaphore::new(HELD_AT_ONCE)),
            finding: Arc::default(),
            taken_within,
        }
    }

    /// The parts of a list, which `find` finds once it is its turn. The answer begins before that: a caller waits for its
    /// beginning no longer than for any call.
    pub(super) fn write<T, M, F, I>(
        &self,
        find: impl FnOnce(Turn) -> F + Send + 'static,
        parts: impl FnOnce(T) -> I + Send + 'static,
    ) -> Receiver<Result<M, Status>>
    where
        T: Send + 'static,
        M: Send + 'static,
        F: Future<Output = Result<T, Status>> + Send,
        I: Iterator<Item = M> + Send,
    {
        let (to, taken) = channel(WAITING);
        let lists = self.clone();
        tokio::spawn(async move {
            // A reader that has gone needs nothing more.
            let placed = tokio::select! {
                biased;
                () = to.closed() => return,
                placed = lists.turn() => placed,
            };
            let Some((place, turn)) = placed else {
                return;
            };
            let found = tokio::select! {
                biased;
                () = to.closed() => return,
                found = find(turn) => found,
            };
            match found {
                Ok(found) => send(parts(found), &to, lists.taken_within).await,
                Err(refused) => drop(timeout(lists.taken_within, to.send(Err(refused))).await),
            }
            drop(place);
        });
        taken
    }

    async fn turn(&self) -> Option<(Arc<OwnedSemaphorePermit>, Turn)> {
        let place = Arc::clone(&self.places).acquire_owned().await.ok()?;
        let place = Arc::new(place);
        let turn = Turn {
            _one: Arc::clone(&self.finding).lock_owned().await,
            _place: Arc::clone(&place),
        };
        Some((place, turn))
    }
}

/// Sends parts, as long as they are read.
async fn send<M>(parts: impl Iterator<Item = M>, to: &Sender<Result<M, Status>>, within: Duration) {
    for part in parts {
        if !matches!(timeout(within, to.send(Ok(part))).await, Ok(Ok(()))) {
            return;
        }
    }
}

/// Rows, or bytes, in pieces of so many, none of which is empty.
pub(super) fn pieces<T: Clone>(rows: Vec<T>, at_once: usize) -> impl Iterator<Item = Vec<T>> {
    let mut from = 0_usize;
    std::iter::from_fn(move || {
        let rest = rows.get(from..)?;
        let piece = rest.get(..rest.len().min(at_once))?.to_vec();
        from = from.saturating_add(piece.len());
        (!piece.is_empty()).then_some(piece)
    })
}

#[cfg(test)]
mod tests;
