//! A client's end of a connection that the server has accepted.
//!
//! The bytes that proved the acceptance are handed on before all others. It ends at once when the server is not
//! trusted any more.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio_rustls::client::TlsStream;

use crate::cut::Cut;
use crate::network::ByteStream;

/// The server's settings take 9 bytes and a few more; what does not fit stays unread.
const FIRST_WORD_BYTES: usize = 64;

pub(super) struct ClientStream {
    first: io::Cursor<Vec<u8>>,
    stream: TlsStream<ByteStream>,
    cut: Cut,
}

impl ClientStream {
    /// Waits until the server says something, which it does only after accepting us.
    pub(super) async fn after_first_word(
        mut stream: TlsStream<ByteStream>,
        cut: impl Future<Output = ()> + Send + 'static,
    ) -> io::Result<Self> {
        let mut first = vec![0; FIRST_WORD_BYTES];
        let read = stream.read(&mut first).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        first.truncate(read);
        Ok(Self {
            first: io::Cursor::new(first),
            stream,
            cut: Cut::when(cut),
        })
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.cut.check(context)?;
        let before = buffer.filled().len();
        let handed = Pin::new(&mut self.first).poll_read(context, buffer);
        if buffer.filled().len() > before {
            return handed;
        }
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for ClientStream {
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
