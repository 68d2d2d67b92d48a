//! The one writer: every decision that changes something is made in one place, one after the other.
//!
//! A command decides on rows that include everything appended before it, synced or not, so two requests
//! never both see the same remaining deductible. What it decides is a value ([`Verdict`]); appending it is
//! done here. Nothing is answered before the sync of all it depends on: a verdict without records depends
//! on everything appended before it.
//!
//! The writer is a turn, not a thread: whoever holds it decides and appends, in microseconds, and lets go
//! before it waits for the disk. Turns are taken in the order in which they are asked for.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use huitong_core::date::Timestamp;
use huitong_core::record::NodeRecord;
use tokio::sync::{Mutex, Semaphore, oneshot};

use crate::clock::Clock;
use crate::compute::long;
use crate::ledger::{Ledger, Unsynced, WriteError, Written};
use crate::store::{Rows, StoreError};

/// What a command decided.
#[derive(Debug)]
pub enum Verdict<A> {
    /// Append these records as one submission, then answer.
    Append(Vec<NodeRecord>, A),
    /// Answer; nothing changes.
    Answer(A),
}

/// A decision to be made by the writer. Deciding is pure: rows and the moment in, a verdict out.
pub trait Command: Send + 'static {
    /// What is answered.
    type Answer: Send + 'static;

    /// Whether deciding and appending may take long, as it does for a file of many rows.
    const LONG: bool = false;

    /// Decides.
    ///
    /// # Errors
    /// [`StoreError`] when the rows cannot be read; nothing is changed then.
    fn decide(self, rows: &dyn Rows, now: Timestamp) -> Result<Verdict<Self::Answer>, StoreError>;
}

/// An answer and, when something was written for it, where.
#[derive(Debug)]
pub struct Done<A> {
    /// The answer.
    pub answer: A,
    /// What was written, or `None`.
    pub written: Option<Written>,
}

/// The way to the writer.
pub struct Writer {
    ledger: Arc<Ledger>,
    clock: Arc<dyn Clock>,
    /// Whoever holds it decides.
    turn: Mutex<()>,
    /// Those who decide or wait to.
    places: Semaphore,
    /// A decision broke off in its middle: nobody knows what it had done.
    broken: AtomicBool,
}

/// What is decided, and what its answer waits for.
enum Decided<A> {
    Appended(A, oneshot::Receiver<Result<Written, WriteError>>),
    Unchanged(A, Unsynced),
}

impl Writer {
    /// At most `waiting` commands wait; more are refused as overloaded.
    #[must_use]
    pub fn new(ledger: &Arc<Ledger>, clock: &Arc<dyn Clock>, waiting: usize) -> Self {
        Self {
            ledger: Arc::clone(ledger),
            clock: Arc::clone(clock),
            turn: Mutex::new(()),
            places: Semaphore::new(waiting.max(1)),
            broken: AtomicBool::new(false),
        }
    }

    /// Has a command decided, and waits until all that its answer depends on is synced.
    ///
    /// # Errors
    /// [`WriteError`]. After [`WriteError::Broken`] it is not known whether the records are on disk.
    pub async fn run<C: Command>(&self, command: C) -> Result<Done<C::Answer>, WriteError> {
        match self.in_turn(command).await? {
            Decided::Appended(answer, synced) => {
                let written = synced.await.map_err(|_lost| WriteError::Closed)??;
                Ok(Done {
                    answer,
                    written: Some(written),
                })
            }
            Decided::Unchanged(answer, mark) => {
                self.ledger.synced(mark).await?;
                Ok(Done {
                    answer,
                    written: None,
                })
            }
        }
    }

    async fn in_turn<C: Command>(&self, command: C) -> Result<Decided<C::Answer>, WriteError> {
        let place = self.places.try_acquire();
        let _place = place.map_err(|_full| WriteError::Overloaded)?;
        let _turn = self.turn.lock().await;
        if self.broken.swap(true, Ordering::Relaxed) {
            return Err(WriteError::Broken("a decision broke off".to_owned()));
        }
        let decided = if C::LONG {
            long(|| self.decide(command))
        } else {
            self.decide(command)
        };
        // Not reached when deciding panicked: the writer stays broken.
        self.broken.store(false, Ordering::Relaxed);
        decided
    }

    fn decide<C: Command>(&self, command: C) -> Result<Decided<C::Answer>, WriteError> {
        // The place is kept first: a decision that was made is never refused for want of one.
        let permit = self.ledger.reserve()?;
        match command.decide(&*self.ledger, self.clock.now())? {
            Verdict::Answer(answer) => Ok(Decided::Unchanged(answer, self.ledger.mark())),
            Verdict::Append(records, answer) => {
                let (tell, synced) = oneshot::channel();
                // Whoever gave up waiting is not told.
                let done = move |written| drop(tell.send(written));
                self.ledger.append(permit, &records, done)?;
                Ok(Decided::Appended(answer, synced))
            }
        }
    }

    /// Takes nothing more, and returns when all that was decided is synced and indexed.
    pub fn close(&self) {
        self.ledger.close();
    }
}
