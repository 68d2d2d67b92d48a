//! What is counted for operators: by region and kind, never by person, visit or id.
//!
//! Counters go where telemetry sends them; without a collector they cost next to nothing.

use huitong_core::checkpoint::witness::FindingKind;
use huitong_core::region::RegionCode;
use opentelemetry::metrics::Counter;
use opentelemetry::{KeyValue, global};

/// What became of a call to a peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PeerCall {
    /// It was answered.
    Answered,
    /// It was lost on the way.
    Lost,
    /// It is tried again.
    Retried,
    /// There was no place for it in time.
    NoPlace,
    /// It was not made, because the peer is left alone for a while.
    LeftAlone,
}

impl PeerCall {
    const fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Lost => "lost",
            Self::Retried => "retried",
            Self::NoPlace => "no_place",
            Self::LeftAlone => "left_alone",
        }
    }
}

/// The counters of a node.
#[derive(Debug)]
pub struct Measures {
    peer_calls: Counter<u64>,
    too_many_asked: Counter<u64>,
    checkpoint_findings: Counter<u64>,
    checkpoint_trouble: Counter<u64>,
    split_views: Counter<u64>,
}

impl Measures {
    /// The counters, for where telemetry sends them now.
    #[must_use]
    pub fn new() -> Self {
        let meter = global::meter("huitong-node");
        Self {
            peer_calls: meter
                .u64_counter("huitong.peer.calls")
                .with_description(
                    "calls to other regions' nodes, by region and by what became of them",
                )
                .build(),
            too_many_asked: meter
                .u64_counter("huitong.people.too_many_asked")
                .with_description(
                    "questions about people refused because their region asked about too many, by region",
                )
                .build(),
            checkpoint_findings: meter
                .u64_counter("huitong.checkpoint.findings")
                .with_description(
                    "what does not hold in the clearinghouse's checkpoints against the own book, by its code",
                )
                .build(),
            checkpoint_trouble: meter
                .u64_counter("huitong.checkpoint.trouble")
                .with_description(
                    "times that the clearinghouse handed out what is no checkpoint of its own, or did not take this region's word",
                )
                .build(),
            split_views: meter
                .u64_counter("huitong.checkpoint.split_views")
                .with_description("plans for which two signed checkpoints were found")
                .build(),
        }
    }

    /// Counts a call to a region's node.
    pub fn call(&self, region: RegionCode, became: PeerCall) {
        let region = KeyValue::new("region", region.to_string());
        self.peer_calls
            .add(1, &[region, KeyValue::new("outcome", became.name())]);
    }

    /// Counts a question about a person that was refused, since the region asked about too many.
    pub fn too_many_asked(&self, region: RegionCode) {
        let region = KeyValue::new("region", region.to_string());
        self.too_many_asked.add(1, &[region]);
    }

    /// Counts something that does not hold in a checkpoint.
    pub fn checkpoint_finding(&self, kind: FindingKind) {
        self.checkpoint_findings
            .add(1, &[KeyValue::new("code", kind.code())]);
    }

    /// Counts a plan of which there are two signed checkpoints.
    pub fn split_view(&self) {
        self.split_views.add(1, &[]);
    }

    /// Counts what keeps checkpoints from being seen and takes a person to look at.
    pub fn checkpoint_trouble(&self) {
        self.checkpoint_trouble.add(1, &[]);
    }
}

impl Default for Measures {
    fn default() -> Self {
        Self::new()
    }
}
