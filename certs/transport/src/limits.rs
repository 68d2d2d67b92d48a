//! Every bound of this crate. Meeting one gives a typed error, never a wait without end.

use std::time::Duration;

/// The largest message, either way, in bytes.
///
/// A settlement of 10,000 bill lines with its explanation stays well below. Generated
/// clients and servers take it as `max_decoding_message_size` and `max_encoding_message_size`.
pub const MAX_MESSAGE_BYTES: usize = 16 * 1024 * 1024;

/// What a server allows.
#[derive(Debug, Clone)]
pub struct ServerLimits {
    /// Connections open at once: three quarters of them of institutions, the rest of nodes, the clearinghouse and officers. One
    /// more takes the place of one that gives way: of whoever has most, that idle longest, and a busy one only where none is.
    pub connections: usize,
    /// Connections of one peer open at once; one more is closed after its handshake.
    pub connections_per_peer: usize,
    /// Handshakes under way at once; one more takes the place of the oldest, which is most likely silent.
    pub pending_handshakes: usize,
    /// How long a handshake may take.
    pub handshake_timeout: Duration,
    /// Calls open at once on one connection; a client waits with one more.
    pub streams_per_connection: u32,
    /// Calls being answered at once, over all connections, of institutions three quarters of these; one more is refused as
    /// overload.
    pub calls: usize,
    /// Calls of one peer being answered at once, over all its connections; one more is refused as overload, so
    /// that a flood from one leaves room for others. The fewer are free the fewer it may have.
    pub calls_per_peer: usize,
    /// Bytes of messages of one peer in memory at once; what goes beyond is refused as overload.
    pub bytes_per_peer: usize,
    /// Bytes of messages of all peers in memory at once, shared as calls are.
    pub bytes: usize,
    /// The longest a call may take, whatever its caller allows.
    pub call_deadline: Duration,
    /// How long a silent connection is left before it is asked for a sign of life.
    pub keepalive_interval: Duration,
    /// How long the sign of life may take.
    pub keepalive_timeout: Duration,
    /// After this age a connection is closed gracefully, so that its peer proves itself anew.
    pub connection_age: Duration,
    /// How long calls under way may still take after shutdown has begun.
    pub drain: Duration,
}

impl ServerLimits {
    /// What a node and the clearinghouse use unless told otherwise.
    pub fn standard() -> Self {
        Self {
            connections: 8192,
            connections_per_peer: 128,
            pending_handshakes: 256,
            handshake_timeout: Duration::from_secs(5),
            streams_per_connection: 256,
            calls: 4096,
            calls_per_peer: 1024,
            bytes_per_peer: 128 << 20,
            bytes: 512 << 20,
            call_deadline: Duration::from_secs(30),
            keepalive_interval: Duration::from_secs(20),
            keepalive_timeout: Duration::from_secs(10),
            connection_age: Duration::from_secs(3600),
            drain: Duration::from_secs(20),
        }
    }
}

/// What a client allows.
#[derive(Debug, Clone)]
pub struct ClientLimits {
    /// How long connecting may take, from the look-up of the name to the server's first word.
    pub connect_timeout: Duration,
    /// How long a call may take that sets no deadline of its own.
    pub call_deadline: Duration,
    /// How long a silent connection is left before it is asked for a sign of life.
    pub keepalive_interval: Duration,
    /// How long the sign of life may take.
    pub keepalive_timeout: Duration,
    /// Calls that may wait for the connection at once.
    pub waiting_calls: usize,
    /// How long, by the machine's own clock, a connection passes over what comes for a call that was given up. After
    /// that it tells the other end each time that it knows of no such call.
    pub given_up_calls: Duration,
}

impl ClientLimits {
    /// What nodes, the clearinghouse and commands use unless told otherwise.
    pub fn standard() -> Self {
        Self {
            connect_timeout: Duration::from_secs(5),
            call_deadline: Duration::from_secs(30),
            keepalive_interval: Duration::from_secs(20),
            keepalive_timeout: Duration::from_secs(10),
            waiting_calls: 1024,
            given_up_calls: Duration::from_secs(1),
        }
    }
}
