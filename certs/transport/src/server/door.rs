//! What is counted of those who are turned away at the door: by reason alone, never by whose certificate it is.
//!
//! A server that turns many away is attacked, too small, or has a table that is wrong; an operator sees which. Without a
//! collector of metrics counting costs next to nothing.

use opentelemetry::metrics::Counter;
use opentelemetry::{KeyValue, global};

/// Why somebody was turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reason {
    /// As many connections as there may be, none of which gave way.
    Connections,
    /// A connection in whose place another came.
    ConnectionPushedOut,
    /// As many connections of one peer as there may be.
    ConnectionsOfPeer,
    /// A handshake that led to no proven peer.
    Handshake,
    /// The oldest handshake under way, in whose place another came.
    HandshakePushedOut,
    /// The certificate has run out since the peer connected.
    Expired,
    /// Connected, and then refused by newer roots or revocation lists.
    NoLongerTrusted,
    /// Not in the table of who may call what.
    NotAllowed,
    /// As many calls or bytes as there may be, of all or of one peer.
    Calls,
}

impl Reason {
    const fn name(self) -> &'static str {
        match self {
            Self::Connections => "connections",
            Self::ConnectionPushedOut => "connection_pushed_out",
            Self::ConnectionsOfPeer => "connections_of_peer",
            Self::Handshake => "handshake",
            Self::HandshakePushedOut => "handshake_pushed_out",
            Self::Expired => "expired",
            Self::NoLongerTrusted => "no_longer_trusted",
            Self::NotAllowed => "not_allowed",
            Self::Calls => "calls",
        }
    }
}

/// The counter of one server's door.
#[derive(Debug, Clone)]
pub(super) struct Door(Counter<u64>);

impl Door {
    /// Counting where telemetry sends it now.
    pub(super) fn new() -> Self {
        let meter = global::meter("huitong-transport");
        Self(
            meter
                .u64_counter("huitong.door.turned_away")
                .with_description("connections and calls turned away at the door, by reason")
                .build(),
        )
    }

    pub(super) fn turned_away(&self, reason: Reason) {
        self.0.add(1, &[KeyValue::new("reason", reason.name())]);
    }
}
