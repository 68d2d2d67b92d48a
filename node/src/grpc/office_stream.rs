//! Long answers: worked out on a thread of their own, sent part by part, given up when nobody listens.
//!
//! What an answer held is free before its last part leaves: whoever has all of it may ask for the next at once.

use std::ops::ControlFlow;

use tokio::runtime::Handle;
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

/// The last part of what ended, unless nobody listened.
pub(super) fn last<T, M>(ended: Ended<T>, part: impl FnOnce(T) -> M) -> Option<M> {
    match ended {
        Ended::With(value) => Some(part(value)),
        Ended::Unheard => None,
    }
}

/// An answer in parts, of which `work` sends all but the last. `held` is let go of when the work has ended and there is
/// room for what is left to say.
pub(super) fn stream<M: Send + 'static>(
    held: impl Send + 'static,
    work: impl FnOnce(&Sender<M>) -> Result<Option<M>, NodeError> + Send + 'static,
) -> ReceiverStream<Result<M, Status>> {
    let (sender, receiver) = mpsc::channel(WAITING);
    tokio::task::spawn_blocking(move || {
        let sender = Sender(sender);
        let last = work(&sender).transpose();
        let room = last.map(|last| (last, Handle::current().block_on(sender.0.reserve())));
        drop(held);
        // A caller who has gone needs no result and no reason.
        if let Some((last, Ok(room))) = room {
            room.send(last.map_err(Status::from));
        }
    });
    ReceiverStream::new(receiver)
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::time::Duration;

    use huitong_core::refusal::RefusalCode;
    use tokio_stream::StreamExt as _;

    use super::*;

    /// Tells that it is being let go of, and waits until it may be.
    struct Held(Sender<()>, Receiver<()>);

    impl Drop for Held {
        fn drop(&mut self) {
            self.0.send(()).unwrap();
            self.1.recv().unwrap();
        }
    }

    #[tokio::test]
    async fn what_an_answer_held_is_free_before_its_last_part_or_its_refusal_leaves() {
        let refused = || NodeError::refused(RefusalCode::DeadlinePassed, "");
        for ends_well in [true, false] {
            let ((tell, told), (go, goes)) = (channel(), channel());
            let mut parts = stream(Held(tell, goes), move |sent| {
                assert_eq!(sent.send(1), ControlFlow::Continue(()));
                let ended = Ended::With(2);
                let last = last(ended, |part| part);
                if ends_well { Ok(last) } else { Err(refused()) }
            });
            told.recv().unwrap();
            assert_eq!(parts.as_ref().len(), 1, "the last part is not there");
            go.send(()).unwrap();
            assert_eq!(parts.next().await.unwrap().unwrap(), 1);
            let end = parts.next().await.unwrap();
            assert_eq!(end.is_ok(), ends_well);
            assert!(parts.next().await.is_none());
        }
    }

    #[tokio::test]
    async fn an_answer_that_nobody_reads_on_keeps_what_it_holds_until_its_reader_is_gone() {
        let ((tell, told), (go, goes)) = (channel(), channel());
        go.send(()).unwrap();
        let (full, is_full) = channel();
        let parts = stream(Held(tell, goes), move |sent| {
            for part in 0..WAITING {
                assert_eq!(sent.send(part), ControlFlow::Continue(()));
            }
            full.send(()).unwrap();
            Ok(Some(WAITING))
        });
        is_full.recv().unwrap();
        assert!(told.recv_timeout(Duration::from_millis(50)).is_err());
        drop(parts);
        told.recv().unwrap();
    }
}
