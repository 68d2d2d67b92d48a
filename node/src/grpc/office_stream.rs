//! Long answers: worked out on a thread of their own, sent part by part, given up when nobody listens.

use std::ops::ControlFlow;

use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Status;

use crate::error::NodeError;
use crate::replay::{Ended, Listener};

/// Parts that may wait for the caller.
const WAITING: usize = 4;

/// The way to the caller.
pub(super) struct Sender<M>(mpsc::Sender<Result<M, Status>>);

impl<M> Sender<M> {
    /// Sends a part. `Break` when nobody listens.
    pub(super) fn send(&self, part: M) -> ControlFlow<()> {
        match self.0.blocking_send(Ok(part)) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_gone) => ControlFlow::Break(()),
        }
    }

    /// Sends the last part, when there is one.
    pub(super) fn end<T>(&self, ended: Ended<T>, part: impl FnOnce(T) -> M) {
        match ended {
            Ended::With(value) => drop(self.0.blocking_send(Ok(part(value)))),
            Ended::Unheard => {}
        }
    }
}

/// A listener that sends whatever it is told.
pub(super) struct Sent<'a, M, T> {
    to: &'a Sender<M>,
    part: fn(T) -> M,
}

impl<'a, M, T> Sent<'a, M, T> {
    pub(super) const fn of(to: &'a Sender<M>, part: fn(T) -> M) -> Self {
        Self { to, part }
    }
}

impl<M, T> Listener<T> for Sent<'_, M, T> {
    fn tell(&mut self, told: T) -> ControlFlow<()> {
        self.to.send((self.part)(told))
    }

    fn is_there(&self) -> bool {
        !self.to.0.is_closed()
    }
}

/// An answer in parts. `held` is let go of when the work ends.
pub(super) fn stream<M: Send + 'static>(
    held: impl Send + 'static,
    work: impl FnOnce(&Sender<M>) -> Result<(), NodeError> + Send + 'static,
) -> ReceiverStream<Result<M, Status>> {
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let sender = Sender(sender);
        if let Err(error) = work(&sender) {
            // A caller who has gone needs no reason.
            drop(sender.0.blocking_send(Err(error.into())));
        }
        drop(held);
    });
    ReceiverStream::new(receiver)
}
