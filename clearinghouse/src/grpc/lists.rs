//! Long lists on their way to officers: one is found at a time, a few are held, one of each officer, and each is given up once
//! nobody reads or reads on.
//!
//! A list, or a file, is found whole before its first part leaves, since what does not add up is not told at all: so it lies in memory
//! until its reader has taken it. Nothing is found, and nothing held, before there is a place; whoever waits too long for one is
//! refused. Whoever has a place waits for another until that is given back, and only then stands in line with the others: so one
//! officer, however slowly they read and however often they ask, leaves the other places to others. A place is given back when the last part has left, when the reader is gone, or when it takes no part, or not all of
//! them, for too long: its list then ends with a refusal, so that no part of one is taken for the whole. Deliberately absent: what
//! is found, and how many rows a list has at most, which is the caller's; and that a list that is read gives way to another: it
//! could not be gone on with.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, Weak};
use std::task::{Context, Poll};
use std::time::Duration;

use huitong_core::officer::OfficerName;
use huitong_core::refusal::RefusalCode;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::sync::{Mutex, OwnedMutexGuard, OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};
use tokio_stream::Stream;
use tonic::Status;

use super::status::status;
use crate::refusal::Refusal;

/// Rows of one part.
pub(super) const ROWS_AT_ONCE: usize = 1_000;
/// Parts that wait for a slow reader.
const WAITING: usize = 4;
/// Lists that are held at the same time, each of another officer: one is found while another is read.
const HELD_AT_ONCE: usize = 2;

/// How long somebody is waited for.
#[derive(Clone, Copy)]
struct Patience {
    /// Until there is a place.
    place: Duration,
    /// Until a reader takes one part.
    part: Duration,
    /// Until it has taken all, and so much more for each part.
    all: (Duration, Duration),
}

impl Patience {
    /// With readers who take so long for a part throughout.
    const fn with(each: Duration) -> Self {
        Self {
            place: Duration::from_secs(30),
            part: Duration::from_secs(30),
            all: (Duration::from_secs(60), each),
        }
    }
}

/// Where long lists are written.
#[derive(Clone)]
pub(super) struct Lists {
    places: Arc<Semaphore>,
    readers: Arc<Readers>,
    finding: Arc<Mutex<()>>,
    patience: Patience,
}

/// Whose turn it is of each officer's own lists; of those alone who have or want a place.
#[derive(Default)]
struct Readers(std::sync::Mutex<BTreeMap<OfficerName, Weak<Mutex<()>>>>);

impl Readers {
    fn of(&self, officer: OfficerName) -> Arc<Mutex<()>> {
        let mut readers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        readers.retain(|_, own| own.strong_count() > 0);
        let own = readers.entry(officer).or_default();
        own.upgrade().unwrap_or_else(|| {
            let begun = Arc::default();
            *own = Arc::downgrade(&begun);
            begun
        })
    }
}

/// A place among the lists that are held, the only one of its officer.
struct Place {
    _own: OwnedMutexGuard<()>,
    _one: OwnedSemaphorePermit,
}

/// A list on its way.
pub(super) struct Parts<M> {
    parts: Receiver<Result<M, Status>>,
    /// All that there is to say was said.
    is_told: Arc<AtomicBool>,
}

/// The turn of whoever finds a list, until it is dropped. Whoever cannot be cut short takes it along, so that place and
/// turn stay with it also when nobody waits any more.
pub(super) struct Turn {
    _one: OwnedMutexGuard<()>,
    _place: Arc<Place>,
}

impl Lists {
    /// Nothing is written yet. Readers may take so long for each part throughout.
    pub(super) fn new(each: Duration) -> Self {
        Self::with(Patience::with(each))
    }

    fn with(patience: Patience) -> Self {
        Self {
            places: Arc::new(Semaphore::new(HELD_AT_ONCE)),
            readers: Arc::default(),
            finding: Arc::default(),
            patience,
        }
    }

    /// The parts of a list for an officer, which `find` finds once it is its turn. The answer begins before that: a caller waits for its
    /// beginning no longer than for any call.
    pub(super) fn write<T, M, F, I>(
        &self,
        reader: OfficerName,
        find: impl FnOnce(Turn) -> F + Send + 'static,
        parts: impl FnOnce(T) -> I + Send + 'static,
    ) -> Parts<M>
    where
        T: Send + 'static,
        M: Send + 'static,
        F: Future<Output = Result<T, Status>> + Send,
        I: Iterator<Item = M> + Send,
    {
        let (to, taken) = channel(WAITING);
        let (lists, is_told) = (self.clone(), Arc::<AtomicBool>::default());
        let own = self.readers.of(reader);
        let told = Arc::clone(&is_told);
        tokio::spawn(async move {
            // A reader that has gone needs nothing more.
            let placed = tokio::select! {
                biased;
                () = to.closed() => return,
                placed = timeout(lists.patience.place, lists.turn(own)) => placed,
            };
            let Ok(Some((place, turn))) = placed else {
                refuse(
                    &to,
                    &told,
                    busy(
                        "other lists are being read, or another one of the same officer: ask again",
                    ),
                );
                return;
            };
            let found = tokio::select! {
                biased;
                () = to.closed() => return,
                found = find(turn) => found,
            };
            match found {
                // Whoever was given up is told at the stream's end.
                Ok(found) => {
                    let all = send(parts(found), &to, lists.patience).await;
                    told.store(all, Ordering::Release);
                }
                Err(refused) => refuse(&to, &told, refused),
            }
            drop(place);
        });
        Parts {
            parts: taken,
            is_told,
        }
    }

    async fn turn(&self, own: Arc<Mutex<()>>) -> Option<(Arc<Place>, Turn)> {
        let place = Arc::new(Place {
            _own: own.lock_owned().await,
            _one: Arc::clone(&self.places).acquire_owned().await.ok()?,
        });
        let turn = Turn {
            _one: Arc::clone(&self.finding).lock_owned().await,
            _place: Arc::clone(&place),
        };
        Some((place, turn))
    }
}

/// Says that there is no list, before any of it was sent: there is room for that.
fn refuse<M>(to: &Sender<Result<M, Status>>, is_told: &AtomicBool, refused: Status) {
    if to.try_send(Err(refused)).is_ok() {
        is_told.store(true, Ordering::Release);
    }
}

fn busy(why: &str) -> Status {
    status(&Refusal::general(RefusalCode::Overloaded, why))
}

/// Sends parts, as long as they are read; whether all of them were.
async fn send<M>(
    parts: impl Iterator<Item = M>,
    to: &Sender<Result<M, Status>>,
    patience: Patience,
) -> bool {
    let (mut may_take, each) = patience.all;
    let begun = Instant::now();
    for part in parts {
        may_take = may_take.saturating_add(each);
        let left = may_take.saturating_sub(begun.elapsed());
        let taken = timeout(left.min(patience.part), to.send(Ok(part)));
        if !matches!(taken.await, Ok(Ok(()))) {
            return false;
        }
    }
    true
}

impl<M> Stream for Parts<M> {
    type Item = Result<M, Status>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.parts.poll_recv(context).map(|next| {
            // Given up, or broken off: nothing else says that there is more.
            next.or_else(|| {
                let was_told = self.is_told.swap(true, Ordering::AcqRel);
                (!was_told).then(|| Err(busy("the list was not read in time")))
            })
        })
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
