//! Group commit: one thread owns the files and syncs once for all who wait.
//!
//! Whoever decides in order appends in that order, and is told on the writer's
//! thread when the records are durable: a callback should hand the answer on and
//! return. There is no async runtime here; a callback that completes a one-shot
//! channel serves any of them.

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::disk::{Disk, Held};
use crate::error::{AppendError, DiskFault, Fault, OpenError};
use crate::hasher::Hasher;
use crate::log::{Committed, Log, Seal, sum};
use crate::options::Options;
use crate::queue::{Expected, Group, Queue, Taken, Waiter};
use crate::reader::Reader;
use crate::recovery::Recovery;
use crate::submission::Submission;
use crate::tip::Tip;

/// The most that a group waits for others.
const LONGEST_GATHERING: Duration = Duration::from_millis(1);
/// After a group of so many bytes none waits: the disk takes its time for the bytes, and those are no fewer in one frame.
const LARGE_GROUP: u64 = 512 << 10;

/// An open journal, shared by reference among callers.
pub struct Journal {
    queue: Arc<Queue>,
    reader: Reader,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// Kept to the end: a broken journal must not be opened again beside a server
    /// that still answers from its memory.
    lock: Arc<dyn Held>,
}

impl Journal {
    /// Opens as [`Log::open`] does, and starts the writer's thread.
    ///
    /// # Errors
    /// [`OpenError`]; on [`OpenError::Damage`] nothing on disk was changed.
    pub fn open(
        disk: Arc<dyn Disk>,
        options: Options,
        seal: Option<Seal>,
    ) -> Result<(Self, Recovery), OpenError> {
        let (mut log, recovery) = Log::open(disk, options, seal)?;
        log.hash_with(Hasher::beside().map_err(thread_refused)?);
        let queue = Arc::new(Queue::new(options, None));
        let (reader, lock) = (log.reader(), log.lock());
        let writer = thread::Builder::new().name("journal-writer".to_owned());
        let handle = writer
            .spawn({
                let queue = Arc::clone(&queue);
                move || Writing::of(log, queue).run()
            })
            .map_err(thread_refused)?;
        let journal = Self {
            queue,
            reader,
            writer: Mutex::new(Some(handle)),
            lock,
        };
        Ok((journal, recovery))
    }

    /// Opens as [`Log::open`] does, and starts no thread: what is appended is written when the owner of
    /// the [`Turns`] takes one. `bell` is called when a turn would find something to do, by whoever
    /// appends or closes; it should only note that and return.
    ///
    /// # Errors
    /// As [`Journal::open`].
    pub fn in_turns(
        disk: Arc<dyn Disk>,
        options: Options,
        seal: Option<Seal>,
        bell: impl Fn() + Send + Sync + 'static,
    ) -> Result<(Self, Turns, Recovery), OpenError> {
        let (log, recovery) = Log::open(disk, options, seal)?;
        let queue = Arc::new(Queue::new(options, Some(Box::new(bell))));
        let journal = Self {
            queue: Arc::clone(&queue),
            reader: log.reader(),
            writer: Mutex::new(None),
            lock: log.lock(),
        };
        Ok((journal, Turns(Writing::of(log, queue)), recovery))
    }

    /// What keeps every other opener away: held for as long as anybody has it, also once the journal is closed and gone.
    #[must_use]
    pub fn lock(&self) -> Arc<dyn Held> {
        Arc::clone(&self.lock)
    }

    /// Hands in the records of one decision: they share a frame and keep their
    /// order, and submissions are written in the order of these calls. `done` is
    /// called once, on the writer's thread, when they are durable or will not be.
    ///
    /// # Errors
    /// Then `done` is dropped uncalled and nothing was taken.
    pub fn append(
        &self,
        records: impl Into<Submission>,
        done: impl FnOnce(Result<Committed, AppendError>) + Send + 'static,
    ) -> Result<(), AppendError> {
        self.reserve()?.append(records, done)
    }

    /// Keeps a place in the queue, so that a decision made afterwards cannot be
    /// refused for want of one.
    ///
    /// # Errors
    /// [`AppendError::Overloaded`], or why the journal takes nothing more.
    pub fn reserve(&self) -> Result<Permit<'_>, AppendError> {
        self.queue.reserve()?;
        Ok(Permit {
            queue: Some(&self.queue),
        })
    }

    /// Appends and blocks until the records are durable. Not for a callback or a
    /// seal: those run on the thread that would have to answer.
    ///
    /// # Errors
    /// As [`Self::append`] and its callback give.
    pub fn append_and_wait(
        &self,
        records: impl Into<Submission>,
    ) -> Result<Committed, AppendError> {
        let (answer, answered) = sync_channel(1);
        self.append(records, move |result| drop(answer.send(result)))?;
        answered
            .recv()
            .unwrap_or_else(|_lost| Err(AppendError::Broken(Arc::new(Fault::WriterLost))))
    }

    /// The end of what is durable.
    #[must_use]
    pub fn tip(&self) -> Tip {
        self.reader.tip()
    }

    /// Reads what is durable, now and later.
    #[must_use]
    pub fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// Why nothing more can be appended, if so.
    #[must_use]
    pub fn ended(&self) -> Option<AppendError> {
        self.queue.ended()
    }

    /// Why the next segment could not be prepared, if so: the disk is probably
    /// full, and the journal breaks once the present segment is full too.
    #[must_use]
    pub fn no_room_ahead(&self) -> Option<DiskFault> {
        self.queue.warning()
    }

    /// Takes nothing more, writes all that waits, and returns when it is durable
    /// and its waiters are told. Dropping the journal does the same. A journal in turns only takes nothing
    /// more: what waits is written by the turns to come.
    pub fn close(&self) {
        self.queue.close();
        let mut slot = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(writer) = slot.take() else {
            return;
        };
        // A callback may hold the last reference; its thread cannot join itself.
        if writer.thread().id() != thread::current().id() {
            drop(writer.join());
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.close();
    }
}

impl fmt::Debug for Journal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Journal")
            .field("tip", &self.tip())
            .field("ended", &self.ended())
            .finish_non_exhaustive()
    }
}

/// A place in the queue, given back when it is dropped unused.
pub struct Permit<'a> {
    queue: Option<&'a Queue>,
}

impl Permit<'_> {
    /// As [`Journal::append`], and never `Overloaded`.
    ///
    /// # Errors
    /// Then `done` is dropped uncalled and nothing was taken.
    pub fn append(
        mut self,
        records: impl Into<Submission>,
        done: impl FnOnce(Result<Committed, AppendError>) + Send + 'static,
    ) -> Result<(), AppendError> {
        match self.queue.take() {
            Some(queue) => queue.push(records.into(), Box::new(done)),
            None => Err(AppendError::Closed),
        }
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        if let Some(queue) = self.queue {
            queue.give_back();
        }
    }
}

impl fmt::Debug for Permit<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Permit")
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape of map_err")]
fn thread_refused(error: io::Error) -> OpenError {
    OpenError::Thread(error.to_string())
}

/// The writing side of a journal without a thread.
///
/// Frames, recovery and the order of answers are those of a journal with one; only gathering differs: a
/// group is whatever waits when a turn begins.
#[derive(Debug)]
pub struct Turns(Writing);

/// What a turn did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// It wrote one group; more may wait.
    Wrote,
    /// Nothing waited.
    Idle,
    /// The journal is closed and all is written, or it is broken: no turn will do anything more.
    Ended,
}

impl Turns {
    /// Writes the group that waits, if any, syncs it and tells everyone in it.
    pub fn turn(&mut self) -> Turn {
        self.0.turn()
    }
}

/// The owner of the files, and who waits for them.
struct Writing {
    log: Log,
    queue: Arc<Queue>,
    warned: bool,
}

impl fmt::Debug for Writing {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.log.fmt(out)
    }
}

impl Writing {
    const fn of(log: Log, queue: Arc<Queue>) -> Self {
        Self {
            log,
            queue,
            warned: false,
        }
    }

    /// The writer's thread.
    fn run(mut self) {
        let mut expected = Expected::NONE;
        while let Some(group) = self.queue.take(expected) {
            match self.write(group) {
                Some(next) => expected = next,
                None => return,
            }
        }
    }

    fn turn(&mut self) -> Turn {
        match self.queue.take_waiting() {
            Taken::Nothing => Turn::Idle,
            Taken::Ended => Turn::Ended,
            Taken::Group(group) => match self.write(group) {
                Some(_) => Turn::Wrote,
                None => Turn::Ended,
            },
        }
    }

    /// Writes one group; nothing when that broke the journal, and everyone has been told.
    fn write(&mut self, group: Group) -> Option<Expected> {
        let written = catch_unwind(AssertUnwindSafe(|| {
            let expected = write_group(&mut self.log, &self.queue, group)?;
            self.log.prepare_ahead();
            if self.warned != self.log.no_room_ahead().is_some() {
                self.warned = !self.warned;
                self.queue.warn(self.log.no_room_ahead().cloned());
            }
            Ok(expected)
        }));
        let fault = match written {
            Ok(Ok(expected)) => return Some(expected),
            Ok(Err(fault)) => fault,
            Err(_panic) => Arc::new(Fault::WriterLost),
        };
        let error = AppendError::Broken(Arc::clone(&fault));
        for waiter in self.queue.break_off(&fault) {
            tell(waiter, Err(error.clone()));
        }
        None
    }
}

/// Commits one group and tells everyone in it. A waiter that panics breaks the
/// journal: its server has lost track of what it promised.
///
/// Those told now and those who came meanwhile are likely to be back together.
/// Taking the first who is back alone would leave the rest to wait for two syncs,
/// for ever in two half groups; so a part of a sync's time is spent on gathering.
fn write_group(log: &mut Log, queue: &Queue, group: Group) -> Result<Expected, Arc<Fault>> {
    let began = Instant::now();
    let bytes = sum(&group.submissions, Submission::len);
    let outcome = log.commit_group(group.submissions);
    match outcome {
        Ok(committed) => {
            let expected = Expected {
                count: committed.len().saturating_add(queue.waiting()),
                within: gathering(began.elapsed(), bytes),
            };
            let told = group.waiters.into_iter().zip(committed);
            let sound = told.fold(true, |sound, (waiter, committed)| {
                tell(waiter, Ok(committed)) && sound
            });
            if sound {
                Ok(expected)
            } else {
                Err(Arc::new(Fault::CallbackPanicked))
            }
        }
        Err(error) => {
            for waiter in group.waiters {
                tell(waiter, Err(error.clone()));
            }
            match error {
                AppendError::Broken(fault) => Err(fault),
                AppendError::Overloaded { .. }
                | AppendError::NoRecords
                | AppendError::TooLarge { .. }
                | AppendError::TooManyRecords { .. }
                | AppendError::Closed => Ok(Expected::NONE),
            }
        }
    }
}

fn gathering(sync: Duration, bytes: u64) -> Duration {
    if bytes >= LARGE_GROUP {
        return Duration::ZERO;
    }
    let quarter = sync.checked_div(4).unwrap_or_default();
    quarter.min(LONGEST_GATHERING)
}

/// Whether the waiter took its answer without a panic.
fn tell(waiter: Waiter, answer: Result<Committed, AppendError>) -> bool {
    catch_unwind(AssertUnwindSafe(|| waiter(answer))).is_ok()
}
