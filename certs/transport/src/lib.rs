//! Serving and connecting over mutual TLS 1.3.
//!
//! | room | its question |
//! |---|---|
//! | [`credentials`] | With which certificate does this process speak, and whom does it trust? |
//! | [`server`] | Who is let in, and what may each call? |
//! | [`client`] | Is the other end whom we meant to reach? |
//! | [`client_options`] | How is a command told where to call, and as whom? |
//! | [`access`] | Who may call what? |
//! | [`deadline`](mod@deadline) | How long may a call take? |
//! | [`refusal`] | How does a refusal travel as gRPC status? |
//! | [`pushback`](mod@pushback) | When may a refused call be tried again? |
//! | [`error`] | What went wrong on the way, and does trying again help? |
//! | [`remark`] | What do parties tell each other beside their calls? |
//! | [`limits`] | Every bound of this crate, in one place |
//! | [`aside`](mod@aside) | What goes on beside the calls that are served? |
//! | [`network`] | What carries the bytes? |
//! | [`clock`] | What tells the time? |
//!
//! The peer's identity comes from its certificate alone ([`peer`](mod@peer)); no message is asked.
//! What messages mean is not known here: refusals of the services travel as opaque bytes.

pub mod access;
pub mod aside;
pub mod client;
pub mod client_options;
pub mod clock;
pub mod credentials;
mod cut;
pub mod deadline;
pub mod error;
pub mod limits;
pub mod network;
pub mod peer;
pub mod pushback;
pub mod refusal;
pub mod remark;
pub mod server;

pub use access::{AccessTable, Caller, Row};
pub use aside::aside;
pub use client::{Dialer, call_within, connect, connect_lazy};
pub use client_options::{ClientError, ClientOptions};
pub use clock::{Clock, SystemClock};
pub use credentials::{
    Beside, Certified, CredentialFiles, CredentialStore, Credentials, CredentialsError, LOOK_EVERY,
    Reloading, Standing,
};
pub use deadline::{Deadline, deadline};
pub use error::{CertificateRefusal, TransportError};
pub use limits::{ClientLimits, MAX_MESSAGE_BYTES, ServerLimits};
pub use network::{Network, Tcp};
pub use peer::{Peer, peer};
pub use pushback::{pushback, with_pushback};
pub use refusal::{refusal_code, refusal_status};
pub use remark::{Remarked, Remarks};
pub use server::{ServeError, Server};
