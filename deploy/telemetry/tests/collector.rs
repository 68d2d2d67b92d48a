//! Telemetry against a real collector on the loopback. One process has one telemetry, so all that
//! installs it happens in one test.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test says what must hold by panicking"
)]

use std::net::SocketAddr;
use std::num::NonZeroU32;

use huitong_telemetry::{Config, Format, Otlp, StartError, start};
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::resource::v1::Resource;
use tokio::sync::mpsc::{Sender, channel};
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Request, Response, Status};

/// Hands on what it was sent, and nothing else.
#[derive(Clone)]
struct Collector {
    spans: Sender<ExportTraceServiceRequest>,
    metrics: Sender<ExportMetricsServiceRequest>,
}

#[tonic::async_trait]
impl TraceService for Collector {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.spans
            .send(request.into_inner())
            .await
            .expect("the test still listens");
        Ok(Response::new(ExportTraceServiceResponse::default()))
    }
}

#[tonic::async_trait]
impl MetricsService for Collector {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.metrics
            .send(request.into_inner())
            .await
            .expect("the test still listens");
        Ok(Response::new(ExportMetricsServiceResponse::default()))
    }
}

fn config(endpoint: &str) -> Config {
    Config {
        service: "huitong-node".to_owned(),
        region: Some("330200".to_owned()),
        filter: "info".to_owned(),
        format: Format::Json,
        otlp: Some(Otlp {
            endpoint: endpoint.to_owned(),
            sample_one_in: NonZeroU32::MIN,
        }),
    }
}

fn attributes(resource: Option<&Resource>) -> Vec<(String, String)> {
    use opentelemetry_proto::tonic::common::v1::any_value::Value;
    let pairs = resource.expect("a resource").attributes.iter();
    pairs
        .map(|pair| {
            let Some(Value::StringValue(text)) =
                pair.value.as_ref().and_then(|any| any.value.as_ref())
            else {
                panic!("{} is no text", pair.key);
            };
            (pair.key.clone(), text.clone())
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn spans_and_metrics_reach_the_collector_under_service_and_region() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address: SocketAddr = listener.local_addr().unwrap();
    let (spans, mut seen_spans) = channel(16);
    let (metrics, mut seen_metrics) = channel(16);
    let collector = Collector { spans, metrics };
    let serving = tokio::spawn(
        Server::builder()
            .add_service(TraceServiceServer::new(collector.clone()))
            .add_service(MetricsServiceServer::new(collector))
            .serve_with_incoming(TcpListenerStream::new(listener)),
    );
    let config = config(&format!("http://{address}"));
    let guard = start(&config).unwrap();
    assert!(matches!(start(&config), Err(StartError::AlreadyStarted)));

    let settle = tracing::info_span!("settle").in_scope(|| {
        let mut headers = std::collections::HashMap::new();
        let here = tracing_opentelemetry::OpenTelemetrySpanExt::context(&tracing::Span::current());
        opentelemetry::global::get_text_map_propagator(|propagator| {
            propagator.inject_context(&here, &mut headers);
        });
        headers
            .remove("traceparent")
            .expect("the W3C propagator is installed")
    });
    opentelemetry::global::meter("test")
        .u64_counter("settlements")
        .build()
        .add(3, &[]);
    tokio::task::spawn_blocking(|| guard.finish())
        .await
        .unwrap()
        .unwrap();

    let sent = seen_spans.recv().await.unwrap();
    let resource = attributes(sent.resource_spans[0].resource.as_ref());
    assert!(resource.contains(&("service.name".to_owned(), "huitong-node".to_owned())));
    assert!(resource.contains(&("huitong.region".to_owned(), "330200".to_owned())));
    let span = &sent.resource_spans[0].scope_spans[0].spans[0];
    assert_eq!(span.name, "settle");
    let trace_id: String = span
        .trace_id
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    assert_eq!(
        settle.split('-').nth(1),
        Some(trace_id.as_str()),
        "the header names this trace"
    );
    let sent = seen_metrics.recv().await.unwrap();
    let metric = &sent.resource_metrics[0].scope_metrics[0].metrics[0];
    assert_eq!(metric.name, "settlements");
    serving.abort();
}

#[tokio::test]
async fn an_address_that_cannot_be_used_is_refused_with_its_text() {
    for endpoint in [
        "",
        "127.0.0.1:4317",
        "https://collector:4317",
        "http://",
        "http://a b",
    ] {
        match start(&config(endpoint)) {
            Err(StartError::Endpoint {
                endpoint: named, ..
            }) => assert_eq!(named, endpoint),
            other => panic!("{endpoint:?} gave {other:?}"),
        }
    }
}

#[test]
fn a_collector_needs_a_runtime() {
    assert!(matches!(
        start(&config("http://127.0.0.1:4317")),
        Err(StartError::NoRuntime)
    ));
}

#[test]
fn a_bad_filter_is_refused_before_anything_is_installed() {
    let mut config = config("http://127.0.0.1:4317");
    config.otlp = None;
    config.filter = "huitong_node=loud".to_owned();
    assert!(matches!(start(&config), Err(StartError::Filter { .. })));
}
