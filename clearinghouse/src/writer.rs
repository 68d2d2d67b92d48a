//! The one writer: every decision is made in one place, one after the other, on a state that includes all
//! that was decided before, synced or not.
//!
//! A decision's record is appended, then applied, and the answer waits for the sync of all that was
//! appended before it was given, and for nothing else. After a failed write nothing is decided any more until a restart replays
//! what is really on disk.

mod answers;
mod appending;
mod begin;
mod indexed;
mod proving;
mod publishing;
mod signing;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use huitong_core::calendar::Calendar;
use huitong_core::refusal::RefusalCode;
use huitong_journal::{Reader, Runner, Running};
use huitong_netting::Members;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender, UnboundedReceiver, channel, unbounded_channel};
use tokio::sync::oneshot;
use tracing::error;

use self::answers::Answers;
use self::indexed::{Indexed, TellsIndexed};
use self::signing::signed_after;
use crate::clock::Clock;
use crate::decide::{Context, Decided, Decision, Fault};
use crate::refusal::Refusal;
use crate::signer::Signer;
use crate::state::State;
use crate::store::{Proofs, Store, StoreError, StoreEvent, TagRows};

/// How many requests may wait for the writer; one more is refused as overload.
const WAITING_REQUESTS: usize = 1_024;

type Job = Box<dyn FnOnce(&mut Desk) + Send>;

/// The way to the writer.
pub(crate) struct Writer {
    /// Taken when it is told to stop: what waits is still decided.
    queue: Mutex<Option<Sender<Job>>>,
    running: Mutex<Option<Running>>,
    /// Why nothing is written any more, shared with the desk.
    broken: Arc<OnceLock<String>>,
    reader: Reader,
    tag_rows: TagRows,
    proofs: Proofs,
    signer: Signer,
    /// The number of the last record that answers to look-ups.
    indexed: Arc<Indexed>,
}

/// What the writer waits for.
struct Inbox {
    jobs: Receiver<Job>,
    /// At most a few for each record in the journal's queue, which is bounded.
    events: UnboundedReceiver<StoreEvent>,
}

impl Writer {
    /// Opens a store that reports to the writer, and starts the writer on what it holds.
    pub(crate) fn start<S: Store + 'static>(
        members: Members,
        calendar: Calendar,
        clock: Arc<dyn Clock>,
        signer: Signer,
        runner: &dyn Runner,
        open: impl FnOnce(Arc<dyn Fn(StoreEvent) + Send + Sync>) -> Result<S, StoreError>,
    ) -> Result<Self, StoreError> {
        let (queue, jobs) = channel(WAITING_REQUESTS);
        let (tell, events) = unbounded_channel();
        let answers = Arc::<Answers>::default();
        let store = open({
            let answers = Arc::clone(&answers);
            Arc::new(move |event| {
                let is_for_the_writer = match event {
                    StoreEvent::Synced(record) => answers.synced(record),
                    StoreEvent::Indexed(_) | StoreEvent::Failed(_) => true,
                };
                if is_for_the_writer {
                    // Once the writer has gone, nobody waits for the event any more.
                    drop(tell.send(event));
                }
            })
        })?;
        let state = begin::begin(members, &store)?;
        let (reader, tag_rows, proofs) = (store.reader(), store.tag_rows(), store.proofs());
        let indexed = Arc::<Indexed>::default();
        let broken: Arc<OnceLock<String>> = Arc::default();
        let signs = signer.clone();
        let desk = Desk {
            state,
            store: Box::new(store),
            calendar,
            clock,
            signer,
            appended: 0,
            answers,
            unindexed: VecDeque::new(),
            indexed: TellsIndexed(Arc::clone(&indexed)),
            proofs: proofs.clone(),
            broken: Arc::clone(&broken),
        };
        let running = runner
            .start(
                "clearing-writer",
                Box::pin(desk.serve(Inbox { jobs, events })),
            )
            .map_err(|error| StoreError::Thread(error.to_string()))?;
        Ok(Self {
            queue: Mutex::new(Some(queue)),
            running: Mutex::new(Some(running)),
            broken,
            reader,
            tag_rows,
            proofs,
            signer: signs,
            indexed,
        })
    }

    /// The journal up to what is on disk, for a backup of it.
    pub(crate) fn reader(&self) -> Reader {
        self.reader.clone()
    }

    /// The tags that are indexed, to be looked through beside the writer.
    pub(crate) fn tag_rows(&self) -> TagRows {
        self.tag_rows.clone()
    }

    /// What is indexed already, to be looked through beside the writer: what is proven, and the directory's versions.
    pub(crate) fn proven_rows(&self) -> Proofs {
        self.proofs.clone()
    }

    /// With what the clearinghouse signs, as it is replaced.
    pub(crate) fn signer(&self) -> Signer {
        self.signer.clone()
    }

    /// Why nothing is written any more until a restart, once that is so.
    pub(crate) fn fault(&self) -> Option<String> {
        self.broken.get().cloned()
    }

    /// Has something decided and waits for the answer, which is given when all it depends on is synced.
    pub(crate) async fn decide<A: Send + 'static>(
        &self,
        decide: impl FnOnce(&Context<'_>) -> Decision<A> + Send + 'static,
    ) -> Result<A, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.submit(Box::new(move |desk| desk.decide(decide, answer)))?;
        answered.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Looks at what stands, synced or not, and waits for no sync: for what is told only with something decided afterwards.
    pub(crate) async fn look<A: Send + 'static>(
        &self,
        look: impl FnOnce(&Context<'_>) -> A + Send + 'static,
    ) -> Result<A, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.submit(Box::new(move |desk| {
            let looked = desk.try_decide(|context| Ok(Decided::answer(look(context))));
            // Who asked may have gone.
            drop(answer.send(looked.and_then(|looked| looked.answer)));
        }))?;
        answered.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Puts work in the queue.
    fn submit(&self, job: Job) -> Result<(), Refusal> {
        let queue = self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
            .ok_or_else(stopped)?;
        queue.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => {
                Refusal::general(RefusalCode::Overloaded, "the writer's queue is full")
            }
            TrySendError::Closed(_) => stopped(),
        })
    }

    /// Takes nothing more, answers what waits, makes all of it durable, and waits for the end of it.
    pub(crate) fn stop(&self) {
        let queue = self
            .queue
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(queue);
        let running = self
            .running
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(running) = running {
            running.finish();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn stopped() -> Refusal {
    Refusal::general(
        RefusalCode::Overloaded,
        "the clearinghouse is shutting down",
    )
}

/// What the writer owns.
struct Desk {
    state: State,
    store: Box<dyn Store>,
    calendar: Calendar,
    clock: Arc<dyn Clock>,
    signer: Signer,
    /// The number of the last record appended since opening.
    appended: u64,
    /// What waits for a sync; whoever hears of the sync gives it.
    answers: Arc<Answers>,
    /// Plans that the index may not know yet: the record's number and the plan's.
    unindexed: VecDeque<(u64, u64)>,
    /// Tells how far the index is.
    indexed: TellsIndexed,
    /// Whoever looks at what is proven is left its tree here.
    proofs: Proofs,
    /// Why nothing is written any more.
    broken: Arc<OnceLock<String>>,
}

impl Desk {
    /// Decides and gives answers until nobody can ask any more and all is answered.
    async fn serve(mut self, inbox: Inbox) {
        let Inbox {
            mut jobs,
            mut events,
        } = inbox;
        let mut stopping = false;
        // Cycles may stand without a checkpoint from before; each is made up for when nobody waits.
        let mut is_behind = true;
        while !(stopping && self.answers.end()) {
            // What became of records is looked at before more is decided.
            tokio::select! {
                biased;
                Some(event) = events.recv() => self.note(event),
                job = jobs.recv(), if !stopping => match job {
                    Some(job) => job(&mut self),
                    None => stopping = true,
                },
                () = std::future::ready(()), if is_behind && !stopping => {
                    is_behind = self.prove_next() || self.publish_next();
                }
                else => break,
            }
        }
        if let Err(fault) = self.store.close() {
            error!(%fault, "the store did not close cleanly");
        }
    }

    fn decide<A: Send + 'static>(
        &mut self,
        decide: impl FnOnce(&Context<'_>) -> Decision<A>,
        answer: oneshot::Sender<Result<A, Refusal>>,
    ) {
        let Decided {
            record,
            written,
            answer: decided,
        } = match self.try_decide(decide) {
            Ok(decided) => decided,
            Err(refusal) => {
                drop(answer.send(Err(refusal)));
                return;
            }
        };
        let give = move |durable: Result<(), Refusal>| {
            // The caller may have given up; what was decided stands all the same.
            drop(answer.send(durable.and(decided)));
        };
        let Some(record) = record else {
            self.answers.wait(self.appended, give);
            return;
        };
        if let Err(refusal) = self.hand_in(&record, written) {
            give(Err(refusal));
            return;
        }
        // What is on disk is answered, whether the state has followed it yet or not: whoever asks next is decided on one that
        // has. What signatures follow is answered with the last of them.
        if let Some(what) = signed_after(&record) {
            match self.follow(record) {
                Ok(()) => {
                    self.sign(what);
                    self.answers.wait(self.appended, give);
                }
                Err(refusal) => give(Err(refusal)),
            }
        } else {
            self.answers.wait(self.appended, give);
            // Whoever still waits is told by it of a fault.
            drop(self.follow(record));
        }
    }

    /// Decides. An outer refusal is given at once; an inner one is a decision.
    fn try_decide<A>(
        &mut self,
        decide: impl FnOnce(&Context<'_>) -> Decision<A>,
    ) -> Result<Decided<A>, Refusal> {
        if let Some(why) = self.broken.get() {
            return Err(Refusal::general(RefusalCode::StoreBroken, why));
        }
        let context = Context {
            state: &self.state,
            store: &*self.store,
            calendar: &self.calendar,
            now: self.clock.now(),
        };
        decide(&context).map_err(|fault| self.break_off(&fault))
    }

    fn note(&mut self, event: StoreEvent) {
        match event {
            // The last answer is given: it was only to be known that there is none any more.
            StoreEvent::Synced(_) => {}
            StoreEvent::Indexed(record) => {
                while let Some((_, plan)) =
                    self.unindexed.pop_front_if(|(netted, _)| *netted <= record)
                {
                    self.state.forget(plan);
                }
                self.indexed.reached(record);
            }
            StoreEvent::Failed(fault) => {
                drop(self.break_off(&Fault::Store(fault)));
            }
        }
    }

    /// Stops deciding, and tells all who wait that their outcome is not known.
    fn break_off(&mut self, fault: &Fault) -> Refusal {
        let why = self.broken.get_or_init(|| {
            error!(%fault, "the clearinghouse stops writing until it is restarted");
            fault.to_string()
        });
        let refusal = Refusal::general(RefusalCode::StoreBroken, why);
        self.answers.refuse(&refusal);
        // Nobody waits for an index that is not brought up any more.
        self.indexed.reached(u64::MAX);
        refusal
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").finish_non_exhaustive()
    }
}
