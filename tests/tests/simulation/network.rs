//! The simulated network, as the servers' port asks for it: turmoil carries the bytes, and `wire` stands before services.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use huitong_transport::Network;
use huitong_transport::network::{Awaited, ByteStream, Listening};
use tonic::service::Routes;

use crate::wire::{Before, Wire};

/// The simulated network at one machine; callers have no wire.
#[derive(Debug, Default)]
pub struct Simulated {
    pub wire: Option<Arc<Wire>>,
}

struct Line {
    listener: turmoil::net::TcpListener,
    wire: Option<Arc<Wire>>,
}

impl fmt::Debug for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Line")
    }
}

impl Network for Simulated {
    fn listen(&self, address: SocketAddr) -> Awaited<'_, Box<dyn Listening>> {
        Box::pin(async move {
            let listener = turmoil::net::TcpListener::bind(address).await?;
            let wire = self.wire.clone();
            let line: Box<dyn Listening> = Box::new(Line { listener, wire });
            Ok(line)
        })
    }

    fn connect<'a>(&'a self, host: &'a str, port: u16) -> Awaited<'a, ByteStream> {
        Box::pin(async move {
            let stream = turmoil::net::TcpStream::connect((host, port)).await?;
            let stream: ByteStream = Box::new(stream);
            Ok(stream)
        })
    }
}

impl Listening for Line {
    fn local_address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    fn accept(&self) -> Awaited<'_, (ByteStream, SocketAddr)> {
        Box::pin(async move {
            let (stream, address) = self.listener.accept().await?;
            let stream: ByteStream = Box::new(stream);
            Ok((stream, address))
        })
    }

    fn before(&self, services: Routes) -> Routes {
        match &self.wire {
            Some(wire) => services
                .into_axum_router()
                .layer(Before(Arc::clone(wire)))
                .into(),
            None => services,
        }
    }
}
