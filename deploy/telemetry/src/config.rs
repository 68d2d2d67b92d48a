//! What the executable may ask of telemetry. It reads no file and no environment: the server's own
//! configuration is checked elsewhere and handed over as these values.

use std::num::NonZeroU32;

/// How telemetry is to run.
#[derive(Debug, Clone)]
pub struct Config {
    /// `service.name` of every span and metric, for example `huitong-node`.
    pub service: String,
    /// The six-digit code of the region served; the clearinghouse has none.
    pub region: Option<String>,
    /// Which events are kept, in the syntax of `tracing_subscriber::EnvFilter`: `info`, or
    /// `warn,huitong_node=debug`.
    pub filter: String,
    /// How a log line looks.
    pub format: Format,
    /// The collector; without one, nothing leaves the machine.
    pub otlp: Option<Otlp>,
}

/// How a log line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One line a person reads, coloured when stderr is a terminal.
    Text,
    /// One JSON object a line.
    Json,
}

/// Where spans and metrics go.
#[derive(Debug, Clone)]
pub struct Otlp {
    /// The collector's gRPC address, for example `http://127.0.0.1:4317`. Plain HTTP/2 only: a collector
    /// stands on the same machine and forwards from there.
    pub endpoint: String,
    /// One trace in this many is kept; what a caller in another region decided for a trace is followed.
    pub sample_one_in: NonZeroU32,
}
