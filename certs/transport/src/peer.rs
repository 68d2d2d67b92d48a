//! Who is calling, as a type that handlers take from the request.
//!
//! A [`Peer`] is made in one place, the handshake; no handler can build one, and no message
//! or header leads to one.

use std::net::SocketAddr;
use std::sync::Arc;

use huitong_certs::Identity;
use jiff::Timestamp;
use tonic::{Request, Status};

use crate::error::{CertificateRefusal, TransportError};

/// The party at the other end of a connection, proven by its certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Peer(Arc<Facts>);

#[derive(Debug, PartialEq, Eq)]
struct Facts {
    identity: Identity,
    address: SocketAddr,
    not_after: Timestamp,
    handshake: Handshake,
}

/// How a connection came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handshake {
    /// The peer showed its certificate.
    Full,
    /// The peer came back with a ticket; the certificate it showed then was checked again.
    Resumed,
}

impl Peer {
    pub(crate) fn new(
        identity: Identity,
        address: SocketAddr,
        not_after: Timestamp,
        handshake: Handshake,
    ) -> Self {
        Self(Arc::new(Facts {
            identity,
            address,
            not_after,
            handshake,
        }))
    }

    /// Who it is.
    pub fn identity(&self) -> &Identity {
        &self.0.identity
    }

    /// From where it connected.
    pub fn address(&self) -> SocketAddr {
        self.0.address
    }

    /// The last second of its certificate.
    pub fn not_after(&self) -> Timestamp {
        self.0.not_after
    }

    /// How its connection came about.
    pub fn handshake(&self) -> Handshake {
        self.0.handshake
    }
}

/// Who sent this request.
///
/// # Errors
/// `UNAUTHENTICATED` when the request did not come in through [`crate::Server`].
pub fn peer<T>(request: &Request<T>) -> Result<&Identity, Status> {
    request
        .extensions()
        .get::<Peer>()
        .map(Peer::identity)
        .ok_or_else(no_peer)
}

pub(crate) fn no_peer() -> Status {
    TransportError::CertificateRefused {
        reason: CertificateRefusal::Missing,
    }
    .status()
}
