//! What a node makes of its own records while its journal is put back (`huitong-backup` does the rest): which
//! incarnation it had, and the record with which it begins anew in a higher one.
//!
//! Not here: what came after the backup (`recovery`).

use huitong_backup::restore::Restart;
use huitong_core::canonical::{Artifact, CanonicalError};
use huitong_core::date::Timestamp;
use huitong_core::record::NodeRecord;
use huitong_core::record::recovery::{RestoreBegan, RestoreMark};
use huitong_core::record::sealed::SealedRecord;

use crate::store::FIRST_INCARNATION;

/// A node's journal that begins anew.
#[derive(Debug, Clone)]
pub struct Anew {
    before: u32,
    mark: RestoreMark,
    at: Timestamp,
}

impl Anew {
    /// With what was drawn at random for it, at a moment.
    #[must_use]
    pub const fn new(mark: RestoreMark, at: Timestamp) -> Self {
        Self {
            before: FIRST_INCARNATION,
            mark,
            at,
        }
    }

    /// The incarnation that the node begins with.
    #[must_use]
    pub const fn incarnation(&self) -> u32 {
        self.before.saturating_add(1)
    }
}

impl Restart for Anew {
    fn see(&mut self, record: &[u8]) -> Result<(), CanonicalError> {
        // What is sealed names people, and begins no restore.
        if SealedRecord::is_form_of(record) {
            return SealedRecord::from_bytes(record).map(|_| ());
        }
        if let NodeRecord::RestoreBegan(began) = NodeRecord::from_bytes(record)? {
            self.before = began.incarnation;
        }
        Ok(())
    }

    fn begins(&self) -> Vec<u8> {
        NodeRecord::RestoreBegan(RestoreBegan {
            incarnation: self.incarnation(),
            mark: self.mark,
            at: self.at,
        })
        .to_bytes()
    }
}
