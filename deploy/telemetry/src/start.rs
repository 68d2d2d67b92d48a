//! The one place that touches the process-wide state of `tracing` and OpenTelemetry.

use std::io::{self, IsTerminal};

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, registry};

use crate::config::Config;
use crate::error::StartError;
use crate::export::Export;
use crate::guard::{FLUSH_LIMIT, Guard};
use crate::log::{self, Colour};

/// Starts logs, and traces and metrics where a collector is configured. Everything is checked before
/// anything is installed.
///
/// # Errors
/// [`StartError`] for a filter or an address that cannot be used, outside a runtime, or a second time.
///
/// # Examples
/// ```
/// use huitong_telemetry::{Config, Format, start};
///
/// let guard = start(&Config {
///     service: "huitong-node".to_owned(),
///     region: Some("330200".to_owned()),
///     filter: "info".to_owned(),
///     format: Format::Json,
///     otlp: None,
/// })?;
/// tracing::info!("ready");
/// guard.finish()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn start(config: &Config) -> Result<Guard, StartError> {
    let colour = if io::stderr().is_terminal() {
        Colour::Allowed
    } else {
        Colour::Plain
    };
    let lines =
        log::lines(config.format, colour, io::stderr).with_filter(log::filter(&config.filter)?);
    let exported = log::exported(&config.filter)?;
    let export = config
        .otlp
        .as_ref()
        .map(|otlp| Export::build(config, otlp))
        .transpose()?;
    let spans = export.as_ref().map(|export| {
        tracing_opentelemetry::layer()
            .with_location(false)
            .with_threads(false)
            .with_tracked_inactivity(false)
            .with_tracer(export.spans.tracer("huitong"))
            .with_filter(exported)
    });
    registry()
        .with(lines)
        .with(spans)
        .try_init()
        .map_err(|_| StartError::AlreadyStarted)?;
    opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
    if let Some(export) = &export {
        opentelemetry::global::set_meter_provider(export.metrics.clone());
    }
    Ok(Guard::new(export, FLUSH_LIMIT))
}
