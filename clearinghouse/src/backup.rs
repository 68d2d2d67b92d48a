//! What the clearinghouse makes of its own records while its journal is put back (`huitong-backup` does the rest):
//! which time it begins, and the record with which it does.
//!
//! Not here: how cycles go on after that (`decide::resume`).

use huitong_backup::restore::Restart;
use huitong_core::canonical::{Artifact, CanonicalError};
use huitong_core::date::Timestamp;
use huitong_core::record::clearing::{ClearingRecord, Restored};

use crate::state::FIRST_INCARNATION;

/// The clearinghouse's journal that begins anew.
#[derive(Debug, Clone)]
pub struct Anew {
    before: u32,
    at: Timestamp,
}

impl Anew {
    /// At a moment.
    #[must_use]
    pub const fn new(at: Timestamp) -> Self {
        Self {
            before: FIRST_INCARNATION,
            at,
        }
    }

    /// Which time it begins.
    #[must_use]
    pub const fn incarnation(&self) -> u32 {
        self.before.saturating_add(1)
    }
}

impl Restart for Anew {
    fn see(&mut self, record: &[u8]) -> Result<(), CanonicalError> {
        if let ClearingRecord::Restored(restored) = ClearingRecord::from_bytes(record)? {
            self.before = restored.incarnation;
        }
        Ok(())
    }

    fn begins(&self) -> Vec<u8> {
        ClearingRecord::Restored(Restored {
            incarnation: self.incarnation(),
            at: self.at,
        })
        .to_bytes()
    }
}
