//! An answer's body that counts what it keeps in memory until the peer has taken it.
//!
//! A peer that reads slowly, or not at all, leaves its answers lying in the connection's buffers. So an answer's
//! bytes stay in its share until the last of them is written. The bytes of the request
//! stand for an answer that is not encoded yet: the one is in proportion to the other. What finds no room is refused
//! as overload, in place of the answer. The place of the call is free as soon as there is an answer: nobody keeps
//! it by not reading.

use std::pin::Pin;
use std::sync::PoisonError;
use std::task::{Context, Poll, ready};

use http_body::{Body as HttpBody, Frame};
use tonic::body::Body;
use tonic::codegen::Bytes;
use tonic::codegen::http::HeaderMap;
use tonic::{Code, Status};

use super::held::{BytesHeld, overloaded};
use super::places::UnderWay;
use super::shares::Share;

/// A body whose bytes are counted.
pub(super) struct Answering {
    body: Body,
    // None once the answer is over.
    held: Option<(BytesHeld, UnderWay)>,
}

/// Bytes on their way, and their share.
struct Counted {
    bytes: Bytes,
    _share: Share,
}

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Answering {
    pub(super) fn new(body: Body, bytes: BytesHeld, under_way: UnderWay) -> Self {
        Self {
            body,
            held: Some((bytes, under_way)),
        }
    }

    /// The bytes with their place; none where there is no room for them.
    fn counted(&self, bytes: Bytes) -> Option<Bytes> {
        let (held, _) = self.held.as_ref()?;
        let mut request = held.lock().unwrap_or_else(PoisonError::into_inner);
        request.give_back();
        let share = request.beside(bytes.len())?;
        Some(Bytes::from_owner(Counted {
            bytes,
            _share: share,
        }))
    }
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        if self.held.is_none() {
            return Poll::Ready(None);
        }
        let frame = match ready!(Pin::new(&mut self.body).poll_frame(context)) {
            Some(Ok(frame)) => frame,
            over => {
                self.held = None;
                return Poll::Ready(over);
            }
        };
        let bytes = match frame.into_data() {
            Ok(bytes) => bytes,
            Err(trailers) => return Poll::Ready(Some(Ok(trailers))),
        };
        if let Some(bytes) = self.counted(bytes) {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        self.held = None;
        Poll::Ready(Some(in_trailers(&overloaded())))
    }

    fn is_end_stream(&self) -> bool {
        self.held.is_none() || self.body.is_end_stream()
    }
}

/// A refusal where the answer has already begun.
fn in_trailers(refusal: &Status) -> Result<Frame<Bytes>, Status> {
    let mut trailers = HeaderMap::new();
    refusal
        .add_header(&mut trailers)
        .map_err(|error| Status::new(Code::Internal, error.message()))?;
    Ok(Frame::trailers(trailers))
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use huitong_certs::Identity;

    use super::*;
    use crate::error::TransportError;
    use crate::server::places::Doing;
    use crate::server::shares::Shares;

    fn next(body: &mut Answering) -> Option<Result<Frame<Bytes>, Status>> {
        let mut context = Context::from_waker(std::task::Waker::noop());
        match Pin::new(body).poll_frame(&mut context) {
            Poll::Ready(frame) => frame,
            Poll::Pending => panic!("nothing to wait for"),
        }
    }

    fn answer(text: &'static str) -> Body {
        Body::new(text.to_owned())
    }

    #[test]
    fn bytes_on_their_way_are_counted_until_they_are_written_and_the_rest_is_refused() {
        let peer: Identity = "/region/330200/node".parse().unwrap();
        let bytes = Shares::new(15, 99);
        let doing = Doing::new(&Arc::default());
        let held = |request: usize| {
            let share = bytes.take(&peer, request)?;
            Some(Arc::new(Mutex::new(share)))
        };
        let answering =
            |text, request| Answering::new(answer(text), held(request).unwrap(), doing.begin());
        let mut first = answering("0123456789", 12);
        let sent = next(&mut first).unwrap().unwrap().into_data().unwrap();
        assert_eq!(&*sent, b"0123456789");
        assert!(next(&mut first).is_none());

        // Ten of fifteen lie unread, though the first call is over: there is no room for as many more.
        let mut second = answering("9876543210", 0);
        let refused = next(&mut second).unwrap().unwrap().into_trailers().unwrap();
        let refused = Status::from_header_map(&refused).unwrap();
        assert_eq!(
            TransportError::of(&refused),
            Some(TransportError::Overloaded)
        );
        assert!(next(&mut second).is_none());
        assert!(held(6).is_none());
        drop(sent);
        assert!(held(15).is_some());
    }
}
