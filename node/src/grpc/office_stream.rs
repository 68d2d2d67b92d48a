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
        Handle::current().block_on(end(&sender, held, last));
    });
    ReceiverStream::new(receiver)
}

/// Ends an answer: with its last part, if there is one, or with why there is none.
async fn end<M>(sender: &Sender<M>, held: impl Send, last: Option<Result<M, NodeError>>) {
    let room = match last {
        Some(last) => Some((last, sender.0.reserve().await)),
        None => None,
    };
    drop(held);
    // A caller who has gone needs no result and no reason.
    if let Some((last, Ok(room))) = room {
        room.send(last.map_err(Status::from));
    }
}

#[cfg(test)]
mod tests {
    use std::future::poll_fn;
    use std::pin::{Pin, pin};
    use std::sync::Arc;
    use std::sync::mpsc::{Receiver, Sender, channel};
    use std::task::Poll;

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

    /// Goes on with a future as far as it can go now.
    async fn poll<F: Future<Output = ()>>(of: &mut Pin<&mut F>) -> Poll<()> {
        poll_fn(|context| Poll::Ready(of.as_mut().poll(context))).await
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
        let (sender, parts) = mpsc::channel(WAITING);
        for part in 0..WAITING {
            sender.try_send(Ok(part)).unwrap();
        }
        let sender = super::Sender(sender);
        let held = Arc::new(());
        let is_held = || Arc::strong_count(&held) > 1;
        let mut ending = pin!(end(&sender, Arc::clone(&held), Some(Ok(WAITING))));
        // It has come as far as it can.
        assert!(poll(&mut ending).await.is_pending());
        assert!(
            is_held(),
            "it is free before its reader has room for the rest"
        );
        drop(parts);
        assert!(poll(&mut ending).await.is_ready());
        assert!(!is_held());
    }
}
