//! The store without the network, and the bare file that it is measured against.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use huitong_clearinghouse::{Config, Offline, Platform};
use huitong_core::canonical::Artifact as _;
use huitong_core::date::Timestamp;
use huitong_core::record::clearing::{ClearingRecord, LegsTaken};
use tokio::sync::Mutex;

use crate::legs::Report;

/// The clearinghouse's store.
#[derive(Clone)]
pub(crate) struct Store(Arc<Offline>);

impl Store {
    pub(crate) async fn open(config: Config) -> Self {
        let platform = Platform::machine(&config).unwrap();
        Self(Arc::new(Offline::open(platform, config).await.unwrap()))
    }

    pub(crate) async fn report(&self, report: Report) {
        let last = report.legs.last().unwrap().number;
        let held = self.0.report(report.region, report.legs).await.unwrap();
        assert_eq!(held, last);
    }

    pub(crate) fn close(self) {
        Arc::into_inner(self.0).unwrap().close();
    }
}

/// A file to which bytes are appended, each time synced before the next.
#[derive(Clone)]
pub(crate) struct Raw(Arc<Mutex<File>>);

impl Raw {
    pub(crate) fn open(path: &Path) -> Self {
        let file = OpenOptions::new().create_new(true).append(true).open(path);
        Self(Arc::new(Mutex::new(file.unwrap())))
    }

    pub(crate) async fn append(&self, bytes: &[u8]) {
        let mut file = self.0.lock().await;
        file.write_all(bytes).unwrap();
        file.sync_data().unwrap();
    }
}

/// The bytes that the journal keeps of a report.
pub(crate) fn journaled(report: &Report) -> Vec<u8> {
    ClearingRecord::LegsTaken(LegsTaken {
        region: report.region,
        at: Timestamp::parse("2026-03-02T04:00:00.000Z").unwrap(),
        legs: report.legs.clone(),
    })
    .to_bytes()
}
