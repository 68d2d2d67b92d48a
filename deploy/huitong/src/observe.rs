//! Telemetry of the servers, as their own configuration asks for it.

use huitong_node::config::{LogFormat, Telemetry};
use huitong_telemetry::{Config, Format, Guard, Otlp, start};

/// Telemetry of a node.
pub(crate) fn node(wanted: &Telemetry) -> anyhow::Result<Guard> {
    let config = Config {
        service: "huitong-node".to_owned(),
        region: Some(wanted.region.to_string()),
        filter: wanted.filter.clone(),
        format: match wanted.format {
            LogFormat::Text => Format::Text,
            LogFormat::Json => Format::Json,
        },
        otlp: wanted.collector.as_ref().map(|collector| Otlp {
            endpoint: collector.endpoint.clone(),
            sample_one_in: collector.sample_one_in,
        }),
    };
    Ok(start(&config)?)
}

/// Telemetry of the clearinghouse: its log, in text.
pub(crate) fn clearinghouse() -> anyhow::Result<Guard> {
    let config = Config {
        service: "huitong-clearinghouse".to_owned(),
        region: None,
        filter: "info".to_owned(),
        format: Format::Text,
        otlp: None,
    };
    Ok(start(&config)?)
}
