//! A proven connection: bytes, and whose they are.
//!
//! It holds its place among the open connections until it is dropped, and ends at once when
//! it is cut: by the server that stops, or because its peer is not trusted any more. It knows
//! nothing of HTTP/2.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::server::TlsStream;
use tonic::transport::server::Connected;

use super::places::{Doing, Place};
use crate::cut::Cut;
use crate::network::ByteStream;
use crate::peer::Peer;

pub(super) struct Connection {
    stream: TlsStream<ByteStream>,
    peer: Peer,
    cut: Cut,
    place: Place,
}

/// What each call brings along of its connection.
#[derive(Debug, Clone)]
pub(super) struct Over {
    pub(super) peer: Peer,
    pub(super) doing: Arc<Doing>,
}

impl Connection {
    pub(super) fn new(
        stream: TlsStream<ByteStream>,
        peer: Peer,
        place: Place,
        cut: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Self {
            stream,
            peer,
            cut: Cut::when(cut),
            place,
        }
    }
}

impl Connected for Connection {
    type ConnectInfo = Over;

    fn connect_info(&self) -> Over {
        Over {
            peer: self.peer.clone(),
            doing: Arc::clone(&self.place.doing),
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        // HTTP/2 always has a read pending, so this wakes and ends a connection.
        self.cut.check(context)?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.cut.check(context)?;
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.cut.check(context)?;
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
