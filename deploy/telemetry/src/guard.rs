//! The end of telemetry: what is still queued is delivered, within a limit. A collector that is slow or
//! gone delays the end of the process by that limit and no more.

use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::thread;
use std::time::Duration;

use opentelemetry_sdk::error::OTelSdkResult;

use crate::error::FlushError;
use crate::export::Export;

/// How long the end of the process may wait for the collector.
pub(crate) const FLUSH_LIMIT: Duration = Duration::from_secs(5);

/// Telemetry runs while this lives. Keep it until the last span has closed.
///
/// Call [`Guard::finish`] outside asynchronous code while the runtime still lives; dropping the guard
/// does the same and keeps the outcome to itself.
#[derive(Debug)]
#[must_use = "dropping the guard ends telemetry"]
pub struct Guard {
    export: Option<Export>,
    limit: Duration,
}

impl Guard {
    pub(crate) fn new(export: Option<Export>, limit: Duration) -> Self {
        Self { export, limit }
    }

    /// Delivers what is queued and stops the exporters.
    ///
    /// # Errors
    /// [`FlushError`] when the collector did not take everything in time, or failed.
    pub fn finish(mut self) -> Result<(), FlushError> {
        self.flush()
    }

    fn flush(&mut self) -> Result<(), FlushError> {
        let Some(export) = self.export.take() else {
            return Ok(());
        };
        let (done, outcome) = sync_channel(1);
        let deliver = move || {
            // Shutting down delivers too, but keeps a failed delivery to itself; flushing tells.
            let outcome = joined([
                export.spans.force_flush(),
                export.metrics.force_flush(),
                export.spans.shutdown(),
                export.metrics.shutdown(),
            ]);
            // The receiver is gone only when the limit has passed, and then nobody asks any more.
            let _ = done.send(outcome);
        };
        thread::Builder::new()
            .name("telemetry-flush".to_owned())
            .spawn(deliver)
            .map_err(|error| FlushError::Failed {
                reason: error.to_string(),
            })?;
        match outcome.recv_timeout(self.limit) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => Err(FlushError::TimedOut { limit: self.limit }),
            Err(RecvTimeoutError::Disconnected) => Err(FlushError::Failed {
                reason: "the flushing thread ended early".to_owned(),
            }),
        }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Err(error) = self.flush() {
            tracing::warn!(%error, "telemetry did not end whole");
        }
    }
}

fn joined(results: [OTelSdkResult; 4]) -> Result<(), FlushError> {
    let reasons: Vec<String> = results
        .into_iter()
        .filter_map(Result::err)
        .map(|error| error.to_string())
        .collect();
    if reasons.is_empty() {
        return Ok(());
    }
    Err(FlushError::Failed {
        reason: reasons.join("; "),
    })
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;
    use std::num::NonZeroU32;

    use opentelemetry::trace::{Tracer, TracerProvider};

    use super::*;
    use crate::config::{Config, Format, Otlp};

    /// A guard with one span still queued for a collector that takes connections and never answers.
    fn guard_before_silence(collector: &TcpListener, limit: Duration) -> Guard {
        let otlp = Otlp {
            endpoint: format!("http://{}", collector.local_addr().unwrap()),
            sample_one_in: NonZeroU32::MIN,
        };
        let config = Config {
            service: "huitong-node".to_owned(),
            region: None,
            filter: "info".to_owned(),
            format: Format::Text,
            otlp: None,
        };
        let export = Export::build(&config, &otlp).unwrap();
        export.spans.tracer("test").in_span("settle", |_| ());
        Guard::new(Some(export), limit)
    }

    fn finish_before_silence(limit: Duration) -> Result<(), FlushError> {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let collector = TcpListener::bind("127.0.0.1:0").unwrap();
        let guard = runtime.block_on(async { guard_before_silence(&collector, limit) });
        guard.finish()
    }

    #[test]
    fn a_collector_that_never_answers_is_given_up_by_the_exporter() {
        let outcome = finish_before_silence(Duration::from_secs(60));
        assert!(
            matches!(outcome, Err(FlushError::Failed { .. })),
            "{outcome:?}"
        );
    }

    #[test]
    fn the_guard_waits_no_longer_than_its_limit() {
        let outcome = finish_before_silence(Duration::ZERO);
        assert!(
            matches!(outcome, Err(FlushError::TimedOut { .. })),
            "{outcome:?}"
        );
    }

    #[test]
    fn without_a_collector_there_is_nothing_to_wait_for() {
        assert!(Guard::new(None, Duration::ZERO).finish().is_ok());
    }
}
