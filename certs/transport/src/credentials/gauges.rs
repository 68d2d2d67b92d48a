//! What is measured of certificates: how long they still hold, and whether a reload was refused.
//!
//! Without a collector of metrics this costs next to nothing.

use opentelemetry::metrics::{Counter, Gauge};
use opentelemetry::{KeyValue, global};

#[derive(Debug)]
pub(super) struct Gauges {
    certificate: Gauge<i64>,
    list: Gauge<i64>,
    refused: Gauge<u64>,
    reloads: Counter<u64>,
}

impl Gauges {
    pub(super) fn new() -> Self {
        let meter = global::meter("huitong-transport");
        Self {
            certificate: meter
                .i64_gauge("huitong.certificate.days_left")
                .with_description("whole days until an own certificate ends, by its purpose")
                .build(),
            list: meter
                .i64_gauge("huitong.revocation_list.days_left")
                .with_description("whole days until a newer revocation list is due, by authority")
                .build(),
            refused: meter
                .u64_gauge("huitong.certificate.reload_refused")
                .with_description("1 while the files on disk are refused and older ones in force")
                .build(),
            reloads: meter
                .u64_counter("huitong.certificate.reloads")
                .with_description("reloads of certificates, by outcome")
                .build(),
        }
    }

    pub(super) fn certificate(&self, purpose: &'static str, days: i64) {
        self.certificate
            .record(days, &[KeyValue::new("purpose", purpose)]);
    }

    pub(super) fn list(&self, authority: &str, days: i64) {
        let of = KeyValue::new("authority", authority.to_owned());
        self.list.record(days, &[of]);
    }

    pub(super) fn reloaded(&self, outcome: &Result<(), String>) {
        let (refused, outcome) = match outcome {
            Ok(()) => (0, "accepted"),
            Err(_) => (1, "refused"),
        };
        self.refused.record(refused, &[]);
        self.reloads.add(1, &[KeyValue::new("outcome", outcome)]);
    }
}
