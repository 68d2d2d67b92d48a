//! The signing certificates of the configured regions, read again beside the node's own while it runs: a region that renewed
//! its own is known by it at once. Deliberately absent: another key of a region, which takes a restart, and what the signed
//! directory lists, which goes before it.

use std::path::PathBuf;

use huitong_certs::Trust;
use huitong_transport::{Beside, Certified};
use jiff::Timestamp;

use super::DirectoryEntry;

/// The certificates, each as its file is.
pub struct Configured(Vec<Certified>);

impl Configured {
    /// Those of a directory.
    #[must_use]
    pub fn of(entries: &[DirectoryEntry]) -> Self {
        Self(entries.iter().map(|entry| entry.signing.clone()).collect())
    }
}

impl Beside for Configured {
    fn purpose(&self) -> &'static str {
        "directory"
    }

    fn files(&self) -> Vec<PathBuf> {
        self.0.iter().flat_map(Beside::files).collect()
    }

    /// Each by itself: one that cannot be used keeps no other from being taken.
    fn reload(&self, trust: &Trust, at: Timestamp) -> Result<(), String> {
        let refused = self.0.iter().filter_map(|one| {
            let why = one.reload(trust, at).err()?;
            Some(format!("{}: {why}", one.current().identity()))
        });
        let refused: Vec<_> = refused.collect();
        if refused.is_empty() {
            Ok(())
        } else {
            Err(refused.join("; "))
        }
    }

    fn not_after(&self) -> Timestamp {
        let ends = self.0.iter().map(Beside::not_after);
        ends.min().unwrap_or(Timestamp::MAX)
    }

    fn is_own(&self) -> bool {
        false
    }
}
