//! When a connection is to end at once, as both ends of it ask at every read and write.
//!
//! What is not here: why. A server cuts when it stops, either end when it trusts the other no longer.

use std::fmt;
use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Something that ends a connection, sooner or later or never.
pub(crate) struct Cut(Option<Pin<Box<dyn Future<Output = ()> + Send>>>);

impl Cut {
    /// A connection is cut once this is done.
    pub(crate) fn when(done: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(Some(Box::pin(done)))
    }

    /// Whether it still stands; if so, the task is woken when it does no longer.
    pub(crate) fn check(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        if let Some(done) = &mut self.0 {
            match done.as_mut().poll(context) {
                Poll::Pending => return Ok(()),
                Poll::Ready(()) => self.0 = None,
            }
        }
        Err(io::ErrorKind::ConnectionAborted.into())
    }
}

impl fmt::Debug for Cut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cut")
    }
}
