//! A request's body that counts what it brings into memory.
//!
//! A message is in memory whole before a service sees it. So its bytes are taken from the shares as they come, and go back when the answer takes their place (`answering`).

use std::pin::Pin;
use std::sync::PoisonError;
use std::task::{Context, Poll, ready};

use http_body::{Body as HttpBody, Frame};
use tonic::Status;
use tonic::body::Body;
use tonic::codegen::Bytes;

use super::held::{BytesHeld, overloaded};

/// A body whose bytes are counted.
pub(super) struct Metered {
    body: Body,
    held: BytesHeld,
}

impl Metered {
    pub(super) fn new(body: Body, held: BytesHeld) -> Self {
        Self { body, held }
    }

    fn take(&self, bytes: usize) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.grow(bytes)
    }
}

impl HttpBody for Metered {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        let Some(Ok(frame)) = frame else {
            return Poll::Ready(frame);
        };
        let bytes = frame.data_ref().map_or(0, Bytes::len);
        if self.take(bytes) {
            Poll::Ready(Some(Ok(frame)))
        } else {
            Poll::Ready(Some(Err(overloaded())))
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }
}
