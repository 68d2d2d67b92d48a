//! `[telemetry]`: what is logged and measured. Only read here; the executable starts it.

use std::num::NonZeroU32;

use huitong_core::region::RegionCode;
use huitong_document::config::Section;

/// What is logged and measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Telemetry {
    /// The region served.
    pub region: RegionCode,
    /// Which events are kept: `info`, or `warn,huitong_node=debug`.
    pub filter: String,
    /// How a line of the log looks.
    pub format: LogFormat,
    /// Where spans and metrics go; without one nothing leaves the machine.
    pub collector: Option<Collector>,
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object.
    Json,
}

/// Where spans and metrics go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collector {
    /// Its address, such as `http://127.0.0.1:4317`.
    pub endpoint: String,
    /// One trace in so many is kept.
    pub sample_one_in: NonZeroU32,
}

pub(super) fn read(root: &Section<'_>, region: Option<RegionCode>) -> Option<Telemetry> {
    let Some(section) = root.optional_section("telemetry") else {
        return Some(Telemetry {
            region: region?,
            filter: "info".to_owned(),
            format: LogFormat::Text,
            collector: None,
        });
    };
    let filter = section.or("filter", "info".to_owned());
    let format = format(&section);
    let collector = section
        .optional_section("collector")
        .map(|section| collector(&section));
    Some(Telemetry {
        region: region?,
        filter: filter?,
        format: format?,
        collector: if let Some(collector) = collector {
            Some(collector?)
        } else {
            None
        },
    })
}

fn format(section: &Section<'_>) -> Option<LogFormat> {
    match &*section.or("format", "text".to_owned())? {
        "text" => Some(LogFormat::Text),
        "json" => Some(LogFormat::Json),
        _ => {
            section.fault_of(
                "format",
                "expected \"text\" or \"json\"",
                "应为 \"text\" 或 \"json\"",
            );
            None
        }
    }
}

fn collector(section: &Section<'_>) -> Option<Collector> {
    let endpoint = section.required::<String>("endpoint");
    let sample = section.integer_or::<u32>("sample_one_in", 1..=1_000_000, 100);
    Some(Collector {
        endpoint: endpoint?,
        sample_one_in: NonZeroU32::new(sample?)?,
    })
}
