//! Why telemetry did not start, or did not end whole. None of this ever stops a settlement: the
//! executable refuses to start on a [`StartError`] and only reports a [`FlushError`].

use std::time::Duration;

/// Telemetry was not started; nothing was installed unless the variant says so.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The filter is not in the syntax of `EnvFilter`.
    #[error(
        "日志过滤器 \"{filter}\" 无效 / log filter \"{filter}\" is not valid: {reason}; write for example `info,huitong_node=debug`"
    )]
    Filter {
        /// The filter as configured.
        filter: String,
        /// What its parser says.
        reason: String,
    },
    /// The collector's address cannot be used.
    #[error(
        "遥测采集地址 \"{endpoint}\" 无效 / collector address \"{endpoint}\" cannot be used: {reason}; write for example `http://127.0.0.1:4317`"
    )]
    Endpoint {
        /// The address as configured.
        endpoint: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A collector is configured but `start` was called outside a Tokio runtime.
    #[error("a collector is configured, so telemetry must be started inside a Tokio runtime")]
    NoRuntime,
    /// Telemetry runs already in this process, with the earlier configuration.
    #[error("telemetry runs already in this process")]
    AlreadyStarted,
}

/// Some spans or metrics may not have reached the collector.
#[derive(Debug, thiserror::Error)]
pub enum FlushError {
    /// The collector did not take everything within the limit.
    #[error("the collector did not take the last spans and metrics within {limit:?}")]
    TimedOut {
        /// How long the guard waited.
        limit: Duration,
    },
    /// The collector could not be reached or refused.
    #[error("the last spans and metrics were not delivered: {reason}")]
    Failed {
        /// What the exporter says.
        reason: String,
    },
}
