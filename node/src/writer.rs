//! The one writer: every decision that changes something is made in one place, one after the other.
//!
//! A command decides on rows that include everything appended before it, synced or not, so two requests
//! never both see the same remaining deductible. What it decides is a value ([`Verdict`]); appending it is
//! done here. Nothing is answered before the sync of all it depends on: a verdict without records depends
//! on everything appended before it.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use huitong_core::date::Timestamp;
use huitong_core::record::NodeRecord;
use huitong_journal::{Runner, Running};
use tokio::sync::{mpsc, oneshot};

use crate::clock::Clock;
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

type Job = Box<dyn FnOnce(&Ledger, &dyn Clock) + Send>;

/// The way to the writer.
pub struct Writer {
    ledger: Arc<Ledger>,
    jobs: Mutex<Option<mpsc::Sender<Job>>>,
    running: Mutex<Option<Running>>,
}

enum Outcome<A> {
    Written(Done<A>),
    Unchanged(A, Unsynced),
}

impl Writer {
    /// Has a runner do the deciding. At most `waiting` commands wait; more are refused as overloaded.
    ///
    /// # Errors
    /// When nobody can be found to do it.
    pub fn start(
        ledger: &Arc<Ledger>,
        clock: &Arc<dyn Clock>,
        runner: &dyn Runner,
        waiting: usize,
    ) -> std::io::Result<Self> {
        let (jobs, mut queue) = mpsc::channel::<Job>(waiting.max(1));
        let deciding = {
            let (ledger, clock) = (Arc::clone(ledger), Arc::clone(clock));
            async move {
                while let Some(job) = queue.recv().await {
                    job(&ledger, &*clock);
                }
            }
        };
        let running = runner.start("writer", Box::pin(deciding))?;
        Ok(Self {
            ledger: Arc::clone(ledger),
            jobs: Mutex::new(Some(jobs)),
            running: Mutex::new(Some(running)),
        })
    }

    /// Has a command decided, and waits until all that its answer depends on is synced.
    ///
    /// # Errors
    /// [`WriteError`]. After [`WriteError::Broken`] it is not known whether the records are on disk.
    pub async fn run<C: Command>(&self, command: C) -> Result<Done<C::Answer>, WriteError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |ledger, clock| decide(ledger, clock, command, answer));
        let jobs = self
            .jobs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        jobs.ok_or(WriteError::Closed)?
            .try_send(job)
            .map_err(|refused| match refused {
                mpsc::error::TrySendError::Full(_) => WriteError::Overloaded,
                mpsc::error::TrySendError::Closed(_) => WriteError::Closed,
            })?;
        match answered.await.map_err(|_lost| WriteError::Closed)?? {
            Outcome::Written(done) => Ok(done),
            Outcome::Unchanged(answer, mark) => {
                self.ledger.synced(mark).await?;
                Ok(Done {
                    answer,
                    written: None,
                })
            }
        }
    }

    /// Finishes the commands that wait, then the ledger, and returns when all is synced.
    pub fn close(&self) {
        drop(
            self.jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let running = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(running) = running {
            running.finish();
        }
        self.ledger.close();
    }
}

fn decide<C: Command>(
    ledger: &Ledger,
    clock: &dyn Clock,
    command: C,
    answer: oneshot::Sender<Result<Outcome<C::Answer>, WriteError>>,
) {
    // The place is kept first: a decision that was made is never refused for want of one.
    let permit = match ledger.reserve() {
        Ok(permit) => permit,
        Err(error) => return drop(answer.send(Err(error))),
    };
    match command.decide(ledger, clock.now()) {
        Err(error) => drop(answer.send(Err(error.into()))),
        Ok(Verdict::Answer(value)) => {
            drop(answer.send(Ok(Outcome::Unchanged(value, ledger.mark()))));
        }
        Ok(Verdict::Append(records, value)) => {
            // A refusal of the whole submission is told through the channel that the callback drops.
            let (slot, handed) = std::sync::mpsc::sync_channel(1);
            let appended = ledger.append(permit, &records, move |written| {
                let Ok((value, answer)): Result<(C::Answer, oneshot::Sender<_>), _> = handed.recv()
                else {
                    return;
                };
                let done = written.map(|written| {
                    Outcome::Written(Done {
                        answer: value,
                        written: Some(written),
                    })
                });
                drop(answer.send(done));
            });
            match appended {
                Ok(()) => drop(slot.send((value, answer))),
                Err(error) => drop(answer.send(Err(error))),
            }
        }
    }
}
