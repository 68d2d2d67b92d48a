//! The way to other machines, as this crate asks for it: streams of bytes, in and out.
//!
//! What is not here: names, certificates, deadlines. TLS is laid over whatever a network carries, so a
//! network that loses, holds back or cuts can stand in for the machine's own.

use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tonic::service::Routes;

/// Something that a network is asked for and gives later.
pub type Awaited<'a, T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send + 'a>>;

/// What carries bytes to and from other machines.
pub trait Network: Send + Sync + fmt::Debug {
    /// Takes an address, on which callers queue up from then on; port 0 takes any free one.
    fn listen(&self, address: SocketAddr) -> Awaited<'_, Box<dyn Listening>>;

    /// Reaches a machine by its name or address.
    fn connect<'a>(&'a self, host: &'a str, port: u16) -> Awaited<'a, ByteStream>;
}

/// An address that was taken. It is given back when this is dropped.
pub trait Listening: Send + Sync + fmt::Debug {
    /// Which one.
    ///
    /// # Errors
    /// What the system says.
    fn local_address(&self) -> io::Result<SocketAddr>;

    /// The next caller, and from where it called.
    fn accept(&self) -> Awaited<'_, (ByteStream, SocketAddr)>;

    /// What stands between the gate and the services: nothing, but on a network that loses and repeats whole calls.
    fn before(&self, services: Routes) -> Routes {
        services
    }
}

/// Bytes in both directions.
pub trait Bytes: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Bytes for T {}

/// Bytes in both directions, over any network.
pub type ByteStream = Box<dyn Bytes>;

/// The machine's own network: TCP without delay for small packets.
#[derive(Debug, Clone, Copy)]
pub struct Tcp;

impl Network for Tcp {
    fn listen(&self, address: SocketAddr) -> Awaited<'_, Box<dyn Listening>> {
        Box::pin(async move {
            let listener: Box<dyn Listening> = Box::new(TcpListener::bind(address).await?);
            Ok(listener)
        })
    }

    fn connect<'a>(&'a self, host: &'a str, port: u16) -> Awaited<'a, ByteStream> {
        Box::pin(async move { undelayed(TcpStream::connect((host, port)).await?) })
    }
}

impl Listening for TcpListener {
    fn local_address(&self) -> io::Result<SocketAddr> {
        self.local_addr()
    }

    fn accept(&self) -> Awaited<'_, (ByteStream, SocketAddr)> {
        Box::pin(async move {
            let (stream, address) = Self::accept(self).await?;
            Ok((undelayed(stream)?, address))
        })
    }
}

fn undelayed(stream: TcpStream) -> io::Result<ByteStream> {
    stream.set_nodelay(true)?;
    Ok(Box::new(stream))
}
