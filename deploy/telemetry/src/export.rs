//! The OTLP exporters: spans in batches, metrics once a minute, both with a deadline. They keep no queue
//! beyond the SDK's own bounded one, which drops spans rather than slow a settlement down.

use std::time::Duration;

use opentelemetry::KeyValue;
use opentelemetry_otlp::{ExporterBuildError, MetricExporter, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};

use crate::config::{Config, Otlp};
use crate::error::StartError;

/// How long one delivery to the collector may take.
const DELIVERY_LIMIT: Duration = Duration::from_secs(2);

/// Where spans and metrics are made; dropping it does not flush.
#[derive(Debug, Clone)]
pub(crate) struct Export {
    pub(crate) spans: SdkTracerProvider,
    pub(crate) metrics: SdkMeterProvider,
}

impl Export {
    /// Builds both exporters. They connect when first used, so a collector that is down is no error.
    pub(crate) fn build(config: &Config, otlp: &Otlp) -> Result<Self, StartError> {
        if !otlp.endpoint.starts_with("http://") {
            return Err(unusable(otlp, "it does not begin with http://"));
        }
        if tokio::runtime::Handle::try_current().is_err() {
            return Err(StartError::NoRuntime);
        }
        let wrong = |error: ExporterBuildError| unusable(otlp, error);
        let spans = SpanExporter::builder()
            .with_tonic()
            .with_endpoint(&otlp.endpoint)
            .with_timeout(DELIVERY_LIMIT)
            .build()
            .map_err(wrong)?;
        let metrics = MetricExporter::builder()
            .with_tonic()
            .with_endpoint(&otlp.endpoint)
            .with_timeout(DELIVERY_LIMIT)
            .build()
            .map_err(wrong)?;
        let resource = resource(config);
        Ok(Self {
            spans: SdkTracerProvider::builder()
                .with_resource(resource.clone())
                .with_sampler(sampler(otlp))
                .with_batch_exporter(spans)
                .build(),
            metrics: SdkMeterProvider::builder()
                .with_resource(resource)
                .with_periodic_exporter(metrics)
                .build(),
        })
    }
}

fn unusable(otlp: &Otlp, reason: impl ToString) -> StartError {
    StartError::Endpoint {
        endpoint: otlp.endpoint.clone(),
        reason: reason.to_string(),
    }
}

fn sampler(otlp: &Otlp) -> Sampler {
    let share = f64::from(otlp.sample_one_in.get()).recip();
    Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share)))
}

fn resource(config: &Config) -> Resource {
    let region = config
        .region
        .iter()
        .map(|code| KeyValue::new("huitong.region", code.clone()));
    Resource::builder_empty()
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attributes(region)
        .with_service_name(config.service.clone())
        .build()
}
