//! Who does the work that goes on beside its callers: a thread for each, or whoever a simulation appoints.
//!
//! A server has several such pieces of work: the journal's writing, deciding one by one, bringing an index
//! up. Each is a loop that waits for its queue and ends when the queue does. There is no async runtime here:
//! a future that waits for nothing but channels runs on a plain thread as well as in a runtime.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::thread::{self, JoinHandle, Thread};

use crate::disk::Disk;
use crate::error::OpenError;
use crate::journal::Journal;
use crate::log::Seal;
use crate::options::Options;
use crate::recovery::Recovery;

/// A loop that waits for its queue and nothing else, and ends when the queue does.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Who does the work.
pub trait Runner: Send + Sync {
    /// Opens a journal that is written beside its callers.
    ///
    /// # Errors
    /// As [`Journal::open`].
    fn open_journal(
        &self,
        disk: Arc<dyn Disk>,
        options: Options,
        seal: Option<Seal>,
    ) -> Result<(Journal, Recovery), OpenError>;

    /// Starts a piece of work.
    ///
    /// # Errors
    /// When nobody can be found to do it.
    fn start(&self, name: &'static str, work: Work) -> io::Result<Running>;
}

/// A piece of work that was started.
pub struct Running(Option<JoinHandle<()>>);

impl Running {
    /// On a thread of its own.
    #[must_use]
    pub const fn on_thread(thread: JoinHandle<()>) -> Self {
        Self(Some(thread))
    }

    /// Where it cannot be waited for: on the waiter's own thread.
    #[must_use]
    pub const fn beside_the_waiter() -> Self {
        Self(None)
    }

    /// Waits for its end, where that can be waited for.
    pub fn finish(self) {
        if let Some(thread) = self.0 {
            drop(thread.join());
        }
    }
}

impl fmt::Debug for Running {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Running")
    }
}

/// A thread for each piece of work.
#[derive(Clone, Copy, Debug)]
pub struct Threads;

impl Runner for Threads {
    fn open_journal(
        &self,
        disk: Arc<dyn Disk>,
        options: Options,
        seal: Option<Seal>,
    ) -> Result<(Journal, Recovery), OpenError> {
        Journal::open(disk, options, seal)
    }

    fn start(&self, name: &'static str, work: Work) -> io::Result<Running> {
        let thread = thread::Builder::new().name(name.to_owned());
        Ok(Running::on_thread(thread.spawn(move || to_the_end(work))?))
    }
}

/// Wakes a parked thread.
struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.0.unpark();
    }
}

fn to_the_end(mut work: Work) {
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    while work.as_mut().poll(&mut context).is_pending() {
        thread::park();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;
    use std::task::Poll;

    use super::*;

    #[test]
    fn work_that_waits_is_woken_on_its_thread_and_finished() {
        let (wakers, woken) = channel::<Waker>();
        let (ended, end) = channel();
        let mut turns = 0;
        let wait = std::future::poll_fn(move |context| {
            turns += 1;
            drop(wakers.send(context.waker().clone()));
            if turns < 3 {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        });
        let work = async move {
            wait.await;
            ended
                .send(thread::current().name().map(str::to_owned))
                .unwrap();
        };
        let running = Threads.start("worker", Box::pin(work)).unwrap();
        for waker in woken.iter().take(2) {
            waker.wake();
        }
        running.finish();
        assert_eq!(end.recv().unwrap().as_deref(), Some("worker"));
    }
}
