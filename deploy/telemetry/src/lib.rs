//! Logs, traces and metrics, started once by the executable.
//!
//! [`start`] sends what the other crates say through `tracing` to stderr, as text or as JSON lines, and,
//! where a collector is configured, sends spans and metrics to it over OTLP. It also installs the W3C
//! trace context propagator, so that one claim is one trace in both regions.
//!
//! It adds nothing about a person and cannot take out what others put in: the rule that no name, id,
//! diagnosis or drug enters a log, span or metric is kept where those are written.

mod config;
mod error;
mod export;
mod guard;
mod log;
mod start;

pub use config::{Config, Format, Otlp};
pub use error::{FlushError, StartError};
pub use guard::Guard;
pub use start::start;
